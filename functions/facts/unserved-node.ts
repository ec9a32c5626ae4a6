import { hostOf } from '../artefacts/dnat.ts';
import { cite } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import { onHost } from '../captures/place.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { endpointList } from './endpoint-lists.ts';
import { objectsOf } from './objects.ts';

const label = labelsOf(
  unservedIn,
  'no Service with externalTrafficPolicy Local is shown with its endpoints, their nodes, and a call to a node that timed out',
);

/**
 * Whether a client called a node that has no pod of the Service, and the Service lets what comes from outside go to pods of
 * the called node alone. kube-proxy then drops it, in iptables and nftables mode; in IPVS mode it goes to a pod of another
 * node, whose answer comes back from the pod's own address (pkg/proxy/ipvs/proxier.go, syncEndpoint).
 */
export const unservedNode = defineJoin({
  question: 'unserved-node',
  needs: ['kubectl-object', 'kubectl', 'curl-timing'],
  facts: {
    service: {
      ...label('that Service', ({ service }) => service),
      place: (view) => onHost(unservedIn(view)?.node ?? null),
    },
    node: label('the node that was called', ({ node }) => node),
    target: label('its address and port', ({ target }) => target),
    others: label('the nodes that have pods of the Service', ({ others }) => others),
  },
});

interface Unserved {
  readonly service: string;
  readonly node: string;
  readonly target: string;
  readonly others: string;
  readonly at: readonly Citation[];
}

const MOST_CITED = 3;

function unservedIn(view: View): Unserved | undefined {
  for (const call of callsFromOutside(view)) {
    const node = objectsOf(view.all, 'node').find(
      ({ object }) => object.internalIP === call.server,
    );
    if (node === undefined) continue;
    for (const { object, artefact } of objectsOf(view.all, 'service')) {
      const { clusterIP, externalPolicy, ports } = object;
      const isOfIt = ports.some((one) => one.nodePort === call.port && one.protocol === 'TCP');
      if (externalPolicy?.value !== 'Local' || clusterIP === null || !isOfIt) continue;
      const list = endpointList(view, clusterIP, null);
      const pods = [...(list?.addresses ?? [])].map((one) => podAt(view, one));
      const nodes = pods.map((pod) => pod?.object.node ?? null);
      if (list === undefined || nodes.includes(null) || nodes.includes(node.object.name)) continue;
      return {
        service: list.service,
        node: node.object.name,
        target: `${call.server}:${call.port}`,
        others: [...new Set(nodes)].slice(0, MOST_CITED).join(', '),
        at: [
          call.at,
          node.at,
          cite(artefact, externalPolicy.line),
          ...list.at,
          ...pods.flatMap((pod) => (pod === undefined ? [] : [pod.at])).slice(0, MOST_CITED),
        ],
      };
    }
  }
  return undefined;
}

function podAt({ all }: View, address: string) {
  return objectsOf(all, 'pod').findLast(({ object }) => hostOf(object.ip ?? '') === address);
}

/** Nodes and pods of the cluster are not held to pods of the called node. */
function callsFromOutside({ all, host }: View): readonly Dialled[] {
  const isNode = objectsOf(all, 'node').some(({ object }) => object.name === host);
  const dialled = dialledIn(all);
  return dialled.filter(
    ({ artefact, server, port, outcome }) =>
      artefact.host === host &&
      !artefact.pod &&
      !isNode &&
      outcome === 'timed-out' &&
      !dialled.some((one) => !one.isFailed && one.server === server && one.port === port),
  );
}
