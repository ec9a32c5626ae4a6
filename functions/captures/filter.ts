import { addressInName, parseAddress } from '../primitives/address.ts';
import { type Exchange, sightedAt } from './exchanges.ts';
import type { Point } from './points.ts';

/** VXLAN, Linux's own VXLAN (flannel) and Geneve. */
const TUNNEL_PORTS: readonly number[] = [4789, 8472, 6081];

/** `port 53` on a card shows nothing of queries that travel inside a tunnel, and the reverse. */
export function hidesConversation(
  point: Point,
  points: readonly Point[],
  exchanges: readonly Exchange[],
): boolean {
  const { filter } = point;
  if (filter === null || filter === '') return false;
  if (isForOthers(filter, exchanges)) return true;
  const ports = portsIn(filter);
  if (ports.length === 0) return false;
  const wrapped = exchanges
    .flatMap((exchange) => sightedAt(exchange))
    .flatMap((seen) => seen.requests)
    .filter((one) => one.outer !== one.packet);
  const outerPorts = wrapped.map((one) => one.outer.destination.port);
  const innerPorts = exchanges.map((exchange) => exchange.server.port);
  const isOutside = point.role === 'nic' && !point.pod;
  const isWrapped = isOutside && wrapped.length > 0;
  if (!isWrapped && takesAll(filter, exchanges)) return false;
  const expected = isWrapped ? outerPorts : innerPorts;
  // Where nothing was seen wrapped, a tunnel of that host that was captured too says that it should have been.
  const mayBeWrapped =
    isOutside &&
    wrapped.length === 0 &&
    points.some(({ host, role }) => host === point.host && role === 'tunnel');
  if (mayBeWrapped && ports.some((port) => TUNNEL_PORTS.includes(port))) return false;
  return !expected.some((port) => port !== null && ports.includes(port));
}

/** `dst port 53` takes questions and no answer: that none was seen says nothing. */
export function isOneWay(filter: string): boolean {
  const text = filter.replace(/\b(?:src\s+(?:or|and)\s+dst|dst\s+(?:or|and)\s+src)\b/g, '');
  const [from, to] = [/\bsrc\b/.test(text), /\bdst\b/.test(text)];
  return from && to ? !/\bor\b|\|\|/.test(text) : from || to;
}

function portsIn(filter: string): readonly number[] {
  return [...filter.matchAll(/\bport(?:s|range)?\s+(\d+)/g)].map((match) => Number(match[1]));
}

/** `port 53 or icmp`: one alternative is the whole protocol, whatever ports the others name. */
function takesAll(filter: string, exchanges: readonly Exchange[]): boolean {
  const protocol = exchanges[0]?.protocol;
  if (protocol !== 'icmp' && protocol !== 'tcp') return false;
  return filter
    .split(/\bor\b|\|\|/)
    .some((part) => part.replace(/[()\s]/g, '').replace(/^icmp6$/, 'icmp') === protocol);
}

/** A filter for another protocol, for hosts that take no part, or with exclusions that nobody should guess about. */
function isForOthers(filter: string, exchanges: readonly Exchange[]): boolean {
  if (/\bnot\b|!/.test(filter)) return true;
  const protocol = exchanges[0]?.protocol;
  const named = /^\(?\s*(icmp6?|arp|tcp|udp)\b/.exec(filter)?.[1];
  if (named !== undefined && !/\bor\b/.test(filter)) {
    if (named === 'arp' || (named.startsWith('icmp') && protocol !== 'icmp')) return true;
    const isForTunnel = portsIn(filter).some((port) => TUNNEL_PORTS.includes(port));
    if (named === 'udp' && protocol === 'tcp' && !isForTunnel) return true;
  }
  const hosts = [...filter.matchAll(/\bhost\s+([\w.:-]+)/g)].map((match) => match[1] ?? '');
  const addresses = hosts.filter((host) => parseAddress(host) !== undefined);
  if (hosts.length === 0 || addresses.length < hosts.length) return false;
  const ends = exchanges
    .flatMap(sightedAt)
    .flatMap(({ requests, responses }) => [...requests, ...responses])
    .flatMap(({ packet, outer }) => [
      packet.source,
      packet.destination,
      outer.source,
      outer.destination,
    ]);
  return !ends.some(({ host }) => addresses.includes(addressInName(host)));
}
