import { parseAddress } from '../primitives/address.ts';
import type { DeviceRole } from '../primitives/device.ts';
import type { Exchange } from './exchanges.ts';
import type { Point } from './points.ts';

/** What orders a path: the points that saw the conversation, those that could have, and which of two comes first. */
export interface Members {
  readonly seen: readonly Point[];
  /** They saw nothing of it, though they may lie on its way. */
  readonly silent: readonly Point[];
  readonly exchanges: readonly Exchange[];
  /** Positive: a request passes `a` before `b`; negative: after; 0: the captures do not tell. */
  readonly before: (a: Point, b: Point) => number;
}

/** From a pod outwards: its veth, the bridge, the tunnel, the card. */
export const OUTWARD: readonly (DeviceRole | undefined)[] = ['veth', 'bridge', 'tunnel', 'nic'];

/** The TTLs that systems send with (Linux and macOS 64, Windows 128, routers 255; 30, 32 and 60 are old). */
const FIRST_TTLS: readonly number[] = [30, 32, 60, 64, 128, 255];

/**
 * Whether requests had passed a router before they came to a point near a pod: then that pod is the server's. Its own
 * node's veth and bridge see the packets of a client as it sent them. Undefined where no TTL tells.
 */
export function cameFromAfar(
  { index, role }: Point,
  exchanges: readonly Exchange[],
): boolean | undefined {
  if (role !== 'veth' && role !== 'bridge') return undefined;
  for (const { at } of exchanges) {
    const ttl = at[index]?.requests[0]?.packet.ttl;
    if (ttl != null) return !FIRST_TTLS.includes(ttl);
  }
  return undefined;
}

/** The points of hosts whose name is unknown are hosts of their own. */
export function hostKey(point: Point): string {
  return point.host ?? `#${point.index}`;
}

/** More orders than these are not looked through: then nothing is known to be the only one. */
const MOST = 200;
/** So many points of one host are put in any order; more are taken as they stand. */
const MOST_ON_HOST = 6;

/**
 * All orders of the points that nothing in the captures speaks against: times and TTLs, pods that forward nothing, the
 * way from a pod outwards and back, addresses that change but once, and that a point which saw nothing cannot come before
 * one that saw the packets. Empty where none fits; undefined where there are too many to look through.
 */
export function ordersOf(members: Members): readonly (readonly Point[])[] | undefined {
  const all = [...members.seen, ...members.silent];
  const hosts = [...Map.groupBy(all, hostKey)].map(([key, own]) => hostOf(key, own, members));
  const found: Point[][] = [];
  const isComplete = arrange([], hosts, members, found);
  if (!isComplete) return undefined;
  const once = changesOf(members.exchanges);
  return found.filter((path) => once.every((change) => changesOnce(path, change)));
}

interface Host {
  readonly key: string;
  readonly points: readonly Point[];
  readonly isPod: boolean;
  readonly isSeen: boolean;
  readonly hasSilent: boolean;
  /** TTLs say that it is the server's node. */
  readonly isAtServer: boolean;
  readonly orders: readonly Local[];
}

/** The points of one host in a possible order, and which way requests go through it. */
interface Local {
  readonly points: readonly Point[];
  readonly shape: Shape;
}

type Shape = 'outward' | 'inward' | 'across' | 'turn' | 'any';

function hostOf(key: string, points: readonly Point[], members: Members): Host {
  const isPod = points.some(({ pod }) => pod);
  const silent = points.filter((point) => members.silent.includes(point));
  return {
    key,
    points,
    isPod,
    isSeen: silent.length < points.length,
    hasSilent: silent.length > 0,
    isAtServer: points.some((point) => cameFromAfar(point, members.exchanges)),
    orders: permutations(points).flatMap((order): readonly Local[] => {
      if (!isPossible(order, members)) return [];
      if (isPod) return [{ points: order, shape: 'any' }];
      return shapesOf(order).map((shape) => ({ points: order, shape }));
    }),
  };
}

/** Nothing known speaks against it, and what saw nothing comes last; a tunnel may have been bypassed. */
function isPossible(order: readonly Point[], members: Members): boolean {
  const { silent, before } = members;
  return order.every((a, at) =>
    order.slice(at + 1).every((b) => {
      if (silent.includes(b)) return true;
      return silent.includes(a) ? wentRound(a, b, members) : before(a, b) >= 0;
    }),
  );
}

/** Whether packets left by a card unwrapped that should have gone into the tunnel. */
function wentRound(tunnel: Point, card: Point, { exchanges }: Members): boolean {
  if (tunnel.role !== 'tunnel' || card.role !== 'nic') return false;
  return exchanges.some(({ at }) =>
    at[card.index]?.requests.some(({ packet, outer }) => packet === outer),
  );
}

function shapesOf(order: readonly Point[]): readonly Shape[] {
  const ranks = order.map(({ role }) => OUTWARD.indexOf(role)).filter((rank) => rank >= 0);
  const veths = ranks.filter((rank) => rank === 0).length;
  const steps = ranks.slice(1).map((rank, at) => rank - (ranks[at] ?? rank));
  if (veths > 1) {
    const between = ranks.slice(1, -1);
    const isTurn = ranks[0] === 0 && ranks.at(-1) === 0 && between.every((rank) => rank === 1);
    return veths === 2 && isTurn ? ['turn'] : [];
  }
  if (steps.every((step) => step === 0)) return ['across'];
  if (steps.every((step) => step >= 0)) return ['outward'];
  return steps.every((step) => step <= 0) ? ['inward'] : [];
}

function permutations<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length < 2 || list.length > MOST_ON_HOST) return [list];
  return list.flatMap((first, at) =>
    permutations([...list.slice(0, at), ...list.slice(at + 1)]).map((rest) => [first, ...rest]),
  );
}

interface Placed {
  readonly host: Host;
  readonly local: Local;
}

/** Adds every possible arrangement of the hosts that are left; false when there are too many. */
function arrange(
  placed: readonly Placed[],
  left: readonly Host[],
  members: Members,
  found: Point[][],
): boolean {
  if (left.length === 0) {
    if (!isWay(placed)) return true;
    if (found.length === MOST) return false;
    found.push(placed.flatMap(({ local }) => local.points));
    return true;
  }
  return left.every((host) => {
    if (!mayFollow(placed, host, left, members)) return true;
    const others = left.filter((other) => other !== host);
    return host.orders.every((local) =>
      arrange([...placed, { host, local }], others, members, found),
    );
  });
}

function mayFollow(
  placed: readonly Placed[],
  host: Host,
  left: readonly Host[],
  members: Members,
): boolean {
  const isLastSeen = left.every((other) => other === host || !other.isSeen);
  // Silent hosts come behind all that saw something, and so do the silent points of the last that did.
  if (host.isSeen ? host.hasSilent && !isLastSeen && !bypassed(host, members) : anySeen(left))
    return false;
  return (
    left.every((other) => other === host || precedence(host, other, members) >= 0) &&
    placed.every((one) => precedence(one.host, host, members) >= 0)
  );
}

function anySeen(hosts: readonly Host[]): boolean {
  return hosts.some(({ isSeen }) => isSeen);
}

/** Only a tunnel of the host saw nothing, and packets went round it. */
function bypassed({ points }: Host, members: Members): boolean {
  const { silent } = members;
  return points.every(
    (point) => !silent.includes(point) || points.some((card) => wentRound(point, card, members)),
  );
}

/** Which of two hosts requests pass first, by all of their points. */
function precedence(x: Host, y: Host, { before, silent }: Members): number {
  let sum = 0;
  for (const a of x.points) {
    if (silent.includes(a)) continue;
    for (const b of y.points) if (!silent.includes(b)) sum += Math.sign(before(a, b));
  }
  return sum;
}

/** Pods stand at the ends; the client's node is passed outwards, the server's inwards, others across. */
function isWay(placed: readonly Placed[]): boolean {
  const pods = placed.filter(({ host }) => host.isPod);
  // More pods than two ends: who took part is not known, but nothing else is wrong.
  if (pods.length > 2) return true;
  const hasClient = placed[0]?.host.isPod === true;
  const seen = placed.filter(({ host }) => host.isSeen);
  if (placed.slice(1, -1).some(({ host }) => host.isPod)) return false;
  // A pod that saw the packets is where they came from or where they end: nothing silent follows the server's.
  const last = seen.at(-1)?.host;
  if (last?.isPod === true && seen.length > 1 && placed.at(-1)?.host !== last) return false;
  const hasServer = placed.length > 1 && placed.at(-1)?.host.isPod === true;
  const nodes = placed.filter(({ host }) => !host.isPod);
  return nodes.every((node, at) =>
    nodes.length > 1
      ? fitsAmong(node, at, nodes.length)
      : fitsAlone(node, { hasClient, hasServer }),
  );
}

function fitsAmong({ local: { shape } }: Placed, at: number, count: number): boolean {
  if (shape === 'any' || shape === 'across') return true;
  if (shape === 'turn') return false;
  if (at === 0) return shape === 'outward';
  return at === count - 1 && shape === 'inward';
}

function fitsAlone(
  { host, local: { shape } }: Placed,
  { hasClient, hasServer }: { readonly hasClient: boolean; readonly hasServer: boolean },
): boolean {
  if (shape !== 'outward' && shape !== 'inward') return true;
  if (host.isAtServer) return shape === 'inward';
  return hasClient === hasServer || shape === (hasClient ? 'outward' : 'inward');
}

/** What a packet shows at each point: an address that is rewritten, a tunnel that it travels in. */
type Change = ReadonlyMap<Point['index'], string>;

const ENOUGH = 40;

/** Addresses are rewritten once, and a packet is wrapped once: points that show the same stand side by side. */
function changesOf(exchanges: readonly Exchange[]): readonly Change[] {
  return exchanges.slice(0, ENOUGH).flatMap(({ at }) => {
    const asked = [...at.entries()].flatMap(([point, seen]) => {
      const [first] = seen?.requests ?? [];
      return first === undefined ? [] : [[point, first] as const];
    });
    const of = (show: (sighting: (typeof asked)[number][1]) => string): Change =>
      new Map(asked.map(([point, sighting]) => [point, show(sighting)]));
    const changes = [
      of(({ packet }) => packet.destination.host),
      of(({ packet }) => packet.source.host),
    ].filter((change) => areNumbers([...change.values()]));
    return [...changes, of(({ packet, outer }) => (packet === outer ? '' : 'wrapped'))].filter(
      (change) => new Set(change.values()).size > 1,
    );
  });
}

/** A name and a number may be one address. */
function areNumbers(values: readonly string[]): boolean {
  const numbers = values.filter((value) => parseAddress(value) !== undefined);
  return numbers.length === values.length || numbers.length === 0;
}

/** Along a path a value never comes back once it has changed, but for what was not wrapped before and is not behind. */
function changesOnce(path: readonly Point[], change: Change): boolean {
  const shown = path.flatMap(({ index }) => change.get(index) ?? []);
  const runs = shown.filter((value, at) => value !== shown[at - 1]);
  return runs.every((value, at) => value === '' || runs.indexOf(value) === at);
}
