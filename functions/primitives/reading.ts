/**
 * A value that is either known, with the lines that prove it, or unknown, with the reason.
 * Absence is not evidence: a missing counter is unknown, never 0.
 */
export type Reading<T> =
  | { readonly known: true; readonly value: T; readonly at: readonly Citation[] }
  | { readonly known: false; readonly why: string };

/** One line of the input that proves a value: the artefact it belongs to and its 1-based line in the source. */
export interface Citation {
  readonly artefact: string;
  readonly line: number;
}

/** A known value and the lines that prove it. */
export function known<T>(value: T, at: readonly Citation[]): Reading<T> {
  return { known: true, value, at };
}

/** A value that the evidence does not give, and why: a code of the closed set in `report/words.ts` or a plain reason. */
export function unknown(why: string): Reading<never> {
  return { known: false, why };
}
