import type { Draft } from '../packet-draft.ts';
import { addWords, isRight, withPseudoHeader } from './checksum.ts';
import { readDns } from './dns.ts';
import { placePorts } from './ends.ts';
import { u16 } from './octets.ts';
import { has, type Reading, skip } from './reading.ts';
import { readTunnel } from './tunnel.ts';

const PROTOCOL = 17;
const HEADER_BYTES = 8;
const DNS_PORT = 53;
const MDNS_PORT = 5353;

/** Reads a UDP header (RFC 768) and, on their ports, the DNS message or the tunnel in it. */
export function readUdp(reading: Reading, packet: Draft, fragmented: boolean): void {
  const { bytes, at } = reading;
  if (!has(reading, 4)) {
    packet.truncated = true;
    return;
  }
  const from = u16(bytes, at);
  const to = u16(bytes, at + 2);
  placePorts(reading, packet, from, to);
  const carried = carriedBytes(reading);
  if (carried < 0 || !has(reading, HEADER_BYTES)) {
    if (carried >= 0) packet.payload = carried;
    packet.truncated = true;
    return;
  }
  const here = Math.min(carried, reading.length - HEADER_BYTES);
  if (!fragmented) packet.checksum = checksumOf(reading, here + HEADER_BYTES);
  skip(reading, HEADER_BYTES);
  reading.length = here;
  reading.end = Math.min(reading.end, reading.at + here);
  const isDns = from === DNS_PORT || to === DNS_PORT;
  if (isDns || from === MDNS_PORT || to === MDNS_PORT) {
    packet.payload = here;
    packet.dns = readDns(reading, packet, !isDns);
  } else if (!readTunnel(reading, packet)) packet.payload = carried;
}

/** Bytes behind the header, as the header says; -1 when it says less than its own length or is cut. */
function carriedBytes(reading: Reading): number {
  if (!has(reading, 6) || reading.length < HEADER_BYTES) return -1;
  const length = u16(reading.bytes, reading.at + 4);
  // A datagram in a jumbogram says 0 (RFC 2675).
  if (length === 0 && reading.length > 0xffff) return reading.length - HEADER_BYTES;
  return length < HEADER_BYTES ? -1 : length - HEADER_BYTES;
}

function checksumOf(reading: Reading, length: number): Draft['checksum'] {
  const { bytes, at, pseudo } = reading;
  if (u16(bytes, at + 6) === 0) return 'none';
  if (pseudo < 0 || !has(reading, length)) return null;
  const sum = addWords(bytes, at, length, withPseudoHeader(pseudo, PROTOCOL, length));
  return isRight(sum) ? 'ok' : 'bad';
}
