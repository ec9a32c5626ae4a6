import type { kinds } from './index.ts';

type Kinds = (typeof kinds)[number];

/** The name of a kind that the list holds. */
export type Kind = Kinds['kind'];

/** The content that reading an artefact of kind K gives. */
export type ContentOf<K extends Kind> = NonNullable<
  ReturnType<Extract<Kinds, { readonly kind: K }>['parse']>
>['content'];

/** One stretch of the input that is the output of one command or file, and where it was taken. */
export interface Artefact {
  /** `a1`, `a2` … in the order of the input. */
  readonly id: string;
  readonly kind: Kind;
  readonly source: number;
  readonly sourceName: string | null;
  /** First and last line, 1-based in the source. */
  readonly first: number;
  readonly last: number;
  /** Where its lines begin in the source, if some had been broken at a width, and one more for the end; null where line follows line. */
  readonly places: readonly number[] | null;
  readonly host: string | null;
  readonly interface: string | null;
  /** The host is a pod or container, by its label, its name or the command. */
  readonly pod: boolean;
  readonly order: 'before' | 'after' | null;
  readonly command: string | null;
  /** The command was typed at a prompt of Windows. */
  readonly windows: boolean;
  /** What the prompt called the host when something more trustworthy called it otherwise. */
  readonly promptSays: string | null;
}

/** The typed content of one artefact; line numbers in `content` are 1-based within the artefact. */
export type Evidence<K extends Kind = Kind> = {
  readonly [One in K]: {
    readonly artefact: Artefact & { readonly kind: One };
    readonly content: ContentOf<One>;
    /** Lines nobody could read, 1-based in the source. */
    readonly unread: readonly number[];
    readonly truncated: boolean;
  };
}[K];

/** The evidence of one kind, in the order of the input. */
export function ofKind<K extends Kind>(
  evidence: readonly Evidence[],
  kind: K,
): readonly Evidence<K>[] {
  const known = byKind.get(evidence) ?? Map.groupBy(evidence, ({ artefact }) => artefact.kind);
  byKind.set(evidence, known);
  // The grouping is the proof; the compiler cannot see through a union that grows with the list of kinds.
  return (known.get(kind) ?? NONE) as unknown as readonly Evidence<K>[];
}

/** Hundreds of facts ask the same lists. */
const byKind = new WeakMap<readonly Evidence[], ReadonlyMap<Kind, readonly Evidence[]>>();
const NONE: readonly Evidence[] = [];

/** The citation of a line of an artefact, given 1-based within it. */
export function cite(
  artefact: Artefact,
  line: number,
): { readonly artefact: string; readonly line: number } {
  return { artefact: artefact.id, line: lineIn(artefact, line) };
}

/** The line of the source, from 1, that a line of an artefact is, given 1-based within it. */
export function lineIn({ first, places }: Artefact, line: number): number {
  return places?.[line - 1] ?? first + line - 1;
}
