import type { Packet } from '../artefacts/packet.ts';
import { isRunning } from './clocks.ts';
import type { Point, Sighting } from './points.ts';

/** WireGuard's interfaces, as wg-quick, flannel, Calico and Cilium name them. */
const DEVICE = /^(?:wg\d+|wireguard\.cali|flannel-wg(?:-v6)?|cilium_wg\d+)$/;

/** Header and tag of a data message, and what its contents are padded to (the WireGuard paper, 5.4.6). */
const AROUND_BYTES = 32;
const PADDED_TO = 16;

/** One packet is encrypted, or decrypted, within this time. */
const NEAR_US = 2_000;

/**
 * How many bytes of UDP a packet travels in through WireGuard; undefined where the text does not show its length:
 * without `-v` only of UDP, whose headers are always as long.
 */
export function sizeInWireGuard({
  ipLength,
  protocol,
  payload,
  source,
}: Packet): number | undefined {
  const headers = source.host.includes(':') ? 48 : 28;
  const length = ipLength ?? (protocol === 'udp' && payload !== null ? payload + headers : null);
  if (length === null) return undefined;
  return AROUND_BYTES + Math.ceil(length / PADDED_TO) * PADDED_TO;
}

/** Whether a point is a WireGuard interface, which sees packets in clear. */
export function isWireGuard({ interface: device }: Point): boolean {
  return DEVICE.test(device ?? '');
}

const encrypted = new WeakMap<Point, readonly Sighting[]>();

/** What a card saw of packets that WireGuard may have encrypted, those that were found again left out. */
export function encryptedAt(point: Point): readonly Sighting[] {
  const known = encrypted.get(point) ?? point.sightings.filter(mayBeWireGuard);
  encrypted.set(point, known);
  return known;
}

/** Whether a packet may be a data message of WireGuard that carries something: nobody can look into it. */
function mayBeWireGuard({ packet, outer }: Sighting): boolean {
  const { protocol, payload, dns, tunnel } = packet;
  return (
    packet === outer &&
    protocol === 'udp' &&
    dns === null &&
    tunnel === null &&
    payload !== null &&
    payload > AROUND_BYTES &&
    payload % PADDED_TO === 0
  );
}

/**
 * Finds encrypted packets again by their size and moment: at the card of a host, those that its WireGuard interface saw in
 * clear. Only where as many of one size passed both at one moment, in one direction; WireGuard keeps their order.
 */
export function throughWireGuard(points: readonly Point[]): readonly Point[] {
  const tunnels = points.filter((point) => isWireGuard(point) && isRunning(point));
  if (tunnels.length === 0) return points;
  return points.map((point) => {
    const own = tunnels.filter(({ host }) => host === point.host);
    const isCard = point.role === 'nic' && point.host !== null && isRunning(point);
    return isCard && own.length > 0 ? opened(point, own) : point;
  });
}

function opened(card: Point, tunnels: readonly Point[]): Point {
  const inner = bySize(
    tunnels.flatMap(({ sightings }) => sightings),
    ({ packet }) => sizeInWireGuard(packet),
  );
  const outer = bySize(card.sightings, (one) =>
    mayBeWireGuard(one) ? (one.packet.payload ?? undefined) : undefined,
  );
  const inside = new Map<Sighting, Sighting>();
  for (const [size, messages] of outer)
    for (const [one, clear] of pairsOf(messages, inner.get(size) ?? [])) inside.set(one, clear);
  if (inside.size === 0) return card;
  const open = (one: Sighting) => {
    const clear = inside.get(one);
    return clear === undefined ? one : wrapped(one, clear.packet);
  };
  return { ...card, sightings: card.sightings.map(open), others: card.others.map(open) };
}

/** The packet as the card carried it: what it is from within, all else from without. */
function wrapped(one: Sighting, clear: Packet): Sighting {
  const { line, lastLine, time, timeText } = one.outer;
  return { ...one, packet: { ...clear, line, lastLine, time, timeText } };
}

function bySize(
  sightings: readonly Sighting[],
  sizeOf: (one: Sighting) => number | undefined,
): ReadonlyMap<number, readonly Sighting[]> {
  const all = new Map<number, Sighting[]>();
  for (const one of sightings) {
    const size = one.time === null ? undefined : sizeOf(one);
    if (size === undefined) continue;
    const same = all.get(size);
    if (same === undefined) all.set(size, [one]);
    else same.push(one);
  }
  return all;
}

/** Pairs of one size, moment by moment. */
function pairsOf(
  messages: readonly Sighting[],
  clear: readonly Sighting[],
): readonly (readonly [Sighting, Sighting])[] {
  const isOuter = new Set(messages);
  const all = [...messages, ...clear].toSorted((a, b) => timeOf(a) - timeOf(b));
  const moments: Sighting[][] = [];
  for (const one of all) {
    const moment = moments.at(-1);
    const last = moment?.at(-1);
    if (moment === undefined || last === undefined || timeOf(one) - timeOf(last) > NEAR_US)
      moments.push([one]);
    else moment.push(one);
  }
  return moments.flatMap((moment) => {
    const outer = moment.filter((one) => isOuter.has(one));
    const inner = moment.filter((one) => !isOuter.has(one));
    return areSame(outer, inner) ? outer.flatMap((one, at) => both(one, inner[at])) : [];
  });
}

function both(one: Sighting, other: Sighting | undefined): readonly [Sighting, Sighting][] {
  return other === undefined ? [] : [[one, other]];
}

/** As many, from one end to one other, and all in before out or out before in. */
function areSame(outer: readonly Sighting[], inner: readonly Sighting[]): boolean {
  const [first] = outer;
  if (first === undefined || outer.length !== inner.length) return false;
  const { source, destination } = first.packet;
  const isLater = timeOf(first) >= timeOf(inner[0]);
  return outer.every(
    (one, at) =>
      one.packet.source.host === source.host &&
      one.packet.destination.host === destination.host &&
      timeOf(one) >= timeOf(inner[at]) === isLater,
  );
}

function timeOf(one: Sighting | undefined): number {
  return one?.time ?? 0;
}
