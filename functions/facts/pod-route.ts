import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import {
  type Address,
  contains,
  overlaps,
  type Prefix,
  parseAddress,
} from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { peerWay } from './peer-way.ts';

const label = labelsOf(peerWay, 'not shown');

/** Whether a node has a route to the pod networks that other nodes hold. */
export const podRoute = defineJoin({
  question: 'pod-route',
  needs: ['route'],
  facts: {
    missing: {
      type: 'flag',
      is: 'a pod network of another node has no route here but the default',
      of: (view) => judge(view, (gap) => gap !== null, false),
    },
    uncovered: {
      type: 'list',
      is: 'pod networks without a route here',
      of: (view) => judge(view, (gap) => (gap === null ? [] : [gap.network]), []),
    },
    lookedUpAstray: {
      type: 'flag',
      is: "the kernel's own answer sends a packet for another node's pod to a gateway by a card, where that node answers by a tunnel",
      of: (view) => {
        const one = astray(view);
        return one === undefined ? unknown('not shown') : known(true, one.at);
      },
    },
    byDefault: {
      type: 'flag',
      is: 'a lost packet went round the tunnel to an address beside the own pod network, for which only the default route is here',
      of: (view) => {
        const at = byDefault(view);
        return at === undefined ? unknown('not shown') : known(true, at);
      },
    },
    peerKnowsWay: flagOf(
      'an address of the pods that is called in vain from here goes by the default route, where another node has a route to it over the tunnel that both use',
      peerWay,
    ),
    peer: label('that other node', ({ peer }) => peer),
    peerNetwork: label('the network that it has a route to', ({ network }) => network),
    lookedUp: {
      type: 'label',
      is: 'the pod address looked up, and where it would go',
      of: (view) => {
        const one = astray(view);
        return one === undefined ? unknown('not shown') : known(one.answer, one.at);
      },
    },
    owner: {
      type: 'label',
      is: 'the node that holds the network',
      of: (view) => fromGap(view, ({ owner }) => owner),
    },
    gateway: {
      type: 'label',
      is: 'where packets for it go instead',
      of: (view) => fromGap(view, ({ gateway }) => gateway),
    },
  },
});

/**
 * Without the other node's table: clusters hand out slices of one network, mostly a /16, and such packets leave a node
 * with the pod's own address only when they were meant for another pod.
 */
function byDefault(view: View): readonly Citation[] | undefined {
  const first = view.loss?.vanished[0];
  const own = ownTables(view)[0];
  if (first === undefined || own === undefined || view.loss?.bypassedTunnel !== true)
    return undefined;
  const address = parseAddress(first.seen.packet.destination.host);
  const source = parseAddress(first.seen.packet.source.host);
  if (address?.family !== 4 || source === undefined) return undefined;
  const network = podNetworksOf(own).find(
    ({ prefix }) =>
      prefix !== null &&
      contains(prefix, source) &&
      contains({ ...prefix, bits: (prefix.bits >> 16n) << 16n, length: 16 }, address),
  );
  const route = lookup(own.content.routes, address);
  if (network === undefined || route === undefined || own.truncated || own.unread.length > 0)
    return undefined;
  if (route.destination !== 'default' && route.prefix?.length !== 0) return undefined;
  return [cite(own.artefact, route.line), cite(own.artefact, network.line)];
}

/** `ip route get POD`: a gateway by a card, although the node that holds the pod network goes back through a tunnel. */
function astray(
  view: View,
): { readonly answer: string; readonly at: readonly Citation[] } | undefined {
  for (const { artefact, content } of ofKind(view.own, 'route-get')) {
    for (const { destination, via, dev, line } of content.answers) {
      const address = parseAddress(destination ?? '');
      if (address === undefined || via === null || dev === null || deviceRole(dev) !== 'nic')
        continue;
      const holder = holderOf(view, address);
      if (holder === undefined || holder.addresses.includes(via)) continue;
      const at = [cite(artefact, line), ...holder.at];
      return { answer: `${destination} via ${via} dev ${dev}`, at };
    }
  }
  return undefined;
}

function holderOf(view: View, address: Address) {
  for (const table of ofKind(view.all, 'route')) {
    const { artefact, content } = table;
    if (artefact.host === null || artefact.host === view.host) continue;
    const network = podNetworksOf(table).find(
      ({ prefix }) => prefix !== null && contains(prefix, address),
    );
    const tunnel = content.routes.find(
      ({ via, dev, prefix }) =>
        via !== null && dev !== null && prefix !== null && deviceRole(dev) === 'tunnel',
    );
    if (network === undefined || tunnel === undefined) continue;
    const addresses = content.routes.flatMap(({ src }) => src ?? []);
    return { addresses, at: [cite(artefact, network.line), cite(artefact, tunnel.line)] };
  }
  return undefined;
}

interface Gap {
  readonly network: string;
  readonly owner: string;
  readonly gateway: string;
  readonly at: readonly Citation[];
}

type Table = Evidence<'route'>;

function fromGap<T>(view: View, of: (gap: Gap) => T): Reading<T> {
  const gap = find(view);
  if (gap === undefined) return unknown('routes of two nodes were not pasted');
  return gap === null ? unknown('no pod network lacks a route') : known(of(gap), gap.at);
}

function judge<T>(view: View, of: (gap: Gap | null) => T, whenCovered: T): Reading<T> {
  const gap = find(view);
  if (gap === undefined) return unknown('routes of two nodes were not pasted');
  if (gap !== null) return known(of(gap), gap.at);
  return known(
    whenCovered,
    ownTables(view).flatMap(({ artefact, content }) =>
      content.routes.slice(0, 4).map(({ line }) => cite(artefact, line)),
    ),
  );
}

function ownTables(view: View): readonly Table[] {
  return ofKind(view.own, 'route');
}

/**
 * Undefined: cannot be judged. Null: every network is covered. The other node must itself route to this node's pod
 * network over a tunnel or a neighbour: where the cloud's own router carries pod networks, no node has such routes and
 * the default route is right.
 */
function find(view: View): Gap | null | undefined {
  const own = ownTables(view)[0];
  if (own === undefined || view.host === null) return undefined;
  // Where another node holds the same network, a route to it leads to that one: there are two clusters in the paste.
  const ownNetworks = podNetworksOf(own).filter((network) => !isHeldElsewhere(view, network));
  const judged = ofKind(view.all, 'route').flatMap((other) => {
    if (other.artefact.host === view.host || other.artefact.host === null) return [];
    const back = other.content.routes.find(
      (route) =>
        route.via !== null &&
        ownNetworks.some((network) => samePrefix(route.prefix, network.prefix)),
    );
    return back === undefined
      ? []
      : podNetworksOf(other).map((network) => gapFor(network, own, other, back));
  });
  return judged.length === 0 ? undefined : (judged.find((gap) => gap !== null) ?? null);
}

function isHeldElsewhere({ all, host }: View, network: Route): boolean {
  return ofKind(all, 'route').some(
    (other) =>
      other.artefact.host !== null &&
      other.artefact.host !== host &&
      podNetworksOf(other).some((one) => samePrefix(one.prefix, network.prefix)),
  );
}

/** Null when the node has a route of its own to the network. */
function gapFor(network: Route, own: Table, other: Table, back: Route): Gap | null {
  if (network.prefix === null) return null;
  const found = lookup(own.content.routes, {
    family: network.prefix.family,
    bits: network.prefix.bits,
  });
  if (found !== undefined && found.destination !== 'default' && found.prefix?.length !== 0)
    return null;
  const shown = found === undefined ? [] : [cite(own.artefact, found.line)];
  const gateway =
    found === undefined
      ? 'nowhere'
      : [found.via, found.dev].filter((word) => word !== null).join(' ');
  const at = [cite(other.artefact, network.line), cite(other.artefact, back.line), ...shown];
  return { network: network.destination, owner: other.artefact.host ?? '', gateway, at };
}

/** Networks that a node's own bridge serves: `10.42.0.0/24 dev cni0 … scope link`. docker0's is no pod network. */
export function podNetworksOf({ content }: Table): readonly Route[] {
  return content.routes.filter(
    ({ dev, prefix, via, type, destination }) =>
      type === 'unicast' &&
      via === null &&
      prefix !== null &&
      destination !== 'default' &&
      dev !== null &&
      deviceRole(dev) === 'bridge' &&
      !/^(?:docker|virbr|br-|podman|lxcbr|lxdbr)/.test(dev),
  );
}

function samePrefix(a: Prefix | null, b: Prefix | null): boolean {
  return a !== null && b !== null && a.length === b.length && overlaps(a, b);
}
