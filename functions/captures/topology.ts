import { type Evidence, ofKind } from '../artefacts/evidence.ts';
import { addressInName, contains, type Prefix, parseAddress } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { dialledIn } from './dialled.ts';
import { type Exchange, sightedAt } from './exchanges.ts';

/** What routes, addresses and commands tell of where hosts stand on the way of an exchange. */
export interface Topology {
  /** Positive: a request passes the first host before the second; negative: after; 0: nothing tells. */
  readonly compare: (
    exchanges: readonly Exchange[],
    first: string | null,
    second: string | null,
  ) => number;
}

/** Nothing but captures was pasted. */
export const NO_TOPOLOGY: Topology = { compare: () => 0 };

/** The place of one host: its own addresses, the networks at its cards and bridges, servers that it could not reach. */
interface Place {
  readonly own: Set<string>;
  readonly connected: Prefix[];
  readonly dialled: Set<string>;
}

/**
 * The topology that a paste shows: `ip addr`, connected routes of `ip route` (those without a gateway), and failed
 * connections of ssh and curl, which began at the host on which they were typed.
 */
export function topologyOf(evidence: readonly Evidence[]): Topology {
  const places = placesIn(evidence);
  if (places.size === 0) return NO_TOPOLOGY;
  return {
    compare: (exchanges, first, second) => {
      const [one, other] = [places.get(first ?? ''), places.get(second ?? '')];
      if (first === second || (one === undefined && other === undefined)) return 0;
      const ends = endsOf(exchanges);
      return towardsClient(one, ends) - towardsClient(other, ends);
    },
  };
}

function placesIn(evidence: readonly Evidence[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const at = (host: string | null): Place => {
    const known = places.get(host ?? '');
    const place = known ?? { own: new Set(), connected: [], dialled: new Set() };
    if (host !== null && known === undefined) places.set(host, place);
    return place;
  };
  for (const { artefact, content } of ofKind(evidence, 'address'))
    for (const { addresses } of content.links)
      for (const { address } of addresses) at(artefact.host).own.add(address);
  for (const { artefact, content } of ofKind(evidence, 'route'))
    for (const route of content.routes) {
      if (route.src !== null) at(artefact.host).own.add(route.src);
      if (isConnected(route)) at(artefact.host).connected.push(route.prefix);
    }
  // Only a connection that failed is the one that was captured; one that works may be a test from elsewhere.
  for (const { artefact, server, isFailed } of dialledIn(evidence))
    if (isFailed) at(artefact.host).dialled.add(addressInName(server));
  return places;
}

/** Shorter prefixes are no network at a card. */
const SHORTEST = { 4: 8, 6: 32 } as const;

type Connected = { readonly prefix: Prefix };

/** The network is at the device itself: no gateway, and no tunnel, behind which all other nodes are. */
function isConnected(route: {
  readonly type: string;
  readonly prefix: Prefix | null;
  readonly via: string | null;
  readonly dev: string | null;
}): route is typeof route & Connected {
  const { type, prefix, via, dev } = route;
  if (type !== 'unicast' || prefix === null || via !== null || dev === null) return false;
  return deviceRole(dev) !== 'tunnel' && prefix.length >= SHORTEST[prefix.family];
}

/** Exchanges of one client with one service have the same ends. */
const ENOUGH = 100;

/** The addresses by which the two sides are known at any point, before and after NAT. */
interface Ends {
  readonly clients: ReadonlySet<string>;
  readonly servers: ReadonlySet<string>;
  readonly isTcp: boolean;
}

function endsOf(exchanges: readonly Exchange[]): Ends {
  const packets = exchanges
    .slice(0, ENOUGH)
    .flatMap(sightedAt)
    .flatMap(({ requests }) => requests.map(({ packet }) => packet));
  return {
    clients: new Set(packets.map(({ source }) => source.host)),
    servers: new Set(packets.map(({ destination }) => destination.host)),
    isTcp: exchanges.every(({ protocol }) => protocol === 'tcp'),
  };
}

/** How much nearer a host is to the clients than to the servers. */
function towardsClient(place: Place | undefined, { clients, servers, isTcp }: Ends): number {
  if (place === undefined) return 0;
  const asks = isTcp && [...servers].some((server) => place.dialled.has(server));
  return (asks ? OWN : nearness(place, clients)) - nearness(place, servers);
}

const OWN = 2;
const CONNECTED = 1;

function nearness({ own, connected }: Place, addresses: ReadonlySet<string>): number {
  const all = [...addresses];
  if (all.some((address) => own.has(address))) return OWN;
  const isAt = all.some((text) => {
    const address = parseAddress(text);
    return address !== undefined && connected.some((prefix) => contains(prefix, address));
  });
  return isAt ? CONNECTED : 0;
}
