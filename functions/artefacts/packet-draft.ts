import type { Endpoint, Packet } from './packet.ts';

/** A packet while it is being read; it is handed on as the `Packet` it has become. */
export type Draft = { -readonly [Field in keyof Packet]: Packet[Field] };

/** Stands where no address is shown: in a header whose second line is missing, in a frame that is neither IP nor ARP. */
export const NOWHERE: Endpoint = { host: '', port: null };

/** A packet of which nothing is known yet. Every field is set at once, so that all packets have one shape in memory. */
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
    vlan: null,
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

/** Takes back what the second line of a packet said. */
export function dropBody(packet: Draft): void {
  packet.source = NOWHERE;
  packet.destination = NOWHERE;
  packet.checksum = null;
  packet.payload = null;
  packet.dns = null;
  packet.tcp = null;
  packet.icmp = null;
  packet.tunnel = null;
}
