import type { Draft } from '../packet-draft.ts';
import { u16 } from './octets.ts';
import { has, type Reading, skip } from './reading.ts';

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;
const SHORTEST_BYTES = 8;
const OFFSET = 0xfff8;

/**
 * Reads the IPv6 extension headers that begin with one of `protocol` (RFC 8200 4) and returns the protocol behind them, or the
 * last one that was captured. Behind a fragment header with an offset nothing of the kind can follow.
 */
export function readExtensions(reading: Reading, packet: Draft, protocol: number): number {
  let last = protocol;
  while (isExtension(last) && (packet.fragment?.offset ?? 0) === 0) {
    if (!has(reading, SHORTEST_BYTES)) {
      packet.truncated = true;
      break;
    }
    last = readExtension(reading, packet, last);
  }
  return last;
}

function readExtension(reading: Reading, packet: Draft, protocol: number): number {
  const { bytes, at } = reading;
  const next = bytes[at] ?? 0;
  const size = bytes[at + 1] ?? 0;
  if (protocol === FRAGMENT) readFragment(reading, packet);
  // Segments left: the destination in the header is not the last one.
  if (protocol === ROUTING && (bytes[at + 3] ?? 0) > 0) reading.pseudo = -1;
  skip(reading, headerBytes(protocol, size));
  return next;
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION:
      return true;
    default:
      return false;
  }
}

function headerBytes(protocol: number, size: number): number {
  if (protocol === FRAGMENT) return SHORTEST_BYTES;
  return protocol === AUTHENTICATION ? (size + 2) * 4 : (size + 1) * 8;
}

function readFragment({ bytes, at }: Reading, packet: Draft): void {
  const field = u16(bytes, at + 2);
  packet.fragment = { offset: field & OFFSET, more: (field & 1) !== 0 };
}
