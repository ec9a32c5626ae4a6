import { begin, current, type Draft, type Walk } from './draft.ts';
import type { LookupEvent } from './event.ts';

type Packet = Extract<
  LookupEvent,
  {
    is:
      | 'status'
      | 'flags'
      | 'question'
      | 'section'
      | 'record'
      | 'time'
      | 'server'
      | 'end'
      | 'sent'
      | 'extended-error';
  }
>;

/** A line of a packet as dig prints it. */
export function takePacket(walk: Walk, event: Packet, line: number): void {
  const last = walk.drafts.at(-1);
  if (event.is === 'status') {
    const draft =
      last === undefined || last.done || last.rcode !== null || last.plain
        ? begin(walk, line)
        : last;
    draft.rcode = event.outcome;
    draft.line = line;
    return;
  }
  // Of a loop whose output was searched for the time only that line is left of each run.
  const isNext = event.is === 'time' && last !== undefined && !last.done && last.ms !== null;
  const draft = isNext ? begin(walk, line) : current(walk, line);
  switch (event.is) {
    case 'flags':
      draft.flags = event.flags;
      draft.answers = event.answers;
      if (event.flags.includes('tc')) draft.truncated ??= line;
      return;
    case 'question':
      draft.question = { name: event.name, type: event.type };
      draft.beside.add(line);
      return;
    case 'section':
      walk.inAnswer = event.answer;
      return;
    case 'record':
      record(draft, event, line, walk.inAnswer);
      return;
    case 'time':
      draft.ms = event.ms;
      draft.msLine = line;
      draft.beside.add(line);
      return;
    case 'server':
      draft.server = event.server;
      draft.tcp = event.tcp ?? draft.tcp;
      draft.ms = event.ms ?? draft.ms;
      if (event.ms !== null) draft.msLine = line;
      draft.beside.add(line);
      draft.done = event.ends;
      return;
    case 'end':
      draft.done = true;
      return;
    case 'sent':
      // Of a packet that `+qr` shows as it goes out only the question says something of the lookup.
      draft.rcode = null;
      draft.flags = null;
      draft.answers = null;
      return;
    case 'extended-error':
      draft.extendedError = event.text;
      draft.beside.add(line);
      return;
    default:
      event satisfies never;
  }
}

/** Without a heading (`+noall +answer`) records are the answer; in a trace they are the way there. */
function record(
  draft: Draft,
  { owner, type, data }: Extract<LookupEvent, { is: 'record' }>,
  line: number,
  inAnswer: boolean | null,
): void {
  if (inAnswer === false) {
    if (type === 'SOA') draft.zone ??= owner;
    return;
  }
  if (draft.question.name === null) draft.question = { name: owner, type: null };
  draft.records += 1;
  if (draft.records === 1 && draft.rcode === null) draft.line = line;
  else if (draft.records === 1) draft.beside.add(line);
  if (type === 'A' || type === 'AAAA') draft.addresses.push(data);
}
