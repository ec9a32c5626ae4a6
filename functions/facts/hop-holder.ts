import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import { contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { addressesIn, type OwnAddress } from './hosts.ts';
import { objectsOf } from './objects.ts';

/** A route that leads somewhere else than it should. */
export interface Fault {
  readonly network: string;
  readonly used: string;
  readonly right: string;
  readonly at: readonly Citation[];
}

/**
 * The holder shows its pods' bridge and a card on the link of the next hop; that one is the address of yet another node, by
 * that node's own output or by the list of nodes. Whether it is a router nobody else can tell.
 */
export function wrongByAddress(view: View): Fault | undefined {
  const addresses = addressesIn(view.all).filter(({ host, pod }) => host !== view.host && !pod);
  for (const network of addresses) {
    const prefix = parsePrefix(`${network.address}/${network.length}`);
    const isPods = network.length !== null && deviceRole(network.device ?? '') === 'bridge';
    if (!isPods || prefix === undefined || prefix.length >= HOST_BITS) continue;
    const theirs = addresses.filter(({ host }) => host === network.host);
    for (const own of ofKind(view.own, 'route')) {
      const route = lookup(own.content.routes, { family: prefix.family, bits: prefix.bits + 1n });
      const fault = route === undefined ? undefined : faultOf(view, route, network, theirs);
      if (route === undefined || fault === undefined) continue;
      return { ...fault, at: [cite(own.artefact, route.line), ...fault.at] };
    }
  }
  return undefined;
}

const HOST_BITS = 32;

function faultOf(
  view: View,
  route: Route,
  network: OwnAddress,
  theirs: readonly OwnAddress[],
): Fault | undefined {
  const { via, dev, prefix } = route;
  if (via === null || prefix === null || prefix.length === 0) return undefined;
  if (deviceRole(dev ?? '') !== 'nic' || theirs.some(({ address }) => address === via))
    return undefined;
  const holder = theirs.find((one) => deviceRole(one.device ?? '') === 'nic' && isOnLink(one, via));
  const third = thirdNode(view, via, network.host);
  if (holder === undefined || third === undefined) return undefined;
  return {
    network: route.destination,
    used: `${via} dev ${dev}`,
    right: `${holder.address} (${network.host})`,
    at: [network.at, holder.at, third],
  };
}

function isOnLink({ address, length }: OwnAddress, via: string): boolean {
  const [link, hop] = [parsePrefix(`${address}/${length}`), parseAddress(via)];
  return length !== null && link !== undefined && hop !== undefined && contains(link, hop);
}

function thirdNode(view: View, via: string, holder: string | null): Citation | undefined {
  const shown = addressesIn(view.all).find(
    ({ address, host }) => address === via && host !== view.host && host !== holder,
  );
  const listed = objectsOf(view.all, 'node').find(
    ({ object }) => object.internalIP === via && object.name !== holder,
  );
  return shown?.at ?? listed?.at;
}
