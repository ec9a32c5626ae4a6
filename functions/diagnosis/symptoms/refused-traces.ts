import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { addressInName } from '../../primitives/address.ts';
import type { Symptom } from '../symptoms.ts';

/** traceroute(8): host, network, protocol unreachable, communication administratively prohibited, source route and precedence aside. */
const REFUSALS: ReadonlySet<string> = new Set(['!H', '!N', '!P', '!X', '!10', '!13']);

/** Traces that a router on the way ends with an error; the destination itself may refuse probes and serve all the same. */
export function refusedTraces(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'traceroute').flatMap(({ artefact, content }) =>
    content.traces.flatMap(({ hops, address, target: name }): readonly Symptom[] => {
      const target = addressInName(address ?? name ?? '');
      const refusing = hops.find(({ mark }) => mark !== null && REFUSALS.has(mark));
      if (refusing?.host == null || target === '' || addressInName(refusing.host) === target)
        return [];
      return [
        {
          id: 'trace-refused',
          host: artefact.host,
          target,
          outcome: refusing.mark ?? '',
          server: refusing.host,
          at: [cite(artefact, refusing.line)],
        },
      ];
    }),
  );
}
