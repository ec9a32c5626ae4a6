import { type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { oddAnswersIn } from '../../captures/dns/odd-answers.ts';
import type { Following } from '../../captures/follow.ts';
import { askedIn } from '../../facts/lookups/asked.ts';
import { citation } from '../../facts/loss.ts';
import type { Symptom } from '../symptoms.ts';

/** Answers that came and that their client ignores, by captures and by the tools that ask a server themselves. */
export function oddAnswers(
  evidence: readonly Evidence[],
  following: Following,
): readonly Symptom[] {
  const captured = oddAnswersIn(following).map(({ by, point, asked, answer }): Symptom => {
    const server = asked.packet.destination.host;
    return {
      id: by === 'source' ? 'answered-from-elsewhere' : 'answered-with-other-id',
      host: point.host,
      target: asked.packet.dns?.qname ?? null,
      outcome: answer.packet.source.host,
      server,
      at: [citation(asked), citation(answer)],
    };
  });
  return [...captured, ...ignoredLookups(evidence)];
}

function ignoredLookups(evidence: readonly Evidence[]): readonly Symptom[] {
  const artefacts = new Map(ofKind(evidence, 'dig').map(({ artefact }) => [artefact.id, artefact]));
  return askedIn(evidence).flatMap(({ name, server, outcome, lookup, at }): readonly Symptom[] => {
    const artefact = artefacts.get(at[0]?.artefact ?? '');
    const shift = (at[0]?.line ?? 0) - lookup.line;
    const line = lookup.strange?.line ?? lookup.otherId;
    // What was answered all the same failed nobody.
    if (artefact === undefined || line === null || outcome !== 'timed-out') return [];
    const { strange } = lookup;
    return [
      {
        id: strange === null ? 'answered-with-other-id' : 'answered-from-elsewhere',
        host: artefact.host,
        target: name,
        outcome: strange?.from ?? server ?? '?',
        server: strange?.asked ?? server ?? '?',
        at: [{ artefact: artefact.id, line: line + shift }],
      },
    ];
  });
}
