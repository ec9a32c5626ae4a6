import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn, linksIn } from './hosts.ts';
import { deviceAsked, remoteEntries, VXLAN_DEVICE } from './vtep-entries.ts';

const label = labelsOf((view) => staleMacs(view)[0], 'not shown');

/** Whether this host knows the MAC that the tunnel device of another node has. */
export const vtepMac = defineJoin({
  question: 'vtep-mac',
  needs: ['bridge-fdb', 'neighbour', 'link'],
  facts: {
    stale: label(
      "the MAC to which this host sends frames for another node's tunnel device, which has another one",
      ({ mac }) => mac,
    ),
    hop: label('whom those frames are for', ({ hop }) => hop),
    device: label('the tunnel device', ({ device }) => device),
    right: label('the other node, with the MAC that its device has', ({ right }) => right),
  },
});

interface Stale {
  readonly mac: string;
  readonly hop: string;
  readonly device: string;
  readonly right: string;
  readonly at: readonly Citation[];
}

/**
 * The other host's tunnel device has another MAC than the one that this host uses towards it: by the neighbour entry of the
 * device's own address, or by the only forwarding entry that leads to its host. Frames to the old MAC are for nobody there.
 */
function staleMacs(view: View): readonly Stale[] {
  const tunnels = linksIn(view.all).filter(
    ({ host, link }) => host !== null && host !== view.host && VXLAN_DEVICE.test(link.name),
  );
  const macs = new Set(tunnels.map(({ link }) => link.mac));
  return tunnels.flatMap((owner) => {
    const { mac, name } = owner.link;
    const used = mac === null ? undefined : macUsedTowards(view, owner);
    if (used === undefined || used.mac === mac || macs.has(used.mac)) return [];
    const right = `${owner.host} (${mac})`;
    return [{ ...used, device: name, right, at: [used.at, owner.at] }];
  });
}

type Tunnel = ReturnType<typeof linksIn>[number];

/** Which MAC this host gives to frames for that tunnel device. */
function macUsedTowards(view: View, { host, link }: Tunnel) {
  const own = addressesIn(view.all).filter((one) => one.host === host && one.device === link.name);
  for (const { artefact, content } of ofKind(view.own, 'neighbour'))
    for (const { address, mac, device, line } of content.neighbours)
      if (
        mac !== null &&
        (device ?? deviceAsked(artefact.command)) === link.name &&
        own.some((one) => one.address === address)
      )
        return { mac, hop: address, at: cite(artefact, line) };
  const entries = remoteEntries(view).filter(
    ({ entry, to, device }) =>
      to === link.vxlan?.local && device === link.name && !/^00(?::00){5}$/.test(entry.mac),
  );
  const [entry] = entries;
  return entry === undefined || entries.length > 1
    ? undefined
    : { mac: entry.entry.mac, hop: entry.to, at: entry.at };
}
