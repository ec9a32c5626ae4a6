import type { Tcp } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { addWords, isRight, withPseudoHeader } from './checksum.ts';
import { readDns } from './dns.ts';
import { placePorts } from './ends.ts';
import { u16, u32 } from './octets.ts';
import { has, type Reading, skip } from './reading.ts';
import { relativeNumbers } from './sequence.ts';

const PROTOCOL = 6;
const HEADER_BYTES = 20;
const DNS_PORT = 53;
const RESET = 0x04;
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const MAXIMUM_SEGMENT_SIZE = 2;
/** The letters in the order of print-tcp.c: FIN, SYN, RST, PUSH, ACK, URG, ECE, CWR. */
const LETTERS = 'FSRP.UEW';
const FLAGS: readonly string[] = Array.from({ length: 256 }, (_, flags) => {
  const set = [...LETTERS].filter((_letter, bit) => (flags & (1 << bit)) !== 0);
  return set.length === 0 ? 'none' : set.join('');
});

/** Reads a TCP header (RFC 9293) and, on port 53, the DNS message behind it. */
export function readTcp(reading: Reading, packet: Draft, fragmented: boolean): void {
  const { bytes, at } = reading;
  if (!has(reading, 4)) {
    packet.truncated = true;
    return;
  }
  const from = u16(bytes, at);
  const to = u16(bytes, at + 2);
  placePorts(reading, packet, from, to);
  const headerBytes = has(reading, HEADER_BYTES) ? ((bytes[at + 12] ?? 0) >>> 4) * 4 : 0;
  if (headerBytes < HEADER_BYTES || headerBytes > reading.length) {
    packet.truncated = true;
    return;
  }
  if (!fragmented) packet.checksum = checksumOf(reading);
  packet.payload = reading.length - headerBytes;
  packet.tcp = readNumbers(reading, packet, from, to, headerBytes);
  if (!has(reading, headerBytes)) packet.truncated = true;
  if ((from === DNS_PORT || to === DNS_PORT) && has(reading, headerBytes + 2))
    readMessage(reading, packet, headerBytes);
}

function readNumbers(
  { bytes, at, end, conversations, from: sender, to: receiver }: Reading,
  packet: Draft,
  from: number,
  to: number,
  headerBytes: number,
): Tcp {
  const flags = bytes[at + 13] ?? 0;
  const length = packet.payload ?? 0;
  const { seq, ack } = relativeNumbers(conversations, sender, from, receiver, to, {
    flags,
    seq: u32(bytes, at + 4),
    ack: u32(bytes, at + 8),
  });
  const options = Math.min(at + headerBytes, end);
  return {
    flags: FLAGS[flags] ?? '',
    seq,
    seqEnd: length > 0 ? (seq + length) >>> 0 : null,
    ack: (flags & 0x10) === 0 ? null : ack,
    win: u16(bytes, at + 14),
    mss: segmentSize(bytes, at + HEADER_BYTES, options),
  };
}

/** The MSS option (RFC 9293 3.1), null when there is none before the options end or break off. */
function segmentSize(bytes: Uint8Array, from: number, to: number): number | null {
  for (let at = from; at < to; ) {
    const option = bytes[at] ?? 0;
    if (option === END_OF_OPTIONS) return null;
    if (option === NO_OPERATION) {
      at += 1;
      continue;
    }
    const size = bytes[at + 1] ?? 0;
    if (size < 2 || at + size > to) return null;
    if (option === MAXIMUM_SEGMENT_SIZE && size === 4) return u16(bytes, at + 2);
    at += size;
  }
  return null;
}

// A message over TCP stands behind its length (RFC 1035 4.2.2); print-domain.c shows only those that fill their segment.
function readMessage(reading: Reading, packet: Draft, headerBytes: number): void {
  const { bytes } = reading;
  if (((bytes[reading.at + 13] ?? 0) & RESET) !== 0) return;
  skip(reading, headerBytes);
  const length = u16(bytes, reading.at);
  skip(reading, 2);
  if (length > reading.length) return;
  reading.length = length;
  reading.end = Math.min(reading.end, reading.at + length);
  packet.dns = readDns(reading, packet, false);
}

function checksumOf(reading: Reading): Draft['checksum'] {
  const { bytes, at, length, pseudo } = reading;
  if (pseudo < 0 || !has(reading, length)) return null;
  const sum = addWords(bytes, at, length, withPseudoHeader(pseudo, PROTOCOL, length));
  return isRight(sum) ? 'ok' : 'bad';
}
