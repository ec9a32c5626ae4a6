import { ofKind } from '../artefacts/evidence.ts';
import type { Loss } from '../captures/loss.ts';
import type { Point } from '../captures/points.ts';
import { parseAddress } from '../primitives/address.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { bothEnds, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn, linksIn } from './hosts.ts';
import { citation } from './loss.ts';
import { keyOf, settingOf } from './setting.ts';
import { wayOut } from './way-out.ts';

/** Whether the packets that vanished inside this host were on their way through it, or for or from the host itself. */
export const transit = defineJoin({
  question: 'transit',
  needs: ['route', 'address', 'sysctl', 'link'],
  facts: {
    passesThrough: {
      type: 'flag',
      is: 'the lost packets came in by one interface and had to leave by another',
      of: passesThrough,
    },
    keptHere: {
      type: 'flag',
      is: 'they came in, nothing answers them, and no other interface of this host that was watched saw them',
      of: keptHere,
    },
    forwarding: {
      type: 'count',
      is: 'whether IPv4 is forwarded that comes in where they were seen last: 0 or 1',
      of: forwarding,
    },
    podDevice: {
      type: 'label',
      is: 'a bridge, tunnel or pod interface of the cluster on this host, which only forwarding makes useful',
      of: podDevice,
    },
    countedAsUnroutable: {
      type: 'flag',
      is: 'IpInAddrErrors grew by as many packets as vanished: so a host counts what it may not forward',
      of: countedAsUnroutable,
    },
  },
});

/** What flannel, the bridge plugin and Calico make; docker0 alone, or Cilium's own forwarding, proves no need. */
const OF_PODS = /^(?:cni0|cbr0|flannel[.-]\S{1,10}|vxlan\.calico|cali[0-9a-f]{8,})$/;

function podDevice({ own }: View): Reading<string> {
  const forwards = ofKind(own, 'sysctl').some(({ content }) =>
    [...content].some(
      ([key, { value }]) => /^net\.ipv4\.conf\..+\.forwarding$/.test(key) && value === '1',
    ),
  );
  if (forwards) return unknown('an interface forwards by its own setting');
  const found = linksIn(own).find(({ link }) => OF_PODS.test(link.name));
  return found === undefined
    ? unknown('no interface of pods is shown')
    : known(found.link.name, [found.at]);
}

/** Whether the lost packets had to leave by another interface than they came in by. */
export function passesThrough(view: View): Reading<boolean> {
  const first = view.loss?.vanished[0];
  const { loss } = view;
  if (loss === null || first === undefined)
    return unknown('no packet was seen to vanish at this host');
  const { source, destination } = first.seen.packet;
  const seen = citation(first.seen);
  const own = addressesIn(view.own).find(
    ({ address }) => address === destination.host || address === source.host,
  );
  if (own !== undefined) return known(false, [seen, own.at]);
  if (parseAddress(destination.host) === undefined)
    return unknown('the packet is shown without addresses');
  const way = wayOut(view, destination.host);
  if (way !== undefined)
    return known(!way.isOwn && way.dev !== loss.from.interface, [seen, way.at]);
  return ofKind(view.own, 'address').length > 0
    ? known(true, [seen])
    : unknown('neither the routes nor the addresses of this host are shown');
}

function keptHere(view: View): Reading<boolean> {
  const { loss } = view;
  const seen = loss?.vanished[0]?.seen;
  if (loss === null || seen === undefined)
    return unknown('no packet was seen to vanish at this host');
  if (loss.place === 'inside-host' && loss.everyPacket) return known(true, [citation(seen)]);
  return endsHere(loss) && (isWatchedAll(loss.from) || otherCardIsSilent(view))
    ? known(true, [citation(seen)])
    : unknown('no other interface of this host was watched');
}

/** Nothing further on saw a request, and nobody answered any of its conversation. */
export function endsHere({ place, direction, conversation }: Loss): boolean {
  return (
    place === 'beyond-last-point' &&
    direction === 'request' &&
    conversation.transmissions.every(({ answers }) => answers.length === 0)
  );
}

/** `tcpdump -i any` sees a packet at every interface that it passes. */
export function isWatchedAll({ captures }: Point): boolean {
  return captures.every(({ artefact }) => /\s-\w*i\s*any\b/.test(artefact.command ?? ''));
}

/** Who captures at a second card for the same packets expects them to leave there. */
export function otherCardIsSilent({ loss, following }: View): boolean {
  const from = loss?.from;
  if (from?.host == null) return false;
  return following.points.some(
    ({ host, interface: device, ran, lossy, seen, filter }) =>
      host === from.host &&
      device !== null &&
      device !== from.interface &&
      ran &&
      !lossy &&
      seen === 0 &&
      (!filter || filter === from.filter),
  );
}

/** ip_route_input_slow of net/ipv4/route.c asks the interface by which the packet came in; ip_forward stands for all of them. */
function forwarding(view: View): Reading<number> {
  const first = view.loss?.vanished[0];
  const device = view.loss?.from.interface ?? null;
  if (first === undefined) return unknown('no packet was seen to vanish at this host');
  if (first.seen.packet.destination.host.includes(':')) return unknown('the packets are IPv6');
  const own = device === null ? undefined : settingOf(view, keyOf(device, 'forwarding'));
  const setting = own ?? settingOf(view, 'net.ipv4.ip_forward');
  return setting === undefined
    ? unknown('neither ip_forward nor the forwarding of that interface is shown')
    : known(setting.value, [setting.at]);
}

/** ip_error of net/ipv4/route.c: without forwarding what is for others counts as IpInAddrErrors. */
function countedAsUnroutable(view: View): Reading<boolean> {
  const vanished = view.loss?.vanished.length ?? 0;
  const series = seriesOf(view, 'netstat-statistics').find(
    ({ counter }) => counter === 'IpInAddrErrors',
  );
  const growth = series === undefined ? null : growthOf(series);
  if (vanished === 0) return unknown('no packet was seen to vanish at this host');
  if (series === undefined || growth === null)
    return unknown('no two readings of IpInAddrErrors are shown');
  return known(growth >= vanished, bothEnds(series));
}
