import { record } from './slack-bodies.ts';

/** The parts of a Slack message that may hold evidence; everything else in it is left behind. */
export interface SlackMessageIn {
  readonly ts: string;
  readonly user?: string | undefined;
  readonly bot_id?: string | undefined;
  readonly text?: string | undefined;
  readonly blocks?: unknown[] | undefined;
  readonly files?: unknown[] | undefined;
  readonly attachments?: unknown[] | undefined;
}

/**
 * The evidence-bearing part of a message event or of a message of a thread; null when it is no message. By hand, as a
 * library of schemas would be a fifth of what the receiving Lambda loads at each cold start.
 */
export function readMessage(value: unknown): SlackMessageIn | null {
  const { ts, user, bot_id, text, blocks, files, attachments } = record(value);
  const texts = { user, bot_id, text };
  const lists = { blocks, files, attachments };
  const fits =
    typeof ts === 'string' &&
    Object.values(texts).every((one) => one === undefined || typeof one === 'string') &&
    Object.values(lists).every((one) => one === undefined || Array.isArray(one));
  if (!fits) return null;
  const given = Object.entries({ ...texts, ...lists }).filter(([, one]) => one !== undefined);
  return { ts, ...Object.fromEntries(given) };
}
