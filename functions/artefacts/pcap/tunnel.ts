import type { Draft } from '../packet-draft.ts';
import { u16, u24 } from './octets.ts';
import { enter, has, NETWORK, type Reading, skip } from './reading.ts';

const VXLAN_BYTES = 8;
const GENEVE_BYTES = 8;
const GRE_BYTES = 4;
const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const VNI_IS_VALID = 0x08;

/**
 * Reads what a datagram of a tunnel's port carries: VXLAN (RFC 7348; 8472 is Linux's own port) or Geneve (RFC 8926). False, and
 * nothing read, for other ports and where the header is not one of them.
 */
export function readTunnel(reading: Reading, packet: Draft): boolean {
  const from = packet.source.port;
  const to = packet.destination.port;
  if (to === 8472 || to === 4789 || from === 8472 || from === 4789)
    return readVxlan(reading, packet);
  return (to === 6081 || from === 6081) && readGeneve(reading, packet);
}

/** Generic Routing Encapsulation, version 0 (RFC 2784, RFC 2890). */
export function readGre(reading: Reading, packet: Draft): void {
  packet.tunnel = { kind: 'gre', id: null, inner: null };
  if (!has(reading, GRE_BYTES)) {
    packet.truncated = true;
    return;
  }
  const { bytes, at } = reading;
  const flags = u16(bytes, at);
  const network = u16(bytes, at + 2);
  // Version 1 carries PPP (RFC 2637), a routing field is of no fixed length; nobody reads either.
  if ((flags & 7) !== 0 || (flags & GRE_ROUTING) !== 0 || !isCarried(network)) return;
  skip(
    reading,
    GRE_BYTES +
      ((flags & GRE_CHECKSUM) === 0 ? 0 : 4) +
      ((flags & GRE_KEY) === 0 ? 0 : 4) +
      ((flags & GRE_SEQUENCE) === 0 ? 0 : 4),
  );
  packet.tunnel = { kind: 'gre', id: null, inner: enter(reading, packet, network) };
}

function readVxlan(reading: Reading, packet: Draft): boolean {
  const { bytes, at } = reading;
  if (!has(reading, VXLAN_BYTES) || ((bytes[at] ?? 0) & VNI_IS_VALID) === 0) return false;
  const id = u24(bytes, at + 4);
  skip(reading, VXLAN_BYTES);
  packet.tunnel = { kind: 'vxlan', id, inner: enter(reading, packet, NETWORK.ethernet) };
  return true;
}

function readGeneve(reading: Reading, packet: Draft): boolean {
  const { bytes, at } = reading;
  if (!has(reading, GENEVE_BYTES) || (bytes[at] ?? 0) >>> 6 !== 0) return false;
  const network = u16(bytes, at + 2);
  if (!isCarried(network)) return false;
  const id = u24(bytes, at + 4);
  skip(reading, GENEVE_BYTES + ((bytes[at] ?? 0) & 0x3f) * 4);
  packet.tunnel = { kind: 'geneve', id, inner: enter(reading, packet, network) };
  return true;
}

function isCarried(network: number): boolean {
  return (
    network === NETWORK.ip ||
    network === NETWORK.ip6 ||
    network === NETWORK.arp ||
    network === NETWORK.ethernet ||
    network === NETWORK.mpls
  );
}
