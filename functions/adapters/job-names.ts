import { createHash } from 'node:crypto';
import type { Job } from './job.ts';

/** Names one piece of work: two deliveries of the same have the same. */
export function keyOf(one: Job): string {
  return `${one.kind}:${one.team}:${ownPart(one)}`;
}

function ownPart(one: Job): string {
  switch (one.kind) {
    case 'command':
    case 'shortcut':
      return one.trigger;
    // A mention reaches an app as `app_mention` and as `message`, with different event ids and not always with the same
    // files: what differs is no duplicate.
    case 'written':
      return `${one.channel}:${one.ts}:${digest(JSON.stringify([one.asked, one.message]))}`;
    case 'deleted':
      return `${one.channel}:${one.ts}`;
    case 'form':
    case 'label':
      return one.view;
    case 'steps':
    case 'share':
    case 'forget':
    case 'kept':
      return `${one.channel}:${one.pressed}`;
    case 'home':
    case 'removed':
      return one.event;
  }
}

/** The conversation that a piece of work belongs to: its work is done one piece at a time, in order. */
export function groupOf(one: Job): string {
  if ('threadTs' in one && one.threadTs !== null && one.channel !== null) {
    return `${one.team}:${one.channel}:${one.threadTs}`;
  }
  return `${one.team}:${'user' in one ? one.user : 'app'}`;
}

/** Sixteen hexadecimal digits that stand for a text and say nothing of it. */
export function digest(of: string): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 16);
}
