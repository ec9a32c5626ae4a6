import type { Endpoint, Packet } from '../packet.ts';

/** A packet while its layers are being read; it is handed on as the `Packet` it has become. */
export type Draft = { -readonly [Field in keyof Packet]: Packet[Field] };

/** Stands where a packet shows no address: in a frame that is neither IP nor ARP, or one cut before its addresses. */
export const NOWHERE: Endpoint = { host: '', port: null };

/** A packet of which only its number in the file is known. Every field is set at once, so that all packets have one shape. */
export function blankPacket(line: number): Draft {
  return {
    line,
    lastLine: line,
    time: null,
    timeText: null,
    interface: null,
    direction: null,
    sourceMac: null,
    destinationMac: null,
    ttl: null,
    ipId: null,
    dontFragment: null,
    ipLength: null,
    fragment: null,
    protocol: 'other',
    source: NOWHERE,
    destination: NOWHERE,
    checksum: null,
    payload: null,
    dns: null,
    tcp: null,
    icmp: null,
    arp: null,
    tunnel: null,
    truncated: false,
  };
}
