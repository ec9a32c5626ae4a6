import type { Clocks } from './clocks.ts';
import type { Point } from './points.ts';
import type { Retry } from './retries.ts';
import type { Transmission } from './transmissions.ts';

/** Its answer was seen somewhere after the question had been sent again: the server took that long. */
export function cameLate(
  { seen, answers, reference }: Transmission,
  retry: Retry | undefined,
  path: readonly Point[],
  clocks: Clocks,
): boolean {
  const after = retry?.afterUs ?? null;
  const sent = seen[reference];
  const home = path[reference];
  if (after === null || sent?.time == null || home === undefined) return false;
  const { time: asked } = sent;
  return answers.some((answer, position) => {
    if (answer?.time == null) return false;
    const here = seen[position]?.time;
    if (here != null) return answer.time - here > after;
    const shift = clocks.shift(answer.point, home.index, answer.time);
    return shift !== undefined && answer.time - shift.by - shift.error - asked > after;
  });
}

/** So many other answers tell how soon they come here. */
const ENOUGH = 5;
/** A late answer that comes at any moment falls into that time once in so many times. */
const SELDOM = 100;

/**
 * A server that answers late answers the retry late too: where the captures end before that second answer, one answer
 * alone does not tell a lost try from a late one. But one that comes as soon after the retry as the others (`usual`,
 * microseconds, shortest first) after their questions is the retry's, where the captures run on long enough for another one.
 */
export function mayBeLate(
  { seen, answers, exchange }: Transmission,
  retry: Retry | undefined,
  path: readonly Point[],
  usual: readonly number[],
): boolean {
  if (retry === undefined) return false;
  // Without times nobody can tell.
  if (retry.afterUs === null) return true;
  if (!retry.answered) return false;
  const soon = retry.answeredAfterUs ?? 0;
  const slowest = usual.at(-1) ?? 0;
  const isSoon = usual.length >= ENOUGH && soon <= slowest && slowest * SELDOM <= retry.afterUs;
  const wait = retry.afterUs + soon;
  const enough = isSoon ? wait + 2 * slowest : 2 * wait;
  return seen.every((sighting, position) => {
    const point = path[position];
    const here = point === undefined ? undefined : exchange.at[point.index];
    if (sighting === undefined || point === undefined || here === undefined) return true;
    const heard = here.responses.length + (answers[position] === undefined ? 0 : 1);
    if (sighting.time === null || point.span === undefined) return true;
    return heard < 2 && point.span.to - sighting.time < enough;
  });
}
