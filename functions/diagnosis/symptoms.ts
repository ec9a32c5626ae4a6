import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';

/** Something in the paste that failed, whether or not a rule knows why: a paste that shows it is not healthy. */
export interface Symptom {
  readonly id: 'connection-failed';
  readonly host: string | null;
  /** What failed, as the tool names it. */
  readonly target: string;
  readonly outcome: string;
  readonly at: readonly Citation[];
}

const FAILED: ReadonlySet<string> = new Set([
  'timed-out',
  'refused',
  'no-route',
  'unreachable',
  'reset',
  'unresolved',
]);

/** Finds what failed. */
export function symptomsIn(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'ssh-error').flatMap(({ artefact, content }) =>
    content.attempts.flatMap(({ host, outcome, line }): readonly Symptom[] =>
      outcome !== null && FAILED.has(outcome)
        ? [
            {
              id: 'connection-failed',
              host: artefact.host,
              target: host,
              outcome,
              at: [cite(artefact, line)],
            },
          ]
        : [],
    ),
  );
}
