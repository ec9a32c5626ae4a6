import type { Draft } from '../packet-draft.ts';
import { protocolNumbers } from '../protocol-numbers.ts';
import { addressSum } from './checksum.ts';
import { placeHosts, placePorts } from './ends.ts';
import { readExtensions } from './extension.ts';
import { readIcmp } from './icmp.ts';
import { readIcmp6 } from './icmp6.ts';
import { u16 } from './octets.ts';
import { enter, has, ip4At, ip6At, NETWORK, type Reading, skip } from './reading.ts';
import { readTcp } from './tcp.ts';
import { readGre } from './tunnel.ts';
import { readUdp } from './udp.ts';

const IP4_BYTES = 20;
const IP6_BYTES = 40;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;
/** Every packet that is no fragment shares this one. */
const WHOLE = { offset: 0, more: false };

/** Reads an IPv4 header (RFC 791) and what it carries. */
export function readIp4(reading: Reading, packet: Draft): void {
  const { bytes, at } = reading;
  const headerBytes = ((bytes[at] ?? 0) & 15) * 4;
  if (!has(reading, IP4_BYTES) || headerBytes < IP4_BYTES || versionAt(bytes, at) !== 4) {
    packet.truncated = true;
    return;
  }
  const field = u16(bytes, at + 6);
  const offset = (field & OFFSET) * 8;
  const more = (field & MORE_FRAGMENTS) !== 0;
  const protocol = bytes[at + 9] ?? 0;
  packet.ipLength = u16(bytes, at + 2);
  packet.ipId = u16(bytes, at + 4);
  packet.dontFragment = (field & DONT_FRAGMENT) !== 0;
  packet.fragment = offset === 0 && !more ? WHOLE : { offset, more };
  packet.ttl = bytes[at + 8] ?? 0;
  packet.protocol = protocolNumbers[protocol] ?? 'other';
  reading.from = ip4At(reading, at + 12);
  reading.to = ip4At(reading, at + 16);
  reading.pseudo = isSourceRouted(reading, headerBytes) ? -1 : addressSum(bytes, at + 12, 4);
  limit(reading, packet, packet.ipLength);
  if (!has(reading, headerBytes)) packet.truncated = true;
  else if (offset === 0) {
    skip(reading, headerBytes);
    readCarried(reading, packet, protocol, more);
  }
  placeHosts(reading, packet);
}

/** Reads an IPv6 header (RFC 8200), its extension headers and what they carry. */
export function readIp6(reading: Reading, packet: Draft): void {
  const { bytes, at } = reading;
  if (!has(reading, IP6_BYTES) || versionAt(bytes, at) !== 6) {
    packet.truncated = true;
    return;
  }
  const length = u16(bytes, at + 4);
  packet.ipLength = length + IP6_BYTES;
  packet.ttl = bytes[at + 7] ?? 0;
  reading.from = ip6At(reading, at + 8);
  reading.to = ip6At(reading, at + 24);
  reading.pseudo = addressSum(bytes, at + 8, 16);
  // A jumbogram says 0 (RFC 2675).
  limit(reading, packet, length === 0 ? reading.length : length + IP6_BYTES);
  skip(reading, IP6_BYTES);
  const protocol = readExtensions(reading, packet, bytes[at + 6] ?? 0);
  const { fragment } = packet;
  packet.protocol = protocolNumbers[protocol] ?? 'other';
  if (fragment === null || fragment.offset === 0)
    readCarried(reading, packet, protocol, fragment !== null);
  placeHosts(reading, packet);
}

function versionAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) >>> 4;
}

/** What IP says of its own length ends the packet: the rest of the frame is padding. A length of zero is one too long to be written. */
function limit(reading: Reading, packet: Draft, ipLength: number): void {
  if (ipLength > reading.length) packet.truncated = true;
  if (ipLength === 0) return;
  reading.length = ipLength;
  reading.end = Math.min(reading.end, reading.at + ipLength);
}

function readCarried(reading: Reading, packet: Draft, protocol: number, fragmented: boolean): void {
  switch (packet.protocol) {
    case 'udp':
      readUdp(reading, packet, fragmented);
      break;
    case 'tcp':
      readTcp(reading, packet, fragmented);
      break;
    case 'icmp':
      readIcmp(reading, packet, fragmented);
      break;
    case 'icmp6':
      readIcmp6(reading, packet, fragmented);
      break;
    case 'gre':
      readGre(reading, packet);
      break;
    case 'ipip': {
      const network = protocol === 4 ? NETWORK.ip : NETWORK.ip6;
      packet.tunnel = { kind: 'ipip', id: null, inner: enter(reading, packet, network) };
      break;
    }
    case 'esp':
      packet.payload = reading.length;
      break;
    default:
      readPorts(reading, packet, protocol);
  }
}

// SCTP and DCCP have their ports where UDP has them.
function readPorts(reading: Reading, packet: Draft, protocol: number): void {
  if ((protocol !== 132 && protocol !== 33) || !has(reading, 4)) return;
  const { bytes, at } = reading;
  placePorts(reading, packet, u16(bytes, at), u16(bytes, at + 2));
}

/** Whether a source route (RFC 791 3.1) hides the last destination, which the checksum is reckoned with. */
function isSourceRouted({ bytes, at, end }: Reading, headerBytes: number): boolean {
  const last = Math.min(at + headerBytes, end);
  for (let next = at + IP4_BYTES; next < last; ) {
    const option = bytes[next] ?? 0;
    if (option === 0) return false;
    if (option === LOOSE_SOURCE_ROUTE || option === STRICT_SOURCE_ROUTE) return true;
    next += option === 1 ? 1 : Math.max(2, bytes[next + 1] ?? 0);
  }
  return false;
}
