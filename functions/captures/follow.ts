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
  const transmissions = inOrder(
    exchanges.flatMap((exchange) => transmissionsOf(exchange, path, clocks)),
    path,
    clocks,
  );
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
    if (isOneEnd(exchange)) return exchange;
    const seen = points.filter(({ index }) => (exchange.at[index]?.requests.length ?? 0) > 0);
    const endOf = ({ index }: Point) => exchange.at[index]?.requests[0]?.packet.source;
    const first = seen.find((point) =>
      seen.every((other) => endOf(other)?.host === endOf(point)?.host || isBefore(point, other)),
    );
    const packet = exchange.at[first?.index ?? -1]?.requests[0]?.packet;
    return packet === undefined
      ? exchange
      : { ...exchange, client: packet.source, server: packet.destination };
  });
}

/** Whether all points that saw the question saw it come from the same address. */
function isOneEnd({ at, client }: Exchange): boolean {
  for (const seen of at) {
    const [first] = seen?.requests ?? [];
    if (first !== undefined && first.packet.source.host !== client.host) return false;
  }
  return true;
}

/** Tries by the time when they were sent, on the clock of the path's first point. */
function inOrder(
  transmissions: readonly Transmission[],
  path: readonly Point[],
  clocks: Clocks,
): readonly Transmission[] {
  const home = path[0];
  if (home === undefined) return transmissions;
  const ahead = new Map(
    path.map(({ index }) => [index, clocks.shift(index, home.index)?.by ?? 0] as const),
  );
  const sent = transmissions.map(({ seen, reference }) => {
    const sighting = seen[reference];
    return sighting?.time == null ? 0 : sighting.time - (ahead.get(sighting.point) ?? 0);
  });
  if (sent.every((time, at) => at === 0 || time >= (sent[at - 1] ?? 0))) return transmissions;
  const order = [...sent.keys()].sort((a, b) => (sent[a] ?? 0) - (sent[b] ?? 0) || a - b);
  return order.flatMap((at) => transmissions[at] ?? []);
}

/** Exchanges of one client with one service: they take one path. */
function groups(exchanges: readonly Exchange[]): readonly (readonly Exchange[])[] {
  const all: Exchange[][] = [];
  const byProtocol = new Map<string, Map<number | null, Map<string, Exchange[]>>>();
  for (const exchange of exchanges) {
    const { protocol, client, server } = exchange;
    const byPort = entryOf(byProtocol, protocol, () => new Map());
    const byClient = entryOf(byPort, server.port, () => new Map<string, Exchange[]>());
    const group = entryOf(byClient, client.host, (): Exchange[] => {
      const started: Exchange[] = [];
      all.push(started);
      return started;
    });
    group.push(exchange);
  }
  return all;
}

function entryOf<K, V>(map: Map<K, V>, key: K, start: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const started = start();
  map.set(key, started);
  return started;
}
