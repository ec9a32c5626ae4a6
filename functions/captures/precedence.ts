import { median } from '../primitives/median.ts';
import type { Clocks } from './clocks.ts';
import type { Exchange } from './exchanges.ts';
import type { Point } from './points.ts';
import type { Topology } from './topology.ts';

/** What tells where points stand. */
export interface Bearings {
  readonly clocks: Clocks;
  readonly topology: Topology;
}

/** Positive: a request passes `a` before `b`; negative: after; 0: nothing tells. */
export function precedes(
  exchanges: readonly Exchange[],
  { clocks, topology }: Bearings,
  a: Point,
  b: Point,
): number {
  const shared = exchanges.filter(
    (exchange) => exchange.at[a.index] !== undefined && exchange.at[b.index] !== undefined,
  );
  const hops = median(
    shared.flatMap((exchange) => {
      const left = exchange.at[a.index]?.requests[0]?.packet.ttl;
      const right = exchange.at[b.index]?.requests[0]?.packet.ttl;
      return left == null || right == null ? [] : [left - right];
    }),
  );
  if (hops !== undefined && hops !== 0) return hops;
  const inOneCapture = byLines(shared, a, b);
  if (inOneCapture !== 0) return inOneCapture;
  const { requests, responses, waits, roughWaits } = clocks.compare(shared, a.index, b.index);
  const longer = median(waits);
  if (longer !== undefined && longer !== 0) return longer;
  const there = median(requests);
  const back = median(responses);
  if (there !== undefined && back !== undefined && there !== back) return there - back;
  if (clocks.domainOf(a.index) !== clocks.domainOf(b.index))
    return (
      clearly(roughWaits) ||
      answeredMore(shared, a, b) ||
      topology.compare(shared, a.host, b.host) ||
      byName(shared, a, b) ||
      (a.pod === b.pod ? 0 : inStep(requests) || -inStep(responses))
    );
  return there ?? (back === undefined ? onlyAnswers(shared, a, b) : -back);
}

/** One capture of several interfaces prints a packet at each in turn. */
function byLines(shared: readonly Exchange[], a: Point, b: Point): number {
  if (!a.captures.some((capture) => b.captures.includes(capture))) return 0;
  return (
    median(
      shared.flatMap(({ at }) => {
        const left = at[a.index]?.requests ?? [];
        const right = at[b.index]?.requests ?? [];
        if (left.length !== right.length) return [];
        return left.flatMap(({ evidence, outer }, turn) => {
          const other = right[turn];
          return other?.evidence === evidence ? [Math.sign(other.outer.line - outer.line)] : [];
        });
      }),
    ) ?? 0
  );
}

/** Answers that leave by another card than the questions came in by: that card stands behind the first. */
function onlyAnswers(shared: readonly Exchange[], a: Point, b: Point): number {
  if (shared.length === 0 || a.host !== b.host) return 0;
  const asked = ({ index }: Point) =>
    shared.some(({ at }) => (at[index]?.requests.length ?? 0) > 0);
  return Number(asked(a)) - Number(asked(b));
}

/** A server's own time differs from try to try by less than this many microseconds. */
const CLEAR_US = 300;

/** The median, if every value has its sign and none is small. */
function clearly(values: readonly number[]): number {
  const middle = median(values) ?? 0;
  const sign = Math.sign(middle);
  return values.every((value) => Math.sign(value) === sign && Math.abs(value) >= CLEAR_US)
    ? middle
    : 0;
}

/** A packet needs longer than this many microseconds from one machine to another. */
const ONE_MACHINE_US = 50;

/**
 * A pod's clock is its node's. Where the two differ by no more than a packet needs within one machine they are on one, and
 * the times themselves tell the order. The median, if every difference has its sign.
 */
function inStep(differences: readonly number[]): number {
  const middle = median(differences) ?? 0;
  const isOne = differences.every(
    (one) => Math.sign(one) === Math.sign(middle) && Math.abs(one) <= ONE_MACHINE_US,
  );
  return differences.length >= 2 && isOne ? middle : 0;
}

/**
 * Answers that get lost are seen on the server's side of the loss: of two points that saw the same questions, the one
 * that saw answers which the other did not, and never the reverse, is the further one. One such answer may be a missing line.
 */
function answeredMore(shared: readonly Exchange[], a: Point, b: Point): number {
  let more = 0;
  for (const { at } of shared) {
    const left = at[a.index]?.responses.length ?? 0;
    const right = at[b.index]?.responses.length ?? 0;
    if (left > 0 && right > 0) return 0;
    more += right - left;
  }
  return Math.abs(more) < 2 ? 0 : more;
}

/** Without `-n` tcpdump prints names: the host that a question is said to come from stands first, the one it goes to last. */
function byName(shared: readonly Exchange[], a: Point, b: Point): number {
  if (a.host === null || b.host === null || a.host === b.host) return 0;
  const isNamed = (point: Point, end: 'source' | 'destination') =>
    shared.some(({ at }) => {
      const name = at[point.index]?.requests[0]?.packet[end].host;
      return name?.startsWith(`${point.host}.`) === true;
    });
  const first = Number(isNamed(a, 'source')) - Number(isNamed(b, 'source'));
  return first || Number(isNamed(b, 'destination')) - Number(isNamed(a, 'destination'));
}
