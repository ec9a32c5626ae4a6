/** At one moment a clock was ahead of another by no more (or no less) than so much; both in microseconds. */
export interface Bound {
  readonly at: number;
  readonly by: number;
}

/** How far one clock is ahead of another, and how that changes. */
export interface ClockLine {
  /** Middle of the time that the bounds span, on the clock that is ahead or behind. */
  readonly at: number;
  /** From the first bound to the last, in microseconds. */
  readonly span: number;
  /** Microseconds ahead at that moment, whatever the drift. */
  readonly ahead: number;
  readonly error: number;
  /** Microseconds gained per second (parts per million), with its error. */
  readonly drift: number;
  readonly driftError: number;
  /** No constant difference fits the bounds: the clocks do drift apart. */
  readonly isDrifting: boolean;
}

/** Times are printed in whole microseconds, and the packet may have come at any moment of them. */
const GRAIN_US = 1;

/** The kernel corrects no clock faster than this (adjtimex(2): 500 parts per million). */
const FASTEST = 500e-6;

/** Over less time than this, an unlucky interrupt looks like drift. */
const LONG_ENOUGH_US = 30_000_000;

/**
 * All straight lines that stay below every `upper` bound and above every `lower` one, told by their middle: a packet that
 * went one way bounds the difference of two clocks from above, one that went the other way from below. Undefined where no
 * line does, for then a clock was set in between. Linear programming in two variables over the two convex hulls, as in
 * Moon, Skelly and Towsley, "Estimation and removal of clock skew from network delay measurements" (INFOCOM 1999).
 */
export function lineBetween(
  upper: readonly Bound[],
  lower: readonly Bound[],
): ClockLine | undefined {
  if (upper.length === 0 || lower.length === 0) return undefined;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const bounds of [upper, lower])
    for (const { at } of bounds) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  const middle = (first + last) / 2;
  const top = hull(upper, middle, 1);
  const bottom = hull(lower, middle, -1);
  const most = (slope: number) => extreme(top, slope, Math.min);
  const least = (slope: number) => extreme(bottom, slope, Math.max);
  const room = (slope: number) => most(slope) - least(slope) + 2 * GRAIN_US;
  const widest = highest(room, -FASTEST, FASTEST);
  if (room(widest) < 0) return undefined;
  const slowest = edge(room, widest, -FASTEST);
  const fastest = edge(room, widest, FASTEST);
  const ahead = most(highest(most, slowest, fastest));
  const behind = least(highest((slope) => -least(slope), slowest, fastest));
  const isDrifting = room(0) < 0 && last - first >= LONG_ENOUGH_US;
  return {
    at: middle,
    span: last - first,
    ahead: (ahead + behind) / 2,
    error: Math.max(GRAIN_US, (ahead - behind) / 2),
    drift: ((slowest + fastest) / 2) * 1e6,
    driftError: ((fastest - slowest) / 2) * 1e6,
    isDrifting,
  };
}

/** The bounds that count whatever the slope: the lower convex hull (`side` 1) or the upper one (-1). */
function hull(bounds: readonly Bound[], middle: number, side: 1 | -1): readonly Bound[] {
  const sorted = bounds.toSorted((a, b) => a.at - b.at || side * (a.by - b.by));
  const kept: Bound[] = [];
  for (const { at, by } of sorted) {
    const next = { at: at - middle, by };
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      const before = kept.at(-2);
      const isSame = last.at === next.at;
      if (!isSame && (before === undefined || side * turn(before, last, next) > 0)) break;
      if (isSame && side * (last.by - next.by) <= 0) break;
      kept.pop();
    }
    if (kept.at(-1)?.at !== next.at) kept.push(next);
  }
  return kept;
}

function turn(a: Bound, b: Bound, c: Bound): number {
  return (b.at - a.at) * (c.by - a.by) - (b.by - a.by) * (c.at - a.at);
}

function extreme(
  bounds: readonly Bound[],
  slope: number,
  pick: (a: number, b: number) => number,
): number {
  let found: number | undefined;
  for (const { at, by } of bounds) {
    const value = by - slope * at;
    found = found === undefined ? value : pick(found, value);
  }
  return found ?? 0;
}

const STEPS = 60;

/** Where a concave function is highest. */
function highest(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < STEPS; step += 1) {
    const third = (high - low) / 3;
    if (of(low + third) < of(high - third)) low += third;
    else high -= third;
  }
  // A flat top is found by its middle, and 0 is as good as any other place on it.
  const found = (low + high) / 2;
  return from <= 0 && to >= 0 && of(0) >= of(found) ? 0 : found;
}

/** The last place from `inside` towards `outside` where a concave function is not negative. */
function edge(of: (x: number) => number, inside: number, outside: number): number {
  if (of(outside) >= 0) return outside;
  let [good, bad] = [inside, outside];
  for (let step = 0; step < STEPS; step += 1) {
    const half = (good + bad) / 2;
    if (of(half) >= 0) good = half;
    else bad = half;
  }
  return good;
}
