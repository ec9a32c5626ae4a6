import { slackMethods } from './slack-methods.ts';

/**
 * Every event that the app subscribes to, with the bot scopes it needs. Source: the page of each event at
 * https://docs.slack.dev/reference/events/EVENT.
 */
export const slackEvents = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  tokens_revoked: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Slash commands and shortcuts. */
const FEATURE_SCOPES = ['commands'] as const;

/** What a workspace may decline and still get answers: reading on in a thread, direct messages, attached reports. */
export const OPTIONAL_SCOPES = [
  'channels:history',
  'files:write',
  'groups:history',
  'im:history',
] as const;

type ScopeOf<Table extends Readonly<Record<string, readonly string[]>>> =
  Table[keyof Table][number];

export type BotScope =
  | ScopeOf<typeof slackMethods>
  | ScopeOf<typeof slackEvents>
  | (typeof FEATURE_SCOPES)[number];

/** What the app asks a workspace for, optional scopes included: exactly what its calls, events and features need. */
export const BOT_SCOPES: readonly BotScope[] = [
  ...new Set([
    ...Object.values(slackMethods).flat(),
    ...Object.values(slackEvents).flat(),
    ...FEATURE_SCOPES,
  ]),
].toSorted();
