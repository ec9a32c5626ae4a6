import { parseAddress } from '../../primitives/address.ts';
import { begin, type Draft, type Walk } from './draft.ts';
import type { LookupEvent } from './event.ts';
import { besides } from './trouble.ts';

type Plain = Extract<
  LookupEvent,
  { is: 'named-server' | 'address' | 'name' | 'answer' | 'cannot' | 'short' }
>;

/** A line of nslookup or host, or the data alone that `+short` prints. */
export function takePlain(walk: Walk, event: Plain, line: number): void {
  const draft = draftFor(walk, event, line);
  draft.plain ||= event.is !== 'short';
  switch (event.is) {
    case 'named-server':
      draft.line = line;
      draft.server = parseAddress(event.text) === undefined ? null : event.text;
      return;
    case 'address':
      addressed(draft, event, line);
      return;
    case 'name':
      // host prints the server in the same words.
      if (parseAddress(event.name) === undefined) name(draft, event.name);
      return;
    case 'answer':
      name(draft, event.name, event.type === 'PTR' ? 'PTR' : null);
      answered(draft, line, event.type === 'A' || event.type === 'AAAA' ? event.data : null);
      return;
    case 'cannot':
      cannot(walk, draft, event, line);
      return;
    case 'short':
      answered(draft, line, parseAddress(event.data) === undefined ? null : event.data);
      return;
    default:
      event satisfies never;
  }
}

function draftFor(walk: Walk, event: Plain, line: number): Draft {
  const last = walk.drafts.at(-1);
  if (last === undefined || last.done) return begin(walk, line);
  const again = event.is === 'named-server' && (last.server !== null || last.outcome !== null);
  return again ? begin(walk, line) : last;
}

/** The first address is the server's, until a name is told. */
function addressed(
  draft: Draft,
  { address, ofServer }: Extract<LookupEvent, { is: 'address' }>,
  line: number,
): void {
  const { name: asked } = draft.question;
  if (ofServer || (asked === null && draft.server === null)) {
    draft.server = address;
    draft.beside.add(line);
  } else if (asked !== null) answered(draft, line, address);
}

function name(draft: Draft, told: string | null, type: string | null = null): void {
  draft.question = { name: draft.question.name ?? told, type: draft.question.type ?? type };
}

function answered(draft: Draft, line: number, address: string | null): void {
  if (draft.outcome === null) draft.line = line;
  draft.outcome = 'answered';
  draft.records += 1;
  if (address !== null) draft.addresses.push(address);
}

/** BusyBox says it once for A and once for AAAA. */
function cannot(
  walk: Walk,
  draft: Draft,
  { name: told, outcome }: Extract<LookupEvent, { is: 'cannot' }>,
  line: number,
): void {
  if (draft.outcome === outcome && draft.question.name === told) return;
  const one = draft.outcome === 'answered' ? besides(walk, draft, line) : draft;
  if (one.outcome === null) one.line = line;
  name(one, told);
  one.outcome ??= outcome;
}
