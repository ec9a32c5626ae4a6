import type { Endpoint } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';

/** One end of an open connection: where its next byte counts from, and what frame and headers take beside the payload. */
interface End extends Endpoint {
  next: number | null;
  overhead: number | null;
  ended: boolean;
}
type Stream = readonly [End, End];

/** The connections that are open between each two hosts, as far as the rows tell. */
export type Streams = Map<string, Stream[]>;

/** More at once are not told apart, so that a hostile text costs no more. */
const MOST_OPEN = 32;
/** Ethernet fills frames up to this length, so that a shorter packet's own length is unknown. */
const LEAST_FRAME = 60;

/** Notes a segment whose row shows ports and numbers. */
export function noteSegment(streams: Streams, packet: Draft, frame: number): void {
  const { tcp, payload, source, destination } = packet;
  if (tcp === null || source.port === null || destination.port === null) return;
  const key = keyOf(source.host, destination.host);
  const open = streams.get(key) ?? [];
  const known = open.find(
    (one) => one.some((end) => isAt(end, source)) && one.some((end) => isAt(end, destination)),
  );
  const stream = known ?? ([endAt(source), endAt(destination)] as const);
  const own = stream.find((end) => isAt(end, source));
  if (known === undefined) streams.set(key, [...open.slice(-MOST_OPEN), stream]);
  if (own === undefined) return;
  if (tcp.flags.includes('S')) own.next = 1;
  else if (tcp.seq !== null) own.next = Math.max(own.next ?? 0, tcp.seqEnd ?? tcp.seq);
  if (payload !== null && frame > LEAST_FRAME && !tcp.flags.includes('S'))
    own.overhead = frame - payload;
  own.ended ||= tcp.flags.includes('F');
  if (tcp.flags.startsWith('R') || stream.every(({ ended }) => ended))
    streams.set(
      key,
      (streams.get(key) ?? []).filter((one) => one !== stream),
    );
}

/**
 * Finds the segment behind a row of a protocol above TCP, which shows neither ports nor numbers: it is of the only connection
 * that is open between the two. What it acknowledges stays unknown. False where no connection or more than one may carry it.
 */
export function carried(streams: Streams, packet: Draft, frame: number): boolean {
  const open = streams.get(keyOf(packet.source.host, packet.destination.host)) ?? [];
  const [stream] = open;
  if (stream === undefined || open.length > 1) return false;
  const [own, other] = stream[0].host === packet.source.host ? stream : [stream[1], stream[0]];
  packet.protocol = 'tcp';
  packet.source = { host: own.host, port: own.port };
  packet.destination = { host: other.host, port: other.port };
  if (own.next === null || own.overhead === null || frame <= own.overhead) return true;
  packet.payload = frame - own.overhead;
  packet.tcp = {
    flags: 'P.',
    seq: own.next,
    seqEnd: own.next + packet.payload,
    ack: null,
    win: null,
    mss: null,
  };
  own.next += packet.payload;
  return true;
}

function endAt({ host, port }: Endpoint): End {
  return { host, port, next: null, overhead: null, ended: false };
}

function isAt(end: End, { host, port }: Endpoint): boolean {
  return end.host === host && end.port === port;
}

function keyOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
