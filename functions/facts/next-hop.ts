import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import { contains } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { podNetworksOf } from './pod-route.ts';
import { targetsOf } from './targets.ts';

/** Whether a route leads to the wrong neighbour or device, and whether a local network hides the wanted address. */
export const nextHop = defineJoin({
  question: 'next-hop',
  needs: ['route', 'address'],
  facts: {
    wrong: {
      type: 'flag',
      is: "a route to another node's pod network leads to a gateway that is none of that node's addresses",
      of: (view) => flag(wrong(view)),
    },
    network: label('the network whose route is wrong', wrong, ({ network }) => network),
    used: label('the next hop that the route names', wrong, ({ used }) => used),
    right: label('the next hop it should be', wrong, ({ right }) => right),
    hidden: {
      type: 'flag',
      is: 'an address that could not be reached lies in a network of containers or a tunnel here, while it belongs to another host',
      of: (view) => flag(hidden(view)),
    },
    hiddenAddress: label('the address that is hidden', hidden, ({ right }) => right),
    hiddenBy: label('the network here that hides it', hidden, ({ network }) => network),
    hiddenDevice: label('the device of that network', hidden, ({ used }) => used),
  },
});

interface Fault {
  readonly network: string;
  readonly used: string;
  readonly right: string;
  readonly at: readonly Citation[];
}

type Find = (view: View) => Fault | undefined;

function flag(one: Fault | undefined): Reading<boolean> {
  return one === undefined ? unknown('not shown') : known(true, one.at);
}

function label(is: string, find: Find, of: (fault: Fault) => string) {
  return {
    type: 'label' as const,
    is,
    of: (view: View): Reading<string> => {
      const one = find(view);
      return one === undefined ? unknown('not shown') : known(of(one), one.at);
    },
  };
}

function tables(evidence: readonly Evidence[]) {
  return ofKind(evidence, 'route').filter(({ artefact }) => artefact.host !== null);
}

/**
 * Plain routes between nodes (host-gw): the node that holds the network goes back by an address of ours on the same
 * link, so our route must name one of its addresses. Where clouds or routers carry pods, no node goes back like that.
 */
function wrong(view: View): Fault | undefined {
  const addresses = addressesIn(view.all);
  const ours = addresses.filter(({ host }) => host === view.host).map(({ address }) => address);
  for (const own of tables(view.own)) {
    for (const other of tables(view.all)) {
      if (other.artefact.host === view.host) continue;
      const back = other.content.routes.find(({ via }) => via !== null && ours.includes(via));
      if (back === undefined || back.dev === null || deviceRole(back.dev) !== 'nic') continue;
      const theirs = addresses.filter(({ host }) => host === other.artefact.host);
      const right = theirs.find(({ device }) => device === back.dev)?.address;
      const fault = right === undefined ? undefined : mismatch(own, other, theirs, right);
      if (fault !== undefined)
        return { ...fault, at: [...fault.at, cite(other.artefact, back.line)] };
    }
  }
  return undefined;
}

function mismatch(
  own: Evidence<'route'>,
  other: Evidence<'route'>,
  theirs: ReturnType<typeof addressesIn>,
  right: string,
): Fault | undefined {
  for (const network of podNetworksOf(other)) {
    const { prefix } = network;
    if (prefix === null) continue;
    const route = lookup(own.content.routes, { family: prefix.family, bits: prefix.bits + 1n });
    if (route?.via == null || isDefault(route) || route.dev === null) continue;
    if (deviceRole(route.dev) !== 'nic') continue;
    if (theirs.some(({ address }) => address === route.via)) continue;
    return {
      network: network.destination,
      used: `${route.via} dev ${route.dev}`,
      right: `${right} (${other.artefact.host})`,
      at: [cite(own.artefact, route.line), cite(other.artefact, network.line)],
    };
  }
  return undefined;
}

function isDefault({ destination, prefix }: Route): boolean {
  return destination === 'default' || prefix?.length === 0;
}

/**
 * The longest match is a connected network of a bridge or a tunnel, and the address is another host's own: it shows it on
 * a card, or a wider route by a card, not the default, was meant to lead to it.
 */
function hidden(view: View): Fault | undefined {
  const addresses = addressesIn(view.all);
  for (const { artefact, content } of ofKind(view.own, 'route')) {
    for (const target of targetsOf(view)) {
      const best = lookup(content.routes, target.address);
      if (best === undefined || best.via !== null || best.dev === null || isDefault(best)) continue;
      const role = deviceRole(best.dev);
      if (role !== 'bridge' && role !== 'tunnel') continue;
      const owner = addresses.find(
        ({ host, address, device }) =>
          host !== view.host && address === target.text && deviceRole(device ?? '') === 'nic',
      );
      const wider = content.routes.find(
        (route) =>
          route !== best &&
          route.prefix !== null &&
          !isDefault(route) &&
          route.dev !== null &&
          deviceRole(route.dev) === 'nic' &&
          contains(route.prefix, target.address),
      );
      const proof = owner?.at ?? (wider === undefined ? undefined : cite(artefact, wider.line));
      if (proof === undefined) continue;
      const at = [cite(artefact, best.line), proof, target.at];
      return { network: best.destination, used: best.dev, right: target.text, at };
    }
  }
  return undefined;
}
