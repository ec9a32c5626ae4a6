import { type Draft, dropBody } from '../packet-draft.ts';
import { protocolOf } from './body.ts';
import { endsAt } from './endpoint.ts';

const IP4_HEADER_BYTES = 20;
const UDP_HEADER_BYTES = 8;
const IP6_HEADER_BYTES = 40;
const SHORTEST_TCP_HEADER_BYTES = 20;
const LONGEST_HEADERS_BYTES = 120;

/**
 * Takes a second line back from a header that cannot be its own: in a paste with lines missing, a wrong pair would give a packet
 * another one's id. The header is kept as a packet without addresses. True when the line was taken back.
 */
export function takeBack(packet: Draft, text: string, bodyAt: number, options: boolean): boolean {
  if (isPair(packet, text, bodyAt, options)) return false;
  dropBody(packet);
  packet.truncated = true;
  return true;
}

function isPair(packet: Draft, text: string, bodyAt: number, options: boolean): boolean {
  const { protocol, payload, fragment, ipLength } = packet;
  if (fragment !== null && (fragment.offset > 0 || fragment.more)) return true;
  if (
    packet.dns === null &&
    packet.tcp === null &&
    packet.icmp === null &&
    packet.tunnel === null
  ) {
    const printed = protocolOf(text, endsAt(text, bodyAt)?.rest ?? bodyAt);
    if (printed !== 'other' && printed !== protocol) return false;
  }
  if (payload === null || ipLength === null || packet.truncated) return true;
  // Segments over 64 KiB, and jumbograms, say 0 in their header.
  return (
    ipLength === 0 || ipLength === IP6_HEADER_BYTES || fits(packet, ipLength - payload, options)
  );
}

/** Whether header and payload differ by what the headers between them take. */
function fits(packet: Draft, headerBytes: number, options: boolean): boolean {
  const ipBytes = packet.source.host.includes(':') ? IP6_HEADER_BYTES : IP4_HEADER_BYTES;
  switch (packet.protocol) {
    case 'udp': {
      const least = ipBytes + UDP_HEADER_BYTES;
      return headerBytes === least || (headerBytes > least && (options || packet.dns === null));
    }
    case 'tcp':
      return (
        headerBytes >= ipBytes + SHORTEST_TCP_HEADER_BYTES && headerBytes <= LONGEST_HEADERS_BYTES
      );
    case 'icmp':
      return headerBytes === ipBytes || (headerBytes > ipBytes && options);
    default:
      return true;
  }
}
