import type { Report } from '../report/schema.ts';
import { type Cited, citedLines } from './wording.ts';

/** A cause that was ruled out, with the lines that show it. */
export interface RuledOutRow {
  readonly cause: string;
  readonly title: string;
  readonly because: string;
  /** Lines that no row above quotes; what they say is left out where it is the reason itself. */
  readonly quoted: readonly Cited[];
  /** `file:line` of those that a row above quotes already: one capture rules out ten causes. */
  readonly again: readonly string[];
}

/** The chapter "Ruled out", each line quoted once. */
export function ruledOutRows(report: Report): readonly RuledOutRow[] {
  const shown = new Set<string>();
  return report.ruled_out.map(({ cause, title, because, evidence }) => {
    const lines = citedLines(report, evidence);
    const again = lines.filter(({ source }) => shown.has(source)).map(({ source }) => source);
    const fresh = lines.filter(({ source }) => !shown.has(source));
    for (const { source } of fresh) shown.add(source);
    const quoted = fresh.map((one) => ({
      ...one,
      says: one.says.filter((says) => says !== because),
    }));
    return { cause, title, because, quoted, again };
  });
}
