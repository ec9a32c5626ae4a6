import type { Artefact, Evidence } from '../artefacts/evidence.ts';
import type { SourceLines } from '../intake/paste.ts';
import type { Citation } from '../primitives/reading.ts';
import type { ReportEvidence } from './schema.ts';

/** Finds the pasted line that a citation names. */
export interface Quotes {
  readonly quote: (citation: Citation) => string;
  readonly artefact: (id: string) => Artefact | undefined;
}

/** The quotes of a paste: lines exactly as they came. */
export function quotesOf(evidence: readonly Evidence[], lines: readonly SourceLines[]): Quotes {
  const byId = new Map(evidence.map(({ artefact }) => [artefact.id, artefact]));
  return {
    artefact: (id) => byId.get(id),
    quote: ({ artefact, line }) => lines[byId.get(artefact)?.source ?? -1]?.at(line) ?? '',
  };
}

const MOST_LINES = 4;
const MOST_PARTS = 6;

/** One claim and the lines that prove it; the claim is repeated with each line, so that a line stands alone. */
export function toEvidence(
  says: string,
  at: readonly Citation[],
  quotes: Quotes,
): readonly ReportEvidence[] {
  const seen = new Set<string>();
  const lines = at.filter(({ artefact, line }) => {
    const key = `${artefact} ${line}`;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
  return lines.slice(0, MOST_LINES).flatMap((citation) =>
    partsOf(citation, quotes.artefact(citation.artefact)).map((part) => ({
      artefact: part.artefact,
      line: part.line,
      quote: quotes.quote(part),
      says,
    })),
  );
}

/** A line that had been broken is quoted as it came: in parts. */
function partsOf(citation: Citation, artefact: Artefact | undefined): readonly Citation[] {
  const at = artefact?.places?.indexOf(citation.line) ?? -1;
  const end = artefact?.places?.[at + 1];
  if (at < 0 || end === undefined) return [citation];
  return Array.from({ length: Math.min(end - citation.line, MOST_PARTS) }, (_, offset) => ({
    ...citation,
    line: citation.line + offset,
  }));
}
