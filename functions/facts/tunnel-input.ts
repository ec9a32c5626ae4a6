import { cite, ofKind } from '../artefacts/evidence.ts';
import { contains, parseAddress } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn, linksIn } from './hosts.ts';
import { citation } from './loss.ts';
import { firstPacket, type Stop, stopIn } from './shown-rules.ts';

const about = labelsOf(droppedIn, 'nothing shows that INPUT drops tunnel packets');

/** Whether this host's own firewall takes in the tunnel packets of the other nodes. */
export const tunnelInput = defineJoin({
  question: 'tunnel-input',
  needs: ['iptables', 'nft', 'link', 'route'],
  facts: {
    kind: about('ipip or vxlan: the tunnel whose packets INPUT drops', ({ kind }) => kind),
    device: about('its device', ({ device }) => device),
    port: about('its UDP port, or protocol 4', ({ port }) => port),
    peer: about('a node whose packets are dropped so', ({ peer }) => peer),
    stop: about(
      'the rule that drops them, or the policy that they fall to',
      ({ stop }) => stop.rule ?? `policy of ${stop.chain}`,
    ),
    failedTarget: {
      type: 'label',
      is: 'an address in the pod networks of this host that another host could not reach',
      of: failedTarget,
    },
  },
});

interface Dropped {
  readonly kind: 'ipip' | 'vxlan';
  /** Null where only the rule tells of the tunnel. */
  readonly device: string | null;
  readonly port: string;
  readonly peer: string | null;
  readonly stop: Stop;
  readonly at: readonly Citation[];
}

interface Tunnel {
  readonly kind: 'ipip' | 'vxlan';
  readonly device: string;
  readonly port: number | null;
  readonly at: Citation;
}

/** Tunnel devices that packets of other nodes come in for. */
function tunnelsOf({ own }: View): readonly Tunnel[] {
  return linksIn(own).flatMap(({ link, at }): readonly Tunnel[] => {
    const port = link.vxlan?.dstport ?? null;
    if (port !== null) return [{ kind: 'vxlan', device: link.name, port, at }];
    return link.type === 'ipip' || /^tunl\d+$/.test(link.name)
      ? [{ kind: 'ipip', device: link.name, port: null, at }]
      : [];
  });
}

/** The outer addresses behind a tunnel: Calico's routes name them, VXLAN's forwarding entries do. */
function peersOf(
  { own }: View,
  { kind, device }: Tunnel,
): readonly { text: string; at: Citation }[] {
  if (kind === 'ipip')
    return ofKind(own, 'route').flatMap(({ artefact, content }) =>
      content.routes.flatMap(({ dev, via, line }) =>
        dev === device && via !== null ? [{ text: via, at: cite(artefact, line) }] : [],
      ),
    );
  return ofKind(own, 'bridge-fdb').flatMap(({ artefact, content }) =>
    content.entries.flatMap(({ destination, line }) =>
      destination === null ? [] : [{ text: destination, at: cite(artefact, line) }],
    ),
  );
}

function droppedIn(view: View): Dropped | undefined {
  return droppedHere(view) ?? droppedForPeer(view) ?? droppedByName(view);
}

/** Tunnel packets that were captured on the card and did not come out of the tunnel device. */
function droppedHere({ loss, own }: View): Dropped | undefined {
  const seen = loss?.vanished[0]?.seen;
  const isUnpacking =
    loss?.place === 'inside-host' && loss.from.role === 'nic' && loss.to?.role === 'tunnel';
  const kind = seen?.outer.tunnel?.kind;
  if (!isUnpacking || seen === undefined || (kind !== 'vxlan' && kind !== 'ipip')) return undefined;
  const { outer } = seen;
  const isFirst = loss.direction === 'request';
  const way = { from: loss.from.interface, to: null, isFirst, isTunnel: true };
  const stop = stopIn(own, { packet: outer, hook: 'INPUT', ...way });
  if (stop === undefined) return undefined;
  const port = kind === 'ipip' ? 'protocol 4' : `UDP ${outer.destination.port}`;
  const at = [stop.at, citation(seen)];
  return { kind, device: loss.to?.interface ?? null, port, peer: outer.source.host, stop, at };
}

/** UDP ports that are VXLAN's and nobody else's: of Linux and flannel, and the standard's. */
const VXLAN_PORTS = [8472, 4789];

/** A rule of INPUT that names the port of VXLAN and has stopped packets, whoever sent them. */
function droppedByName({ own }: View): Dropped | undefined {
  for (const port of VXLAN_PORTS) {
    const packet = firstPacket('udp', '', { host: '', port });
    const way = { from: null, to: null, isFirst: true, isTunnel: true };
    const stop = stopIn(own, { packet, hook: 'INPUT', ...way });
    if (stop?.rule?.includes(`--dport ${port} `) !== true || stop.packets === null) continue;
    return { kind: 'vxlan', device: null, port: `UDP ${port}`, peer: null, stop, at: [stop.at] };
  }
  return undefined;
}

function droppedForPeer(view: View): Dropped | undefined {
  const outer = addressesIn(view.own).find(
    ({ device, address }) => deviceRole(device ?? '') === 'nic' && !address.includes(':'),
  );
  if (outer === undefined) return undefined;
  for (const tunnel of tunnelsOf(view)) {
    const protocol = tunnel.kind === 'ipip' ? 'ipip' : 'udp';
    for (const peer of peersOf(view, tunnel)) {
      const packet = firstPacket(protocol, peer.text, { host: outer.address, port: tunnel.port });
      const stop = stopIn(view.own, {
        packet,
        hook: 'INPUT',
        from: outer.device,
        to: null,
        isFirst: true,
        isTunnel: true,
      });
      if (stop === undefined) continue;
      const port = tunnel.port === null ? 'protocol 4' : `UDP ${tunnel.port}`;
      const at = [stop.at, tunnel.at, peer.at];
      return { kind: tunnel.kind, device: tunnel.device, port, peer: peer.text, stop, at };
    }
  }
  return undefined;
}

/** Pings of other hosts to pods of this one: its bridges, its pods' own routes, Calico's block. */
function failedTarget(view: View): Reading<string> {
  const networks = ofKind(view.own, 'route').flatMap(({ content }) =>
    content.routes.flatMap(({ prefix, via, dev, type, other }) => {
      const isPods =
        (type === 'blackhole' && other.get('proto') === 'bird') ||
        (via === null && /^(?:bridge|veth)$/.test(deviceRole(dev ?? '') ?? ''));
      return isPods && prefix !== null && prefix.length > 0 ? [prefix] : [];
    }),
  );
  for (const { artefact, content } of ofKind(view.all, 'ping')) {
    if (artefact.host === null || artefact.host === view.host) continue;
    for (const run of content.runs) {
      const text = run.address ?? run.target;
      const address = parseAddress(text);
      if (run.replies > 0 || run.summary === null || address === undefined) continue;
      if (networks.some((prefix) => contains(prefix, address)))
        return known(text, [cite(artefact, run.summary.line)]);
    }
  }
  return unknown('no ping of another host to a pod of this one is shown');
}
