import type { Evidence } from '../../artefacts/evidence.ts';
import { failedProbesIn } from '../../facts/kubelet-probes.ts';
import type { Symptom } from '../symptoms.ts';

/** Pods that the kubelet's own probes do not reach. */
export function failedProbes(evidence: readonly Evidence[]): readonly Symptom[] {
  return failedProbesIn(evidence).map(({ pod, address, port, outcome, at }): Symptom => {
    const server = address === null ? pod : `${address}:${port}`;
    return { id: 'probe-failed', host: null, target: pod, outcome, server, at: [at] };
  });
}
