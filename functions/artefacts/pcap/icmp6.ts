import type { Draft } from '../packet-draft.ts';
import { addWords, isRight, withPseudoHeader } from './checksum.ts';
import { u16, u32 } from './octets.ts';
import { enter, has, ip6At, NETWORK, type Reading, skip } from './reading.ts';

const PROTOCOL = 58;
const HEADER_BYTES = 8;
const IP6_BYTES = 40;
const SOURCE_IN_IP6 = 8;
const DESTINATION_IN_IP6 = 24;
const UNREACHABLE = 1;
const TOO_BIG = 2;
const TIME_EXCEEDED = 3;
const PARAMETER_PROBLEM = 4;
const ECHO = 128;
const ECHO_REPLY = 129;
const MESSAGES: Readonly<Record<number, string>> = {
  [UNREACHABLE]: 'destination unreachable',
  [TOO_BIG]: 'packet too big',
  [TIME_EXCEEDED]: 'time exceeded in-transit',
  [PARAMETER_PROBLEM]: 'parameter problem',
  [ECHO]: 'echo request',
  [ECHO_REPLY]: 'echo reply',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbor solicitation',
  136: 'neighbor advertisement',
  137: 'redirect',
  138: 'router renumbering',
  141: 'inverse neighbor solicitation',
  142: 'inverse neighbor advertisement',
  143: 'multicast listener report v2',
};
/** The blank that print-icmp6.c has before `unreachable prohibited` is its own. */
const UNREACHABLES: Readonly<Record<number, string>> = {
  0: 'unreachable route',
  1: ' unreachable prohibited',
  2: 'beyond scope',
  3: 'unreachable address',
  4: 'unreachable port',
};
const PROBLEMS: readonly string[] = [
  'erroneous',
  'next header',
  'option',
  'incomplete header chain',
];

/** Reads an ICMPv6 message (RFC 4443, RFC 4861) in the words of print-icmp6.c, and the packet that an error is about. */
export function readIcmp6(reading: Reading, packet: Draft, fragmented: boolean): void {
  const { bytes, at, length, pseudo } = reading;
  packet.payload = length;
  if (!has(reading, HEADER_BYTES)) {
    packet.truncated = true;
    return;
  }
  if (!fragmented && pseudo >= 0 && has(reading, length)) {
    const sum = addWords(bytes, at, length, withPseudoHeader(pseudo, PROTOCOL, length));
    packet.checksum = isRight(sum) ? 'ok' : 'bad';
  }
  const type = bytes[at] ?? 0;
  const isEcho = type === ECHO || type === ECHO_REPLY;
  const name = MESSAGES[type] ?? `unknown icmp6 type (${type})`;
  const detail = detailOf(reading, type, bytes[at + 1] ?? 0);
  if (detail === undefined) packet.truncated = true;
  packet.icmp = {
    message: name + (detail ?? ''),
    id: isEcho ? u16(bytes, at + 4) : null,
    seq: isEcho ? u16(bytes, at + 6) : null,
    mtu: type === TOO_BIG ? u32(bytes, at + 4) : null,
    quoted: type >= UNREACHABLE && type <= PARAMETER_PROBLEM ? quoted(reading, packet) : null,
  };
}

function quoted(reading: Reading, packet: Draft): Draft | null {
  skip(reading, HEADER_BYTES);
  if (!has(reading, IP6_BYTES)) return null;
  // Routers quote as much as fits into 1280 bytes, so the packet's own length is the one that counts.
  reading.length = u16(reading.bytes, reading.at + 4) + IP6_BYTES;
  return enter(reading, packet, NETWORK.ip6);
}

/** What tcpdump adds to a message's name; undefined when the address it names was not captured. */
function detailOf(reading: Reading, type: number, code: number): string | undefined {
  const { bytes, at } = reading;
  switch (type) {
    case UNREACHABLE:
      return unreachable(reading, code);
    case TOO_BIG:
      return `, mtu ${u32(bytes, at + 4)}`;
    case TIME_EXCEEDED: {
      if (code === 1) return ' (reassembly)';
      if (code !== 0) return `, unknown code (${code})`;
      const about = addressAt(reading, HEADER_BYTES + DESTINATION_IN_IP6);
      return about === undefined ? undefined : ` for ${about}`;
    }
    case PARAMETER_PROBLEM: {
      const problem = PROBLEMS[code];
      return problem === undefined
        ? `, code-#${code}`
        : `, ${problem} - octet ${u32(bytes, at + 4)}`;
    }
    case 135:
      return after(', who has ', addressAt(reading, HEADER_BYTES));
    case 136:
      return after(', tgt is ', addressAt(reading, HEADER_BYTES));
    case 137:
      return after(
        after(', ', addressAt(reading, HEADER_BYTES + 16), ' to '),
        addressAt(reading, HEADER_BYTES),
      );
    case 143:
      return `, ${u16(bytes, at + 6)} group record(s)`;
    default:
      return '';
  }
}

function unreachable(reading: Reading, code: number): string | undefined {
  const words = `, ${UNREACHABLES[code] ?? `unknown unreach code (${code})`}`;
  const about = addressAt(reading, HEADER_BYTES + DESTINATION_IN_IP6);
  switch (code) {
    case 0:
    case 1:
    case 3:
      return after(`${words} `, about);
    case 2:
      return after(
        after(`${words} `, about, ', source address '),
        addressAt(reading, HEADER_BYTES + SOURCE_IN_IP6),
      );
    case 4:
      return about === undefined ? undefined : words + portOf(reading, about);
    default:
      return words;
  }
}

// Extension headers in the quoted packet are left alone: the port behind them is told by `quoted`.
function portOf(reading: Reading, about: string): string | undefined {
  const { bytes, at } = reading;
  if (!has(reading, HEADER_BYTES + IP6_BYTES + 4)) return '';
  const protocol = bytes[at + HEADER_BYTES + 6] ?? 0;
  const port = u16(bytes, at + HEADER_BYTES + IP6_BYTES + 2);
  if (protocol === 6) return `, ${about} tcp port ${port}`;
  return protocol === 17 ? `, ${about} udp port ${port}` : '';
}

function addressAt(reading: Reading, offset: number): string | undefined {
  return has(reading, offset + 16) ? ip6At(reading, reading.at + offset) : undefined;
}

function after(
  words: string | undefined,
  address: string | undefined,
  rest = '',
): string | undefined {
  return words === undefined || address === undefined ? undefined : words + address + rest;
}
