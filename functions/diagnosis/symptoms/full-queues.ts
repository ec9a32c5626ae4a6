import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { inOrder } from '../../facts/order.ts';
import type { Symptom } from '../symptoms.ts';

/** Queues to programs (NFQUEUE) that threw packets away; of several readings of a queue the difference counts. */
export function fullQueues(evidence: readonly Evidence[]): readonly Symptom[] {
  const rows = inOrder(ofKind(evidence, 'packet-queue')).flatMap(({ artefact, content }) =>
    content.queues.map((queue) => ({ artefact, queue, lost: queue.dropped + queue.userDropped })),
  );
  const groups = Map.groupBy(rows, ({ artefact, queue }) => `${artefact.host} ${queue.number}`);
  return [...groups.values()].flatMap((own): readonly Symptom[] => {
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined || last.lost === 0) return [];
    const { host } = last.artefact;
    const isGrown = own.length > 1;
    const lost = last.lost - (isGrown ? first.lost : 0);
    if (lost <= 0) return [];
    const at = (isGrown ? [first, last] : [last]).map(({ artefact, queue }) =>
      cite(artefact, queue.line),
    );
    const target = String(last.queue.number);
    const id = isGrown ? 'queue-dropping' : 'queue-dropped';
    return [{ id, host, target, outcome: String(lost), server: null, at }];
  });
}
