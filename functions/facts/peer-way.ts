import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import type { Sighting } from '../captures/points.ts';
import { type Address, addressInName, parseAddress } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { citation } from './loss.ts';
import { isOfOtherTable } from './policy-route.ts';
import { hasPolicy } from './way-out.ts';

/** A node that knows the way which this one lacks. */
interface PeerWay {
  readonly peer: string;
  readonly network: string;
  readonly at: readonly Citation[];
}

/**
 * The packet was seen to leave by a card, unwrapped, where this node has tunnel routes to other networks and a third node
 * has one to this: agents write them all alike (flannel's vxlan backend, Calico's felix).
 */
export function peerWay(view: View): PeerWay | undefined {
  const seen = leftUnwrapped(view);
  const target = parseAddress(addressInName(seen?.packet.destination.host ?? ''));
  const [own] = ofKind(view.own, 'route').filter(isMain);
  if (seen === undefined || target === undefined || own === undefined || hasPolicy(view))
    return undefined;
  if (own.truncated || own.unread.length > 0 || !isOfPod(own, seen)) return undefined;
  const taken = lookup(own.content.routes, target);
  const tunnels = new Set(own.content.routes.filter(isTunnelled).map(({ dev }) => dev));
  if (taken === undefined || tunnels.size === 0 || taken.prefix?.length !== 0) return undefined;
  for (const other of ofKind(view.all, 'route').filter(isMain)) {
    const { host } = other.artefact;
    if (host === null || host === view.host) continue;
    const known = knownBy(other, target);
    if (known === undefined || !tunnels.has(known.dev)) continue;
    const at = [cite(own.artefact, taken.line), cite(other.artefact, known.line), citation(seen)];
    return { peer: host, network: known.destination, at };
  }
  return undefined;
}

/** Sent by a pod of this node, whose address is behind a bridge or a cable here. */
function isOfPod({ content }: Evidence<'route'>, { packet }: Sighting): boolean {
  const source = parseAddress(addressInName(packet.source.host));
  const dev = source === undefined ? null : (lookup(content.routes, source)?.dev ?? null);
  return dev !== null && ['bridge', 'veth'].includes(deviceRole(dev) ?? '');
}

function isMain({ artefact }: Evidence<'route'>): boolean {
  return !isOfOtherTable(artefact.command);
}

function isTunnelled({ via, dev, type }: Route): boolean {
  return type === 'unicast' && via !== null && dev !== null && deviceRole(dev) === 'tunnel';
}

function knownBy({ content }: Evidence<'route'>, target: Address): Route | undefined {
  const best = lookup(content.routes, target);
  return best !== undefined && isTunnelled(best) && best.prefix?.length !== 0 ? best : undefined;
}

/** A request of a pod here that a card of this host saw as it is, and that was lost behind. */
function leftUnwrapped({ loss }: View): Sighting | undefined {
  const seen = loss?.direction === 'request' ? loss.vanished[0]?.seen : undefined;
  return loss?.from.role === 'nic' && seen?.outer === seen?.packet ? seen : undefined;
}
