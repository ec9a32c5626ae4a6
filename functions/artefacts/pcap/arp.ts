import type { Draft } from '../packet-draft.ts';
import { u16 } from './octets.ts';
import { has, ip4At, macAt, NETWORK, type Reading } from './reading.ts';

const FIXED_BYTES = 8;
const MAC_BYTES = 6;
const IP4_BYTES = 4;
const REQUEST = 1;
const REPLY = 2;

/** Reads ARP for IPv4 over Ethernet (RFC 826); other operations and other addresses keep only their length. */
export function readArp(reading: Reading, packet: Draft): void {
  packet.protocol = 'arp';
  packet.payload = reading.length;
  const { bytes, at } = reading;
  if (!has(reading, FIXED_BYTES + 2 * (MAC_BYTES + IP4_BYTES))) {
    packet.truncated = true;
    return;
  }
  const isIp4 = u16(bytes, at + 2) === NETWORK.ip && bytes[at + 5] === IP4_BYTES;
  if (!isIp4 || bytes[at + 4] !== MAC_BYTES) return;
  const senderMac = at + FIXED_BYTES;
  const sender = ip4At(reading, senderMac + MAC_BYTES);
  const target = ip4At(reading, senderMac + MAC_BYTES + IP4_BYTES + MAC_BYTES);
  const operation = u16(bytes, at + 6);
  if (operation === REQUEST) {
    packet.source = { host: sender, port: null };
    packet.destination = { host: target, port: null };
    packet.arp = { operation: 'request', target, asker: sender, mac: null };
  } else if (operation === REPLY) {
    packet.source = { host: sender, port: null };
    packet.arp = {
      operation: 'reply',
      target: sender,
      asker: null,
      mac: macAt(reading, senderMac),
    };
  }
}
