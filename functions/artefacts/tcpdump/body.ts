import type { Protocol } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, isDigit, moveAfter, take, takeBlanks, takeNumber } from './cursor.ts';
import { dnsLength, readDns } from './dns.ts';
import { areEndpoints, type Ends, endpoint, endsAt, looksPorted } from './endpoint.ts';
import { readIcmp } from './icmp.ts';
import { readExtensions } from './ip.ts';
import { readTcp } from './tcp.ts';
import { readTunnel } from './tunnel.ts';

const OPEN_SQUARE = 91;
const CLOSE_SQUARE = 93;
const CAPITAL_F = 70;
/** How the text after the addresses begins, and which protocol prints so; in the order in which they are tried. */
const OPENINGS: readonly (readonly [string, Protocol])[] = [
  ['UDP', 'udp'],
  ['ICMP6', 'icmp6'],
  ['ICMP ', 'icmp'],
  ['tcp ', 'tcp'],
  ['[|tcp]', 'tcp'],
  ['udp', 'udp'],
  ['ip-proto-17', 'udp'],
  ['[bad udp', 'udp'],
  ['[udp', 'udp'],
  ['[no cksum]', 'udp'],
  ['[|udp]', 'udp'],
  ['[icmp6', 'icmp6'],
  ['[bad icmp6', 'icmp6'],
  ['VXLAN', 'udp'],
  ['OTV,', 'udp'],
  ['Geneve,', 'udp'],
  ['IP ', 'ipip'],
  ['IP6 ', 'ipip'],
  ['(tos ', 'ipip'],
  ['GRE', 'gre'],
  ['ESP(', 'esp'],
  ['igmp ', 'igmp'],
  ['icmp', 'icmp'],
];
const NOT_UDP =
  /^(?:sctp|dccp|OSPF|PIM|VRRP|EIGRP|RSVP|AH\(|pgm|PGM|carp|CARP|mobility|HBH|RT6|DSTOPT|no next header|ip-proto)/i;

/**
 * Reads `source > destination: …`, the second line of a packet printed with `-v` and the end of one printed without.
 * False, and nothing read, when no such text stands here.
 */
export function readBody(cursor: Cursor, packet: Draft): boolean {
  const { text, at } = cursor;
  const ends = endsAt(text, at);
  if (ends === undefined) return false;
  cursor.at = ends.rest;
  if (text.charCodeAt(cursor.at) === 32) takeBlanks(cursor);
  const extended = isExtension(text.charCodeAt(cursor.at)) && readExtensions(cursor, packet);
  const named = packet.protocol === 'other' ? protocolOf(text, cursor.at) : packet.protocol;
  const isLaterPart = packet.fragment !== null && packet.fragment.offset > 0;
  const ported = !isLaterPart && hasPorts(named, text, cursor.at, ends);
  packet.protocol =
    named === 'other' && ported && !NOT_UDP.test(text.slice(cursor.at, cursor.at + 16))
      ? 'udp'
      : named;
  packet.source = endpoint(cursor, ends.from, ends.arrow, ported);
  packet.destination = endpoint(cursor, ends.to, ends.toEnd, ported);
  if (extended) readPortsAlone(cursor, packet);
  if (ends.cut || isSnapped(text, ends.rest)) packet.truncated = true;
  if (!isLaterPart) readPayload(cursor, packet);
  return true;
}

/** The protocol that prints such text after the addresses; `other` when the text alone does not say. */
export function protocolOf(text: string, at: number): Protocol {
  const code = text.charCodeAt(at);
  if (isDigit(code)) return endsAt(text, at) === undefined ? 'udp' : 'ipip';
  if (code === CAPITAL_F && text.startsWith('Flags [', at)) return 'tcp';
  for (const [opening, protocol] of OPENINGS) if (text.startsWith(opening, at)) return protocol;
  const inner = endsAt(text, at);
  return inner !== undefined && !inner.cut && areEndpoints(text, inner) ? 'ipip' : 'other';
}

function hasPorts(protocol: Protocol, text: string, at: number, ends: Ends): boolean {
  if (protocol !== 'udp' && protocol !== 'tcp' && protocol !== 'other') return false;
  if (protocol !== 'other' && !isPortless(text, at)) return true;
  return looksPorted(text, ends.from, ends.arrow) && looksPorted(text, ends.to, ends.toEnd);
}

// A fragment shows `udp` or `ip-proto-17` and no ports, and so does a packet cut in its header: `[|udp]`.
function isPortless(text: string, at: number): boolean {
  switch (text.charCodeAt(at)) {
    case 105: // i
      return text.startsWith('ip-proto', at);
    case 116: // t
      return text.length === at + 'tcp'.length;
    case 117: // u
      return text.startsWith('udp', at);
    default:
      return text.startsWith('[|', at);
  }
}

// The first letters of HBH, frag and DSTOPT.
function isExtension(code: number): boolean {
  return code === 72 || code === 102 || code === 68;
}

// Behind an IPv6 extension header the addresses stand alone and the ports follow: `41851 > 43913: Flags …`.
function readPortsAlone(cursor: Cursor, packet: Draft): void {
  const start = cursor.at;
  const source = takeNumber(cursor);
  const destination = take(cursor, ' > ') ? takeNumber(cursor) : null;
  if (source === null || destination === null || !take(cursor, ': ')) {
    cursor.at = start;
    return;
  }
  packet.source = { host: packet.source.host, port: source };
  packet.destination = { host: packet.destination.host, port: destination };
  const named = protocolOf(cursor.text, cursor.at);
  packet.protocol = named === 'other' ? 'udp' : named;
}

function readPayload(cursor: Cursor, packet: Draft): void {
  switch (packet.protocol) {
    case 'udp':
      readChecksum(cursor, packet);
      readDatagram(cursor, packet);
      break;
    case 'tcp':
      readTcp(cursor, packet);
      if (isDnsPort(packet.source.port) || isDnsPort(packet.destination.port)) {
        // print-domain.c starts with a blank of its own after the segment's length.
        if (take(cursor, ': ') || take(cursor, ' ')) packet.dns = readDns(cursor);
      }
      break;
    case 'icmp':
    case 'icmp6':
      readChecksum(cursor, packet);
      readIcmp(cursor, packet);
      break;
    default:
      packet.tunnel = readTunnel(cursor, packet) ?? null;
      if (packet.tunnel === null) readLength(cursor, packet);
  }
}

// `[|domain]` at the end: the packet was longer than what was captured of it.
function isSnapped(text: string, from: number): boolean {
  return text.charCodeAt(text.length - 1) === CLOSE_SQUARE && text.lastIndexOf('[|') >= from;
}

function isDnsPort(port: number | null): boolean {
  return port === 53 || port === 5353;
}

function readDatagram(cursor: Cursor, packet: Draft): void {
  const { text, at } = cursor;
  if (isDigit(text.charCodeAt(at))) {
    const known = isDnsPort(packet.source.port) || isDnsPort(packet.destination.port);
    const dns = readDns(cursor);
    if (dns !== null && (known || dns.qtype !== null || dns.counts !== null)) {
      packet.dns = dns;
      packet.payload = dnsLength(text);
      if (packet.payload === null) packet.truncated = true;
      return;
    }
    cursor.at = at;
  }
  packet.tunnel = readTunnel(cursor, packet) ?? null;
  if (packet.tunnel === null || packet.tunnel.kind === 'vxlan') readLength(cursor, packet);
}

/** `[udp sum ok] `, `[bad udp cksum 0x17d3 -> 0x6300!] `, `[no cksum] `, `[icmp6 sum ok] ` (print-udp.c, print-icmp6.c). */
function readChecksum(cursor: Cursor, packet: Draft): void {
  const { text, at } = cursor;
  if (text.charCodeAt(at) !== OPEN_SQUARE) return;
  if (text.startsWith('[bad ', at)) packet.checksum = 'bad';
  else if (text.startsWith('[no cksum', at)) packet.checksum = 'none';
  else if (text.startsWith('[udp sum ok', at) || text.startsWith('[icmp6 sum ok', at))
    packet.checksum = 'ok';
  else return;
  moveAfter(cursor, ']');
  takeBlanks(cursor);
}

// `UDP, length 12`, `NTPv4, Client, length 48`, `OSPFv2, Hello, length 88`, `SYSLOG user.notice, length: 79`.
function readLength(cursor: Cursor, packet: Draft): void {
  const length = cursor.text.indexOf('length', cursor.at);
  if (length < 0) return;
  cursor.at = length + 'length'.length;
  take(cursor, ':');
  takeBlanks(cursor);
  packet.payload = takeNumber(cursor);
}
