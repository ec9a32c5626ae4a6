import type { Node } from '../artefacts/cluster.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { overlaps, type Prefix, parsePrefix } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { objectsOf, type Shown } from './objects.ts';

/** Whether a node has a route to every pod network that Kubernetes gave to the other nodes. */
export const podCidr = defineJoin({
  question: 'pod-cidr',
  needs: ['kubectl', 'route'],
  facts: {
    uncovered: {
      type: 'label',
      is: "another node's pod network without a route here, where others have theirs; empty where all have",
      of: (view) => {
        const found = judge(view);
        return found === undefined
          ? unknown('the pod networks of the nodes and the routes of one of them were not pasted')
          : known(found.network, found.at);
      },
    },
    owner: {
      type: 'label',
      is: 'the node that it belongs to',
      of: (view): Reading<string> => {
        const found = judge(view);
        return found === undefined || found.network === ''
          ? unknown('no pod network lacks a route')
          : known(found.owner, found.at);
      },
    },
  },
});

interface Judged {
  readonly network: string;
  readonly owner: string;
  readonly at: readonly Citation[];
}

interface Network {
  readonly text: string;
  readonly prefix: Prefix;
  readonly node: Shown<Node>;
}

/**
 * Only where this node has a route of its own to at least one of the others' networks: where the cloud's router carries
 * them, or the network plugin hands out blocks of its own, no node has such routes. Calico's smaller blocks count as routes.
 */
function judge({ own, all, host }: View): Judged | undefined {
  const table = ofKind(own, 'route')[0];
  if (table === undefined || host === null || table.truncated || table.unread.length > 0)
    return undefined;
  const nodes = objectsOf(all, 'node');
  const addresses = new Set(
    addressesIn(all).flatMap((one) => (one.host === host ? [one.address] : [])),
  );
  const isHere = ({ object }: Shown<Node>) =>
    object.name === host ||
    object.name.split('.')[0] === host ||
    (object.internalIP !== null && addresses.has(object.internalIP));
  if (nodes.filter(isHere).length !== 1) return undefined;
  const others = nodes.filter((node) => !isHere(node) && node.object.isReady !== false);
  const networks = others.flatMap((node) =>
    node.object.podCIDRs.flatMap((text): readonly Network[] => {
      const prefix = parsePrefix(text);
      return prefix?.family === 4 ? [{ text, prefix, node }] : [];
    }),
  );
  const routes = table.content.routes.filter(({ prefix }) => prefix !== null && prefix.length > 0);
  const routeTo = ({ prefix }: Network) =>
    routes.find((route) => route.prefix !== null && overlaps(route.prefix, prefix));
  const covered = networks.find((network) => routeTo(network)?.via != null);
  const proof = covered === undefined ? undefined : routeTo(covered);
  if (covered === undefined || proof === undefined) return undefined;
  const gap = networks.find((network) => routeTo(network) === undefined);
  const told = gap ?? covered;
  return {
    network: gap?.text ?? '',
    owner: told.node.object.name,
    at: [told.node.at, cite(table.artefact, proof.line)],
  };
}
