import { type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { type LostPacket, type Place, socketOf, spotOf } from '../../captures/place.ts';
import type { Point } from '../../captures/points.ts';
import { addressInName } from '../../primitives/address.ts';
import type { View } from '../define.ts';
import { addressesIn } from '../hosts.ts';

/** The name that container runtimes give a pod's interface (CNI: containerd and CRI-O pass `eth0`). */
const POD_INTERFACE = 'eth0';

/** A packet that came to the host that owns its destination, and there found no socket. */
export interface Delivered {
  /** The last point that saw it. */
  readonly point: Point;
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly packets: readonly LostPacket[];
}

/** Between the last interface before the socket and the socket itself, under the owner's name where something tells it. */
export function placeOfDelivery(view: View, delivered: Delivered): Place {
  const { point, address, protocol, port, packets } = delivered;
  const owner = ownerOf(view.all, addressInName(address)) ?? podWithout(view.all, delivered);
  const host = point.pod ? point.host : (owner?.host ?? address);
  const from =
    owner?.pod === true && !point.pod
      ? { host, interface: owner.device ?? POD_INTERFACE }
      : spotOf(point);
  return { from, to: socketOf(host, protocol, port), direction: 'request', packets };
}

interface Owner {
  readonly host: string | null;
  readonly device: string | null;
  readonly pod: boolean;
}

function ownerOf(all: readonly Evidence[], address: string): Owner | undefined {
  return addressesIn(all).find((one) => one.address === address && one.host !== null);
}

/**
 * The one pod that shows its sockets and among them none on the port: what a packet finds that was delivered to it. Two
 * such pods leave it open.
 */
function podWithout(
  all: readonly Evidence[],
  { point, protocol, port }: Delivered,
): Owner | undefined {
  if (point.role !== 'veth' && point.role !== 'bridge') return undefined;
  const listed = ofKind(all, 'sockets').filter(({ artefact, content }) => {
    const listens = content.sockets.some(
      ({ state, local }) =>
        ['LISTEN', 'UNCONN'].includes(state ?? 'LISTEN') && local.endsWith(`:${port}`),
    );
    return artefact.pod && !listens && showsProtocol(artefact.command, protocol);
  });
  const hosts = [...new Set(listed.map(({ artefact }) => artefact.host))];
  const [host] = hosts;
  return host == null || hosts.length > 1 ? undefined : { host, device: null, pod: true };
}

/** `ss -lnup` lists UDP alone, `ss -lnt` TCP alone, `ss -ln` both. */
function showsProtocol(command: string | null, protocol: 'tcp' | 'udp'): boolean {
  const options = /\bss\s+-(\w+)/.exec(command ?? '')?.[1] ?? '';
  const [own, other] = protocol === 'udp' ? ['u', 't'] : ['t', 'u'];
  return options.includes(own) || !options.includes(other);
}
