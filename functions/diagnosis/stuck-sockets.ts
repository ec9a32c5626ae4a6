import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Symptom } from './symptoms.ts';

/** Waits double from 0.2 s: after four, the data has been sent five times in six seconds. */
const LEAST_BACKOFF = 4;

/** Connections that stand and whose data is sent again and again: `ss -ti` on the sender shows no acknowledgement. */
export function stuckSockets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets.flatMap(({ state, peer, line, stuck }): readonly Symptom[] => {
      const isStuck =
        state === 'ESTAB' && stuck !== null && stuck.unacked > 0 && stuck.backoff >= LEAST_BACKOFF;
      if (!isStuck) return [];
      const at = [...new Set([line, stuck.line])].map((one) => cite(artefact, one));
      const { host } = artefact;
      return [
        { id: 'connection-failed', host, target: peer, outcome: 'stalled', server: null, at },
      ];
    }),
  );
}
