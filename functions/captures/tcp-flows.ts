import type { Endpoint } from '../artefacts/packet.ts';
import type { Point, Sighting } from './points.ts';

/** One TCP connection as one point saw it, both directions in order. */
export interface TcpFlow {
  readonly point: Point;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** The first SYN, which names the connection at every point; null where the capture began later. */
  readonly syn: Sighting | null;
  readonly synAck: Sighting | null;
  readonly fromClient: readonly Sighting[];
  readonly fromServer: readonly Sighting[];
}

/** Segments of one range of bytes, sent once or again. */
export interface SentRange {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly sightings: readonly Sighting[];
}

export type Side = 'client' | 'server';

interface Draft {
  readonly point: Point;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly syn: Sighting | null;
  synAck: Sighting | null;
  readonly fromClient: Sighting[];
  readonly fromServer: Sighting[];
}

const flows = new WeakMap<Point, readonly TcpFlow[]>();

/** The TCP connections that a point saw. */
export function flowsAt(point: Point): readonly TcpFlow[] {
  const known = flows.get(point) ?? flowsOf(point);
  flows.set(point, known);
  return known;
}

function flowsOf(point: Point): readonly TcpFlow[] {
  const open = new Map<string, Draft>();
  const all: Draft[] = [];
  for (const sighting of point.others) {
    const { tcp, source, destination } = sighting.packet;
    if (tcp === null || source.port === null || destination.port === null) continue;
    const [there, back] = [keyOf(source, destination), keyOf(destination, source)];
    let flow = open.get(there) ?? open.get(back);
    const begins =
      tcp.flags === 'S' &&
      (flow?.syn?.packet.tcp?.seq !== tcp.seq || (tcp.seq === null && isOver(flow)));
    if (flow === undefined || begins) {
      flow = draftOf(point, sighting, tcp.flags);
      open.delete(back);
      open.set(keyOf(flow.client, flow.server), flow);
      all.push(flow);
    }
    const own = keyOf(flow.client, flow.server) === there;
    (own ? flow.fromClient : flow.fromServer).push(sighting);
    if (tcp.flags === 'S.') flow.synAck ??= sighting;
  }
  return all;
}

/** Without the SYN's number, only its end tells a connection from a later one of the same ports. */
function isOver(flow: Draft | undefined): boolean {
  const all = [...(flow?.fromClient ?? []), ...(flow?.fromServer ?? [])];
  return all.some(({ packet }) => /^[FR]/.test(packet.tcp?.flags ?? ''));
}

function keyOf(a: Endpoint, b: Endpoint): string {
  return `${a.host} ${a.port} ${b.host} ${b.port}`;
}

/** Without a SYN the end with the higher port is taken for the client. */
function draftOf(point: Point, sighting: Sighting, flags: string): Draft {
  const { source, destination } = sighting.packet;
  const isClient =
    flags === 'S' || (flags !== 'S.' && (source.port ?? 0) > (destination.port ?? 0));
  return {
    point,
    client: isClient ? source : destination,
    server: isClient ? destination : source,
    syn: flags === 'S' ? sighting : null,
    synAck: null,
    fromClient: [],
    fromServer: [],
  };
}

/** The packets that one end sent. */
export function sentBy(flow: TcpFlow, side: Side): readonly Sighting[] {
  return side === 'client' ? flow.fromClient : flow.fromServer;
}

/** The ranges of bytes that one end sent, in the order of their first sending. */
export function rangesOf(flow: TcpFlow, side: Side): readonly SentRange[] {
  const ranges = new Map<string, { from: number; to: number; sightings: Sighting[] }>();
  for (const sighting of sentBy(flow, side)) {
    const { tcp, payload } = sighting.packet;
    if (tcp?.seq == null || tcp.seqEnd === null || tcp.seqEnd <= tcp.seq || !payload) continue;
    const key = `${tcp.seq} ${tcp.seqEnd}`;
    const range = ranges.get(key) ?? { from: tcp.seq, to: tcp.seqEnd, sightings: [] };
    range.sightings.push(sighting);
    ranges.set(key, range);
  }
  return [...ranges.values()].map((range) => ({ ...range, bytes: range.to - range.from }));
}

/** How far the other end acknowledged what this end sent; 0 where it acknowledged nothing. */
export function acknowledged(flow: TcpFlow, side: Side): number {
  let most = 0;
  for (const { packet } of sentBy(flow, side === 'client' ? 'server' : 'client')) {
    const { tcp } = packet;
    if (tcp?.ack != null && tcp.flags !== 'S.' && tcp.flags !== 'S') most = Math.max(most, tcp.ack);
  }
  return most;
}

/** Whether two points saw the same connection: the same SYN, or the same ports where one began to capture later. */
export function isSameFlow(a: TcpFlow, b: TcpFlow): boolean {
  const [one, other] = [a.syn?.packet.tcp?.seq, b.syn?.packet.tcp?.seq];
  if (one != null && other != null) return one === other && a.server.port === b.server.port;
  return (
    a.client.port === b.client.port &&
    a.server.port === b.server.port &&
    (a.client.host === b.client.host || a.server.host === b.server.host)
  );
}
