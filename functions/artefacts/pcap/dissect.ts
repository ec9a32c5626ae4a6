import type { Draft } from '../packet-draft.ts';
import { readArp } from './arp.ts';
import { readIp4, readIp6 } from './ip.ts';
import { linkReader, readEthernet, readMpls, readPppoe, readVlan } from './link.ts';
import { NETWORK, type Reading } from './reading.ts';

/**
 * Reads one captured frame into `packet`: link header, network header, what it carries, and the packets inside it.
 * False when nobody reads this link type. Every step moves forward, so the work is bounded by the bytes captured.
 */
export function dissect(
  reading: Reading,
  packet: Draft,
  linkType: number,
  at: number,
  end: number,
  length: number,
): boolean {
  const readLink = linkReader(linkType);
  if (readLink === undefined) return false;
  reading.at = at;
  reading.end = end;
  reading.length = length;
  reading.depth = 0;
  reading.network = readLink(reading, packet);
  for (let current: Draft | null = packet; current !== null; current = reading.inner) {
    reading.inner = null;
    readNetwork(reading, current);
  }
  return true;
}

/** Reads headers below IP one after the other, until one of IP or ARP ends the row. */
function readNetwork(reading: Reading, packet: Draft): void {
  for (;;) {
    switch (reading.network) {
      case NETWORK.ip:
        readIp4(reading, packet);
        return;
      case NETWORK.ip6:
        readIp6(reading, packet);
        return;
      case NETWORK.arp:
        readArp(reading, packet);
        return;
      case NETWORK.either:
        reading.network = versionHere(reading, packet);
        break;
      case NETWORK.ethernet:
        reading.network = readEthernet(reading, packet);
        break;
      case NETWORK.vlan:
      case NETWORK.qinq:
      case NETWORK.oldQinq:
      case NETWORK.olderQinq:
        reading.network = readVlan(reading, packet);
        break;
      case NETWORK.mpls:
        reading.network = readMpls(reading, packet);
        break;
      case NETWORK.pppoe:
        reading.network = readPppoe(reading, packet);
        break;
      default:
        return;
    }
  }
}

function versionHere({ bytes, at, end }: Reading, packet: Draft): number {
  if (at >= end) packet.truncated = true;
  else if ((bytes[at] ?? 0) >>> 4 === 4) return NETWORK.ip;
  else if ((bytes[at] ?? 0) >>> 4 === 6) return NETWORK.ip6;
  return NETWORK.none;
}
