import { cite } from '../artefacts/evidence.ts';
import type { Packet } from '../artefacts/packet.ts';
import type { Sighting } from '../captures/points.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { linksIn, type OwnLink, vxlanLine } from './hosts.ts';
import { remoteEntries } from './vtep-entries.ts';

const about = labelsOf(faultIn, 'nothing shows two ends of a tunnel that do not fit');

/**
 * Whether both ends of a VXLAN tunnel speak of the same network on the same port: the kernel gives a packet to the device
 * of its VNI behind the socket of its port (drivers/net/vxlan, vxlan_rcv), and drops it without a word where there is none.
 */
export const tunnelEnds = defineJoin({
  question: 'tunnel-ends',
  needs: ['link', 'tcpdump'],
  facts: {
    differ: flagOf(
      'the only VXLAN devices of two hosts that send to each other have different identifiers or UDP ports',
      pairIn,
    ),
    arriveForNone: flagOf(
      'packets that vanish between card and tunnel have another identifier or UDP port than the tunnel device',
      strangerIn,
    ),
    what: about('VNI or UDP port: what differs', ({ what }) => what),
    here: about('the value of this end', ({ here }) => String(here)),
    there: about('the value of the other end', ({ there }) => String(there)),
    device: about('the tunnel device of this end', ({ device }) => device),
    other: about('the host at the other end, or the address that sends', ({ other }) => other),
  },
});

interface Misfit {
  readonly what: 'VNI' | 'UDP port';
  readonly here: number;
  readonly there: number;
  readonly device: string;
  readonly other: string;
  readonly at: readonly Citation[];
}

function faultIn(view: View): Misfit | undefined {
  return strangerIn(view) ?? pairIn(view);
}

interface End {
  readonly id: number | null;
  readonly port: number | null;
}

/** What differs between two ends, as far as both tell it. */
function difference(here: End, there: End): Pick<Misfit, 'what' | 'here' | 'there'> | undefined {
  if (here.id !== null && there.id !== null && here.id !== there.id)
    return { what: 'VNI', here: here.id, there: there.id };
  if (here.port !== null && there.port !== null && here.port !== there.port)
    return { what: 'UDP port', here: here.port, there: there.port };
  return undefined;
}

function endOf({ link }: OwnLink): End {
  return { id: link.vxlan?.id ?? null, port: link.vxlan?.dstport ?? null };
}

/** The one VXLAN device of a host; with several, which of them belong together cannot be told. */
function onlyDevice(view: View, host: string): OwnLink | undefined {
  const shown = linksIn(view.all).filter((one) => one.host === host && one.link.vxlan !== null);
  const [last] = shown.slice(-1);
  return new Set(shown.map(({ link }) => link.name)).size === 1 ? last : undefined;
}

function pairIn(view: View): Misfit | undefined {
  const { host } = view;
  const mine = host === null ? undefined : onlyDevice(view, host);
  if (mine === undefined) return undefined;
  const hosts = new Set(linksIn(view.all).flatMap((one) => one.host ?? []));
  for (const other of hosts) {
    const theirs = other === host ? undefined : onlyDevice(view, other);
    const misfit = theirs === undefined ? undefined : difference(endOf(mine), endOf(theirs));
    if (theirs === undefined || misfit === undefined || !areTied(view, mine, theirs)) continue;
    const at = [mine, theirs].map(vxlanLine).toSorted(inPaste);
    return { ...misfit, device: mine.link.name, other, at };
  }
  return undefined;
}

/** One network of two hosts: devices of one name, or a forwarding entry or a captured packet to the other's outer address. */
function areTied(view: View, mine: OwnLink, theirs: OwnLink): boolean {
  if (mine.link.name === theirs.link.name) return true;
  const far = theirs.link.vxlan?.local ?? null;
  if (far === null) return false;
  const sent = view.following.points
    .filter(({ host }) => host === view.host)
    .some(({ others }) =>
      others.some(({ outer, packet }) => outer !== packet && outer.destination.host === far),
    );
  return sent || remoteEntries(view).some(({ to }) => to === far);
}

function inPaste(a: Citation, b: Citation): number {
  return a.artefact === b.artefact ? a.line - b.line : a.artefact < b.artefact ? -1 : 1;
}

function strangerIn(view: View): Misfit | undefined {
  const { loss } = view;
  if (loss?.place !== 'inside-host' || loss.from.role !== 'nic' || loss.to?.role !== 'tunnel')
    return undefined;
  const device = linksIn(view.own).findLast(
    ({ link }) => link.name === loss.to?.interface && link.vxlan !== null,
  );
  if (device === undefined) return undefined;
  for (const { seen } of loss.vanished) {
    const { outer } = seen;
    const misfit = difference(endOf(device), carriedBy(outer));
    if (misfit === undefined) continue;
    const at = [headerLine(seen), vxlanLine(device)];
    return { ...misfit, device: device.link.name, other: outer.source.host, at };
  }
  return undefined;
}

/** The line of the tunnel's header: that before the packet inside. */
function headerLine({ evidence, outer, packet }: Sighting): Citation {
  return cite(evidence.artefact, Math.max(outer.line, packet.line - 1));
}

function carriedBy({ tunnel, destination }: Packet): End {
  return tunnel?.kind === 'vxlan'
    ? { id: tunnel.id, port: destination.port }
    : { id: null, port: null };
}
