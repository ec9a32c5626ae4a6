import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { inOrder } from '../../facts/order.ts';
import type { Symptom } from '../symptoms.ts';

/** BGP sessions that do not stand though somebody wants them; of two readings of a host the later one counts. */
export function brokenPeers(evidence: readonly Evidence[]): readonly Symptom[] {
  const readings = inOrder(ofKind(evidence, 'bgp-peers'));
  const said = readings.flatMap(({ artefact, content }) =>
    content.peers.map((peer) => ({ artefact, peer })),
  );
  const stopped = readings.flatMap(({ artefact, content }, at): readonly Symptom[] => {
    const { host } = artefact;
    const isLater = readings.slice(at + 1).some((later) => later.artefact.host === host);
    if (content.stopped === null || isLater) return [];
    const cited = [cite(artefact, content.stopped)];
    return [{ id: 'felix-stopped', host, target: null, outcome: '', server: null, at: cited }];
  });
  const down = said.flatMap(({ artefact, peer }, at): readonly Symptom[] => {
    const { host } = artefact;
    const isSaidAgain = said
      .slice(at + 1)
      .some((later) => later.artefact.host === host && later.peer.name === peer.name);
    if (peer.isEstablished || peer.isDisabled || isSaidAgain) return [];
    const cited = [cite(artefact, peer.line)];
    return [
      { id: 'peer-down', host, target: peer.name, outcome: peer.state, server: null, at: cited },
    ];
  });
  return [...stopped, ...down];
}

/** What Cilium's agent says of itself, and the nodes whose agents do not answer its probes. */
export function ciliumTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'cilium-status').flatMap(({ artefact, content }): readonly Symptom[] => {
    const { host } = artefact;
    const probes = content.probes
      .filter(({ isAnswered }) => !isAnswered)
      .map(
        ({ line, node, address, over, said }): Symptom => ({
          id: over === 'pods' ? 'pods-unreached' : 'node-unreached',
          host,
          target: node === '' ? address : `${node} (${address})`,
          outcome: said,
          server: null,
          at: [cite(artefact, line)],
        }),
      );
    const parts = content.parts
      .filter(({ isFailed }) => isFailed)
      .map(
        ({ line, name, said }): Symptom => ({
          id: 'agent-failing',
          host,
          target: name,
          outcome: said,
          server: null,
          at: [cite(artefact, line)],
        }),
      );
    const { reached } = content;
    const isPartly = reached !== null && reached.count < reached.of;
    const summary: readonly Symptom[] =
      isPartly && probes.length === 0
        ? [
            {
              id: 'nodes-unreached',
              host,
              target: null,
              outcome: `${reached.count}/${reached.of}`,
              server: null,
              at: [cite(artefact, reached.line)],
            },
          ]
        : [];
    // Where the way between nodes is broken, that one through the pod network is too.
    return [...parts, ...probes.toSorted((a, b) => a.id.localeCompare(b.id)), ...summary];
  });
}
