import type { Exchange } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';
import type { Transmission } from './transmissions.ts';

export type Direction = 'request' | 'response';

/** One try at one point, as a timeline holds it. */
export interface Passage {
  readonly transmission: Transmission;
  readonly sighting: Sighting;
}

/** A conversation arranged for look-ups, so that proving absences stays linear in its length. */
export interface Timeline {
  readonly path: readonly Point[];
  readonly transmissions: readonly Transmission[];
  readonly triesOf: (exchange: Exchange) => readonly Transmission[];
  readonly onPort: (port: number | null) => readonly Transmission[];
  /** First tries that ask the same name and type, whatever their id and port. */
  readonly asking: (exchange: Exchange) => readonly Transmission[];
  /** What passed a point of the path in one direction, in the order of time where there are times. */
  readonly passages: (position: number, direction: Direction) => readonly Passage[];
  /** No answer to any question was seen anywhere. */
  readonly nobodyAnswered: boolean;
}

/** Arranges the tries of a conversation. */
export function timelineOf(
  transmissions: readonly Transmission[],
  path: readonly Point[],
): Timeline {
  const byExchange = Map.groupBy(transmissions, ({ exchange }) => exchange);
  const byPort = Map.groupBy(transmissions, ({ exchange }) => exchange.client.port);
  const byQuestion = Map.groupBy(
    transmissions.filter(({ attempt }) => attempt === 0),
    ({ exchange: { dns } }) => `${dns?.qtype} ${dns?.qname}`,
  );
  const passages = new Map<string, readonly Passage[]>();
  return {
    path,
    transmissions,
    triesOf: (exchange) => byExchange.get(exchange) ?? [],
    onPort: (port) => byPort.get(port) ?? [],
    asking: ({ dns }) => (dns === null ? [] : (byQuestion.get(`${dns.qtype} ${dns.qname}`) ?? [])),
    nobodyAnswered: transmissions.every(({ answers }) => answers.length === 0),
    passages(position, direction) {
      const key = `${position} ${direction}`;
      const known = passages.get(key) ?? passagesAt(transmissions, position, direction);
      passages.set(key, known);
      return known;
    },
  };
}

/** Passages within `reach` microseconds of a moment, nearest moments first in no other order; at most `most` a side. */
export function around(
  passages: readonly Passage[],
  moment: number,
  reach: number,
  most: number,
): readonly Passage[] {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((passages[middle]?.sighting.time ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return passages
    .slice(Math.max(0, low - most), low + most)
    .filter(({ sighting }) => sighting.time !== null && Math.abs(sighting.time - moment) <= reach);
}

function passagesAt(
  transmissions: readonly Transmission[],
  position: number,
  direction: Direction,
): readonly Passage[] {
  const found = transmissions.flatMap((transmission) => {
    const sighting = (direction === 'request' ? transmission.seen : transmission.answers)[position];
    return sighting === undefined ? [] : [{ transmission, sighting }];
  });
  return found.every(({ sighting }) => sighting.time !== null)
    ? found.toSorted((a, b) => (a.sighting.time ?? 0) - (b.sighting.time ?? 0))
    : found;
}
