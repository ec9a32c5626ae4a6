import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import {
  contains,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
} from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { objectsOf } from './objects.ts';

const ofRoute = labelsOf(takenFrom, 'not shown');
const ofClash = labelsOf(clash, 'not shown');

/** Whether two networks that are shown use the same addresses, whoever wants to reach them. */
export const addressRanges = defineJoin({
  question: 'address-ranges',
  needs: ['route', 'kubectl'],
  facts: {
    taken: ofRoute(
      'a route of a VPN or of Docker that takes addresses out of a pod network',
      ({ says }) => says[0],
    ),
    takenDevice: ofRoute('the device it leads to', ({ says }) => says[1]),
    takenFrom: ofRoute('the route of that pod network', ({ says }) => says[2]),
    clash: ofClash(
      'a pod network of a node that shares addresses with something else',
      ({ says }) => says[0],
    ),
    clashOwner: ofClash('the node that it belongs to', ({ says }) => says[1]),
    clashWith: ofClash('what shares addresses with it', ({ says }) => says[2]),
  },
});

interface Found {
  readonly says: readonly [string, string, string];
  readonly at: readonly Citation[];
}

/** Devices of VPNs and of container engines; those that network plugins make themselves have other names. */
const FOREIGN =
  /^(?:tun|wg|ppp|utun|ipsec|tap|vti|docker|podman|virbr|lxcbr|lxdbr)\d+$|^br-[\da-f]{12}$/;
const PLUGIN =
  /^(?:flannel[.-]|vxlan\.calico$|vxlan-v6\.calico$|tunl0$|wireguard\.cali$|cilium_|antrea-|genev_sys)/;

/** Two routes of one table: the one of the VPN is longer, or as long and preferred, so that its packets never reach the pods. */
function takenFrom({ own }: View): Found | undefined {
  for (const { artefact, content } of ofKind(own, 'route'))
    for (const pods of content.routes)
      for (const route of content.routes)
        if (isPods(pods) && takes(route, pods))
          return {
            says: [
              route.destination,
              route.dev ?? '',
              `${pods.destination}${pods.dev === null ? '' : ` dev ${pods.dev}`}`,
            ],
            at: [cite(artefact, route.line), cite(artefact, pods.line)],
          };
  return undefined;
}

function isPods({ type, dev, prefix }: Route): boolean {
  if (type !== 'unicast' || dev === null || prefix === null || prefix.length === 0) return false;
  return PLUGIN.test(dev) || (deviceRole(dev) === 'bridge' && !FOREIGN.test(dev));
}

function takes(route: Route, pods: Route): boolean {
  const { type, dev, prefix, table } = route;
  if (type !== 'unicast' || dev === null || !FOREIGN.test(dev) || table !== pods.table)
    return false;
  if (prefix === null || pods.prefix === null || !overlaps(prefix, pods.prefix)) return false;
  return prefix.length === pods.prefix.length
    ? metricOf(route) < metricOf(pods)
    : prefix.length > pods.prefix.length;
}

function metricOf({ other }: Route): number {
  return Number(other.get('metric') ?? 0);
}

interface Range {
  readonly prefix: Prefix;
  readonly text: string;
  readonly node: string;
  readonly at: Citation;
}

/** Networks that Kubernetes gave to nodes, against each other, the nodes' own addresses, Services, and what this host holds. */
function clash(view: View): Found | undefined {
  const nodes = objectsOf(view.all, 'node');
  const ranges = nodes.flatMap(({ object, at }) =>
    object.podCIDRs.flatMap((text): readonly Range[] => {
      const prefix = parsePrefix(text);
      return prefix === undefined ? [] : [{ prefix, text, node: object.name, at }];
    }),
  );
  for (const range of ranges) {
    const twin = ranges.find(
      (other) => other.node !== range.node && overlaps(other.prefix, range.prefix),
    );
    if (twin !== undefined) return found(range, `${twin.text} (${twin.node})`, twin.at);
    const host = nodes.find(({ object }) => holds(range.prefix, object.internalIP));
    if (host !== undefined)
      return found(range, `${host.object.internalIP} (${host.object.name})`, host.at);
    const service = objectsOf(view.all, 'service').find(({ object }) =>
      holds(range.prefix, object.clusterIP),
    );
    if (service !== undefined)
      return found(range, `${service.object.clusterIP} (${service.object.name})`, service.at);
    const local = localOverlap(view.own, range, ranges);
    if (local !== undefined) return found(range, local.text, local.at);
  }
  return undefined;
}

function found({ text, node, at }: Range, other: string, otherAt: Citation): Found {
  return { says: [text, node, other], at: [at, otherAt] };
}

function holds(prefix: Prefix, text: string | null): boolean {
  const address = parseAddress(text ?? '');
  return address !== undefined && contains(prefix, address);
}

/** A network of Docker or of guests on this host; some clusters make Docker's bridge that of the node's own pods. */
function localOverlap(own: readonly Evidence[], range: Range, ranges: readonly Range[]) {
  for (const { artefact, content } of ofKind(own, 'route'))
    for (const { dev, via, prefix, destination, line } of content.routes) {
      const isLocal =
        via === null &&
        dev !== null &&
        /^(?:docker|podman|virbr|lxcbr|lxdbr)\d+$|^br-[\da-f]{12}$/.test(dev);
      if (!isLocal || prefix === null || !overlaps(prefix, range.prefix)) continue;
      if (ranges.some((one) => one.prefix.length === prefix.length && overlaps(one.prefix, prefix)))
        continue;
      return { text: `${destination} dev ${dev}`, at: cite(artefact, line) };
    }
  return undefined;
}
