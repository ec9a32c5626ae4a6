import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { isUnanswered, type Neighbour } from '../artefacts/neighbour/read.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { contains, parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, type JoinedFact, type View } from './define.ts';
import { addressesIn, linksIn } from './hosts.ts';
import { citation } from './loss.ts';
import { podNetworksOf } from './pod-route.ts';
import { deviceAsked, remoteEntries, VXLAN_DEVICE } from './vtep-entries.ts';

/** Whether this host knows where the tunnel to another node's pods ends: neighbour, forwarding entry, outer address. */
export const vtep = defineJoin({
  question: 'vtep',
  needs: ['bridge-fdb', 'neighbour', 'address'],
  facts: {
    unresolved: flagOf(
      'the next hop of a pod network has no MAC on the VXLAN device',
      (view) => openHops(view)[0],
    ),
    entryMissing: flagOf(
      'the VXLAN device has forwarding entries, but none for the MAC of a next hop',
      (view) => missingEntries(view)[0],
    ),
    wrongRemote: flagOf(
      'a forwarding entry sends frames to another host than the one whose tunnel has the MAC',
      (view) => wrongRemotes(view)[0],
    ),
    wrongOuter: flagOf(
      'captured tunnel packets go to another host than the one that holds the pod network',
      (view) => wrongOuters(view)[0],
    ),
    hop: label('next hop or MAC concerned', ({ hop }) => hop),
    used: label('the outer address that is used', ({ used }) => used),
    right: label('the host or address it should be', ({ right }) => right),
    device: label('the tunnel device', ({ device }) => device),
  },
});

interface Fault {
  readonly hop: string;
  readonly device: string | null;
  readonly used: string | null;
  readonly right: string | null;
  readonly at: readonly Citation[];
}

function faults(view: View): readonly Fault[] {
  return [...wrongRemotes(view), ...wrongOuters(view), ...missingEntries(view), ...openHops(view)];
}

function label(is: string, of: (fault: Fault) => string | null): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view): Reading<string> => {
      const [one] = faults(view);
      const value = one === undefined ? null : of(one);
      return one === undefined || value === null ? unknown('not shown') : known(value, one.at);
    },
  };
}

interface Hop {
  readonly address: string;
  readonly device: string;
  readonly at: Citation;
  readonly neighbour: Neighbour | undefined;
  readonly neighbourAt: Citation | undefined;
}

/** The next hops of routes over a VXLAN device, each with its neighbour entry where one is shown. */
function hops(view: View): readonly Hop[] {
  const entries = ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.map((one) => ({
      one,
      device: one.device ?? deviceAsked(artefact.command),
      at: cite(artefact, one.line),
    })),
  );
  return ofKind(view.own, 'route').flatMap(({ artefact, content }) =>
    content.routes.flatMap(({ via, dev, line }) => {
      if (via === null || dev === null || !VXLAN_DEVICE.test(dev)) return [];
      const entry = entries.findLast(({ one, device }) => one.address === via && device === dev);
      const at = cite(artefact, line);
      return [{ address: via, device: dev, at, neighbour: entry?.one, neighbourAt: entry?.at }];
    }),
  );
}

function openHops(view: View): readonly Fault[] {
  return hops(view).flatMap(({ address, device, at, neighbour, neighbourAt }) =>
    neighbour === undefined || neighbourAt === undefined || !isUnanswered(neighbour)
      ? []
      : [{ hop: address, device, used: null, right: null, at: [neighbourAt, at] }],
  );
}

function missingEntries(view: View): readonly Fault[] {
  const entries = remoteEntries(view);
  return hops(view).flatMap(({ address, device, neighbour, neighbourAt }) => {
    const mac = neighbour?.mac ?? null;
    const own = entries.filter((one) => one.device === device && one.whole);
    // The entry of all zeroes takes whatever has no entry of its own.
    const isCovered = own.some(
      ({ entry }) => entry.mac === mac || /^00(?::00){5}$/.test(entry.mac),
    );
    if (mac === null || neighbourAt === undefined || own.length === 0 || isCovered) return [];
    const at = [neighbourAt, ...own.slice(0, 2).map((one) => one.at)];
    return [{ hop: `${address} (${mac})`, device, used: null, right: null, at }];
  });
}

/** The other host's own tunnel device says which MAC and which outer address it has. */
function wrongRemotes(view: View): readonly Fault[] {
  const tunnels = linksIn(view.all).filter(
    ({ host, link }) => host !== null && host !== view.host && VXLAN_DEVICE.test(link.name),
  );
  const addresses = addressesIn(view.all);
  return remoteEntries(view).flatMap(({ entry, to, device, at }) => {
    const owner = tunnels.find(({ link }) => link.mac === entry.mac);
    if (owner === undefined) return [];
    const own = addresses.filter(({ host }) => host === owner.host);
    const outer = owner.link.vxlan?.local ?? own.find(isOuter)?.address ?? null;
    if (outer === null || own.some(({ address }) => address === to)) return [];
    if (!isSameScope(outer, to)) return [];
    return [
      { hop: entry.mac, device, used: to, right: `${owner.host} (${outer})`, at: [at, owner.at] },
    ];
  });
}

/** A node behind address translation is reached by a public address that it does not have itself. */
function isSameScope(a: string, b: string): boolean {
  const [one, other] = [parseAddress(a), parseAddress(b)];
  return one !== undefined && other !== undefined && scopeOf(one) === scopeOf(other);
}

function isOuter({ device }: { readonly device: string | null }): boolean {
  return device !== null && /^(?:e[nt]|bond|ib|wl|team|vlan)/.test(device);
}

function wrongOuters(view: View): readonly Fault[] {
  const addresses = addressesIn(view.all);
  const networks = ofKind(view.all, 'route').flatMap((table) =>
    table.artefact.host === null || table.artefact.host === view.host
      ? []
      : networksWithOuter(table, addresses),
  );
  if (networks.length === 0) return [];
  const found: Fault[] = [];
  for (const point of view.following.points) {
    if (point.host !== view.host) continue;
    for (const sighting of point.others) {
      const fault = wrongOuter(sighting, networks);
      const isSent = addresses.some(
        ({ host, address }) => host === view.host && address === sighting.outer.source.host,
      );
      if (fault !== undefined && isSent && !comesFrom(fault, point)) found.push(fault);
      if (found.length > 0) return found;
    }
  }
  return found;
}

/** Whether the destination's own packets come out of the tunnel's other end: then another cluster has the same pod network. */
function comesFrom({ hop, used }: Fault, { others }: Point): boolean {
  return others.some(
    ({ packet, outer }) =>
      outer !== packet && outer.source.host === used && packet.source.host === hop,
  );
}

interface Held {
  readonly host: string;
  readonly network: ReturnType<typeof podNetworksOf>[number];
  readonly outer: readonly string[];
  readonly at: Citation;
}

function networksWithOuter(
  table: Evidence<'route'>,
  addresses: ReturnType<typeof addressesIn>,
): readonly Held[] {
  const own = addresses.filter(({ host }) => host === table.artefact.host);
  const outer = own.filter(isOuter).map(({ address }) => address);
  if (outer.length === 0) return [];
  return podNetworksOf(table).map((network) => ({
    host: table.artefact.host ?? '',
    network,
    outer: [...outer, ...own.map(({ address }) => address)],
    at: cite(table.artefact, network.line),
  }));
}

function wrongOuter(sighting: Sighting, networks: readonly Held[]): Fault | undefined {
  if (sighting.outer === sighting.packet) return undefined;
  const inner = parseAddress(sighting.packet.destination.host);
  const used = sighting.outer.destination.host;
  const outer = parseAddress(used);
  if (inner === undefined || outer === undefined) return undefined;
  const held = networks.find(
    ({ network }) => network.prefix !== null && contains(network.prefix, inner),
  );
  if (held === undefined || held.outer.includes(used)) return undefined;
  if (!held.outer.some((one) => isSameScope(one, used))) return undefined;
  const right = `${held.host} (${held.outer.find((one) => parseAddress(one)?.family === outer.family)})`;
  return {
    hop: sighting.packet.destination.host,
    device: null,
    used,
    right,
    at: [citation(sighting), held.at],
  };
}
