import { type Absence, absenceAt } from './absence.ts';
import type { Clocks } from './clocks.ts';
import type { Point, Sighting } from './points.ts';
import type { Transmission } from './transmissions.ts';

/** A packet that vanished: where it was last seen, where it was missing, and what proves it. */
export interface Vanished {
  readonly transmission: Transmission;
  readonly direction: 'request' | 'response';
  /** Last sighting before it vanished. */
  readonly seen: Sighting;
  /** The point that should have seen it next; null when nothing further on can prove anything. */
  readonly missing: Point | null;
  readonly absence: Absence | null;
  /** It went round the tunnel: a later card of the same host saw it unwrapped. */
  readonly bypassedTunnel: boolean;
  readonly retriedAfterUs: number | null;
  /** Microseconds from the retry to its answer; null when no retry was answered. */
  readonly retryAnsweredAfterUs: number | null;
}

/** An answer that comes this much later than others do came late; it was not lost. */
const PROMPT_US = 50_000;

/** Finds what vanished in one conversation. `path` is the way of its requests, client first. */
export function vanishedIn(
  conversation: readonly Transmission[],
  path: readonly Point[],
  clocks: Clocks,
): readonly Vanished[] {
  const usual = usualAnswerTime(conversation);
  return conversation.flatMap((transmission) => {
    if (transmission.answers.has(firstOf(transmission))) return [];
    const retry = retryOf(transmission, conversation);
    if (!isTold(transmission, retry, conversation, usual)) return [];
    const place = placeOf(transmission, path, conversation, clocks);
    if (place === undefined) return [];
    return [
      {
        transmission,
        ...place,
        retriedAfterUs: transmission.retriedAfterUs,
        retryAnsweredAfterUs: retry?.answeredAfterUs ?? null,
      },
    ];
  });
}

function firstOf(transmission: Transmission): number {
  return Math.min(...transmission.seen.keys());
}

interface Retry {
  readonly answeredAfterUs: number | null;
}

/** The first later try of the same question that was answered at the client's side. */
function retryOf(
  transmission: Transmission,
  conversation: readonly Transmission[],
): Retry | undefined {
  const later = conversation.filter(
    (one) => one.exchange === transmission.exchange && one.attempt > transmission.attempt,
  );
  if (later.length === 0) return undefined;
  for (const one of later) {
    const at = firstOf(one);
    const sent = one.seen.get(at)?.time;
    const answer = one.answers.get(at)?.time;
    if (one.answers.has(at))
      return { answeredAfterUs: sent == null || answer == null ? null : answer - sent };
  }
  return { answeredAfterUs: null };
}

function usualAnswerTime(conversation: readonly Transmission[]): number {
  const times = conversation.flatMap((one) => {
    const at = firstOf(one);
    const sent = one.seen.get(at)?.time;
    const answer = one.answers.get(at)?.time;
    return one.attempt > 0 || sent == null || answer == null ? [] : [answer - sent];
  });
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/**
 * Whether the silence after a try means anything: it was sent again and the retry's answer came as promptly as answers
 * do (else the answer is late, not lost), or the capture went on long enough without one.
 */
function isTold(
  transmission: Transmission,
  retry: Retry | undefined,
  conversation: readonly Transmission[],
  usual: number,
): boolean {
  const answered = conversation.filter(
    (one) => one.exchange === transmission.exchange && one.answers.size > 0,
  ).length;
  if (retry !== undefined && retry.answeredAfterUs !== null)
    return retry.answeredAfterUs <= Math.max(PROMPT_US, usual * 20);
  if (retry !== undefined) return answered === 0 || transmission.answers.size === 0;
  const sent = transmission.seen.get(firstOf(transmission));
  if (sent === undefined || sent.time === null) return false;
  const last = conversation.reduce((latest, one) => {
    const there = one.seen.get(firstOf(transmission))?.time ?? null;
    return there === null ? latest : Math.max(latest, there);
  }, sent.time);
  // A last try that nobody repeats: only a capture that ran on for a second shows that no answer came.
  return last - sent.time >= 1_000_000 || earlierTriesFailed(transmission, conversation);
}

function earlierTriesFailed(
  transmission: Transmission,
  conversation: readonly Transmission[],
): boolean {
  const earlier = conversation.filter(
    (one) => one.exchange === transmission.exchange && one.attempt < transmission.attempt,
  );
  return earlier.length > 0 && earlier.every((one) => one.answers.size === 0);
}

type Place = Pick<Vanished, 'direction' | 'seen' | 'missing' | 'absence' | 'bypassedTunnel'>;

function placeOf(
  transmission: Transmission,
  path: readonly Point[],
  conversation: readonly Transmission[],
  clocks: Clocks,
): Place | undefined {
  const hole = tunnelHole(transmission, path);
  if (hole !== undefined) {
    const seen = transmission.seen.get(hole - 1);
    const absence =
      seen === undefined
        ? undefined
        : absenceAt(
            hole,
            { transmission, sent: seen, direction: 'request' },
            path,
            conversation,
            clocks,
          );
    const point = path[hole];
    if (seen !== undefined && point !== undefined && absence !== undefined) {
      return { direction: 'request', seen, missing: point, absence, bypassedTunnel: true };
    }
  }
  return (
    lostAnswer(transmission, path, conversation, clocks) ??
    lostRequest(transmission, path, conversation, clocks)
  );
}

/** A tunnel that saw nothing, between points of its own host that saw the packet unwrapped, was never entered. */
function tunnelHole(transmission: Transmission, path: readonly Point[]): number | undefined {
  const last = Math.max(...transmission.seen.keys());
  const at = path.findIndex(
    (point, position) =>
      point.role === 'tunnel' && position < last && !transmission.seen.has(position),
  );
  if (at <= 0) return undefined;
  const host = path[at]?.host;
  const later = [...transmission.seen].filter(([position]) => position > at);
  const unwrapped = later.every(
    ([position, one]) => path[position]?.host === host && one.outer === one.packet,
  );
  return transmission.seen.has(at - 1) && path[at - 1]?.host === host && unwrapped ? at : undefined;
}

/** The answer was seen somewhere but not at the client's side: it vanished between the two. */
function lostAnswer(
  transmission: Transmission,
  path: readonly Point[],
  conversation: readonly Transmission[],
  clocks: Clocks,
): Place | undefined {
  if (transmission.answers.size === 0) return undefined;
  const nearest = Math.min(...transmission.answers.keys());
  const seen = transmission.answers.get(nearest);
  if (seen === undefined) return undefined;
  for (let position = nearest - 1; position >= 0; position -= 1) {
    const absence = absenceAt(
      position,
      { transmission, sent: seen, direction: 'response' },
      path,
      conversation,
      clocks,
    );
    const missing = path[position];
    if (absence !== undefined && missing !== undefined)
      return { direction: 'response', seen, missing, absence, bypassedTunnel: false };
  }
  return undefined;
}

function lostRequest(
  transmission: Transmission,
  path: readonly Point[],
  conversation: readonly Transmission[],
  clocks: Clocks,
): Place | undefined {
  const last = Math.max(...transmission.seen.keys());
  const seen = transmission.seen.get(last);
  if (seen === undefined) return undefined;
  for (let position = last + 1; position < path.length; position += 1) {
    const absence = absenceAt(
      position,
      { transmission, sent: seen, direction: 'request' },
      path,
      conversation,
      clocks,
    );
    const missing = path[position];
    if (absence !== undefined && missing !== undefined)
      return { direction: 'request', seen, missing, absence, bypassedTunnel: false };
  }
  // Nothing further on can tell; at this point the answer is what is missing, and of a SYN the server's reaction.
  const direction = transmission.exchange.protocol === 'dns' ? 'response' : 'request';
  return { direction, seen, missing: null, absence: null, bypassedTunnel: false };
}
