import type { FactType, FactTypes, FactValue } from '../artefacts/define.ts';
import type { Evidence, Kind } from '../artefacts/evidence.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Place } from '../captures/place.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import type { KernelFixes } from './kernel-fixes.ts';

/** What a fact may look at while one vantage point is judged. */
export interface View {
  /** The host judged; null for evidence whose host nothing names. */
  readonly host: string | null;
  /** Evidence taken on this host, earliest first. */
  readonly own: readonly Evidence[];
  /** All evidence of the paste. */
  readonly all: readonly Evidence[];
  readonly following: Following;
  /** What vanished at this host, if anything did. */
  readonly loss: Loss | null;
  readonly kernelFixes: KernelFixes;
}

/** One joined fact: a value that needs more than one artefact, or more than its own text. */
export type JoinedFact = {
  readonly [T in FactType]: {
    readonly type: T;
    readonly is: string;
    readonly of: (view: View) => Reading<FactTypes[T]>;
    /** Where that is, for facts that show a place of their own; what vanished at the view's host is one already. */
    readonly place?: (view: View) => Place | undefined;
  };
}[FactType];

/** The facts that answer one question, and what to paste when they are unknown. */
export interface Join {
  readonly question: string;
  /** Kinds whose output would make the facts known, best first. */
  readonly needs: readonly Kind[];
  readonly facts: Readonly<Record<string, JoinedFact>>;
}

/** Declares the facts of one question. */
export function defineJoin(join: Join): Join {
  return join;
}

/**
 * Makes labels of what one search finds, with the lines that show it. `why` is what is said where it finds nothing, or
 * nothing of that sort.
 */
export function labelsOf<Found extends { readonly at: readonly Citation[] }>(
  find: (view: View) => Found | undefined,
  why: string,
): (is: string, of: (found: Found) => string | null) => JoinedFact {
  return (is, of) => ({
    type: 'label',
    is,
    of: (view) => {
      const found = find(view);
      const value = found === undefined ? null : of(found);
      return found === undefined || value === null ? unknown(why) : known(value, found.at);
    },
  });
}

/** A flag that holds where a search finds something, with the lines that show it; what it does not find may be there all the same. */
export function flagOf(
  is: string,
  find: (view: View) => { readonly at: readonly Citation[] } | undefined,
): JoinedFact {
  return {
    type: 'flag',
    is,
    of: (view) => {
      const found = find(view);
      return found === undefined ? unknown('not shown') : known(true, found.at);
    },
  };
}

/** One row of the fact table. */
export interface FactRow {
  readonly id: string;
  readonly type: FactType;
  readonly is: string;
  readonly needs: readonly Kind[];
}

/** Tells the place that a fact is about, by its id; undefined where it shows none. */
export type FactPlaces = (id: string) => Place | undefined;

/** Reads facts of one vantage point by id. */
export type FactSheet = (id: string) => Reading<FactValue>;
