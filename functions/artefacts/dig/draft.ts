import type { Asked, Question } from './arguments.ts';
import type { FailedTry, Lookup, LookupOutcome } from './lookup.ts';

/** Everything of a lookup while its lines come in. */
export interface Draft {
  line: number;
  beside: Set<number>;
  question: Question;
  server: string | null;
  asked: string | null;
  outcome: LookupOutcome | null;
  rcode: LookupOutcome | 'noerror' | null;
  tcp: boolean | null;
  ms: number | null;
  msLine: number | null;
  elapsedMs: number | null;
  addresses: string[];
  answers: number | null;
  records: number;
  flags: readonly string[] | null;
  truncated: number | null;
  failed: FailedTry[];
  strange: { readonly line: number; readonly from: string; readonly asked: string | null } | null;
  otherId: number | null;
  zone: string | null;
  extendedError: string | null;
  options: readonly string[];
  /** Nothing but another lookup can follow. */
  done: boolean;
  hasBanner: boolean;
  /** nslookup's way: the server first, then names and addresses. */
  plain: boolean;
}

/** Where the reading stands. */
export interface Walk {
  readonly drafts: Draft[];
  /** What the last banner asks, and how many of its questions have been begun. */
  asked: Asked | null;
  begun: number;
  inAnswer: boolean | null;
}

/** Begins a lookup: the next of those that the last banner asks. */
export function begin(walk: Walk, line: number): Draft {
  const { asked } = walk;
  const draft: Draft = {
    line,
    beside: new Set(),
    question: asked?.questions[walk.begun] ?? { name: null, type: null },
    server: null,
    asked: asked?.server ?? null,
    outcome: null,
    rcode: null,
    tcp: null,
    ms: null,
    msLine: null,
    elapsedMs: null,
    addresses: [],
    answers: null,
    records: 0,
    flags: null,
    truncated: null,
    failed: [],
    strange: null,
    otherId: null,
    zone: null,
    extendedError: null,
    options: asked?.options ?? [],
    done: false,
    hasBanner: false,
    plain: false,
  };
  walk.begun += 1;
  walk.inAnswer = null;
  walk.drafts.push(draft);
  return draft;
}

/** The lookup that a line belongs to: the last one, unless that is over. */
export function current(walk: Walk, line: number): Draft {
  const last = walk.drafts.at(-1);
  return last === undefined || last.done ? begin(walk, line) : last;
}

/** A truncated answer may be emptied by the server (RFC 2181, 9): that it holds nothing says nothing of the name. */
function withAnswers(
  answers: number | null,
  flags: readonly string[] | null,
): LookupOutcome | null {
  if (answers === null || (answers === 0 && flags?.includes('tc') === true)) return null;
  return answers > 0 ? 'answered' : 'empty';
}

/** The lookup that the lines gave; undefined when they gave nothing worth telling. */
export function finished(draft: Draft): Lookup | undefined {
  const { rcode, records, line, beside, failed, strange } = draft;
  const asked = strange?.asked ?? draft.asked ?? failed.at(-1)?.server ?? null;
  const answers = draft.answers ?? (records > 0 ? records : null);
  // `+qr` prints the question as it is sent, which looks like an answer without the flag qr.
  if (draft.flags?.includes('qr') === false) return undefined;
  const told = rcode === 'noerror' ? withAnswers(answers, draft.flags) : rcode;
  const outcome =
    told ?? draft.outcome ?? (records > 0 ? 'answered' : (failed.at(-1)?.outcome ?? null));
  const isNothing =
    outcome === null &&
    draft.elapsedMs === null &&
    draft.ms === null &&
    draft.truncated === null &&
    // `Server: 10.0.0.1` alone also stands in descriptions of other things.
    (draft.server === null || beside.size === 0);
  if (isNothing && strange === null && draft.otherId === null) return undefined;
  return {
    line,
    beside: [...beside].filter((other) => other !== line).toSorted((a, b) => a - b),
    name: draft.question.name,
    type: draft.question.type,
    server: draft.server ?? failed.at(-1)?.server ?? null,
    asked: draft.asked,
    outcome,
    tcp: draft.tcp,
    ms: draft.ms,
    msLine: draft.msLine,
    elapsedMs: draft.elapsedMs,
    addresses: draft.addresses,
    answers,
    flags: draft.flags,
    truncated: draft.truncated,
    failed,
    strange: strange === null || asked === null ? null : { ...strange, asked },
    otherId: draft.otherId,
    zone: draft.zone,
    extendedError: draft.extendedError,
    options: draft.options,
  };
}
