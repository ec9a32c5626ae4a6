import type { Lines } from '../../primitives/lines.ts';
import type { Parsed } from '../define.ts';
import type { Capture, Clock, Packet } from '../packet.ts';
import { blankPacket, type Draft, NOWHERE } from '../packet-draft.ts';
import { readDns } from './dns.ts';
import { readArp, readIcmp } from './icmp.ts';
import { beginsRow, type Row, rowIn } from './line.ts';
import { type Notice, readNotice } from './notice.ts';
import { carried, noteSegment, type Streams } from './streams.ts';
import { readSegment } from './tcp.ts';

const MAC = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
/** The Protocol column of names asked for, and the port that its dissector listens on. */
const DNS_PORTS: Readonly<Record<string, number>> = { DNS: 53, MDNS: 5353, LLMNR: 5355 };

/** Reads the lines of one capture: a row is a packet. */
export function readCapture(lines: Lines): Parsed<Capture> | undefined {
  const packets: Packet[] = [];
  const unread: number[] = [];
  const notices: (Notice & { readonly line: number })[] = [];
  const streams: Streams = new Map();
  let clock: Clock = 'none';
  let cut = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines.at(index);
    if (line.trim() === '') continue;
    const row = rowIn(line);
    const notice = row === undefined ? readNotice(line) : undefined;
    cut = row === undefined && beginsRow(line);
    if (row !== undefined) {
      if (clock === 'none') clock = row.clock;
      packets.push(packetOf(row, index + 1, streams));
    } else if (notice === undefined) unread.push(index + 1);
    else notices.push({ ...notice, line: index + 1 });
  }
  if (packets.length + notices.length === 0) return undefined;
  const placed = (place: Notice['place']) =>
    notices.filter((one) => one.place === place).map(({ line }) => line);
  const content: Capture = {
    packets,
    clock,
    listeningOn: notices.find((one) => one.listeningOn !== null)?.listeningOn ?? null,
    captured: notices.find((one) => one.captured !== null)?.captured ?? null,
    receivedByFilter: null,
    droppedByKernel: notices.find((one) => one.dropped !== null)?.dropped ?? null,
    banner: placed('banner'),
    trailer: placed('trailer'),
  };
  return { content, unread, truncated: cut };
}

function packetOf(row: Row, line: number, streams: Streams): Packet {
  const packet = blankPacket(line);
  packet.time = row.time;
  packet.timeText = row.timeText;
  packet.truncated = /\[(?:Malformed Packet|Packet size limited during capture)\]/.test(row.info);
  packet.source = MAC.test(row.source) ? NOWHERE : { host: row.source, port: null };
  packet.destination = MAC.test(row.destination) ? NOWHERE : { host: row.destination, port: null };
  if (row.protocol === 'ARP') readWhoHas(row, packet);
  else if (row.protocol === 'ICMP' || row.protocol === 'ICMPv6') {
    const { icmp, ttl } = readIcmp(row.info);
    packet.protocol = row.protocol === 'ICMP' ? 'icmp' : 'icmp6';
    packet.icmp = icmp;
    packet.ttl = ttl;
  } else if (row.protocol === 'UDP') readDatagram(row, packet);
  else readHigher(row, packet, streams);
  return packet;
}

function readWhoHas({ info, source }: Row, packet: Draft): void {
  packet.protocol = 'arp';
  packet.arp = readArp(info);
  if (MAC.test(source)) packet.sourceMac = source;
  if (packet.arp === null) return;
  const { operation, target, asker } = packet.arp;
  packet.source = { host: operation === 'reply' ? target : (asker ?? ''), port: null };
  packet.destination = operation === 'reply' ? NOWHERE : { host: target, port: null };
}

// `41811 → 33434 Len=32`.
function readDatagram({ info }: Row, packet: Draft): void {
  const [, from, to, length] =
    /^(\d{1,5}) (?:→|->|>) (\d{1,5})(?: Len=(\d{1,5}))?/.exec(info) ?? [];
  packet.protocol = 'udp';
  if (from === undefined) return;
  packet.source = { host: packet.source.host, port: Number(from) };
  packet.destination = { host: packet.destination.host, port: Number(to) };
  packet.payload = length === undefined ? null : Number(length);
}

/** TCP itself, DNS over either, or a protocol above TCP that leaves no trace of its segment in the row. */
function readHigher({ protocol, info, length }: Row, packet: Draft, streams: Streams): void {
  const segment = readSegment(info);
  if (segment !== undefined) {
    packet.protocol = 'tcp';
    packet.source = { host: packet.source.host, port: segment.sourcePort };
    packet.destination = { host: packet.destination.host, port: segment.destinationPort };
    packet.tcp = segment.tcp;
    packet.payload = segment.payload;
    noteSegment(streams, packet, length);
    return;
  }
  const port = DNS_PORTS[protocol];
  packet.dns = port === undefined ? null : readDns(info);
  if (!carried(streams, packet, length) && port !== undefined) readPorts(packet, port);
}

/** The row shows no ports; the server's is the one that made the text be read as DNS, and the client's stays unknown. */
function readPorts(packet: Draft, port: number): void {
  packet.protocol = 'udp';
  const { source, destination } = packet;
  if (packet.dns?.response === true) packet.source = { host: source.host, port };
  else packet.destination = { host: destination.host, port };
}
