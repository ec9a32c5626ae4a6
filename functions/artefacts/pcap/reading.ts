import { newRecall, type Recall } from '../../primitives/recall.ts';
import type { Endpoint } from '../packet.ts';
import { blankPacket, type Draft, NOWHERE } from '../packet-draft.ts';
import { ip4Text, ip6Text, macText } from './address.ts';
import type { Conversations } from './sequence.ts';
import { textOf } from './shared-text.ts';

/** What stands at a place, by its EtherType; those below 256 are our own. */
export const NETWORK = {
  none: 0,
  /** IPv4 or IPv6, whichever the first four bits say. */
  either: 1,
  ip: 0x0800,
  arp: 0x0806,
  /** Transparent Ethernet bridging: a whole frame (RFC 1701). */
  ethernet: 0x6558,
  vlan: 0x8100,
  ip6: 0x86dd,
  mpls: 0x8847,
  pppoe: 0x8864,
  qinq: 0x88a8,
  oldQinq: 0x9100,
  olderQinq: 0x9200,
} as const;

/** A packet in a packet in a packet … is followed so far, as the text reader does. */
const DEEPEST = 4;
/** A power of two. */
export const END_SLOTS = 4096;

/**
 * A place in a capture file and what the file has shown so far. Mutable on purpose: each layer moves `at` behind its own
 * header and says in `network` or `inner` what comes next, so that no layer needs to know which others exist.
 */
export interface Reading {
  readonly bytes: Uint8Array;
  /** Where the next header begins. */
  at: number;
  /** Where the captured bytes of this layer end. */
  end: number;
  /** How many bytes this layer had on the wire from `at` on; more than `end - at` when the snap length cut them. */
  length: number;
  /** One of `NETWORK`, or an EtherType that nobody reads. */
  network: number;
  /** The packet that stands at `at` inside the one just read; null when there is none. */
  inner: Draft | null;
  depth: number;
  /** Sum of the 16-bit words of both addresses, for the checksum's pseudo-header; -1 when the real destination is hidden in a routing header. */
  pseudo: number;
  /** The addresses of the IP packet that is being read. */
  from: string;
  to: string;
  /** Where the name that was read last ended. */
  nameEnd: number;
  readonly ip4: Recall<string>;
  readonly ip6: Recall<string>;
  readonly macs: Recall<string>;
  readonly names: Recall<string>;
  /** The numbers of the digest's questions, by name and type. */
  readonly questions: Recall<number>;
  readonly conversations: Conversations;
  /** By the low bits of their port: the ends met last. */
  readonly ends: Endpoint[];
}

export function newReading(bytes: Uint8Array): Reading {
  return {
    bytes,
    at: 0,
    end: 0,
    length: 0,
    network: NETWORK.none,
    inner: null,
    depth: 0,
    pseudo: 0,
    from: '',
    to: '',
    nameEnd: 0,
    ip4: newRecall(),
    ip6: newRecall(),
    macs: newRecall(),
    names: newRecall(),
    questions: newRecall(),
    conversations: new Map(),
    ends: new Array<Endpoint>(END_SLOTS).fill(NOWHERE),
  };
}

export function ip4At({ ip4, bytes }: Reading, at: number): string {
  return textOf(ip4, bytes, at, 4, ip4Text);
}

export function ip6At({ ip6, bytes }: Reading, at: number): string {
  return textOf(ip6, bytes, at, 16, ip6Text);
}

export function macAt({ macs, bytes }: Reading, at: number): string {
  return textOf(macs, bytes, at, 6, macText);
}

/** Moves behind `count` bytes of header. */
export function skip(reading: Reading, count: number): void {
  reading.at += count;
  reading.length -= count;
}

/** Whether `count` bytes from `at` on were captured. */
export function has(reading: Reading, count: number): boolean {
  return reading.end - reading.at >= count;
}

/** Announces that a packet inside `packet` stands at `at`; null, and nothing announced, when it lies too deep or was not captured. */
export function enter(reading: Reading, packet: Draft, network: number): Draft | null {
  if (reading.depth >= DEEPEST || !has(reading, 1)) return null;
  const inner = blankPacket(packet.line);
  reading.depth += 1;
  reading.network = network;
  reading.inner = inner;
  return inner;
}
