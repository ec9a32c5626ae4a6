import type { Arp, Icmp } from '../packet.ts';

/** An ICMP message, and the TTL of its packet where the column tells it. */
export interface Message {
  readonly icmp: Icmp;
  readonly ttl: number | null;
}

const ECHO =
  /^Echo \(ping\) (request|reply)\s+id=0x([0-9a-f]{1,4}), seq=(\d{1,5})(?:\/\d+)?(?:, (?:ttl|hop limit)=(\d{1,3}))?/;

/**
 * Reads what packet-icmp.c and packet-icmpv6.c write: `Echo (ping) request  id=0x0eda, seq=1/256, ttl=64`,
 * `Destination unreachable (Host unreachable)`. Which packet an error is about does not stand there.
 */
export function readIcmp(info: string): Message {
  const [, echo, id = '', seq, ttl] = ECHO.exec(info) ?? [];
  const said = { mtu: null, quoted: null };
  if (echo !== undefined)
    return {
      icmp: { ...said, message: `echo ${echo}`, id: Number.parseInt(id, 16), seq: Number(seq) },
      ttl: ttl === undefined ? null : Number(ttl),
    };
  return { icmp: { ...said, message: messageOf(info), id: null, seq: null }, ttl: null };
}

function messageOf(info: string): string {
  const text = info.toLowerCase().replace(/ \[.*$/, '');
  if (/^destination unreachable \(fragmentation needed/.test(text)) return 'need to frag';
  if (text.startsWith('packet too big')) return 'packet too big';
  return text.replace(/^destination unreachable/, 'unreachable');
}

/** Reads what packet-arp.c writes: `Who has 10.0.0.7? Tell 10.0.0.1`, `10.0.0.7 is at fa:55:00:00:00:01`; null for anything else. */
export function readArp(info: string): Arp | null {
  const [, target, asker] = /^Who has (\S+)\? (?:Tell (\S+)|\(ARP Probe\))/.exec(info) ?? [];
  if (target !== undefined)
    return { operation: 'request', target, asker: asker ?? '0.0.0.0', mac: null };
  const [, own, mac] = /^(\S+) is at ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})/.exec(info) ?? [];
  if (own !== undefined && mac !== undefined)
    return { operation: 'reply', target: own, asker: null, mac };
  const [, told] = /^(?:ARP Announcement|Gratuitous ARP) for (\S+)/.exec(info) ?? [];
  return told === undefined ? null : { operation: 'request', target: told, asker: told, mac: null };
}
