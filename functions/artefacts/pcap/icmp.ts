import type { Draft } from '../packet-draft.ts';
import { addWords, isRight } from './checksum.ts';
import { u16, u32 } from './octets.ts';
import { enter, has, ip4At, NETWORK, type Reading, skip } from './reading.ts';

const HEADER_BYTES = 8;
const IP4_BYTES = 20;
const DESTINATION_IN_IP4 = 16;
const UNREACHABLE = 3;
const PORT = 3;
const NEED_TO_FRAG = 4;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
const ECHO_REPLY = 0;
const ECHO = 8;
const MESSAGES: Readonly<Record<number, string>> = {
  [ECHO_REPLY]: 'echo reply',
  [SOURCE_QUENCH]: 'source quench',
  [ECHO]: 'echo request',
  9: 'router advertisement',
  10: 'router solicitation',
  15: 'information request',
  16: 'information reply',
  17: 'address mask request',
};
/** What stands before and behind the address that cannot be reached, by code. */
const UNREACHABLES: Readonly<Record<number, readonly [string, string]>> = {
  0: ['net ', ' unreachable'],
  1: ['host ', ' unreachable'],
  5: ['', ' unreachable - source route failed'],
  6: ['net ', ' unreachable - unknown'],
  7: ['host ', ' unreachable - unknown'],
  8: ['', ' unreachable - source host isolated'],
  9: ['net ', ' unreachable - admin prohibited'],
  10: ['host ', ' unreachable - admin prohibited'],
  11: ['net ', ' unreachable - tos prohibited'],
  12: ['host ', ' unreachable - tos prohibited'],
  13: ['host ', ' unreachable - admin prohibited filter'],
  14: ['host ', ' unreachable - host precedence violation'],
  15: ['host ', ' unreachable - precedence cutoff'],
};
const REDIRECTS: readonly (readonly [string, string])[] = [
  ['redirect', 'to net'],
  ['redirect', 'to host'],
  ['redirect-tos', 'to net'],
  ['redirect-tos', 'to host'],
];

/** Reads an ICMP message (RFC 792) in the words of print-icmp.c, and the packet that an error is about. */
export function readIcmp(reading: Reading, packet: Draft, fragmented: boolean): void {
  const { bytes, at, length } = reading;
  packet.payload = length;
  if (!has(reading, HEADER_BYTES)) {
    packet.truncated = true;
    return;
  }
  // tcpdump speaks up only where the checksum is wrong.
  if (!fragmented && has(reading, length) && !isRight(addWords(bytes, at, length, 0)))
    packet.checksum = 'bad';
  const type = bytes[at] ?? 0;
  const isEcho = type === ECHO || type === ECHO_REPLY;
  const mtu = type === UNREACHABLE && bytes[at + 1] === NEED_TO_FRAG ? u16(bytes, at + 6) : 0;
  const message = messageOf(reading, type, bytes[at + 1] ?? 0);
  if (message === undefined) {
    packet.truncated = true;
    return;
  }
  packet.icmp = {
    message,
    id: isEcho ? u16(bytes, at + 4) : null,
    seq: isEcho ? u16(bytes, at + 6) : null,
    mtu: mtu > 0 ? mtu : null,
    quoted: quotes(type) ? quotedPacket(reading, packet) : null,
  };
}

function quotes(type: number): boolean {
  switch (type) {
    case UNREACHABLE:
    case SOURCE_QUENCH:
    case REDIRECT:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
      return true;
    default:
      return false;
  }
}

function quotedPacket(reading: Reading, packet: Draft): Draft | null {
  skip(reading, HEADER_BYTES);
  if (!has(reading, IP4_BYTES)) return null;
  // Routers quote only the head of the packet, so its own length is the one that counts.
  reading.length = u16(reading.bytes, reading.at + 2);
  return enter(reading, packet, NETWORK.ip);
}

/** The message in tcpdump's words; undefined when the address it names was not captured. */
function messageOf(reading: Reading, type: number, code: number): string | undefined {
  const { bytes, at } = reading;
  switch (type) {
    case UNREACHABLE:
      return unreachable(reading, code);
    case REDIRECT: {
      const about = quotedDestination(reading);
      const [verb, to] = REDIRECTS[code] ?? [`redirect-#${code}`, 'to'];
      return about === undefined ? undefined : `${verb} ${about} ${to} ${ip4At(reading, at + 4)}`;
    }
    case TIME_EXCEEDED:
      if (code === 0) return 'time exceeded in-transit';
      return code === 1 ? 'ip reassembly time exceeded' : `time exceeded-#${code}`;
    case PARAMETER_PROBLEM:
      return code === 0
        ? `parameter problem - octet ${bytes[at + 4]}`
        : `parameter problem - code ${code}`;
    case 13:
      return `time stamp query id ${u16(bytes, at + 4)} seq ${u16(bytes, at + 6)}`;
    case 14:
      return `time stamp reply id ${u16(bytes, at + 4)} seq ${u16(bytes, at + 6)}`;
    case 18:
      if (!has(reading, HEADER_BYTES + 4)) return undefined;
      return `address mask is 0x${u32(bytes, at + 8)
        .toString(16)
        .padStart(8, '0')}`;
    default:
      return MESSAGES[type] ?? `type-#${type}`;
  }
}

function unreachable(reading: Reading, code: number): string | undefined {
  const { bytes, at } = reading;
  const about = quotedDestination(reading);
  if (about === undefined) return undefined;
  if (code === 2) return `${about} protocol ${bytes[at + HEADER_BYTES + 9]} unreachable`;
  if (code === PORT) return portUnreachable(reading, about);
  if (code === NEED_TO_FRAG) {
    const mtu = u16(bytes, at + 6);
    return `${about} unreachable - need to frag${mtu > 0 ? ` (mtu ${mtu})` : ''}`;
  }
  const [before, behind] = UNREACHABLES[code] ?? ['', ` unreachable - #${code}`];
  return before + about + behind;
}

function portUnreachable({ bytes, at, end }: Reading, about: string): string | undefined {
  const ip = at + HEADER_BYTES;
  const transport = ip + ((bytes[ip] ?? 0) & 15) * 4;
  if (transport + 4 > end) return undefined;
  const protocol = bytes[ip + 9] ?? 0;
  const port = u16(bytes, transport + 2);
  if (protocol === 6) return `${about} tcp port ${port} unreachable`;
  if (protocol === 17) return `${about} udp port ${port} unreachable`;
  return `${about} protocol ${protocol} port ${port} unreachable`;
}

function quotedDestination(reading: Reading): string | undefined {
  return has(reading, HEADER_BYTES + IP4_BYTES)
    ? ip4At(reading, reading.at + HEADER_BYTES + DESTINATION_IN_IP4)
    : undefined;
}
