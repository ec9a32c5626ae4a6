import { type Exchange, sightedAt } from './exchanges.ts';
import { hidesConversation } from './filter.ts';
import { cameFromAfar, hostKey, type Members, OUTWARD, ordersOf } from './orders.ts';
import type { Point } from './points.ts';
import { type Bearings, precedes } from './precedence.ts';

/** The points of a conversation in the order of its requests, and what else that order may be. */
export interface Ways {
  readonly path: readonly Point[];
  /** Other orders that the captures admit as well; null where there are too many to tell. */
  readonly others: readonly (readonly Point[])[] | null;
}

/**
 * The order in which a request passes the points of its conversation, client first. TTL decides, then time (on one
 * clock, or by the sign of the round trip between two clocks), then topology, then what the interfaces are. Never the order
 * of pasting.
 */
export function waysOf(
  points: readonly Point[],
  exchanges: readonly Exchange[],
  bearings: Bearings,
): Ways {
  const seen = points.filter((point) =>
    exchanges.some((exchange) => exchange.at[point.index] !== undefined),
  );
  const before = remembered((a, b) => precedes(exchanges, bearings, a, b));
  const silent = points.filter(
    (point) => !seen.includes(point) && mayLieOn(point, points, exchanges),
  );
  const hosts = orderedHosts(seen, before);
  const sides = new Map(
    hosts.map((host) => [host, sideOf(host, { hosts, seen, before, exchanges })] as const),
  );
  const path = hosts.flatMap((host) => {
    const own = seen.filter((point) => hostKey(point) === host);
    return sortByWins(own, before, (a, b) => byRole(a, b, sides.get(host) ?? 'server'));
  });
  const usual = insertSilent(path, silent, sides);
  if (usual.length < 2) return { path: usual, others: [] };
  if (seen.length + silent.length > MOST_POINTS) return { path: usual, others: [] };
  const possible = ordersOf({ seen, silent, exchanges, before });
  if (possible === undefined) return { path: usual, others: null };
  const [best, ...others] = possible.toSorted((a, b) => unlike(a, usual) - unlike(b, usual));
  return { path: best ?? usual, others };
}

/** Longer paths are taken as they seem. */
const MOST_POINTS = 14;

function remembered(before: (a: Point, b: Point) => number): (a: Point, b: Point) => number {
  const known = new Map<string, number>();
  return (a, b) => {
    const key = `${a.index} ${b.index}`;
    const value = known.get(key) ?? before(a, b);
    known.set(key, value);
    return value;
  };
}

/** How many pairs of points stand the other way round in another order. */
function unlike(order: readonly Point[], other: readonly Point[]): number {
  let count = 0;
  for (const [at, a] of order.entries())
    for (const b of order.slice(at + 1)) if (other.indexOf(a) > other.indexOf(b)) count += 1;
  return count;
}

function orderedHosts(
  points: readonly Point[],
  before: (a: Point, b: Point) => number,
): readonly string[] {
  const hosts = [...new Set(points.map(hostKey))];
  const wins = (host: string) =>
    hosts.filter((other) => other !== host && hostPrecedes(points, before, host, other) > 0)
      .length -
    hosts.filter((other) => other !== host && hostPrecedes(points, before, host, other) < 0).length;
  const score = new Map(hosts.map((host) => [host, wins(host)]));
  const ordered = hosts.toSorted((x, y) => (score.get(y) ?? 0) - (score.get(x) ?? 0));
  const pods = new Set(points.filter(({ pod }) => pod).map(hostKey));
  return podsOutermost(ordered, pods, (x, y) => hostPrecedes(points, before, x, y));
}

/** A pod forwards nothing: it is where a conversation begins or ends, whatever the captures leave open. */
function podsOutermost(
  hosts: readonly string[],
  pods: ReadonlySet<string>,
  precedence: (x: string, y: string) => number,
): readonly string[] {
  const [first = '', last = ''] = [hosts[0], hosts.at(-1)];
  const inside = hosts.slice(1, -1).filter((host) => pods.has(host));
  const isClient = (pod: string) =>
    precedence(pod, last) > 0 || (pods.has(last) && precedence(last, pod) <= 0);
  const clients = inside.filter((pod) => !pods.has(first) && isClient(pod));
  const servers = inside.filter(
    (pod) => !clients.includes(pod) && !pods.has(last) && precedence(first, pod) > 0,
  );
  const others = hosts.filter((host) => !clients.includes(host) && !servers.includes(host));
  return [...clients, ...others, ...servers];
}

function hostPrecedes(
  points: readonly Point[],
  before: (a: Point, b: Point) => number,
  x: string,
  y: string,
): number {
  let sum = 0;
  for (const a of points) {
    if (hostKey(a) !== x) continue;
    for (const b of points) if (hostKey(b) === y) sum += Math.sign(before(a, b));
  }
  return sum;
}

function sortByWins(
  points: readonly Point[],
  before: (a: Point, b: Point) => number,
  otherwise: (a: Point, b: Point) => number,
): readonly Point[] {
  const score = new Map(
    points.map((point) => {
      const against = points
        .filter((other) => other !== point)
        .map((other) => Math.sign(before(point, other) || -otherwise(point, other)));
      return [point, against.reduce((sum, one) => sum + one, 0)];
    }),
  );
  return points.toSorted((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0) || a.index - b.index);
}

type Side = 'client' | 'server';

/** Whether requests leave a host outwards (the client's node) or come into it: by the captures, else by its place. */
function sideOf(
  host: string,
  {
    hosts,
    seen,
    before,
    exchanges,
  }: Pick<Members, 'seen' | 'before' | 'exchanges'> & {
    readonly hosts: readonly string[];
  },
): Side {
  const own = seen.filter((point) => hostKey(point) === host && OUTWARD.includes(point.role));
  for (const a of own) {
    for (const b of own) {
      const outward = OUTWARD.indexOf(b.role) - OUTWARD.indexOf(a.role);
      const order = outward === 0 ? 0 : before(a, b);
      if (order !== 0) return Math.sign(outward) === Math.sign(order) ? 'client' : 'server';
    }
  }
  if (own.some((point) => cameFromAfar(point, exchanges))) return 'server';
  const pods = new Set(seen.filter(({ pod }) => pod).map(hostKey));
  const nodes = hosts.filter((one) => !pods.has(one));
  if (nodes.length > 1) return nodes[0] === host ? 'client' : 'server';
  if (hosts.indexOf(host) > 0) return 'client';
  // With one node only, packets that were seen near a pod started here.
  const innermost = Math.min(...own.map(({ role }) => OUTWARD.indexOf(role)));
  return innermost < OUTWARD.indexOf('tunnel') ? 'client' : 'server';
}

function byRole(a: Point, b: Point, side: Side): number {
  const outward = OUTWARD.indexOf(a.role) - OUTWARD.indexOf(b.role);
  return side === 'client' ? outward : -outward;
}

/**
 * A point that saw nothing of the conversation lies on its path only if it could have: it ran, no filter hides the
 * packets from it, and no exchange was answered past it (an answered question that it did not see went another way).
 */
function mayLieOn(point: Point, points: readonly Point[], exchanges: readonly Exchange[]): boolean {
  if (!point.ran || point.lossy || hidesConversation(point, points, exchanges)) return false;
  const answered = exchanges.some((exchange) =>
    sightedAt(exchange).some((seen) => seen.responses.length > 0),
  );
  if (answered) return false;
  const onKnownHost = points.some(
    (other) =>
      other !== point &&
      other.host === point.host &&
      exchanges.some((one) => one.at[other.index] !== undefined),
  );
  return onKnownHost || point.seen === 0 || meetsServer(point, exchanges);
}

function meetsServer(point: Point, exchanges: readonly Exchange[]): boolean {
  const wrapped = exchanges.flatMap(sightedAt).flatMap((seen) => seen.requests);
  const servers = new Set([
    ...exchanges.map((exchange) => exchange.server.host),
    ...wrapped.map(({ outer }) => outer.destination.host),
  ]);
  return point.sightings.some(
    ({ packet }) => servers.has(packet.destination.host) || servers.has(packet.source.host),
  );
}

/** Silent points of a host that was seen take their place by role; other hosts' come last, card first. */
function insertSilent(
  path: readonly Point[],
  silent: readonly Point[],
  sides: ReadonlyMap<string, Side>,
): readonly Point[] {
  const order = [...path];
  const goesOn = silent.some((one) => !sides.has(hostKey(one)));
  for (const point of silent.filter((one) => sides.has(hostKey(one)))) {
    const at = placeFor(point, order, sides.get(hostKey(point)) ?? 'server', goesOn);
    if (at !== undefined) order.splice(at, 0, point);
  }
  const others = silent
    .filter((point) => !sides.has(hostKey(point)))
    .toSorted((a, b) => byRole(a, b, 'server') || a.index - b.index);
  const byHost = [
    ...new Set(others.toSorted((a, b) => Number(a.pod) - Number(b.pod)).map(hostKey)),
  ];
  return [...order, ...byHost.flatMap((host) => others.filter((point) => hostKey(point) === host))];
}

/**
 * Where a silent point of a seen host stands; undefined when the packets would have passed it before points that saw
 * them: then they went another way, or the tunnel hid them. A tunnel may be silent between seen points: it was bypassed.
 */
function placeFor(
  point: Point,
  order: readonly Point[],
  side: Side,
  goesOn: boolean,
): number | undefined {
  const own = order.filter((other) => hostKey(other) === hostKey(point));
  const last = order.findLastIndex((other) => hostKey(other) === hostKey(point));
  // The client's own veth would have seen the packets: a silent one belongs to the server's pod on the same node.
  if (side === 'client' && point.role === 'veth') return last + 1;
  const beyond = own.filter((other) => other.seen > 0 && byRole(other, point, side) > 0);
  if (beyond.length > 0 && point.role !== 'tunnel') return undefined;
  const before = order.findLastIndex(
    (other) => hostKey(other) === hostKey(point) && byRole(other, point, side) < 0,
  );
  if (before >= 0) return before + 1;
  if (point.role === 'tunnel') return order.findIndex((other) => hostKey(other) === hostKey(point));
  // A second card of a host: the packets would leave by it if they go on at all; they did not come by it.
  return goesOn || last + 1 < order.length ? last + 1 : undefined;
}
