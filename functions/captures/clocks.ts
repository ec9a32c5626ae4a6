import { type Link, linkBetween } from './clock-link.ts';
import type { Exchange, Seen } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';
import { agreeing, candidatesAt, type Pair, usableId, withinHalfDay } from './same-packets.ts';

/** How two points saw the same packets: differences of their clocks for requests and for responses, in microseconds. */
export interface Comparison {
  readonly requests: readonly number[];
  readonly responses: readonly number[];
  /**
   * By try: how much longer the first point waited for the answer than the second. Both differences are of one moment, so
   * clocks that drift apart do not disturb it.
   */
  readonly waits: readonly number[];
  /** The same where tries cannot be paired: of each question, the shortest wait that either point saw. */
  readonly roughWaits: readonly number[];
}

/** How far a clock is ahead of another at one moment, in microseconds. */
export interface Shift {
  readonly by: number;
  readonly error: number;
}

/** Two clocks that do not run at one speed. */
export interface Drift {
  /** Microseconds gained per second. */
  readonly ppm: number;
  readonly error: number;
  /** Microseconds over which it was watched. */
  readonly span: number;
}

/** The clocks of a paste: one per host, and how far each is ahead of the first that it can be compared with. */
export interface Clocks {
  /** The clock that a point's times are on; points of one host share it. */
  readonly domainOf: (point: number) => number;
  /**
   * Microseconds to subtract from a time at `point` to bring it to the clock of `reference`, at that time or in the middle
   * of what both saw; undefined when not solvable.
   */
  readonly shift: (point: number, reference: number, time?: number | null) => Shift | undefined;
  /** How much faster the clock of `point` runs than that of `reference`; null where no drift is proved. */
  readonly drift: (point: number, reference: number) => Drift | null;
  /** Differences of two points' clocks over all packets that can be told to be the same. */
  readonly compare: (exchanges: readonly Exchange[], a: number, b: number) => Comparison;
  /** Whether two sightings of one exchange can be the same packet; undefined where ids and clocks do not tell. */
  readonly isSame: (one: Sighting, other: Sighting) => boolean | undefined;
}

/** Solves the clock offsets between hosts from exchanges seen at both, the way NTP does (RFC 5905 section 8). */
export function clocksOf(points: readonly Point[], exchanges: readonly Exchange[]): Clocks {
  const domains = points.map((point) => domainOf(points, point));
  const hosts = Map.groupBy(points, ({ index }) => domains[index] ?? index);
  const links: Link[] = [];
  for (const [a, left] of hosts) {
    for (const [b, right] of hosts) {
      if (a >= b) continue;
      const link = linkBetween(agreeing(pairsOf(exchanges, left, right), left, right, exchanges));
      if (link !== undefined) links.push({ ...link, from: a, to: b });
    }
  }
  const domain = (point: number) => domains[point] ?? point;
  const routes = new Map<string, readonly Leg[] | undefined>();
  const routeOf = (point: number, reference: number) => {
    const key = `${domain(point)} ${domain(reference)}`;
    if (!routes.has(key)) routes.set(key, route(links, domain(point), domain(reference)));
    return routes.get(key);
  };
  const shift: Clocks['shift'] = (point, reference, time) => {
    const legs = routeOf(point, reference);
    return legs === undefined ? undefined : along(legs, time ?? null);
  };
  const isSame: Clocks['isSame'] = (one, other) => sameAt(one, other, shift, domain);
  return {
    domainOf: domain,
    shift,
    drift: (point, reference) => driftOf(routeOf(point, reference)),
    compare: (some, a, b) => compare(some, a, b, isSame),
    isSame,
  };
}

function pairsOf(
  exchanges: readonly Exchange[],
  left: readonly Point[],
  right: readonly Point[],
): readonly Pair[] {
  return left.flatMap((a) =>
    right.flatMap((b) => exchanges.flatMap((one) => candidatesAt(one, a.index, b.index))),
  );
}

function domainOf(points: readonly Point[], point: Point): number {
  if (point.host === null || !isRunning(point)) return point.index;
  return (
    points.find((other) => other.host === point.host && isRunning(other))?.index ?? point.index
  );
}

/** `-ttttt` prints the time since the first packet, and nothing but its small values tells it from the time of day. */
const SINCE_FIRST_US = 1_000_000;

/** Whether a point's times are those of its host's clock. */
export function isRunning({ captures, span }: Point): boolean {
  return (
    (span === undefined || span.from >= SINCE_FIRST_US) &&
    captures.every(({ content }) => content.clock !== 'delta' && content.clock !== 'none')
  );
}

/** A link as it is travelled: from a clock to another that it is `ahead` of. */
interface Leg {
  readonly link: Link;
  readonly sign: 1 | -1;
}

interface Reached {
  readonly clock: number;
  readonly error: number;
  readonly legs: readonly Leg[];
}

/** The chain of comparisons with the smallest error that leads from one clock to another. */
function route(links: readonly Link[], from: number, to: number): readonly Leg[] | undefined {
  const done = new Set<number>();
  const open: Reached[] = [{ clock: from, error: 0, legs: [] }];
  for (;;) {
    const [here] = open
      .filter(({ clock }) => !done.has(clock))
      .toSorted((a, b) => a.error - b.error);
    if (here === undefined || here.clock === to) return here?.legs;
    done.add(here.clock);
    open.push(...links.flatMap((link) => onwards(here, link)));
  }
}

function onwards({ clock, error, legs }: Reached, link: Link): readonly Reached[] {
  if (link.from !== clock && link.to !== clock) return [];
  const sign = link.to === clock ? 1 : -1;
  return [
    {
      clock: sign === 1 ? link.from : link.to,
      error: error + link.error,
      legs: [...legs, { link, sign }],
    },
  ];
}

/** Adds up the differences along a chain, each at the time that the clock shows there. */
function along(legs: readonly Leg[], time: number | null): Shift {
  let by = 0;
  let error = 0;
  for (const { link, sign } of legs) {
    const { line } = link;
    let own = link.by;
    error += link.error;
    if (time !== null && line !== undefined) {
      const shown = sign === 1 ? time - by : time - by + link.by;
      const after = (shown - line.at) / 1e6;
      const slope = line.isDrifting ? line.drift : 0;
      own += after * slope;
      error += Math.abs(after) * (Math.abs(line.drift - slope) + line.driftError);
    }
    by += sign * own;
  }
  return { by, error };
}

function driftOf(legs: readonly Leg[] | undefined): Drift | null {
  if (legs === undefined || legs.length === 0) return null;
  let ppm = 0;
  let error = 0;
  let span = Number.POSITIVE_INFINITY;
  for (const { link, sign } of legs) {
    if (link.line === undefined) return null;
    ppm += sign * link.line.drift;
    error += link.line.driftError;
    span = Math.min(span, link.line.span);
  }
  const isProved = legs.some(({ link }) => link.line?.isDrifting) && Math.abs(ppm) > error;
  return isProved ? { ppm, error, span } : null;
}

/** Tries of one question are further apart than this. */
const SAME_US = 300_000;

function sameAt(
  one: Sighting,
  other: Sighting,
  shift: Clocks['shift'],
  domain: Clocks['domainOf'],
): boolean | undefined {
  if (one.packet.tcp?.flags !== other.packet.tcp?.flags) return false;
  const [a, b] = [usableId(one), usableId(other)];
  if (a !== null && b !== null) return a === b;
  if (one.time === null || other.time === null) return undefined;
  const between =
    domain(one.point) === domain(other.point)
      ? { by: 0, error: 0 }
      : shift(other.point, one.point, other.time);
  if (between === undefined) return undefined;
  if (Math.abs(other.time - between.by - one.time) <= SAME_US + between.error) return true;
  // A line taken out of a text of differences takes its time with it: all behind it seem too early.
  return [one, other].some(({ evidence }) => evidence.content.clock === 'delta')
    ? undefined
    : false;
}

/**
 * Differences of the two points' clocks over all packets that can be told to be the same: by IP id, by their times, or
 * because the question was sent once. Only where no such packet exists are tries paired in turn, for one of them may have
 * been lost.
 */
function compare(
  exchanges: readonly Exchange[],
  a: number,
  b: number,
  isSame: Clocks['isSame'],
): Comparison {
  const sure = compareBy(exchanges, a, b, (left, right) => told(left, right, isSame));
  return sure.requests.length + sure.responses.length > 0
    ? sure
    : compareBy(exchanges, a, b, inTurn);
}

type Twins = (
  left: readonly Sighting[],
  right: readonly Sighting[],
) => readonly (readonly [Sighting, Sighting])[];

function compareBy(exchanges: readonly Exchange[], a: number, b: number, twins: Twins): Comparison {
  const requests: number[] = [];
  const responses: number[] = [];
  const waits: number[] = [];
  const roughWaits: number[] = [];
  const near = nearFirst();
  const differences = (left: readonly Sighting[], right: readonly Sighting[]) =>
    twins(left, right).flatMap(([one, other]) =>
      one.time === null || other.time === null ? [] : [near(other.time - one.time)],
    );
  for (const exchange of exchanges) {
    const left = exchange.at[a];
    const right = exchange.at[b];
    if (left === undefined || right === undefined) continue;
    const asked = differences(left.requests, right.requests);
    const answered = differences(left.responses, right.responses);
    requests.push(...asked);
    responses.push(...answered);
    // One question with two answers: both points saw the first answer to it.
    const pairs = Math.min(asked.length, answered.length);
    waits.push(...asked.slice(0, pairs).map((one, at) => one - (answered[at] ?? one)));
    if (pairs === 0) roughWaits.push(...roughWait(left, right));
  }
  return { requests, responses, waits, roughWaits };
}

/** Pairs of the same packet at two points, as far as ids, clocks or their being alone tell. */
function told(
  left: readonly Sighting[],
  right: readonly Sighting[],
  isSame: Clocks['isSame'],
): readonly (readonly [Sighting, Sighting])[] {
  return left.flatMap((one) => {
    const twin = right.find((other) => {
      const same = isSame(one, other);
      return same ?? (left.length === 1 && right.length === 1);
    });
    return twin === undefined ? [] : [[one, twin] as const];
  });
}

function inTurn(
  left: readonly Sighting[],
  right: readonly Sighting[],
): readonly (readonly [Sighting, Sighting])[] {
  if (left.length !== right.length) return [];
  return left.flatMap((one, at) => {
    const other = right[at];
    return other === undefined ? [] : [[one, other] as const];
  });
}

function roughWait(left: Seen, right: Seen): readonly number[] {
  const [a, b] = [shortestWait(left), shortestWait(right)];
  return a === undefined || b === undefined ? [] : [a - b];
}

function shortestWait({ requests, responses }: Seen): number | undefined {
  const waits = responses.flatMap(({ time, order }) => {
    const asked = requests.findLast((one) => one.order < order);
    return time === null || asked?.time == null ? [] : [time - asked.time];
  });
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** Day clocks may pass midnight while capturing: brings every difference within half a day of the first one met. */
function nearFirst(): (difference: number) => number {
  let first: number | undefined;
  return (difference) => {
    first ??= difference;
    return first + withinHalfDay(difference - first);
  };
}
