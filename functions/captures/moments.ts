import { lineIn } from '../artefacts/evidence.ts';
import type { Clocks } from './clocks.ts';
import type { CaptureEvidence, Point, Sighting } from './points.ts';
import type { Direction } from './timeline.ts';
import type { Transmission } from './transmissions.ts';

/** A packet that was seen somewhere and is looked for at another point. */
export interface Missed {
  readonly transmission: Transmission;
  /** Its last sighting before. */
  readonly sent: Sighting;
  readonly direction: Direction;
}

/** A time on the clock of a point, in microseconds, give or take its error. */
export interface Moment {
  readonly time: number;
  readonly error: number;
}

/** When the packet would have been at the point, on the point's own clock. */
export function momentAt(
  point: Point,
  { sent, transmission, direction }: Missed,
  clocks: Clocks,
): Moment | undefined {
  if (stands(sent.evidence) || point.captures.some(stands)) return undefined;
  const moment = momentOf(sent, point, clocks);
  if (moment === undefined || sent.evidence.content.clock !== 'delta') return moment;
  const sightings = direction === 'request' ? transmission.seen : transmission.answers;
  return sightings.some((other) => contradicts(other, moment, point, clocks)) ? undefined : moment;
}

function momentOf(sighting: Sighting, point: Point, clocks: Clocks): Moment | undefined {
  const shift = clocks.shift(point.index, sighting.point);
  if (sighting.time === null || shift === undefined) return undefined;
  return { time: sighting.time + shift.by, error: shift.error };
}

/** A packet is on its way for less time than this. */
const ON_ITS_WAY_US = 300_000;

/** Differences (`-ttt`) lose the time of every line that was taken out of the text: another sighting tells of another moment. */
function contradicts(
  other: Sighting | undefined,
  { time, error }: Moment,
  point: Point,
  clocks: Clocks,
): boolean {
  const moment = other === undefined ? undefined : momentOf(other, point, clocks);
  if (moment === undefined) return false;
  return Math.abs(moment.time - time) > error + moment.error + ON_ITS_WAY_US;
}

const standing = new WeakMap<CaptureEvidence, boolean>();

/** Whether lines are lost between the packets of a capture that prints differences (`-ttt`): their time is lost with them. */
function stands(capture: CaptureEvidence): boolean {
  const known = standing.get(capture);
  if (known !== undefined) return known;
  const { artefact, content, unread } = capture;
  const isDelta = content.clock === 'delta' && unread.length > 0;
  const lines = isDelta ? content.packets.map(({ line }) => lineIn(artefact, line)) : [];
  const [first, last] = [lines[0] ?? 0, lines.at(-1) ?? 0];
  const value = unread.some((line) => line > first && line < last);
  standing.set(capture, value);
  return value;
}
