import { median } from '../primitives/median.ts';
import { type Bound, type ClockLine, lineBetween } from './clock-line.ts';
import type { Timed } from './same-packets.ts';

/** How far the clock `to` is ahead of the clock `from`. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly by: number;
  readonly error: number;
  readonly line: ClockLine | undefined;
}

/** Only one direction was seen by both: the way itself hides in the offset, so the error is unknown and taken wide. */
const ONE_WAY_US = 50_000;

/** What one packet says of two clocks bounds their difference from one side; packets both ways enclose it. */
export function linkBetween(pairs: readonly Timed[]): Omit<Link, 'from' | 'to'> | undefined {
  if (areOtherTries(pairs)) return undefined;
  const bounds = (isResponse: boolean): readonly Bound[] =>
    pairs.flatMap((pair) =>
      pair.isResponse === isResponse ? [{ at: pair.right.time ?? 0, by: pair.by }] : [],
    );
  const [requests, responses] = [bounds(false), bounds(true)];
  const there = median(requests.map(({ by }) => by));
  const back = median(responses.map(({ by }) => by));
  if (there === undefined || back === undefined) {
    const by = there ?? back;
    // One packet alone may be of another try.
    const isFirm = pairs.length > 1 || pairs.some(({ isNamed }) => isNamed);
    return by === undefined || !isFirm ? undefined : { by, error: ONE_WAY_US, line: undefined };
  }
  const [upper, lower] = there >= back ? [requests, responses] : [responses, requests];
  const line = lineBetween(upper, lower);
  // A clock that was set meanwhile, or a packet taken for another: the middle values, with all that lies between them.
  if (line === undefined)
    return { by: (there + back) / 2, error: Math.abs(there - back) / 2, line: undefined };
  return { by: line.ahead, error: line.error, line };
}

/** Delays of packets that go the same way at one moment differ by less. */
const UNLIKE_US = 2_000;

/** The moments at which packets are stamped are no more uncertain than this. */
const STAMP_US = 100;

/**
 * One question alone may be of another try at either place. One lookup alone: two captures that each saw another try of it agree in all but how far apart its packets were. Of the
 * same packets, those that go one way bound the difference of the clocks from one side, and differ little among themselves.
 */
function areOtherTries(pairs: readonly Timed[]): boolean {
  const [one] = pairs;
  const isOneFlow = pairs.every(
    ({ isNamed, exchange }) => !isNamed && exchange.client.port === one?.exchange.client.port,
  );
  if (one === undefined || !isOneFlow) return false;
  if (pairs.every(({ exchange }) => exchange === one.exchange)) return true;
  const [there, back] = [rangeOf(pairs, false), rangeOf(pairs, true)];
  if ([there, back].some((one) => one !== undefined && one.most - one.least > UNLIKE_US))
    return true;
  if (there === undefined || back === undefined) return false;
  return there.most - back.least > STAMP_US && back.most - there.least > STAMP_US;
}

function rangeOf(pairs: readonly Timed[], isResponse: boolean) {
  const own = pairs.flatMap((pair) => (pair.isResponse === isResponse ? [pair.by] : []));
  if (own.length === 0) return undefined;
  return { least: Math.min(...own), most: Math.max(...own) };
}
