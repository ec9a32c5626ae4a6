import type { Evidence } from '../../artefacts/evidence.ts';
import { objectsOf } from '../../facts/objects.ts';
import type { Symptom } from '../symptoms.ts';

/** Pods whose network the kubelet says it could not set up (pkg/kubelet/events/event.go: FailedCreatePodSandBox). */
export function unbuiltSandboxes(evidence: readonly Evidence[]): readonly Symptom[] {
  return objectsOf(evidence, 'event').flatMap(
    ({ object: { reason, message, object }, at }): readonly Symptom[] =>
      reason !== 'FailedCreatePodSandBox' || !NETWORK.test(message)
        ? []
        : [
            {
              id: 'sandbox-without-network',
              host: null,
              target: object || null,
              outcome: '',
              server: null,
              at: [at],
            },
          ],
  );
}

const NETWORK = /\bnetwork\b|\bCNI\b|\bcni\b|plugin type=/;
