import type { Draft } from '../packet-draft.ts';
import { u16, u32 } from './octets.ts';
import { has, macAt, NETWORK, type Reading, skip } from './reading.ts';

const ETHERNET_BYTES = 14;
const SLL_BYTES = 16;
const SLL2_BYTES = 20;
const NULL_BYTES = 4;
const VLAN_BYTES = 4;
/** The lower bits of a tag; above them stand priority and drop eligibility. */
const VLAN_ID = 0xfff;
const UNTAGGED: readonly number[] = [];
const PPPOE_BYTES = 6;
const MPLS_BYTES = 4;
const MAC_BYTES = 6;
/** A type field up to here is a length, and an LLC header follows (IEEE 802.3). */
const LONGEST_802_3 = 1500;
/** PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST, PACKET_OUTGOING (linux/if_packet.h). */
const DIRECTIONS: readonly Draft['direction'][] = ['in', 'in', 'in', 'other', 'out'];
/** AF_INET, and AF_INET6 of BSD, FreeBSD and Darwin (print-null.c). */
const FAMILIES: Readonly<Record<number, number>> = {
  2: NETWORK.ip,
  24: NETWORK.ip6,
  28: NETWORK.ip6,
  30: NETWORK.ip6,
};

/** Reads a header below IP and returns what follows it, one of `NETWORK` or an EtherType that nobody reads. */
type LinkReader = (reading: Reading, packet: Draft) => number;

/** The link types that we read (tcpdump.org/linktypes.html). */
const LINKS: ReadonlyMap<number, LinkReader> = new Map([
  [0, readNull],
  [1, readEthernet],
  [12, readRaw],
  [14, readRaw],
  [101, readRaw],
  [108, readNull],
  [113, readSll],
  [228, readRaw],
  [229, readRaw],
  [276, readSll2],
]);

/** The reader of a link type; undefined for one that we do not know. */
export function linkReader(linkType: number): LinkReader | undefined {
  return LINKS.get(linkType);
}

/** Ethernet: two addresses and a type (IEEE 802.3). */
export function readEthernet(reading: Reading, packet: Draft): number {
  if (!has(reading, ETHERNET_BYTES)) return cut(packet);
  const { at } = reading;
  packet.destinationMac = macAt(reading, at);
  packet.sourceMac = macAt(reading, at + MAC_BYTES);
  packet.vlan = UNTAGGED;
  return follow(reading, u16(reading.bytes, at + ETHERNET_BYTES - 2), ETHERNET_BYTES);
}

/** One VLAN tag (IEEE 802.1Q, 802.1ad); the type that follows it may be another one. */
export function readVlan(reading: Reading, packet: Draft): number {
  if (!has(reading, VLAN_BYTES)) return cut(packet);
  packet.vlan = [...(packet.vlan ?? []), u16(reading.bytes, reading.at) & VLAN_ID];
  return follow(reading, u16(reading.bytes, reading.at + 2), VLAN_BYTES);
}

/** A stack of MPLS labels (RFC 3032); what follows says itself what it is. */
export function readMpls(reading: Reading, packet: Draft): number {
  let last = false;
  while (!last) {
    if (!has(reading, MPLS_BYTES)) return cut(packet);
    last = (u32(reading.bytes, reading.at) & 0x100) !== 0;
    skip(reading, MPLS_BYTES);
  }
  return NETWORK.either;
}

/** A PPPoE session header and the PPP protocol (RFC 2516). */
export function readPppoe(reading: Reading, packet: Draft): number {
  if (!has(reading, PPPOE_BYTES + 2)) return cut(packet);
  const protocol = u16(reading.bytes, reading.at + PPPOE_BYTES);
  skip(reading, PPPOE_BYTES + 2);
  return protocol === 0x21 || protocol === 0x57 ? NETWORK.either : NETWORK.none;
}

// Linux "cooked" capture, what `-i any` wrote before tcpdump 4.99 (pcap/sll.h).
function readSll(reading: Reading, packet: Draft): number {
  if (!has(reading, SLL_BYTES)) return cut(packet);
  const { bytes, at } = reading;
  packet.direction = DIRECTIONS[u16(bytes, at)] ?? 'other';
  if (u16(bytes, at + 4) === MAC_BYTES) packet.sourceMac = macAt(reading, at + 6);
  return follow(reading, u16(bytes, at + 14), SLL_BYTES);
}

// The same with the number of the interface; its name stands nowhere in the file.
function readSll2(reading: Reading, packet: Draft): number {
  if (!has(reading, SLL2_BYTES)) return cut(packet);
  const { bytes, at } = reading;
  packet.interface = `ifindex ${u32(bytes, at + 4)}`;
  packet.direction = DIRECTIONS[bytes[at + 10] ?? -1] ?? 'other';
  if (bytes[at + 11] === MAC_BYTES) packet.sourceMac = macAt(reading, at + 12);
  return follow(reading, u16(bytes, at), SLL2_BYTES);
}

function readRaw(): number {
  return NETWORK.either;
}

// The address family stands in the byte order of the machine that captured; in the wrong order its upper half is not empty.
function readNull(reading: Reading, packet: Draft): number {
  if (!has(reading, NULL_BYTES)) return cut(packet);
  const { bytes, at } = reading;
  const family =
    u16(bytes, at) === 0 ? u16(bytes, at + 2) : ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0);
  skip(reading, NULL_BYTES);
  return FAMILIES[family] ?? NETWORK.none;
}

function follow(reading: Reading, type: number, headerBytes: number): number {
  skip(reading, headerBytes);
  return type <= LONGEST_802_3 ? NETWORK.none : type;
}

function cut(packet: Draft): number {
  packet.truncated = true;
  return NETWORK.none;
}
