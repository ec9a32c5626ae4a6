import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** One SYN is always under way, and a second may be. */
const LEAST = 3;

/** Servers to which conntrack shows SYN after SYN and nothing that came back. */
export function unrepliedFlows(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'conntrack-table').flatMap(({ artefact, content }) => {
    const open = content.flows.filter(
      ({ event, protocol, state, unreplied }) =>
        event === null && protocol === 'tcp' && state === 'SYN_SENT' && unreplied,
    );
    const byServer = Map.groupBy(
      open,
      ({ original: { destination, dport } }) => `${destination}:${dport}`,
    );
    return [...byServer].flatMap(([target, all]): readonly Symptom[] => {
      if (all.length < LEAST) return [];
      const at = all.slice(0, LEAST).map(({ line }) => cite(artefact, line));
      const { host } = artefact;
      return [{ id: 'connection-failed', host, target, outcome: 'timed-out', server: null, at }];
    });
  });
}
