import { parseArgs } from 'node:util';
import type { AppsManifestCreateArguments } from '@slack/web-api';
import { INSTALL_PATH, REDIRECT_PATH } from '../functions/adapters/install-requests.ts';
import { BOT_SCOPES, OPTIONAL_SCOPES, slackEvents } from '../functions/adapters/slack-scopes.ts';

export type Manifest = AppsManifestCreateArguments['manifest'];

/** How the app reaches us: `url` null for Socket Mode, else the public `https://…` address of a deployment. */
export interface ManifestOptions {
  readonly url: string | null;
  /** Whether further workspaces, or a whole organisation, install it from there. */
  readonly workspaces: boolean;
}

const EVENTS_PATH = '/slack/events';

/** Slack shows each of these texts to everybody, whatever their language. */
const texts = {
  description:
    'Paste command output from a sick network, get the root cause and the lines that prove it. 贴上故障现场的命令输出，得到根因和证据。',
  long: `netdx reads what tools print: tcpdump, conntrack -S, ip route, resolv.conf, dmesg and some forty more. It names the root cause, quotes the lines that prove it, says what is ruled out, what to do with its cost, risk and undo, and which command to run next. It is made of rules: no model, no guessing, and nothing that you paste leaves this deployment.

netdx 能读懂 tcpdump、conntrack -S、ip route、resolv.conf、dmesg 等四十多种命令输出，指出根因，逐行引用证据，说明已排除什么、怎样处置（成本、风险、回退），以及下一步该执行哪条命令。全部由规则判断，不用大模型，不猜测；贴出的内容不会离开本部署。`,
  command: 'Diagnose pasted command output · 诊断贴出的命令输出',
  hint: '[paste, or nothing for a form · 直接贴输出，留空则打开表单]',
  message: {
    name: 'Diagnose · 诊断',
    says: 'Read the output in this message and its files · 诊断这条消息及附件',
  },
  paste: {
    name: 'Paste output · 贴输出',
    says: 'Paste output from several hosts into a form · 在表单里贴多台主机的输出',
  },
} as const;

/** The app's manifest, version 2 (https://docs.slack.dev/reference/app-manifest). */
export function manifestFor({ url, workspaces }: ManifestOptions): Manifest {
  const requests = url === null ? null : `${url}${EVENTS_PATH}`;
  const command = {
    command: '/netdx',
    description: texts.command,
    usage_hint: texts.hint,
    should_escape: false,
  };
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'netdx',
      description: texts.description,
      long_description: texts.long,
      background_color: '#1d1d1b',
    },
    features: {
      app_home: {
        home_tab_enabled: true,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: 'netdx', always_online: true },
      shortcuts: [
        {
          type: 'message',
          callback_id: 'diagnose',
          name: texts.message.name,
          description: texts.message.says,
        },
        {
          type: 'global',
          callback_id: 'paste',
          name: texts.paste.name,
          description: texts.paste.says,
        },
      ],
      slash_commands: [requests === null ? command : { ...command, url: requests }],
    },
    oauth_config: {
      ...(url !== null && workspaces ? { redirect_urls: [`${url}${REDIRECT_PATH}`] } : {}),
      // Slack wants an optional scope in both lists.
      scopes: { bot: [...BOT_SCOPES], bot_optional: [...OPTIONAL_SCOPES] },
    },
    settings: {
      event_subscriptions: {
        ...(requests === null ? {} : { request_url: requests }),
        bot_events: Object.keys(slackEvents) as (keyof typeof slackEvents)[],
      },
      interactivity: { is_enabled: true, ...(requests === null ? {} : { request_url: requests }) },
      org_deploy_enabled: workspaces,
      socket_mode_enabled: requests === null,
      // Once on, Slack never lets an app turn it off again; a single workspace does without.
      token_rotation_enabled: workspaces,
    },
  };
}

const USAGE = `usage: npm run -s manifest                                   Socket Mode, one machine
       npm run -s manifest -- https://API-URL                 one workspace
       npm run -s manifest -- https://API-URL --workspaces    several, from https://API-URL${INSTALL_PATH}
`;

/** The manifest as JSON, or how to ask for it. */
export function printedManifest(
  args: readonly string[],
): { readonly text: string } | { readonly refused: string } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { workspaces: { type: 'boolean', default: false } },
    allowPositionals: true,
    strict: false,
  });
  const [given, ...more] = positionals;
  const url = given === undefined ? null : publicUrl(given);
  const workspaces = values.workspaces === true;
  if (url === undefined || more.length > 0 || (url === null && workspaces))
    return { refused: USAGE };
  return { text: `${JSON.stringify(manifestFor({ url, workspaces }), null, 2)}\n` };
}

/** An address that paths can be put behind; Slack sends to https only. */
function publicUrl(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const { protocol, origin, pathname, search, hash } = new URL(given);
  if (protocol !== 'https:' || search !== '' || hash !== '') return undefined;
  // Whoever copies the address of the event subscription means the deployment.
  return origin + pathname.replace(/\/+$/, '').replace(EVENTS_PATH, '');
}

if (import.meta.main) {
  const printed = printedManifest(process.argv.slice(2));
  if ('text' in printed) process.stdout.write(printed.text);
  else process.stderr.write(printed.refused);
  process.exitCode = 'text' in printed ? 0 : 2;
}
