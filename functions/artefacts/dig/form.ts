import { plainName } from './arguments.ts';
import type { LookupEvent } from './event.ts';
import type { LookupOutcome } from './lookup.ts';

/** The named parts of a shape that matched. */
export type Groups = Readonly<Record<string, string | undefined>>;

/** One form of line: a piece of text that it holds, its whole shape, and what it tells. */
export interface Form {
  readonly strength: 'strong' | 'weak';
  /** A piece of text that every such line holds. */
  readonly word: string;
  readonly shape: RegExp;
  readonly event: (groups: Groups) => LookupEvent | undefined;
}

/** Says nothing that is looked at. */
export const NONE: LookupEvent = { is: 'furniture' };
export const none = () => NONE;

/** One row of a table of forms. */
export function form(
  strength: Form['strength'],
  word: string,
  shape: RegExp,
  event: Form['event'],
): Form {
  return { strength, word, shape, event };
}

const RCODES: Readonly<Record<string, LookupOutcome | 'noerror'>> = {
  NOERROR: 'noerror',
  NXDOMAIN: 'nxdomain',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
  FORMERR: 'formerr',
  NOTIMP: 'notimp',
  NOTIMPL: 'notimp',
};

/** The outcome that an rcode names. */
export function rcode(status: string): LookupOutcome | 'noerror' {
  return RCODES[status.toUpperCase()] ?? 'not-found';
}

const SAID: readonly (readonly [RegExp, LookupOutcome])[] = [
  [/NXDOMAIN|Non-existent domain|does not resolve|Name or service not known/i, 'nxdomain'],
  [/SERVFAIL|Server failed/i, 'servfail'],
  [/REFUSED\b|Query refused/, 'refused'],
  [/FORMERR|Format error/i, 'formerr'],
  [/NOTIMP|Not implemented/i, 'notimp'],
  [/timed[ -]?out|No response from server/i, 'timed-out'],
  [/connection refused/i, 'port-refused'],
  [/unreachable|no route to host/i, 'unreachable'],
  [/end of file|connection reset|unexpected end/i, 'closed'],
];

/** The outcome that words name; undefined when they name none. */
export function outcomeOf(said: string): LookupOutcome | undefined {
  // "Connection refused" is the host's word, REFUSED the server's.
  if (/connection refused/i.test(said)) return 'port-refused';
  return SAID.find(([shape]) => shape.test(said))?.[1];
}

/** A try that failed, by what the tool says of it. */
export function failed(
  server: string | undefined,
  said: string | undefined,
  tcp: boolean,
  name?: string,
): LookupEvent {
  return {
    is: 'failed',
    outcome: outcomeOf(said ?? '') ?? 'not-found',
    server: server ?? null,
    name: name === undefined ? null : plainName(name),
    tcp,
  };
}

/** The server behind an answer, and how long it took. */
export function from({ server = '', over, ms }: Groups): LookupEvent {
  return {
    is: 'server',
    server,
    tcp: over === undefined ? null : over !== 'UDP',
    ms: Number(ms),
    ends: true,
  };
}
