import type { Clocks } from '../captures/clocks.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Point, Sighting } from '../captures/points.ts';
import type { Direction } from '../captures/timeline.ts';
import type { Sightings, Transmission } from '../captures/transmissions.ts';
import type { Report } from './schema.ts';

type Ladder = NonNullable<Report['ladder']>;

/** So many packets fit a picture that is still read at a glance. */
const MOST_ROWS = 10;

/**
 * The flow that lost a packet, drawn: every packet of it at every point, with times on one corrected clock. Null when
 * nothing vanished or no point has times.
 */
export function toLadder(losses: readonly Loss[], { clocks }: Following): Report['ladder'] {
  const [loss] = losses;
  const lost = loss?.vanished[0]?.transmission;
  if (loss === undefined || lost === undefined) return null;
  const { path, transmissions } = loss.conversation;
  const flow = transmissions.filter(
    ({ exchange }) => exchange.client.port === lost.exchange.client.port,
  );
  const home = path[lost.reference];
  if (home === undefined || path.length < 2) return null;
  const at = (sighting: Sighting) => onClockOf(home, sighting, clocks);
  const start = Math.min(...flow.flatMap((one) => at(one.seen[one.reference] ?? noSighting) ?? []));
  const vanished = new Map(loss.vanished.map((one) => [one.transmission, one]));
  const drawn = flow.map((one) => ({
    one,
    rows: rowsOf(one, path, vanished.get(one), (sighting) => relative(at(sighting), start)),
  }));
  const all = drawn.flatMap(({ rows }) => rows);
  const shown = byWeight(drawn, lost)
    .flatMap(({ rows }) => rows)
    .slice(0, MOST_ROWS);
  return {
    points: path.map(({ host, interface: device }) => ({ host, interface: device })),
    rows: shown.toSorted((a, b) => firstTime(a) - firstTime(b)),
    omitted: all.length - shown.length,
  };
}

interface Drawn {
  readonly one: Transmission;
  readonly rows: Ladder['rows'];
}

/** What a long flow is drawn for comes first: the lost packet, its retries, then what was sent nearest to it. */
function byWeight(drawn: readonly Drawn[], lost: Transmission): readonly Drawn[] {
  const sentAt = ({ seen, reference }: Transmission) => seen[reference]?.time ?? 0;
  const weight = ({ one }: Drawn) => {
    if (one === lost) return -2;
    return one.exchange === lost.exchange && one.attempt > lost.attempt
      ? -1
      : Math.abs(sentAt(one) - sentAt(lost));
  };
  return drawn.toSorted((a, b) => weight(a) - weight(b));
}

const noSighting = { time: null } as Sighting;

function onClockOf(home: Point, sighting: Sighting, clocks: Clocks): number | null {
  const shift = sighting.time === null ? undefined : clocks.shift(sighting.point, home.index);
  return shift === undefined || sighting.time === null ? null : sighting.time - shift.by;
}

/** Milliseconds since the first packet of the flow, to the microsecond. */
function relative(time: number | null, start: number): number | null {
  return time === null || !Number.isFinite(start) ? null : Math.round(time - start) / 1000;
}

function rowsOf(
  { exchange, attempt, seen, answers }: Transmission,
  path: readonly Point[],
  vanished: Loss['vanished'][number] | undefined,
  time: (sighting: Sighting) => number | null,
): Ladder['rows'] {
  const row = (direction: Direction, sightings: Sightings) => {
    const times = path.map((_, position) => {
      const sighting = sightings[position];
      return sighting === undefined ? null : time(sighting);
    });
    const missing =
      vanished?.direction === direction && vanished.missing !== null
        ? path.indexOf(vanished.missing)
        : null;
    const isRound = vanished?.bypassedTunnel === true;
    const present = path.map((_, position) => sightings[position] !== undefined);
    return {
      label: exchange.dns?.qtype ?? 'SYN',
      direction,
      attempt,
      times,
      seen: present,
      lost_at: isRound ? null : missing,
      bypassed: isRound ? missing : null,
    };
  };
  const answer = answers.length === 0 ? [] : [row('response', answers)];
  return [row('request', seen), ...answer];
}

function firstTime({ times }: Ladder['rows'][number]): number {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...known);
}
