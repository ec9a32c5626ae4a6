import type { Artefact, Evidence } from '../artefacts/evidence.ts';
import type { SourceLines } from './paste.ts';

/**
 * Leaves out readings that were pasted twice, as an article and as files: the same text of the same host from another
 * source, where only one of the two says whether it is the one before or after. Two readings that both say so, or of one
 * source, may agree because nothing changed in between, which is news.
 */
export function withoutRepeats(
  evidence: readonly Evidence[],
  lines: readonly SourceLines[],
): readonly Evidence[] {
  // Captures are long and may be repeated in part: their packets are told apart one by one (captures/points.ts).
  const labelled = evidence.filter(
    ({ artefact }) => artefact.order !== null && !isCapture(artefact),
  );
  const known = new Map(labelled.map((one) => [textOf(one, lines), one.artefact.source]));
  return evidence.filter((one) => {
    if (known.size === 0 || one.artefact.order !== null || isCapture(one.artefact)) return true;
    const source = known.get(textOf(one, lines));
    return source === undefined || source === one.artefact.source;
  });
}

function isCapture({ kind }: Artefact): boolean {
  return kind === 'tcpdump';
}

function textOf({ artefact }: Evidence, lines: readonly SourceLines[]): string {
  const { kind, host, first, last } = artefact;
  const own = Array.from({ length: last - first + 1 }, (_, at) =>
    lines[artefact.source]?.at(first + at).trim(),
  );
  return [kind, host, ...own.filter((line) => line !== '')].join('\n');
}
