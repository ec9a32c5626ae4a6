import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { REDIRECT_PATH } from '../functions/adapters/install-requests.ts';
import { slackMethods } from '../functions/adapters/slack-methods.ts';
import { OPTIONAL_SCOPES, slackEvents } from '../functions/adapters/slack-scopes.ts';
import { manifestFor, printedManifest } from '../scripts/manifest.ts';

const root = join(import.meta.dirname, '..');

/** Names as they stand at docs.slack.dev/reference/scopes and /reference/events; Slack's own schema lets typing errors pass. */
const scope = z.enum([
  'app_mentions:read',
  'channels:history',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'im:history',
  'users:read',
]);
const event = z.enum([
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'message.channels',
  'message.groups',
  'message.im',
  'tokens_revoked',
]);
const address = z.url({ protocol: /^https$/ }).max(3000);

/** Manifest version 2 as docs.slack.dev/reference/app-manifest describes it, as far as we use it, with its limits. */
const shape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().min(1).max(140),
    long_description: z.string().min(174).max(4000),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({
      display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/),
      always_online: z.boolean(),
    }),
    shortcuts: z
      .array(
        z.strictObject({
          type: z.enum(['global', 'message']),
          callback_id: z.string().min(1).max(255),
          name: z.string().min(1).max(24),
          description: z.string().min(1).max(150),
        }),
      )
      .max(5),
    slash_commands: z.array(
      z.strictObject({
        command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
        description: z.string().min(1).max(2000),
        usage_hint: z.string().max(1000),
        should_escape: z.boolean(),
        url: z.optional(address),
      }),
    ),
  }),
  oauth_config: z.strictObject({
    redirect_urls: z.optional(z.array(address).max(1000)),
    scopes: z.strictObject({ bot: z.array(scope), bot_optional: z.array(scope) }),
  }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: z.optional(address),
      bot_events: z.array(event).max(100),
    }),
    interactivity: z.strictObject({
      is_enabled: z.literal(true),
      request_url: z.optional(address),
    }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

const api = 'https://abc123.execute-api.eu-central-1.amazonaws.com';
const forms = [
  ['Socket Mode', { url: null, workspaces: false }],
  ['one workspace', { url: api, workspaces: false }],
  ['several workspaces', { url: api, workspaces: true }],
] as const;

describe.each(forms)('the manifest for %s', (_, options) => {
  const manifest = shape.parse(manifestFor(options));
  const { bot, bot_optional: optional } = manifest.oauth_config.scopes;

  test('asks for what the calls, events and features need, and for nothing more', () => {
    const needed = new Set([
      ...Object.values(slackMethods).flat(),
      ...manifest.settings.event_subscriptions.bot_events.flatMap((name) => slackEvents[name]),
      ...(manifest.features.slash_commands.length + manifest.features.shortcuts.length > 0
        ? ['commands']
        : []),
    ]);
    expect(bot).toEqual([...needed].toSorted());
    expect(new Set(bot).size).toBe(bot.length);
  });

  test('marks as optional what an answer can do without, in both lists as Slack demands', () => {
    expect(optional).toEqual(['channels:history', 'files:write', 'groups:history', 'im:history']);
    for (const one of optional) expect(bot).toContain(one);
  });

  test('speaks both languages in every text', () => {
    const { display_information: about, features } = manifest;
    const said = [
      about.description,
      about.long_description,
      ...features.shortcuts.flatMap(({ name, description }) => [name, description]),
      ...features.slash_commands.flatMap((one) => [one.description, one.usage_hint]),
    ];
    for (const text of said) expect(text).toMatch(/[A-Za-z]{4}[\s\S]*\p{Script=Han}{2}/u);
  });

  test('sends everything to one address, or to none in Socket Mode', () => {
    const { event_subscriptions: events, interactivity } = manifest.settings;
    const urls = [
      events.request_url,
      interactivity.request_url,
      ...manifest.features.slash_commands.map(({ url }) => url),
    ];
    const wanted = options.url === null ? undefined : `${api}/slack/events`;
    expect(urls).toEqual([wanted, wanted, wanted]);
    expect(manifest.settings.socket_mode_enabled).toBe(options.url === null);
  });

  test('rotates tokens and has a redirect only where others install it', () => {
    const { org_deploy_enabled: org, token_rotation_enabled: rotation } = manifest.settings;
    expect([org, rotation]).toEqual([options.workspaces, options.workspaces]);
    const redirects = options.workspaces ? [`${api}${REDIRECT_PATH}`] : undefined;
    expect(manifest.oauth_config.redirect_urls).toEqual(redirects);
  });
});

test('the shape refuses what Slack would refuse, and typing errors that it would not', () => {
  const good = manifestFor({ url: null, workspaces: false });
  const long = { ...good.display_information, description: 'x'.repeat(141) };
  expect(shape.safeParse({ ...good, display_information: long }).success).toBe(false);
  const scopes = { bot: ['chat:wirte'], bot_optional: [] };
  expect(shape.safeParse({ ...good, oauth_config: { scopes } }).success).toBe(false);
});

test('optional scopes are scopes that some method or event needs', () => {
  const needing = (name: string) =>
    [...Object.values(slackMethods), ...Object.values(slackEvents)].some((scopes) =>
      (scopes as readonly string[]).includes(name),
    );
  expect(OPTIONAL_SCOPES.filter((name) => !needing(name))).toEqual([]);
});

test('every method that the code names stands in the table', () => {
  const called = sources().flatMap(({ text }) =>
    [
      ...text.matchAll(
        /'((?:api|apps|assistant|auth|chat|conversations|files|oauth|users|views)(?:\.\w+)+)'/g,
      ),
    ].map(([, name = '']) => name),
  );
  expect(called.length).toBeGreaterThan(0);
  expect(
    called.filter((name) => !name.endsWith('.com') && !Object.hasOwn(slackMethods, name)),
  ).toEqual([]);
});

describe('printed', () => {
  const print = (...args: string[]) => {
    const printed = printedManifest(args);
    return 'text' in printed ? JSON.parse(printed.text) : printed.refused;
  };

  test('as it stands in the repository, for Socket Mode', () => {
    expect(JSON.parse(readFileSync(join(root, 'manifest.json'), 'utf8'))).toEqual(print());
  });

  test('for an address, however it was copied', () => {
    const wanted = manifestFor({ url: api, workspaces: false });
    for (const given of [api, `${api}/`, `${api}/slack/events`])
      expect(print(given)).toEqual(wanted);
    const several = manifestFor({ url: `${api}/dev`, workspaces: true });
    expect(print(`${api}/dev`, '--workspaces')).toEqual(several);
  });

  test.each([['http://plain.example'], ['nonsense'], [`${api}?x=1`], ['--workspaces'], [api, api]])(
    'not for %s',
    (...args) => {
      expect(print(...args)).toContain('usage: npm run -s manifest');
    },
  );
});

/** Our own code, the two tables apart. */
function sources(): readonly { readonly text: string }[] {
  const folder = join(root, 'functions');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /adapters\/slack[\w-]*\.ts$/.test(file) && !file.endsWith('slack-methods.ts'))
    .map((file) => ({ text: readFileSync(join(folder, file), 'utf8') }));
}
