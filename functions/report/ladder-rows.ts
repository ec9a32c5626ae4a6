import type { Endpoint } from '../artefacts/packet.ts';
import type { Clocks } from '../captures/clocks.ts';
import type { Spot } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import type { Report } from './schema.ts';

export type Ladder = NonNullable<Report['ladder']>;

/** So many packets fit a picture that is still read at a glance. */
export const MOST_ROWS = 10;

/** The other end of a flow, where nothing was captured: its address and, of a service, its port. */
export function farEnd({ host, port }: Endpoint, protocol: 'dns' | 'tcp' | 'icmp'): Spot {
  const transport = protocol === 'dns' ? 'udp' : protocol;
  return { host, interface: port === null ? null : `${transport}/${port}` };
}

/** A sighting's time on the clock of another point; null where the clocks cannot be compared. */
export function onClockOf(home: Point, sighting: Sighting, clocks: Clocks): number | null {
  const shift = sighting.time === null ? undefined : clocks.shift(sighting.point, home.index);
  return shift === undefined || sighting.time === null ? null : sighting.time - shift.by;
}

/** Milliseconds since the first packet of the flow, to the microsecond. */
export function msSince(time: number | null, start: number): number | null {
  return time === null || !Number.isFinite(start) ? null : Math.round(time - start) / 1000;
}

/** When the first point saw it; infinite where none has times. */
export function firstTime({ times }: Ladder['rows'][number]): number {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...known);
}
