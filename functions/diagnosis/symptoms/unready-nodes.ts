import type { Evidence } from '../../artefacts/evidence.ts';
import { objectsOf } from '../../facts/objects.ts';
import type { Symptom } from '../symptoms.ts';

/** Nodes that the last output which shows them does not call ready. */
export function unreadyNodes(evidence: readonly Evidence[]): readonly Symptom[] {
  const told = objectsOf(evidence, 'node').filter(({ object }) => object.isReady !== null);
  const last = new Map(told.map((one) => [one.object.name, one]));
  return [...last.values()].flatMap(({ object: { name, isReady }, at }): readonly Symptom[] =>
    isReady
      ? []
      : [
          {
            id: 'node-not-ready',
            host: null,
            target: name,
            outcome: '',
            server: null,
            at: [at],
          },
        ],
  );
}
