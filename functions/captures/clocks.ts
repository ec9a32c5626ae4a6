import type { Exchange, Seen } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';

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
  /** Estimates of how far the second point's clock is ahead, one for each exchange seen both ways, with its error. */
  readonly offsets: readonly { readonly ahead: number; readonly error: number }[];
}

/** The clocks of a paste: one per host, and how far each is ahead of the first that it can be compared with. */
export interface Clocks {
  /** The clock that a point's times are on; points of one host share it. */
  readonly domainOf: (point: number) => number;
  /** Microseconds to subtract from a time at `point` to bring it to the clock of `reference`; undefined when not solvable. */
  readonly shift: (
    point: number,
    reference: number,
  ) => { readonly by: number; readonly error: number } | undefined;
}

const DAY_US = 86_400_000_000;

/** Solves the clock offsets between hosts from exchanges seen at both, the way NTP does (RFC 5905 section 8). */
export function clocksOf(points: readonly Point[], exchanges: readonly Exchange[]): Clocks {
  const domains = points.map((point) => domainOf(points, point));
  const links = new Map<string, { by: number; error: number }>();
  for (const a of points) {
    for (const b of points) {
      if (a.index >= b.index || domains[a.index] === domains[b.index]) continue;
      const solved = solve(compare(exchanges, a.index, b.index));
      if (solved === undefined) continue;
      remember(links, domains[a.index] ?? a.index, domains[b.index] ?? b.index, solved);
    }
  }
  const domain = (point: number) => domains[point] ?? point;
  return {
    domainOf: domain,
    shift: (point, reference) => route(links, domain(reference), domain(point)),
  };
}

/**
 * Differences of the two points' clocks over all packets that can be told to be the same: by IP id, or because the
 * question was sent once. Only where no such packet exists are tries paired in turn, for one of them may have been lost.
 */
export function compare(exchanges: readonly Exchange[], a: number, b: number): Comparison {
  const sure = compareBy(exchanges, a, b, false);
  return sure.requests.length + sure.responses.length > 0 ? sure : compareBy(exchanges, a, b, true);
}

function compareBy(
  exchanges: readonly Exchange[],
  a: number,
  b: number,
  byTurn: boolean,
): Comparison {
  const requests: number[] = [];
  const responses: number[] = [];
  const waits: number[] = [];
  const roughWaits: number[] = [];
  const offsets: { ahead: number; error: number }[] = [];
  const near = nearFirst();
  for (const exchange of exchanges) {
    const left = exchange.at[a];
    const right = exchange.at[b];
    if (left === undefined || right === undefined) continue;
    const asked = differences(left.requests, right.requests, byTurn, near);
    const answered = differences(left.responses, right.responses, byTurn, near);
    requests.push(...asked);
    responses.push(...answered);
    const sent = differences(left.requests, right.requests, true, near);
    const heard = differences(left.responses, right.responses, true, near);
    // One question with two answers: both points saw the first answer to it.
    const pairs = Math.min(sent.length, heard.length);
    waits.push(...sent.slice(0, pairs).map((one, at) => one - (heard[at] ?? one)));
    if (pairs === 0) roughWaits.push(...roughWait(left, right));
    const [there] = asked;
    const [back] = answered;
    if (there !== undefined && back !== undefined) {
      offsets.push({ ahead: (there + back) / 2, error: Math.abs(there - back) / 2 });
    }
  }
  return { requests, responses, waits, roughWaits, offsets };
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

/** The middle value; undefined of an empty list. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Pairs of the same packet at two points, by IP id where both print one, else by order when the counts agree. */
function samePackets(
  left: readonly Sighting[],
  right: readonly Sighting[],
  byTurn: boolean,
): readonly (readonly [Sighting, Sighting])[] {
  const byId = new Map<number, Sighting>();
  for (const one of left) if (usableId(one) !== null) byId.set(one.packet.ipId ?? 0, one);
  if (byId.size === left.length && right.every((one) => usableId(one) !== null)) {
    return right.flatMap((one) => {
      const twin = byId.get(one.packet.ipId ?? 0);
      return twin === undefined ? [] : [[twin, one] as const];
    });
  }
  if (left.length !== right.length || (left.length > 1 && !byTurn)) return [];
  return left.flatMap((one, at) => {
    const other = right[at];
    return other === undefined ? [] : [[one, other] as const];
  });
}

/** Linux sends id 0 with DF on unconnected TCP replies, and NAT does not touch ids; 0 identifies nothing. */
function usableId({ packet }: Sighting): number | null {
  return packet.ipId === null || packet.ipId === 0 ? null : packet.ipId;
}

function differences(
  left: readonly Sighting[],
  right: readonly Sighting[],
  byTurn: boolean,
  near: (difference: number) => number,
): readonly number[] {
  return samePackets(left, right, byTurn).flatMap(([a, b]) =>
    a.time === null || b.time === null ? [] : [near(b.time - a.time)],
  );
}

/** Day clocks may pass midnight while capturing: brings every difference within half a day of the first one met. */
function nearFirst(): (difference: number) => number {
  let first: number | undefined;
  return (difference) => {
    first ??= difference;
    return first + withinHalfDay(difference - first);
  };
}

/** Brings a difference of day clocks into (-12 h, 12 h]: how far one is ahead, whichever day its text began in. */
export function withinHalfDay(difference: number): number {
  const turned = ((difference % DAY_US) + DAY_US) % DAY_US;
  return turned > DAY_US / 2 ? turned - DAY_US : turned;
}

function domainOf(points: readonly Point[], point: Point): number {
  const running = (one: Point) =>
    one.captures.every(({ content }) => content.clock !== 'delta' && content.clock !== 'none');
  if (point.host === null || !running(point)) return point.index;
  return points.find((other) => other.host === point.host && running(other))?.index ?? point.index;
}

/** The estimates with the smallest error count: the nearer two points stand, the less the path can hide. */
function solve({
  offsets,
  requests,
  responses,
}: Comparison): { by: number; error: number } | undefined {
  if (offsets.length > 0) {
    const best = Math.min(...offsets.map(({ error }) => error));
    const good = offsets.filter(({ error }) => error <= Math.max(best * 2, best + 20));
    return { by: good.reduce((sum, { ahead }) => sum + ahead, 0) / good.length, error: best };
  }
  const oneWay = median(requests) ?? median(responses);
  // Only one direction was seen by both: the way itself hides in the offset, so the error is unknown and taken wide.
  return oneWay === undefined ? undefined : { by: oneWay, error: 50_000 };
}

function remember(
  links: Map<string, { by: number; error: number }>,
  a: number,
  b: number,
  solved: { by: number; error: number },
): void {
  const known = links.get(`${a} ${b}`);
  if (known !== undefined && known.error <= solved.error) return;
  links.set(`${a} ${b}`, solved);
  links.set(`${b} ${a}`, { by: -solved.by, error: solved.error });
}

/** Adds up offsets along the shortest chain of comparisons. */
function route(
  links: ReadonlyMap<string, { by: number; error: number }>,
  from: number,
  to: number,
) {
  const reached = new Map([[from, { by: 0, error: 0 }]]);
  const queue = [from];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const here = reached.get(next) ?? { by: 0, error: 0 };
    for (const [key, link] of links) {
      const [a, b] = key.split(' ').map(Number);
      if (a !== next || b === undefined || reached.has(b)) continue;
      reached.set(b, { by: here.by + link.by, error: here.error + link.error });
      queue.push(b);
    }
  }
  return reached.get(to);
}
