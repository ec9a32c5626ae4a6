import type { Workspace } from './installations.ts';

/** Where a pressed button stands. */
export interface PressedAt {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string;
  /** Whether one person only sees the message. */
  readonly alone: boolean;
  readonly responseUrl: string;
}

/** Null where the button stands in no message. */
export function placeOf(body: unknown): PressedAt | null {
  const { container, message, response_url: responseUrl } = record(body);
  const {
    channel_id: channel,
    message_ts: ts,
    is_ephemeral: alone,
    thread_ts: thread,
  } = record(container);
  if (typeof channel !== 'string' || typeof ts !== 'string') return null;
  const threadTs = textOr(record(message).thread_ts, textOr(thread, ts));
  return { channel, ts, threadTs, alone: alone === true, responseUrl: textOr(responseUrl, '') };
}

/** A command names its workspace in other words than an event, and a button in others again. */
export function workspaceOf(body: unknown): Workspace {
  const from = record(body);
  const team = from.team_id ?? record(from.team).id ?? record(from.user).team_id;
  const enterprise = from.enterprise_id ?? record(from.enterprise).id;
  return { team: textOr(team, ''), enterprise: typeof enterprise === 'string' ? enterprise : null };
}

export function userOf(body: unknown): string {
  return textOr(record(record(body).user).id, '');
}

/** The app's own user, as the envelope of an event names it. */
export function botUserIn(body: unknown): string {
  const all = record(body).authorizations;
  const own = (Array.isArray(all) ? all : []).map(record).find((one) => one.is_bot === true);
  return textOr(own?.user_id, '');
}

export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

export function parsed(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : null;
  } catch {
    return null;
  }
}

/** A value's fields, whatever it is. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
