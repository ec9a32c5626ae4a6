import { areTwoCards } from '../primitives/device.ts';
import { median } from '../primitives/median.ts';
import { type Absence, absenceAt, hasLoose, saysNothing } from './absence.ts';
import type { Clocks } from './clocks.ts';
import { cameLate, mayBeLate } from './late-answers.ts';
import type { Missed } from './moments.ts';
import type { Point, Sighting } from './points.ts';
import { isProbe } from './probes.ts';
import { refusedTries } from './refusals.ts';
import { answerTime, cameBack, type Retry, retryOf } from './retries.ts';
import { type Direction, type Timeline, timelineOf } from './timeline.ts';
import { firstPosition, lastPosition, type Transmission } from './transmissions.ts';

/** A packet that vanished: where it was last seen, where it was missing, and what proves it. */
export interface Vanished {
  readonly transmission: Transmission;
  readonly direction: Direction;
  /** Last sighting before it vanished. */
  readonly seen: Sighting;
  /** The point that should have seen it next; null when nothing further on can prove anything. */
  readonly missing: Point | null;
  readonly absence: Absence | null;
  /** It went round the tunnel: a later card of the same host saw it unwrapped. */
  readonly bypassedTunnel: boolean;
  readonly retriedAfterUs: number | null;
  /** Microseconds from the retry to its answer; null when no retry was answered or the captures show no times. */
  readonly retryAnsweredAfterUs: number | null;
  readonly retryAnswered: boolean;
  /** The ICMP errors that say that it was refused, at each point that saw one. */
  readonly refused: readonly Sighting[];
  /** The one answer seen may be the first try's, late by as much as the retry came later: the captures end too soon to tell. */
  readonly mayBeLate: boolean;
}

/** An answer that comes this much later than others do came late; it was not lost. */
const PROMPT_US = 50_000;

/** A last try that nobody repeats: only a capture that ran on for so long shows that no answer came. */
const PATIENCE_US = 1_000_000;

/** Finds what vanished in one conversation. `path` is the way of its requests, client first. */
export function vanishedIn(
  transmissions: readonly Transmission[],
  path: readonly Point[],
  clocks: Clocks,
): readonly Vanished[] {
  const unanswered = transmissions.filter((one) => !cameBack(one));
  if (unanswered.length === 0) return [];
  const timeline = timelineOf(transmissions, path);
  const usual = answerTimes(transmissions);
  const nobodyHeard =
    timeline.nobodyAnswered ||
    (unanswered.length === transmissions.length && isAskedAgain(transmissions));
  const refusedBy = refusedTries(unanswered, path);
  return unanswered.flatMap((transmission) => {
    if (isProbe(transmission, path)) return [];
    const retry = retryOf(transmission, timeline);
    const refused = refusedBy.get(transmission) ?? [];
    const asked = { timeline, usual: median(usual) ?? 0, nobodyHeard };
    if (refused.length === 0 && !isTold(transmission, retry, asked)) return [];
    const place = placeOf(transmission, timeline, clocks, retry);
    if (place === undefined) return [];
    if (cameLate(transmission, retry, path, clocks)) return [];
    const retriedAfterUs = retry?.afterUs ?? null;
    return [
      {
        transmission,
        ...place,
        refused,
        retriedAfterUs,
        retryAnsweredAfterUs: retry?.answeredAfterUs ?? null,
        retryAnswered: retry?.answered ?? false,
        mayBeLate: place.missing === null && mayBeLate(transmission, retry, path, usual),
      },
    ];
  });
}

/** The same packet with no place where it is missing: all that is left is that no answer came. */
export function unplaced(one: Vanished): Vanished {
  const { seen, exchange } = one.transmission;
  return {
    ...one,
    direction: exchange.protocol === 'dns' ? 'response' : 'request',
    seen: seen[lastPosition(seen)] ?? one.seen,
    missing: null,
    absence: null,
    bypassedTunnel: false,
    mayBeLate: one.mayBeLate || one.seen.time === null,
  };
}

/** How long first tries took to be answered, shortest first. */
function answerTimes(transmissions: readonly Transmission[]): readonly number[] {
  return transmissions
    .flatMap((one) => (one.attempt > 0 ? [] : (answerTime(one) ?? [])))
    .toSorted((a, b) => a - b);
}

/** A question that comes again from a new port with the id that it had, as dig's second try does: its client heard nothing. */
function isAskedAgain(transmissions: readonly Transmission[]): boolean {
  const questions = transmissions.flatMap(({ exchange: { dns, client } }) =>
    dns === null ? [] : [`${client.host} ${dns.id} ${dns.qtype} ${dns.qname}`],
  );
  return new Set(questions).size < questions.length;
}

interface Circumstances {
  readonly timeline: Timeline;
  /** How long first tries usually take to be answered, in microseconds. */
  readonly usual: number;
  /** No answer to any question came to where it was first seen. */
  readonly nobodyHeard: boolean;
}

/**
 * Whether the silence after a try means anything. A client that got no answer sends again: then the retry's answer must
 * come as promptly as answers do (else the first answer is late, not lost). Without a retry, only a client whose every
 * question stays unanswered, or whose earlier tries failed too, shows that none came; a line may be missing from a paste.
 */
function isTold(
  transmission: Transmission,
  retry: Retry | undefined,
  { timeline, usual, nobodyHeard }: Circumstances,
): boolean {
  if (retry?.answeredAfterUs != null) {
    // A SYN is answered by the kernel: only the way takes time, and a way of a second would have every SYN sent again.
    const ofWay = transmission.exchange.protocol === 'tcp' ? (retry.afterUs ?? 0) / 8 : 0;
    return retry.answeredAfterUs <= Math.max(PROMPT_US, usual * 20, ofWay);
  }
  if (retry !== undefined) return true;
  if (earlierTriesFailed(transmission, timeline)) return true;
  // ping sends each echo once: the next one says nothing about the answer to this.
  if (!nobodyHeard && transmission.exchange.protocol !== 'icmp') return false;
  const at = firstPosition(transmission.seen);
  const sent = transmission.seen[at]?.time;
  if (sent == null) return false;
  const last = timeline.passages(at, 'request').at(-1)?.sighting.time ?? sent;
  return last - sent >= PATIENCE_US;
}

function earlierTriesFailed(transmission: Transmission, timeline: Timeline): boolean {
  const earlier = timeline
    .triesOf(transmission.exchange)
    .filter(({ attempt }) => attempt < transmission.attempt);
  return earlier.length > 0 && earlier.every(({ answers }) => answers.length === 0);
}

type Place = Pick<Vanished, 'direction' | 'seen' | 'missing' | 'absence' | 'bypassedTunnel'>;

function placeOf(
  transmission: Transmission,
  timeline: Timeline,
  clocks: Clocks,
  retry: Retry | undefined,
): Place | undefined {
  const left = leftByOtherCard(transmission, timeline);
  if (left === undefined)
    return (
      bypass(transmission, timeline, clocks) ??
      lostAnswer(transmission, timeline, clocks) ??
      lostRequest(transmission, timeline, clocks)
    );
  // Only a client that sends again tells that the answer did not come by that way either.
  if (retry === undefined) return undefined;
  return { direction: 'response', seen: left, missing: null, absence: null, bypassedTunnel: false };
}

/**
 * The answer where it left its host by another card than the question came in by: that card saw no question of all the
 * conversation, and the card that saw them is not on the answer's way.
 */
function leftByOtherCard(
  { seen, answers }: Transmission,
  { path, passages }: Timeline,
): Sighting | undefined {
  const left = firstPosition(answers);
  const came = lastPosition(seen);
  const [out, into] = [path[left], path[came]];
  if (out === undefined || into === undefined || out === into || out.host === null)
    return undefined;
  if (out.host !== into.host || out.role !== 'nic' || into.role !== 'nic') return undefined;
  const areTwo = areTwoCards(out.interface ?? '', into.interface ?? '');
  return areTwo && passages(left, 'request').length === 0 ? answers[left] : undefined;
}

/** A tunnel that saw nothing, between points of its own host that saw the packet unwrapped, was never entered. */
function bypass(transmission: Transmission, timeline: Timeline, clocks: Clocks): Place | undefined {
  const { path } = timeline;
  const last = lastPosition(transmission.seen);
  const at = path.findIndex(
    ({ role }, position) =>
      role === 'tunnel' && position < last && transmission.seen[position] === undefined,
  );
  const seen = transmission.seen[at - 1];
  const host = path[at]?.host;
  if (seen === undefined || path[at - 1]?.host !== host) return undefined;
  const unwrapped = transmission.seen.every(
    (one, position) =>
      position <= at ||
      one === undefined ||
      (path[position]?.host === host && one.outer === one.packet),
  );
  if (!unwrapped) return undefined;
  return proved(at, { transmission, sent: seen, direction: 'request' }, timeline, clocks, true);
}

/** The answer was seen somewhere but not at the client's side: it vanished between the two. */
function lostAnswer(
  transmission: Transmission,
  timeline: Timeline,
  clocks: Clocks,
): Place | undefined {
  const nearest = firstPosition(transmission.answers);
  const seen = transmission.answers[nearest];
  if (seen === undefined) return undefined;
  const missed: Missed = { transmission, sent: seen, direction: 'response' };
  for (let position = nearest - 1; position >= 0; position -= 1) {
    const place = proved(position, missed, timeline, clocks);
    if (place !== undefined || couldTell(position, missed, timeline, clocks)) return place;
  }
  return undefined;
}

function lostRequest(
  transmission: Transmission,
  timeline: Timeline,
  clocks: Clocks,
): Place | undefined {
  const last = lastPosition(transmission.seen);
  const seen = transmission.seen[last];
  if (seen === undefined) return undefined;
  const missed: Missed = { transmission, sent: seen, direction: 'request' };
  for (let position = last + 1; position < timeline.path.length; position += 1) {
    const place = proved(position, missed, timeline, clocks);
    if (place !== undefined) return place;
    if (couldTell(position, missed, timeline, clocks)) break;
  }
  // An answer came by here, and what became of it nothing that is shown can tell.
  if (transmission.answers[last] !== undefined) return undefined;
  // Nothing further on can tell; at this point the answer is what is missing, and of a SYN the server's reaction.
  const direction = transmission.exchange.protocol === 'dns' ? 'response' : 'request';
  return { direction, seen, missing: null, absence: null, bypassedTunnel: false };
}

/**
 * Whether a point that proves nothing stands on the way all the same: it may have seen the packet. Only points that
 * cannot see the conversation at all, or whose captures do not reach to the moment, may be passed over.
 */
function couldTell(position: number, missed: Missed, timeline: Timeline, clocks: Clocks): boolean {
  const point = timeline.path[position];
  if (point?.ran !== true || point.lossy) return false;
  if (hasLoose(position, missed, timeline)) return true;
  return (
    timeline.passages(position, missed.direction).length > 0 &&
    !saysNothing(position, missed, timeline, clocks)
  );
}

function proved(
  position: number,
  missed: Missed,
  timeline: Timeline,
  clocks: Clocks,
  bypassedTunnel = false,
): Place | undefined {
  const missing = timeline.path[position];
  const absence = absenceAt(position, missed, timeline, clocks);
  if (missing === undefined || absence === undefined) return undefined;
  return { direction: missed.direction, seen: missed.sent, missing, absence, bypassedTunnel };
}
