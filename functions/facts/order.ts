import type { Evidence } from '../artefacts/evidence.ts';

/** Evidence in the order in which it was taken, as far as labels and file names tell; else as pasted. */
export function inOrder<E extends Evidence>(evidence: readonly E[]): readonly E[] {
  const rank = ({ artefact }: E) =>
    artefact.order === 'before' ? 0 : artefact.order === 'after' ? 2 : 1;
  return evidence.toSorted((a, b) => rank(a) - rank(b));
}
