import type { Sighting } from './points.ts';
import { type LaterTries, sentAfter, type Timeline, wasAnswered } from './timeline.ts';
import { firstPosition, type Transmission } from './transmissions.ts';

/** How a try was repeated. */
export interface Retry {
  readonly answered: boolean;
  readonly answeredAfterUs: number | null;
  /** Microseconds from the try to its retry; null without times. */
  readonly afterUs: number | null;
}

/** Go dials anew for a retry, with another port and id, five seconds later (dnsclient_unix.go); give or take half a second. */
const REDIAL_US = [4_500_000, 5_500_000] as const;

/** The first later try of the same question that was answered at the client's side, else the first later try. */
export function retryOf(transmission: Transmission, timeline: Timeline): Retry | undefined {
  const { first, answered } =
    timeline.laterTries(transmission) ?? redialled(transmission, timeline) ?? {};
  if (first === undefined) return undefined;
  return {
    answered: answered !== undefined,
    answeredAfterUs: answered === undefined ? null : answerTime(answered),
    afterUs: transmission.retriedAfterUs ?? gap(transmission, first),
  };
}

function redialled(transmission: Transmission, timeline: Timeline): LaterTries | undefined {
  const [from, to] = REDIAL_US;
  const again = timeline.askingAfter(transmission, { from, to }).filter((other) => {
    if (other.exchange === transmission.exchange) return false;
    const after = gap(transmission, other);
    const isInTime = after === null ? follows(transmission, other) : after >= from && after <= to;
    if (!isInTime) return false;
    const isAlone = isAskedAlone(transmission, other, timeline);
    if (after === null ? isAlone !== true : isAlone === false) return false;
    return !wentOn(transmission, other, timeline);
  });
  const [first] = again;
  return first === undefined ? undefined : { first, answered: again.find(wasAnswered) };
}

/** Without times: whether a point that saw both saw the other later. */
function follows(one: Transmission, other: Transmission): boolean {
  return one.seen.some((sighting, position) => {
    const later = other.seen[position];
    const isUntimed = sighting?.time === null || later?.time === null;
    return isUntimed && later?.evidence === sighting?.evidence && order(later) > order(sighting);
  });
}

function order(sighting: Sighting | undefined): number {
  return sighting?.order ?? -1;
}

/** The two questions of a lookup leave within this time, and this many packets from each other. */
const PAIR_US = 20_000;
const PAIR_PACKETS = 3;

/**
 * Who only misses one answer asks that question again; where the answered one of the pair is asked again too, the name is
 * looked up anew. Undefined where no answered twin is shown.
 */
function isAskedAlone(
  one: Transmission,
  other: Transmission,
  timeline: Timeline,
): boolean | undefined {
  const { dns } = one.exchange;
  const twins = timeline.transmissions.filter(
    ({ exchange, attempt }) =>
      attempt === 0 && exchange.dns?.qname === dns?.qname && exchange.dns?.qtype !== dns?.qtype,
  );
  const own = twins.find((twin) => isBeside(one, twin));
  if (own === undefined || !cameBack(own)) return undefined;
  return !twins.some((twin) => twin !== own && isBeside(other, twin));
}

function isBeside(one: Transmission, other: Transmission): boolean {
  return one.seen.some((sighting, position) => {
    const beside = other.seen[position];
    if (sighting === undefined || beside === undefined) return false;
    if (sighting.time === null || beside.time === null)
      return Math.abs(beside.order - sighting.order) <= PAIR_PACKETS;
    return Math.abs(beside.time - sighting.time) <= PAIR_US;
  });
}

/** Labels of a name, the root left out. */
function labelsOf(qname: string): readonly string[] {
  return qname.split('.').filter((label) => label !== '');
}

/**
 * Whether the client tried the next name of its search list meanwhile: it goes on only when both answers to the one before
 * have come. The next suffix is the one before without its first label, or none at all.
 */
function wentOn(one: Transmission, other: Transmission, timeline: Timeline): boolean {
  const labels = labelsOf(one.exchange.dns?.qname ?? '');
  const nameOf = (some: readonly string[]) => some.map((label) => `${label}.`).join('');
  const next = labels
    .slice(1)
    .flatMap((_, at) => [
      nameOf([...labels.slice(0, at + 1), ...labels.slice(at + 2)]),
      nameOf(labels.slice(0, at + 1)),
    ]);
  return [...new Set(next)].some((qname) =>
    (['A', 'AAAA'] as const).some((qtype) =>
      sentAfter(timeline.askingName(qtype, qname), one, { from: 0, to: REDIAL_US[1] }).some(
        (step) => isBetween(one, step, other),
      ),
    ),
  );
}

function isBetween(one: Transmission, step: Transmission, other: Transmission): boolean {
  const [after, before] = [gap(one, step), gap(step, other)];
  if (after !== null && before !== null) return after > 0 && before > 0;
  return follows(one, step) && follows(step, other);
}

/** Microseconds between two tries at a point that saw both. */
function gap(first: Transmission, second: Transmission): number | null {
  for (const [position, sighting] of first.seen.entries()) {
    const other = second.seen[position];
    if (sighting?.time != null && other?.time != null) return other.time - sighting.time;
  }
  return null;
}

/** Microseconds from a try to its answer at the point nearest the client; null without times. */
export function answerTime(transmission: Transmission): number | null {
  const at = firstPosition(transmission.seen);
  const sent = transmission.seen[at]?.time;
  const answer = transmission.answers[at]?.time;
  return sent == null || answer == null ? null : answer - sent;
}

/** The answer was seen where the question was first seen, or nearer to the client by a capture that began in between. */
export function cameBack({ seen, answers }: Transmission): boolean {
  const nearest = firstPosition(answers);
  return nearest >= 0 && nearest <= firstPosition(seen);
}
