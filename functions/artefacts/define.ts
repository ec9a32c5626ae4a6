/**
 * What an artefact kind must say of itself: how one line of it looks, how it is read, and which facts it yields.
 * Kinds know text and numbers only; hosts, files and other artefacts are joined later.
 */

import type { Lines } from '../primitives/lines.ts';

/** How sure one line is of being this kind: it proves itself, needs a sibling or a command, or says nothing. */
export type Strength = 'strong' | 'weak' | 'none';

/** The four types a fact may have; rules may test nothing else. */
export interface FactTypes {
  readonly count: number;
  readonly flag: boolean;
  readonly label: string;
  readonly list: readonly string[];
}
export type FactType = keyof FactTypes;
export type FactValue = FactTypes[FactType];

/** A value found in one artefact: `lines` are 1-based within the artefact. */
export type Local<T> =
  | { readonly known: true; readonly value: T; readonly lines: readonly number[] }
  | { readonly known: false; readonly why: string };

/** One fact of a kind: its type, its meaning in one sentence, and how the content gives it. */
export type FactOf<C> = {
  readonly [T in FactType]: {
    readonly type: T;
    readonly is: string;
    readonly of: (content: C) => Local<FactTypes[T]>;
  };
}[FactType];

/** What reading gave: the content, the lines that stayed unread (1-based within the artefact), and whether the end is cut. */
export interface Parsed<C> {
  readonly content: C;
  readonly unread: readonly number[];
  readonly truncated?: boolean;
}

/** What an artefact's own text says of where it was taken. */
export interface OwnPlace {
  readonly host?: string;
  readonly interface?: string;
  /** The text can only come from a pod, whatever host the prompt names. */
  readonly pod?: boolean;
}

/** What one counts in an artefact of a kind; `report/words.ts` names each unit in both languages. */
export type Unit =
  | 'counters'
  | 'cpus'
  | 'entries'
  | 'hops'
  | 'interfaces'
  | 'kernels'
  | 'lines'
  | 'lookups'
  | 'messages'
  | 'modules'
  | 'neighbours'
  | 'objects'
  | 'packets'
  | 'requests'
  | 'routes'
  | 'rules'
  | 'routingRules'
  | 'settings'
  | 'sockets';

export interface KindDefinition<K extends string, C> {
  readonly kind: K;
  /** The command or file as engineers name it: `conntrack -S`. */
  readonly title: string;
  /** Its content is another kind's, and it counts as that one: packets are packets, whichever tool printed them. */
  readonly as?: 'tcpdump';
  /** The bounded, read-only form to ask a person for. */
  readonly ask: string;
  /** Matches a shell command that prints this kind. It raises the prior and proves nothing. */
  readonly hint: RegExp;
  /** Any command may print it: it belongs to whichever was typed, and announces nothing about that one's own output. */
  readonly ofAnyCommand?: true;
  /**
   * Every character that a line known to `recognise` can begin with, blanks apart; left out: any. Kinds that cannot begin
   * so are not asked about a line, so that a paste costs no more for the kinds that it does not hold.
   */
  readonly first?: string;
  /** Judges one cleaned line (no prompt, no mangling, indentation may be lost) by its shape. */
  readonly recognise: (line: string) => Strength;
  /** Whether a line that `recognise` calls `none` may stand inside a block that has begun. */
  readonly continues?: (line: string) => boolean;
  /** Whether a line of this kind begins a new artefact even where one of the same kind is open (a second banner). */
  readonly begins?: (line: string) => boolean;
  /** Whether nothing of the same artefact can follow this line but lines like it (a capture's trailer). */
  readonly ends?: (line: string) => boolean;
  /** How many lines from a place on surely go on with an artefact of this kind: nobody looks at them one by one. */
  readonly run?: (lines: Lines, from: number) => number;
  /** Reads the lines of one block; undefined when nothing in them could be read. Never throws, linear in time. */
  readonly parse: (lines: readonly string[]) => Parsed<C> | undefined;
  /** The same for lines that are cut out of the text when asked for: of kinds whose output may be long. */
  readonly parseLines?: (lines: Lines) => Parsed<C> | undefined;
  /** How much was read, for the line that lists the artefact. */
  readonly size: (content: C) => { readonly count: number; readonly unit: Unit };
  /** It tells of a whole cluster: the host that it was typed on is not the one it is about. */
  readonly anywhere?: boolean;
  /** Host or interface that the text itself names. */
  readonly place?: (content: C) => OwnPlace;
  readonly facts: Readonly<Record<string, FactOf<C>>>;
}

/** `first` of kinds whose lines begin with ASCII in every language. */
export const ASCII = String.fromCharCode(...Array.from({ length: 94 }, (_, at) => at + 33));

/** Declares a kind; exists so that content, facts and parser must agree. */
export function defineArtefact<const K extends string, C>(
  definition: KindDefinition<K, C>,
): KindDefinition<K, C> {
  return definition;
}

/** A value and the lines of the artefact that prove it. */
export function found<T>(value: T, lines: readonly number[]): Local<T> {
  return { known: true, value, lines };
}

/** A value that this artefact does not give, and why. */
export function missing(why: string): Local<never> {
  return { known: false, why };
}
