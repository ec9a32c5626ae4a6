import { begin, current, type Draft, type Walk } from './draft.ts';
import type { LookupEvent } from './event.ts';

type Trouble = Extract<
  LookupEvent,
  { is: 'failed' | 'given-up' | 'truncated' | 'strange' | 'other-id' }
>;

/** A line about a try that failed. */
export function takeTrouble(walk: Walk, event: Trouble, line: number): void {
  const last = walk.drafts.at(-1);
  if (last !== undefined && event.is === 'failed' && isShort(last)) last.done = true;
  const draft =
    last?.plain && last.outcome === 'answered' ? besides(walk, last, line) : current(walk, line);
  switch (event.is) {
    case 'failed':
      draft.failed.push({ line, server: event.server, outcome: event.outcome, tcp: event.tcp });
      if (event.name !== null && draft.question.name === null)
        draft.question = { name: event.name, type: null };
      if (draft.failed.length === 1) draft.line = line;
      if (event.tcp) draft.tcp = true;
      return;
    case 'given-up':
      draft.outcome = draft.failed.at(-1)?.outcome ?? 'timed-out';
      if (draft.failed.length === 0) draft.line = line;
      else draft.beside.add(line);
      draft.done = true;
      return;
    case 'truncated':
      draft.truncated = line;
      return;
    case 'strange':
      draft.strange ??= { line, from: event.from, asked: event.asked };
      return;
    case 'other-id':
      draft.otherId ??= line;
      return;
    default:
      event satisfies never;
  }
}

/** `+short`, or `+noall +answer`: the data alone, behind which only another lookup can fail. */
function isShort({ records, rcode, hasBanner, plain }: Draft): boolean {
  return records > 0 && rcode === null && !hasBanner && !plain;
}

/**
 * nslookup names its server, asks for A, prints it, and asks for AAAA: what fails then is the second question. host names
 * no server and asks for MX too: there it is not told.
 */
export function besides(walk: Walk, first: Draft, line: number): Draft {
  first.done = true;
  const draft = begin(walk, line);
  const hasSix = first.addresses.some((address) => address.includes(':'));
  draft.plain = true;
  draft.question = {
    name: first.question.name,
    type: first.server !== null && first.addresses.length > 0 && !hasSix ? 'AAAA' : null,
  };
  draft.server = first.server;
  draft.asked = first.asked;
  return draft;
}
