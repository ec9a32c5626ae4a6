import { slackMethods } from '../../functions/adapters/slack-methods.ts';
import { faultsOf, faultsOfView, valuesOf } from './block-kit.ts';

/** A message as the fake keeps it and gives it back: `text` with its three characters escaped, blocks as they were. */
export interface KeptMessage {
  readonly type: 'message';
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly bot_id?: string;
  readonly blocks?: readonly unknown[];
  readonly files?: readonly unknown[];
  readonly subtype?: string;
}

interface StoredFile {
  readonly about: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly bytes: Uint8Array;
}

interface Written {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly threadTs?: string;
  readonly blocks?: readonly unknown[];
  readonly files?: readonly Readonly<Record<string, unknown>>[];
}

/** What an answer on demand looks like: one response in place of the real one. */
export type Interruption = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
};

export interface FakeSlackOptions {
  readonly token: string;
  readonly botUserId: string;
  readonly botId: string;
  /** Locale of each person; someone not named here is unknown to `users.info`. */
  readonly locales?: Readonly<Record<string, string>>;
  /** Whether the app holds the history scopes. */
  readonly history?: boolean;
  /** Block types that this workspace refuses. */
  readonly refused?: readonly string[];
  /** Scopes that the app lacks. */
  readonly lacks?: readonly string[];
  /** Channels that the app is not a member of. */
  readonly outside?: readonly string[];
}

/** Everything the fake remembers. */
interface World {
  readonly options: FakeSlackOptions;
  readonly channels: Map<string, KeptMessage[]>;
  readonly files: Map<string, StoredFile>;
  readonly ephemeral: Map<string, Readonly<Record<string, unknown>>[]>;
  readonly calls: { readonly method: string; readonly args: Readonly<Record<string, unknown>> }[];
  readonly interruptions: Map<string, Interruption[]>;
  readonly views: Readonly<Record<string, unknown>>[];
  readonly triggers: Set<string>;
  readonly uploads: Map<string, string>;
  disturbed: (method: string, args: Readonly<Record<string, unknown>>) => Interruption | null;
}

/**
 * Slack in memory, behind a `fetch`: keeps channels and files, escapes what it gives back, marks the bot's own
 * messages, checks every message by the Block Kit table, and answers a download without a token as Slack does, with a
 * page and status 200.
 */
export function fakeSlack(options: FakeSlackOptions) {
  const world: World = {
    options,
    channels: new Map(),
    files: new Map(),
    ephemeral: new Map(),
    calls: [],
    interruptions: new Map(),
    views: [],
    triggers: new Set(),
    uploads: new Map(),
    disturbed: () => null,
  };
  return {
    fetch: fetchOf(world),
    calls: world.calls,
    /** Someone writes a message; the text is as typed, and kept escaped. */
    write: (message: Written): KeptMessage => keep(world, message.channel, keptForm(message)),
    /** Someone uploads a file; the result goes into `files` of a message. */
    upload: (name: string, content: string | Uint8Array, channel: string, about: object = {}) =>
      store(world, name, content, channel, about),
    /** The file's bytes cannot be had any more, though messages still name it. */
    lose: (fileId: string): boolean => world.files.delete(fileId),
    /** Messages of a thread, its first message included. */
    thread: (channel: string, ts: string): readonly KeptMessage[] =>
      threadOf(world.channels.get(channel) ?? [], ts),
    /** A response URL as a slash command brings one; what is posted to it can be read with `privately`. */
    responseUrl: (name: string): string => {
      world.ephemeral.set(`/commands/T1/${name}`, []);
      return `https://hooks.slack.com/commands/T1/${name}`;
    },
    privately: (name: string): readonly Readonly<Record<string, unknown>>[] =>
      world.ephemeral.get(`/commands/T1/${name}`) ?? [],
    /** Views as they were opened, updated or published, the last one last. */
    views: world.views,
    /** What was shown to one person in a channel. */
    shownTo: (user: string): readonly Readonly<Record<string, unknown>>[] =>
      world.ephemeral.get(`user:${user}`) ?? [],
    /** Someone changes or deletes a message. */
    edit: (channel: string, ts: string, text: string): void => change(world, channel, ts, text),
    erase: (channel: string, ts: string): void => change(world, channel, ts, null),
    /** Decides about every call before it is made: an answer in place of the real one, or null. */
    disturb: (
      by: (method: string, args: Readonly<Record<string, unknown>>) => Interruption | null,
    ) => {
      world.disturbed = by;
    },
    /** The next calls of a method get these answers instead. */
    interrupt: (method: string, ...answers: readonly Interruption[]): void => {
      world.interruptions.set(method, [...(world.interruptions.get(method) ?? []), ...answers]);
    },
  };
}

function keep(
  world: World,
  channel: string,
  message: Omit<KeptMessage, 'type' | 'ts'>,
): KeptMessage {
  const all = world.channels.get(channel) ?? [];
  const count = [...world.channels.values()].reduce((sum, kept) => sum + kept.length, 1);
  const kept: KeptMessage = { type: 'message', ts: `${1_700_000_000 + count}.000100`, ...message };
  world.channels.set(channel, [...all, kept]);
  return kept;
}

function change(world: World, channel: string, ts: string, text: string | null): void {
  const all = world.channels.get(channel) ?? [];
  const kept = all.flatMap((one) => {
    if (one.ts !== ts) return [one];
    if (text === null) return [];
    const { blocks: _, ...rest } = one;
    return [{ ...rest, text: escaped(text) }];
  });
  world.channels.set(channel, kept);
}

function store(
  world: World,
  name: string,
  content: string | Uint8Array,
  channel: string,
  about: object,
) {
  const fileId = `F${world.files.size + 1}`;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const address = `https://files.slack.com/files-pri/T1-${fileId}/${encodeURIComponent(name)}`;
  const whole = {
    id: fileId,
    name,
    mode: 'snippet',
    mimetype: 'text/plain',
    size: bytes.length,
    url_private: address,
    url_private_download: `${address}/download`,
    shares: { public: { [channel]: [{ ts: '1.0' }] } },
    ...about,
  };
  world.files.set(fileId, { about: whole, bytes });
  return whole;
}

const methods: Readonly<Record<string, Method>> = {
  'auth.test': ({ options }) => ({ ok: true, user_id: options.botUserId, bot_id: options.botId }),
  'users.info': ({ options }, { user }) => {
    const locale = options.locales?.[String(user)];
    return locale === undefined ? no('missing_scope') : { ok: true, user: { id: user, locale } };
  },
  'assistant.threads.setStatus': () => ({ ok: true }),
  'chat.postEphemeral': (world, args) => {
    const refused = sendable(world, args);
    if (refused !== null) return refused;
    const shown = world.ephemeral.get(`user:${args.user}`) ?? [];
    world.ephemeral.set(`user:${args.user}`, [...shown, { ...args, ...readPosted(args) }]);
    return { ok: true, message_ts: '1.1' };
  },
  'chat.getPermalink': (world, { channel, message_ts: ts }) =>
    (world.channels.get(String(channel)) ?? []).some((one) => one.ts === ts)
      ? {
          ok: true,
          channel,
          permalink: `https://example.slack.com/archives/${channel}/p${String(ts).replace('.', '')}?thread_ts=${ts}&cid=${channel}`,
        }
      : no('message_not_found'),
  'chat.delete': (world, { channel, ts }) => {
    const all = world.channels.get(String(channel)) ?? [];
    const own = all.some((one) => one.ts === ts && one.bot_id !== undefined);
    if (!own) return no('message_not_found');
    change(world, String(channel), String(ts), null);
    return { ok: true };
  },
  'views.open': (world, { trigger_id: trigger, view }) => {
    // A trigger opens one view, within three seconds.
    if (trigger === 'expired' || world.triggers.has(String(trigger))) {
      return no(trigger === 'expired' ? 'expired_trigger_id' : 'exchanged_trigger_id');
    }
    world.triggers.add(String(trigger));
    return shownView(world, view);
  },
  'views.update': (world, { view }) => shownView(world, view),
  'views.publish': (world, { view }) => shownView(world, view),
  'files.getUploadURLExternal': (world, { filename }) => {
    const id = `FU${world.uploads.size + 1}`;
    world.uploads.set(id, '');
    return {
      ok: true,
      file_id: id,
      upload_url: `https://files.slack.com/upload/v1/${id}?name=${filename}`,
    };
  },
  'files.completeUploadExternal': (world, args) => {
    const files = JSON.parse(String(args.files)) as {
      readonly id: string;
      readonly title: string;
    }[];
    const own = { user: world.options.botUserId, bot_id: world.options.botId, text: '' };
    const shared = files.map(({ id, title }) => {
      const text = world.uploads.get(id) ?? '';
      return { id, name: title, text, size: text.length };
    });
    keep(world, String(args.channel_id), {
      ...own,
      files: shared,
      thread_ts: String(args.thread_ts),
    });
    return { ok: true, files };
  },
  'chat.postMessage': (world, args) => {
    const message = readPosted(args);
    const refusal = sendable(world, args);
    if (refusal !== null) return refusal;
    // A message to a person lands in a channel of its own.
    const channel = String(args.channel).replace(/^U/, 'D');
    const kept = keep(world, channel, {
      user: world.options.botUserId,
      bot_id: world.options.botId,
      text: message.text,
      blocks: message.blocks,
      ...(typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {}),
    });
    return { ok: true, channel, ts: kept.ts, message: kept };
  },
  'chat.update': (world, args) => {
    const message = readPosted(args);
    const refusal = refusalOf(message, world.options.refused ?? []);
    if (refusal !== null) return refusal;
    const all = world.channels.get(String(args.channel)) ?? [];
    const index = all.findIndex((one) => one.ts === args.ts && one.bot_id !== undefined);
    const old = all[index];
    if (old === undefined) return no('message_not_found');
    all[index] = { ...old, text: message.text, blocks: message.blocks };
    return { ok: true, ts: old.ts };
  },
  'conversations.replies': (world, { channel, ts, cursor, limit }) => {
    if (world.options.history === false) return no('channel_not_found');
    const all = threadOf(world.channels.get(String(channel)) ?? [], String(ts));
    if (all.length === 0) return no('thread_not_found');
    const from = Number(cursor ?? '0');
    const to = from + Number(limit ?? '100');
    const next = to < all.length ? String(to) : '';
    return { ok: true, messages: all.slice(from, to), response_metadata: { next_cursor: next } };
  },
  'files.info': (world, { file }) => {
    const stored = world.files.get(String(file));
    return stored === undefined ? no('file_not_found') : { ok: true, file: stored.about };
  },
};

function fetchOf(world: World): Fetch {
  return async (input, init) => {
    const url = new URL(input);
    switch (url.host) {
      case 'slack.com':
        return callMethod(world, url.pathname.replace('/api/', ''), init);
      case 'files.slack.com':
        return url.pathname.startsWith('/upload/')
          ? upload(world, url, init)
          : download(world, url, init);
      case 'hooks.slack.com':
        return postPrivately(world, url, init);
      default:
        throw new TypeError(`fetch failed: ${url.host} is not Slack`);
    }
  };
}

function callMethod(world: World, method: string, init: Init | undefined): Response {
  const pending = world.interruptions.get(method)?.shift();
  if (pending !== undefined) return respond(pending);
  const args = Object.fromEntries(new URLSearchParams(String(init?.body ?? '')));
  const trouble = world.disturbed(method, args);
  if (trouble !== null) return respond(trouble);
  world.calls.push({ method, args });
  const known = isAuthorised(init, world.options.token);
  const needed = scopesOf(method).find((scope) => world.options.lacks?.includes(scope));
  const lacking = needed === undefined ? null : { ...no('missing_scope'), needed, provided: '' };
  const answer = known ? (lacking ?? methods[method]?.(world, args)) : no('invalid_auth');
  return respond({ status: 200, body: answer ?? no('unknown_method') });
}

function postPrivately(world: World, url: URL, init: Init | undefined): Response {
  const posts = world.ephemeral.get(url.pathname);
  if (posts === undefined) return respond({ status: 404, body: 'expired_url' });
  const message = JSON.parse(String(init?.body)) as { text: string; blocks?: unknown[] };
  const form = { text: message.text, blocks: message.blocks ?? [] };
  if (refusalOf(form, world.options.refused ?? []) !== null) {
    return respond({ status: 400, body: 'invalid_blocks' });
  }
  posts.push(message);
  return respond({ status: 200, body: 'ok' });
}

function upload(world: World, url: URL, init: Init | undefined): Response {
  world.uploads.set(url.pathname.split('/').at(-1) ?? '', String(init?.body));
  return new Response('OK');
}

function download(world: World, url: URL, init: Init | undefined): Response {
  const page = new Response('<!DOCTYPE html><html><head><title>Slack</title></head></html>', {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
  if (!isAuthorised(init, world.options.token)) return page;
  const fileId = url.pathname.split('/')[2]?.split('-')[1] ?? '';
  const stored = world.files.get(fileId);
  if (stored === undefined) return new Response('', { status: 404 });
  return new Response(new Uint8Array(stored.bytes), { headers: { 'content-type': 'text/plain' } });
}

type Method = (
  world: World,
  args: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;
interface Init {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
  readonly redirect?: string;
}
type Fetch = (url: string | URL, init?: Init) => Promise<Response>;

function keptForm(message: Written): Omit<KeptMessage, 'type' | 'ts'> {
  return {
    user: message.user,
    text: escaped(message.text),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.blocks === undefined ? {} : { blocks: message.blocks }),
    ...(message.files === undefined ? {} : { files: message.files, subtype: 'file_share' }),
  };
}

function threadOf(messages: readonly KeptMessage[], ts: string): readonly KeptMessage[] {
  return messages.filter((message) => message.ts === ts || message.thread_ts === ts);
}

/** What a person types; mentions are Slack's own form and stay. */
function escaped(text: string): string {
  return text
    .split(/(<@U\w+>)/)
    .map((part) =>
      /^<@U\w+>$/.test(part)
        ? part
        : part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    )
    .join('');
}

/** The scopes of each method (docs.slack.dev), as the product's own table has them. */
function scopesOf(method: string): readonly string[] {
  return Object.entries(slackMethods).find(([name]) => name === method)?.[1] ?? [];
}

function sendable(
  world: World,
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  if (world.options.outside?.includes(String(args.channel))) return no('not_in_channel');
  return refusalOf(readPosted(args), world.options.refused ?? []);
}

function shownView(world: World, view: unknown): Readonly<Record<string, unknown>> {
  const read = JSON.parse(String(view)) as Record<string, unknown>;
  const faults = faultsOfView(read);
  if (faults.length > 0) return no('invalid_arguments', faults);
  const shown = { ...read, id: `V${world.views.length + 1}`, hash: 'h' };
  world.views.push(shown);
  return { ok: true, view: shown };
}

function readPosted(args: Readonly<Record<string, unknown>>) {
  const blocks: unknown = typeof args.blocks === 'string' ? JSON.parse(args.blocks) : [];
  return { text: String(args.text ?? ''), blocks: Array.isArray(blocks) ? blocks : [] };
}

function refusalOf(
  message: { readonly text: string; readonly blocks: readonly unknown[] },
  refused: readonly string[],
): Readonly<Record<string, unknown>> | null {
  const faults = faultsOf(message);
  const types = valuesOf(message.blocks, 'type');
  const unwanted = refused.filter((type) => types.includes(type));
  if (unwanted.length > 0) return no('invalid_blocks', unwanted);
  return faults.length === 0 ? null : no('invalid_blocks', faults);
}

function no(error: string, messages: readonly string[] = []): Readonly<Record<string, unknown>> {
  return { ok: false, error, response_metadata: { messages } };
}

function isAuthorised(init: Init | undefined, token: string): boolean {
  const headers = new Headers(init?.headers);
  return headers.get('authorization') === `Bearer ${token}`;
}

function respond({ status, headers, body }: Interruption): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
