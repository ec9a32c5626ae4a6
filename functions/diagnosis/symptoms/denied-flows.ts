import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { FlowEnd } from '../../artefacts/hubble-observe.ts';
import type { Symptom } from '../symptoms.ts';

/** Packets that Cilium's policies refused. Whether they should have been, only who wrote the policies knows. */
export function deniedFlows(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'hubble-observe').flatMap(({ artefact, content }) => {
    const denied = content.flows.filter(
      ({ verdict, destination }) => verdict === 'denied' && !isResolverOutside(destination),
    );
    const pairs = Map.groupBy(denied, ({ source, destination }) =>
      [nameOf(source), nameOf(destination), destination.port].join(' '),
    );
    return [...pairs.values()].flatMap((all): readonly Symptom[] => {
      const [first] = all;
      if (first === undefined) return [];
      const { source, destination } = first;
      const target = nameOf(destination);
      return [
        {
          id: 'flow-denied',
          host: artefact.host,
          target:
            target === null || destination.port === null ? target : `${target}:${destination.port}`,
          outcome: nameOf(source) ?? '?',
          server: null,
          at: all.slice(0, 3).map(({ line }) => cite(artefact, line)),
        },
      ];
    });
  });
}

/** To keep pods from resolvers of their own choice is what a policy for DNS is often meant to do. */
function isResolverOutside({ port, reserved }: FlowEnd): boolean {
  return port === 53 && reserved === 'world';
}

function nameOf({ name, address, reserved }: FlowEnd): string | null {
  return name ?? address ?? reserved;
}
