import type { Evidence } from '../../artefacts/evidence.ts';
import { objectsOf } from '../../facts/objects.ts';
import type { Symptom } from '../symptoms.ts';

/** Pods that make a node's network, by the names that their projects give them. */
const OF_NETWORK =
  /^(?:kube-proxy|kube-flannel|calico-(?:node|typha)|canal|cilium|weave-net|antrea-agent|kube-router|ovnkube-node|aws-node|azure-cni|multus|node-local-dns)-/;

/** Pods of a network plugin that the last output which shows them does not call ready; one that is only now starting is left aside. */
export function unreadyPods(evidence: readonly Evidence[]): readonly Symptom[] {
  const told = objectsOf(evidence, 'pod').filter(
    ({ object }) => object.ready !== null && OF_NETWORK.test(object.name),
  );
  const last = new Map(told.map((one) => [one.object.name, one]));
  return [...last.values()].flatMap(({ object, at }): readonly Symptom[] => {
    const [ready = 0, all = 0] = object.ready ?? [];
    const isOver = object.status === 'Completed' || object.status === 'Terminating';
    const isStarting = /^(?:\d{1,2}s|[01]m\d{0,2}s?)$/.test(object.age ?? '');
    if (ready >= all || isOver || isStarting) return [];
    return [
      {
        id: 'network-pod-not-ready',
        host: null,
        target: object.name,
        outcome: object.status ?? '',
        server: null,
        at: [at],
      },
    ];
  });
}
