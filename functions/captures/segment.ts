import type { Loss } from './loss.ts';
import type { Point } from './points.ts';

/**
 * The stations that a request passes at most, client first: out of the client's pod, through its node, over the network
 * and into the server's. A router between the two nodes is passed from one of its cards to another.
 */
export const STATIONS = [
  'client-veth',
  'client-bridge',
  'client-tunnel',
  'client-nic',
  'transit-nic',
  'server-nic',
  'server-tunnel',
  'server-bridge',
  'server-veth',
] as const;

export type Station = (typeof STATIONS)[number];

/**
 * The stretch of the way where packets vanish, always named in the direction of requests; a lost answer has the same
 * segment and another direction. `unseen` is everything behind the last point, `reply` the server's own work.
 */
export type Segment = `${Station}>${Station | 'unseen' | 'reply'}`;

/** Every value that a segment can have. */
export const SEGMENTS: readonly Segment[] = [
  ...STATIONS.flatMap((from, at) => STATIONS.slice(at + 1).map((to): Segment => `${from}>${to}`)),
  'transit-nic>transit-nic',
  ...STATIONS.slice(0, -1).map((from): Segment => `${from}>unseen`),
  'server-veth>reply',
];

/** The smallest segments: the way has no captured point inside them. */
export const STEPS: readonly Segment[] = [
  ...STATIONS.slice(1).flatMap((to, at): Segment[] => [
    ...(STATIONS[at] === 'transit-nic' ? (['transit-nic>transit-nic'] as const) : []),
    `${STATIONS[at] as Station}>${to}`,
  ]),
  'server-veth>reply',
];

/** Where a loss lies; undefined where hosts or interfaces do not tell which part they play. */
export function segmentOf({ from, to, direction, conversation }: Loss): Segment | undefined {
  const { path } = conversation;
  if (to === null) {
    const station = stationOf(from, undefined, path);
    if (station === undefined) return undefined;
    return station === 'server-veth' ? 'server-veth>reply' : `${station}>unseen`;
  }
  const [near, far] = direction === 'request' ? [from, to] : [to, from];
  const start = stationOf(near, far, path);
  const end = stationOf(far, near, path);
  if (start === undefined || end === undefined) return undefined;
  const segment: Segment = `${start}>${end}`;
  return SEGMENTS.includes(segment) ? segment : undefined;
}

/** The steps that a segment covers, in the order of requests. */
export function stepsOf(segment: Segment): readonly Segment[] {
  const [from = '', to = ''] = segment.split('>');
  const first = STEPS.findIndex((step) => step.startsWith(`${from}>`));
  const start = from === 'transit-nic' && to !== from ? first + 1 : first;
  const last = STEPS.findIndex((step) => step.endsWith(`>${to}`));
  const end = to === 'unseen' ? STEPS.length - 1 : from === to ? first : last;
  return STEPS.slice(start, end + 1);
}

/** The same step for packets that go the other way: what a server's node does to an answer, a client's does to a question. */
export function mirrored(step: Segment): Segment {
  const swap = (station: string) =>
    station.startsWith('client-')
      ? station.replace('client-', 'server-')
      : station.replace('server-', 'client-');
  const [from = '', to = ''] = step.split('>');
  return to === 'reply' ? step : (`${swap(to)}>${swap(from)}` as Segment);
}

/** From a pod outwards. */
const OUTWARD = ['veth', 'bridge', 'tunnel', 'nic'];

function stationOf(point: Point, other: Point | undefined, path: readonly Point[]) {
  const role = point.pod ? 'veth' : point.role;
  if (point.host === null || role === undefined || !OUTWARD.includes(role)) return undefined;
  const side = point.pod ? podSide(point, path) : nodeSide(point, other, path);
  if (side === undefined || (side === 'transit' && role !== 'nic')) return undefined;
  return `${side}-${role}` as Station;
}

function podSide(pod: Point, path: readonly Point[]): 'client' | 'server' | undefined {
  const others = path.some(({ host }) => host !== pod.host);
  if (others) return path[0]?.host === pod.host ? 'client' : 'server';
  return sentHere(pod);
}

/** With several nodes their order tells; with one, whether packets go outwards through it or come in. */
function nodeSide(point: Point, other: Point | undefined, path: readonly Point[]) {
  const nodes = [...new Set(path.filter(({ pod }) => !pod).map(({ host }) => host))];
  if (nodes.length > 1) {
    if (nodes[0] === point.host) return 'client';
    return nodes.at(-1) === point.host ? 'server' : 'transit';
  }
  if (other?.pod === true) return podSide(other, path);
  const own = path.filter(({ host }) => host === point.host);
  const at = own.indexOf(point);
  const [before, after] =
    other === undefined
      ? [own[at - 1] ?? point, point]
      : [point, other].toSorted((a, b) => path.indexOf(a) - path.indexOf(b));
  const outward = rank(after) - rank(before);
  if (outward !== 0) return outward > 0 ? 'client' : 'server';
  if (before !== after) return 'transit';
  const [first, last] = [path[0], path.at(-1)];
  if (first?.pod !== last?.pod) return first?.pod === true ? 'client' : 'server';
  return sentHere(point);
}

function rank({ role }: Point | undefined = {} as Point): number {
  return OUTWARD.indexOf(role ?? '');
}

/**
 * A packet that has passed no router yet still has the TTL that its system gave it: 64, 128 or 255. The node that routes
 * it into its tunnel or out of its card counts as one: there a lower TTL says nothing.
 */
function sentHere(point: Point): 'client' | 'server' | undefined {
  const asked = point.sightings.find(
    ({ packet: { dns, tcp } }) => dns?.response === false || tcp?.flags === 'S',
  );
  const ttl = asked?.packet.ttl ?? null;
  if (ttl === null) return undefined;
  if ([64, 128, 255].includes(ttl)) return 'client';
  return point.role === 'tunnel' || point.role === 'nic' ? undefined : 'server';
}
