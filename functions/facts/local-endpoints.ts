import { ofKind } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import { onHost } from '../captures/place.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { type Door, doorsIn } from './local-doors.ts';
import { objectsOf } from './objects.ts';

const NONE = 'no rule here drops what failed because this node has no endpoint of its own';
const sure = labelsOf((view) => droppedIn(view).find(({ isHere }) => isHere), NONE);
const perhaps = labelsOf((view) => droppedIn(view).find(({ isHere }) => !isHere), NONE);

/** Whether kube-proxy of this node drops a client's connection, for it may use endpoints on this node alone and there is none. */
export const localEndpoints = defineJoin({
  question: 'local-endpoints',
  needs: ['iptables', 'nft', 'curl-timing', 'ssh-error', 'address', 'kubectl'],
  facts: {
    none: {
      ...sure('the Service of which no endpoint is on this node', ({ service }) => service),
      place: (view) =>
        droppedIn(view).some(({ isHere }) => isHere) ? onHost(view.host) : undefined,
    },
    policy: sure(
      'externalTrafficPolicy or internalTrafficPolicy: what keeps the connection on this node',
      ({ policy }) => policy,
    ),
    target: sure('what the client did not reach', ({ target }) => target),
    perhapsNone: perhaps(
      'the Service, where the rule has dropped packets, and whose they were is not shown',
      ({ service }) => service,
    ),
    perhapsPolicy: perhaps('the policy, in that case', ({ policy }) => policy),
    perhapsTarget: perhaps('what the client did not reach, in that case', ({ target }) => target),
  },
});

interface Dropped {
  readonly service: string;
  readonly policy: 'externalTrafficPolicy' | 'internalTrafficPolicy';
  readonly target: string;
  /** It is shown that the connection comes to this node. */
  readonly isHere: boolean;
  readonly at: readonly Citation[];
}

function droppedIn(view: View): readonly Dropped[] {
  const dialled = dialledIn(view.all);
  const doors = doorsIn(view);
  return dialled.flatMap((call) => {
    const { server, port, outcome } = call;
    const isReached = dialled.some(
      (one) => !one.isFailed && one.server === server && one.port === port,
    );
    if (outcome !== 'timed-out' || port === null || isReached) return [];
    return doors.flatMap((door): readonly Dropped[] => {
      if (door.port !== String(port) || (door.address !== null && door.address !== server))
        return [];
      const here = meetsIt(view, call, door);
      if (here === 'no' || (here === undefined && !door.hasCounted)) return [];
      const policy = door.isInternal ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
      const at = [...door.at, call.at, ...(here === undefined ? [] : here)];
      const { service } = door;
      return [{ service, policy, target: `${server}:${port}`, isHere: here !== undefined, at }];
    });
  });
}

/**
 * The lines that show that the connection meets this node's rule; undefined where nothing tells. What pods and the node
 * itself send to an external address is not held to endpoints of this node (proxier.go: "pod traffic for", "route LOCAL
 * traffic for").
 */
function meetsIt(view: View, call: Dialled, door: Door): readonly Citation[] | 'no' | undefined {
  const { artefact, server } = call;
  const isOwn = artefact.host === view.host;
  if (door.isInternal) return isOwn && !artefact.pod ? [] : isOwn ? undefined : 'no';
  if (isOwn || artefact.pod) return 'no';
  if (/^(?:127\.|::1$|localhost$)/.test(server)) return 'no';
  const owners = addressesIn(view.all).filter(({ address, pod }) => address === server && !pod);
  const [own] = owners;
  if (own !== undefined) return owners.every(({ host }) => host === view.host) ? [own.at] : 'no';
  // A node of the cluster sends what is for such an address through its own rules.
  if (door.address !== null) return isNode(view, artefact.host) ? 'no' : undefined;
  if (isSameHost(server, view.host)) return [];
  const node = objectsOf(view.all, 'node').find(({ object }) => object.internalIP === server);
  if (node === undefined) return undefined;
  return isSameHost(node.object.name, view.host) ? [node.at] : 'no';
}

/** With its domain or without. */
function isSameHost(name: string, host: string | null): boolean {
  if (host === null || /^[\d.]+$/.test(name)) return name === host;
  return name.split('.')[0] === host.split('.')[0];
}

function isNode({ all }: View, host: string | null): boolean {
  return ofKind(all, 'iptables').some(
    ({ artefact, content }) =>
      artefact.host === host &&
      content.readings.some(({ rules }) => rules.some(({ chain }) => chain === 'KUBE-SERVICES')),
  );
}
