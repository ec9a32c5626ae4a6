import type { Exchange } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';

/** What may be one packet at two points. */
export interface Pair {
  readonly exchange: Exchange;
  readonly isResponse: boolean;
  readonly left: Sighting;
  readonly right: Sighting;
  /** Both print the same IP id. */
  readonly isNamed: boolean;
  /** Nothing else of this kind was seen of the exchange at any point: there is no other packet that it could be. */
  readonly isOnly: boolean;
}

const DAY_US = 86_400_000_000;

/** Brings a difference of day clocks into (-12 h, 12 h]: how far one is ahead, whichever day its text began in. */
export function withinHalfDay(difference: number): number {
  const turned = ((difference % DAY_US) + DAY_US) % DAY_US;
  return turned > DAY_US / 2 ? turned - DAY_US : turned;
}

/** More tries than this are not compared each with each. */
const MOST_TRIES = 6;

/** All pairs of sightings of one exchange at two points that may be the same packet. */
export function candidatesAt(exchange: Exchange, a: number, b: number): readonly Pair[] {
  const [left, right] = [exchange.at[a], exchange.at[b]];
  if (left === undefined || right === undefined) return [];
  return [
    ...candidates(exchange, false, left.requests, right.requests),
    ...candidates(exchange, true, left.responses, right.responses),
  ];
}

function candidates(
  exchange: Exchange,
  isResponse: boolean,
  left: readonly Sighting[],
  right: readonly Sighting[],
): readonly Pair[] {
  if (left.length === 0 || right.length === 0) return [];
  const stem = { exchange, isResponse };
  if ([...left, ...right].every((one) => usableId(one) !== null)) {
    const byId = new Map(left.map((one) => [one.packet.ipId, one] as const));
    return right.flatMap((one): Pair[] => {
      const twin = byId.get(one.packet.ipId);
      return twin === undefined
        ? []
        : [{ ...stem, left: twin, right: one, isNamed: true, isOnly: false }];
    });
  }
  if (left.length > MOST_TRIES || right.length > MOST_TRIES) return [];
  const isOnly =
    left.length === 1 &&
    right.length === 1 &&
    exchange.at.every(
      (seen) =>
        seen === undefined || (isResponse ? seen.responses.length : seen.requests.length) < 2,
    );
  return left.flatMap((one) =>
    right
      .filter((other) => isAlike(one, other))
      .map((other): Pair => ({ ...stem, left: one, right: other, isNamed: false, isOnly })),
  );
}

/** A RST that somebody forged, for one, is no answer that the other point saw. */
function isAlike(one: Sighting, other: Sighting): boolean {
  const [a, b] = [one.packet, other.packet];
  const isNamed = usableId(one) !== null && usableId(other) !== null;
  return a.tcp?.flags === b.tcp?.flags && (!isNamed || a.ipId === b.ipId);
}

/** Linux sends id 0 with DF on unconnected TCP replies, and NAT does not touch ids; 0 identifies nothing. */
export function usableId({ packet }: Sighting): number | null {
  return packet.ipId === null || packet.ipId === 0 ? null : packet.ipId;
}

/** A pair with the difference of its times, in microseconds. */
export interface Timed extends Pair {
  readonly by: number;
}

/** Tries of one question are further apart than this; delays on the way differ by less. */
const APART_US = 300_000;

/** So many exchanges tell as much as all of a long capture would. */
const MOST_LOOKED_AT = 500;

/** A question that came back answered passed every point, with its answer: missing it weighs so much more. */
const ANSWERED = 2;

/** So few pairs must not be contradicted by what else both saw. */
const LONE = 4;

/** Fewer pairs than this may all be of different tries. */
const FEW = 8;

/**
 * The pairs whose differences agree. Who asks again asks the same, so that pairs of different tries differ from the true
 * ones by the time between tries; the difference that most pairs share is the true one. Empty where none stands out.
 */
export function agreeing(
  pairs: readonly Pair[],
  left: readonly Point[],
  right: readonly Point[],
  exchanges: readonly Exchange[],
): readonly Timed[] {
  const timed = timesOf(pairs);
  const named = timed.filter(({ isNamed }) => isNamed);
  const groups = grouped(named.length > 0 ? named : timed).toSorted(
    (a, b) => b.length - a.length || certainty(b) - certainty(a),
  );
  const [best, second] = groups;
  if (best === undefined) return [];
  if (named.length > 0) return near(timed, best);
  if (second === undefined && best.length >= FEW) return best;
  const likely = groups
    .slice(0, 4)
    .map((group) => ({ group, ...fitOf(group, left, right, exchanges) }))
    .filter(({ group, met, missed }) => group.length > LONE || met > missed)
    .toSorted((a, b) => b.met - b.missed - (a.met - a.missed) || b.group.length - a.group.length);
  const [first, next] = likely;
  if (first === undefined) return [];
  if (next !== undefined && first.met - first.missed === next.met - next.missed)
    return certainty(first.group) > certainty(next.group) ? first.group : [];
  return first.group;
}

function certainty(group: readonly Timed[]): number {
  return group.filter(({ isOnly }) => isOnly).length;
}

function timesOf(pairs: readonly Pair[]): readonly Timed[] {
  let first: number | undefined;
  return pairs.flatMap((pair): Timed[] => {
    const [a, b] = [pair.left.time, pair.right.time];
    if (a === null || b === null) return [];
    first ??= b - a;
    return [{ ...pair, by: first + withinHalfDay(b - a - first) }];
  });
}

function grouped(timed: readonly Timed[]): readonly (readonly Timed[])[] {
  const sorted = timed.toSorted((a, b) => a.by - b.by);
  const groups: Timed[][] = [];
  for (const one of sorted) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || one.by - last.by > APART_US)
      groups.push([one]);
    else group.push(one);
  }
  return groups;
}

/** Those of all pairs that lie within a group, unnamed ones too. */
function near(timed: readonly Timed[], group: readonly Timed[]): readonly Timed[] {
  const from = (group[0]?.by ?? 0) - APART_US;
  const to = (group.at(-1)?.by ?? 0) + APART_US;
  return timed.filter(({ by }) => by >= from && by <= to);
}

interface Fit {
  readonly met: number;
  readonly missed: number;
}

/**
 * How well the difference of a group explains what both sides saw: packets that one saw while the other was capturing
 * should have been seen by both.
 */
function fitOf(
  group: readonly Timed[],
  left: readonly Point[],
  right: readonly Point[],
  exchanges: readonly Exchange[],
): Fit {
  const by = group[group.length >> 1]?.by ?? 0;
  // What others send may pass one of the two alone.
  const clients = new Set(group.map(({ exchange }) => exchange.client.host));
  const some = exchanges.filter(({ client }) => clients.has(client.host)).slice(0, MOST_LOOKED_AT);
  const pairs = left.flatMap((a) =>
    right.flatMap((b) => [[a, b, by] as const, [b, a, -by] as const]),
  );
  let met = 0;
  let missed = 0;
  for (const [from, to, shift] of pairs) {
    for (const exchange of some) {
      const fit = fitAt(exchange, from, to, shift);
      met += fit.met;
      missed += fit.missed;
    }
  }
  return { met, missed };
}

/** How many packets of an exchange that one point saw the other saw too, and how many it missed. */
function fitAt({ at }: Exchange, from: Point, to: Point, shift: number): Fit {
  const own = at[from.index];
  if (own === undefined) return { met: 0, missed: 0 };
  const other = at[to.index];
  let met = 0;
  let missed = 0;
  for (const kind of ['requests', 'responses'] as const) {
    const weight = own.responses.length === own[kind].length ? ANSWERED : 1;
    for (const { time } of own[kind]) {
      if (time === null) continue;
      const moment = time + shift;
      if (other?.[kind].some((one) => one.time !== null && Math.abs(one.time - moment) <= APART_US))
        met += 1;
      else if (covers(to, moment)) missed += weight;
    }
  }
  return { met, missed };
}

/** Whether a point was capturing at a moment, not only just. */
function covers({ span, lossy }: Point, moment: number): boolean {
  if (span === undefined || lossy) return false;
  return span.from + APART_US / 3 < moment && span.to - APART_US / 3 > moment;
}
