import { type Clocks, clocksOf } from './clocks.ts';
import { type Exchange, exchangesOf } from './exchanges.ts';
import { type Vanished, vanishedIn } from './losses.ts';
import { pathOf } from './path.ts';
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
  const exchanges = exchangesOf(points);
  const clocks = clocksOf(points, exchanges);
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
