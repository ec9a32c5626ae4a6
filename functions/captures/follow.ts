import { type Clocks, clocksOf } from './clocks.ts';
import { type Exchange, exchangesOf } from './exchanges.ts';
import { type Vanished, vanishedIn } from './losses.ts';
import { pathOf, precedes } from './path.ts';
import { type CaptureEvidence, type Point, pointsOf } from './points.ts';
import { type Transmission, transmissionsOf } from './transmissions.ts';

/** One client asking one kind of thing: its path through the points and what became of every try. */
export interface Conversation {
  readonly exchanges: readonly Exchange[];
  readonly path: readonly Point[];
  readonly transmissions: readonly Transmission[];
  readonly vanished: readonly Vanished[];
}

/** Everything that the captures of a paste tell about packets that were seen at several points. */
export interface Following {
  readonly points: readonly Point[];
  readonly exchanges: readonly Exchange[];
  readonly conversations: readonly Conversation[];
  readonly clocks: Clocks;
}

/** Follows every packet of the captures from point to point. */
export function follow(captures: readonly CaptureEvidence[]): Following {
  const points = pointsOf(captures);
  const found = exchangesOf(points);
  const clocks = clocksOf(points, found);
  const exchanges = fromTheClient(found, points, clocks);
  const conversations = groups(exchanges).map((own) => converse(own, points, clocks));
  return { points, exchanges, conversations, clocks };
}

function converse(
  exchanges: readonly Exchange[],
  points: readonly Point[],
  clocks: Clocks,
): Conversation {
  const path = pathOf(points, exchanges, clocks);
  const transmissions = exchanges
    .flatMap((exchange) => transmissionsOf(exchange, path, clocks))
    .toSorted((a, b) => sentAt(a, path, clocks) - sentAt(b, path, clocks));
  return { exchanges, path, transmissions, vanished: vanishedIn(transmissions, path, clocks) };
}

/**
 * Names each exchange by its ends as the point nearest the client shows them, before any translation: a client whose
 * packets get another address on the way stays one client, whichever capture was pasted first.
 */
function fromTheClient(
  exchanges: readonly Exchange[],
  points: readonly Point[],
  clocks: Clocks,
): readonly Exchange[] {
  const order = new Map<string, number>();
  const isBefore = (a: Point, b: Point) => {
    const key = `${a.index} ${b.index}`;
    const known = order.get(key) ?? precedes(exchanges, clocks, a, b);
    order.set(key, known);
    return known > 0;
  };
  return exchanges.map((exchange) => {
    const seen = points.filter(({ index }) => (exchange.at[index]?.requests.length ?? 0) > 0);
    const endOf = ({ index }: Point) => exchange.at[index]?.requests[0]?.packet.source;
    if (seen.every((point) => endOf(point)?.host === exchange.client.host)) return exchange;
    const first = seen.find((point) =>
      seen.every((other) => endOf(other)?.host === endOf(point)?.host || isBefore(point, other)),
    );
    const packet = exchange.at[first?.index ?? -1]?.requests[0]?.packet;
    return packet === undefined
      ? exchange
      : { ...exchange, client: packet.source, server: packet.destination };
  });
}

/** When a try was sent, on the clock of the path's first point, so that tries can be put in order. */
function sentAt(transmission: Transmission, path: readonly Point[], clocks: Clocks): number {
  const home = path[0];
  const sighting = transmission.seen[transmission.reference];
  if (home === undefined || sighting?.time == null) return 0;
  return sighting.time - (clocks.shift(sighting.point, home.index)?.by ?? 0);
}

/** Exchanges of one client with one service: they take one path. */
function groups(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const byKey = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const key = `${exchange.protocol} ${exchange.client.host} ${exchange.server.port}`;
    const group = byKey.get(key) ?? [];
    group.push(exchange);
    byKey.set(key, group);
  }
  return [...byKey.values()];
}
