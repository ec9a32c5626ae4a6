import type { Asked } from './arguments.ts';
import { begin, finished, type Walk } from './draft.ts';
import type { LookupEvent } from './event.ts';
import { lookupLine } from './lines.ts';
import type { Lookups } from './lookup.ts';
import { takePacket } from './packet.ts';
import { takePlain } from './plain.ts';
import { takeTrouble } from './trouble.ts';

/** Reads the lines of one or several runs of dig, kdig, nslookup and host; undefined when nothing in them was read. */
export function readLookups(lines: readonly string[]) {
  const walk: Walk = { drafts: [], asked: null, begun: 0, inAnswer: null };
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const told = lookupLine(line);
    if (told !== undefined) take(walk, told.event, index + 1);
    else if (!isDetail(line)) unread.push(index + 1);
  }
  const lookups = walk.drafts.map(finished).filter((one) => one !== undefined);
  const content: Lookups = { lookups };
  return lookups.length === 0 ? undefined : { content, unread };
}

/** What nslookup prints with `-debug`, and dig beside a packet that it could not read. */
const BESIDES: readonly RegExp[] = [
  /^(?:QUESTIONS|ANSWERS|AUTHORITY RECORDS|ADDITIONAL RECORDS):$|^-> {1,2}\S+$|^-{6,}$/,
  /^(?:internet address|has AAAA address|ttl|origin|mail addr|serial|refresh|retry|expire|minimum|nameserver|canonical name) ?=? \S+/,
  /^\S+, type = \w+, class = \w+$/,
  /^\d+ bytes$|^[\da-f]{2}(?: [\da-f]{2}){3,15}(?: {2,}.{1,40})?$/,
];
/** The rest of a long record (SOA, RRSIG, keys): `+multiline` breaks it, and so does whoever wrapped the text. */
const REST_OF_RECORD: readonly RegExp[] = [
  /^\d{1,10}\s+; (?:serial|refresh|retry|expire|minimum)\b/,
  /^\S{1,255}\.(?: \d{1,10}){5}$/,
  /^\d{14} (?:\d{14} )?\d{1,5} \S{1,255}\.(?: |$)/,
  /^[A-Za-z\d+/]{24,}={0,2}(?: \)|$)/,
  /^[A-Za-z\d+/]{3,23}(?:={1,2}(?: \))?| \))$/,
  /^\)(?: ;.*)?$/,
];

/** Whether a line only goes on with what stands above it. */
export function isDetail(line: string): boolean {
  const text = line.trim();
  return [...BESIDES, ...REST_OF_RECORD].some((shape) => shape.test(text));
}

function take(walk: Walk, event: LookupEvent, line: number): void {
  switch (event.is) {
    case 'banner':
      banner(walk, event.asked, line);
      return;
    case 'status':
    case 'flags':
    case 'question':
    case 'section':
    case 'record':
    case 'time':
    case 'server':
    case 'end':
    case 'sent':
    case 'extended-error':
      takePacket(walk, event, line);
      return;
    case 'failed':
    case 'given-up':
    case 'truncated':
    case 'strange':
    case 'other-id':
      takeTrouble(walk, event, line);
      return;
    case 'named-server':
    case 'address':
    case 'name':
    case 'answer':
    case 'cannot':
    case 'short':
      takePlain(walk, event, line);
      return;
    case 'elapsed': {
      const last = walk.drafts.at(-1) ?? begin(walk, line);
      last.elapsedMs = event.ms;
      last.beside.add(line);
      last.done = true;
      return;
    }
    case 'furniture':
      return;
    default:
      event satisfies never;
  }
}

/** Since 9.17 failed tries stand above the banner of their own lookup. */
function banner(walk: Walk, asked: Asked, line: number): void {
  const last = walk.drafts.at(-1);
  const own =
    last !== undefined && !last.done && !last.hasBanner && !last.plain && last.rcode === null;
  walk.asked = asked;
  walk.begun = own ? 1 : 0;
  const draft = own ? last : begin(walk, line);
  draft.hasBanner = true;
  draft.question = asked.questions[0] ?? { name: '.', type: 'NS' };
  draft.asked = asked.server;
  draft.options = asked.options;
  draft.beside.add(line);
}
