import { once, range } from '../primitives/once.ts';
import type { Clocks } from './clocks.ts';
import type { Exchange } from './exchanges.ts';
import { unplaced, type Vanished, vanishedIn } from './losses.ts';
import { waysOf } from './path.ts';
import type { Point } from './points.ts';
import type { Bearings } from './precedence.ts';
import type { Asker, Settled } from './settled.ts';
import { type Transmission, transmissionsOf } from './transmissions.ts';

/** One client asking one kind of thing: its path through the points and what became of every try. */
export interface Conversation {
  readonly protocol: Exchange['protocol'];
  /** How many exchanges there are. */
  readonly count: number;
  /** All of them are settled: nothing was sent again, nothing stayed without an answer. */
  readonly isSettled: boolean;
  readonly exchanges: readonly Exchange[];
  readonly path: readonly Point[];
  readonly transmissions: readonly Transmission[];
  readonly vanished: readonly Vanished[];
  /** What passed a point: how many packets, and the TTL that questions had there. */
  readonly traffic: (point: Point) => { readonly ttl: number | null; readonly packets: number };
}

/** All exchanges in the order in which they were first met. */
export function allOf(
  unsettled: readonly Exchange[],
  settled: Settled | null,
  places: readonly number[] = range(settled?.length ?? 0),
): readonly Exchange[] {
  if (settled === null || places.length === 0) return unsettled;
  const all: Exchange[] = [];
  let next = 0;
  for (const exchange of unsettled) {
    for (
      ;
      next < places.length && settled.askedAt(places[next] ?? 0) < orderOf(exchange);
      next += 1
    )
      all.push(settled.exchangeAt(places[next] ?? 0));
    all.push(exchange);
  }
  for (; next < places.length; next += 1) all.push(settled.exchangeAt(places[next] ?? 0));
  return all;
}

/** The place of an exchange's first question among the packets of the only point. */
export function orderOf({ at }: Exchange): number {
  return at[0]?.requests[0]?.order ?? 0;
}

/** Exchanges of one client with one service, with the settled ones that are its too. */
export function conversationsOf(
  unsettled: readonly Exchange[],
  points: readonly Point[],
  bearings: Bearings,
): readonly Conversation[] {
  const settled = points[0]?.settled ?? null;
  if (settled === null) return groups(unsettled).map((own) => converse(own, points, bearings));
  const mixed = new Set<number>();
  const found = groups(unsettled).map((own) => {
    const client = clientOf(own, settled);
    const places = settled.clients.get(client)?.all() ?? [];
    mixed.add(client);
    const all = allOf(own, settled, places);
    return {
      order: Math.min(...all.slice(0, 1).map(orderOf)),
      conversation: converse(all, points, bearings),
    };
  });
  for (const [client, asker] of settled.clients) {
    if (mixed.has(client)) continue;
    const conversation = settledOnly(asker, settled, points, bearings.clocks);
    found.push({ order: settled.askedAt(asker.first), conversation });
  }
  return found.toSorted((a, b) => a.order - b.order).map(({ conversation }) => conversation);
}

const DNS_PORT = 53;

/** The number of a group's client among those that have settled exchanges; -1 for a group that settles none. */
function clientOf([first]: readonly Exchange[], settled: Settled): number {
  if (first?.protocol !== 'dns' || first.server.port !== DNS_PORT) return -1;
  return settled.clientOf(orderOf(first));
}

function settledOnly(
  { count, all }: Asker,
  settled: Settled,
  path: readonly Point[],
  clocks: Clocks,
): Conversation {
  const exchanges = once(() => allOf([], settled, all()));
  const transmissions = once(() => triesOf(exchanges(), path, clocks));
  return {
    protocol: 'dns',
    count,
    isSettled: true,
    get exchanges() {
      return exchanges();
    },
    path,
    get transmissions() {
      return transmissions();
    },
    vanished: [],
    traffic() {
      const shown = all().find((place) => settled.ttlAt(place) >= 0);
      return { ttl: shown === undefined ? null : settled.ttlAt(shown), packets: count * 2 };
    },
  };
}

function converse(
  exchanges: readonly Exchange[],
  points: readonly Point[],
  bearings: Bearings,
): Conversation {
  const { clocks } = bearings;
  const { path, others } = waysOf(points, exchanges, bearings);
  const transmissions = triesOf(exchanges, path, clocks);
  return {
    protocol: exchanges[0]?.protocol ?? 'dns',
    count: exchanges.length,
    isSettled: false,
    exchanges,
    path,
    transmissions,
    vanished: inEveryOrder(vanishedIn(transmissions, path, clocks), others, (other) =>
      vanishedIn(triesOf(exchanges, other, clocks), other, clocks),
    ),
    traffic: (point) => trafficAt(point, exchanges),
  };
}

/** Where the order of the points is not known, only what holds in every order that is possible has a place. */
function inEveryOrder(
  vanished: readonly Vanished[],
  others: readonly (readonly Point[])[] | null,
  lost: (path: readonly Point[]) => readonly Vanished[],
): readonly Vanished[] {
  if (others?.length === 0 || vanished.every(({ missing }) => missing === null)) return vanished;
  const places = others?.map((path) => new Set(lost(path).map(placeOf)));
  return vanished.map((one) => {
    if (one.missing === null) return one;
    return places?.every((known) => known.has(placeOf(one))) === true ? one : unplaced(one);
  });
}

/** The sighting tells which packet it is. */
function placeOf({ seen, missing, direction }: Vanished): string {
  return `${seen.point} ${seen.order} ${missing?.index} ${direction}`;
}

function trafficAt({ index }: Point, exchanges: readonly Exchange[]) {
  let ttl: number | null = null;
  let packets = 0;
  for (const { at } of exchanges) {
    const { requests = [], responses = [] } = at[index] ?? {};
    packets += requests.length + responses.length;
    ttl ??= requests.find(({ packet }) => packet.ttl !== null)?.packet.ttl ?? null;
  }
  return { ttl, packets };
}

function triesOf(
  exchanges: readonly Exchange[],
  path: readonly Point[],
  clocks: Clocks,
): readonly Transmission[] {
  const tries = exchanges.flatMap((exchange) => transmissionsOf(exchange, path, clocks));
  return inOrder(tries, path, clocks);
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
