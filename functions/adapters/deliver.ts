import type { Result } from '../primitives/result.ts';
import type { SlackMessage } from '../render/slack.ts';
import type { At, SlackApi } from './slack-api.ts';
import type { Refusal } from './slack-call.ts';

/** Where an answer goes. `at` is null where the message cannot be found again: one person saw it. */
export type Send = (message: SlackMessage) => Promise<Result<At | null, Refusal>>;

/** Slack will not take the answer, now or later. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
  readonly code: string;
  readonly needed: string | null;
  constructor({ code, needed }: Refusal) {
    super(code);
    this.code = code;
    this.needed = needed;
  }
}

/** Which of the forms was taken, and where it stands. */
export interface Delivered {
  readonly at: At | null;
  readonly form: number;
}

const TOO_MUCH = new Set(['invalid_blocks', 'msg_blocks_too_long', 'msg_too_long']);

/** Tries ever plainer forms of one answer while Slack refuses the blocks; any other refusal is final and rejects. */
export async function deliver(forms: Iterable<SlackMessage>, send: Send): Promise<Delivered> {
  let refusal: Refusal = { code: 'nothing to send', needed: null };
  let form = 0;
  for (const message of forms) {
    const sent = await send(message);
    if (sent.ok) return { at: sent.value, form };
    refusal = sent.error;
    if (!TOO_MUCH.has(refusal.code)) break;
    form += 1;
  }
  throw new DeliveryRefused(refusal);
}

export function toThread(slack: SlackApi, channel: string, threadTs: string | null): Send {
  return (message) => slack.post(channel, threadTs, message);
}

export function inPlaceOf(slack: SlackApi, at: At): Send {
  return async (message) => {
    const updated = await slack.update(at, message);
    return updated.ok ? { ok: true, value: at } : updated;
  };
}

export function toPerson(
  slack: SlackApi,
  user: string,
  place: { readonly channel: string; readonly threadTs: string },
): Send {
  return (message) => slack.postTo(user, place.channel, place.threadTs, message);
}

export function toResponseUrl(
  slack: SlackApi,
  url: string,
  audience: 'person' | 'channel' = 'person',
): Send {
  return (message) => slack.respond(url, message, audience);
}
