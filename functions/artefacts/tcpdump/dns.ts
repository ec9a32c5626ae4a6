import type { Dns } from '../packet.ts';
import { type Cursor, isDigit, moveAfter, piece, take, takeNumber, wordEnd } from './cursor.ts';

/** The words of print-domain.c (ns_resp) that can follow the id of a response. */
const RCODES: ReadonlySet<string> = new Set(
  'FormErr ServFail NXDomain NotImp Refused YXDomain YXRRSet NXRRSet NotAuth NotZone Resp11 Resp12 Resp13 Resp14 Resp15 NoChange'.split(
    ' ',
  ),
);
/** Operations other than a plain query (ns_ops), printed between id and flags. */
const OPERATIONS: ReadonlySet<string> = new Set(
  'inv_q stat op3 notify update op6 op7 op8 updateA updateD updateDA updateM updateMA zoneInit zoneRef'.split(
    ' ',
  ),
);
const NONE: readonly string[] = [];
const BLANK = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const POINT = 46;
const QUESTION = 63;
const UNDERSCORE = 95;

type Counts = readonly [number, number, number];
/** Nearly all responses count below four; 300,000 packets share these. */
const FEW: readonly Counts[] = Array.from({ length: 64 }, (_, at) => [
  at >> 4,
  (at >> 2) & 3,
  at & 3,
]);

type Mutable = { -readonly [Field in keyof Dns]: Dns[Field] };

/**
 * Reads a DNS message (print-domain.c, domain_print): `25419+ [1au] A? name. (55)`, `25419 NXDomain*- q: A? name. 0/1/0 ns: … (148)`.
 * Null, and nothing moved, when the words are not those of a DNS message.
 */
export function readDns(cursor: Cursor): Dns | null {
  const start = cursor.at;
  const id = takeNumber(cursor);
  if (id !== null) {
    const dns: Mutable = {
      id,
      response: false,
      qtype: null,
      qname: null,
      rcode: null,
      truncatedAnswer: false,
      counts: null,
      answers: NONE,
    };
    if (readParts(cursor, dns)) {
      if (dns.response && dns.rcode === null) dns.rcode = 'NoError';
      return dns;
    }
  }
  cursor.at = start;
  return null;
}

/** The length in brackets that ends a DNS message, without the UDP header; null when the line is cut before it. */
export function dnsLength(text: string): number | null {
  const last = text.length - 1;
  if (text.charCodeAt(last) !== CLOSE) return null;
  let value = 0;
  let unit = 1;
  let at = last - 1;
  for (let code = text.charCodeAt(at); isDigit(code); code = text.charCodeAt(at)) {
    value += (code - 48) * unit;
    unit *= 10;
    at -= 1;
  }
  return text.charCodeAt(at) === OPEN && unit > 1 ? value : null;
}

function readParts(cursor: Cursor, dns: Mutable): boolean {
  const { text } = cursor;
  while (cursor.at < text.length) {
    const code = text.charCodeAt(cursor.at);
    switch (code) {
      case BLANK:
      case COMMA:
      case 43: // +
      case 36: // $
      case 37: // %
        cursor.at += 1;
        break;
      case 42: // *
      case 45: // -
      case 124: // |
        dns.response = true;
        if (code === 124) dns.truncatedAnswer = true;
        cursor.at += 1;
        break;
      case 91: // [1au], [b2&3=0x400], [|domain]
        moveAfter(cursor, ']');
        break;
      case OPEN:
        return true;
      default: {
        const goesOn = isDigit(code) ? readCounts(cursor, dns) : readWord(cursor, dns);
        if (goesOn !== undefined) return goesOn;
      }
    }
  }
  return true;
}

/** Reads one word: undefined when more may follow, true when the message is read, false when it is none. */
function readWord(cursor: Cursor, dns: Mutable): boolean | undefined {
  const { text, at } = cursor;
  if (take(cursor, 'q:')) {
    dns.response = true;
    return undefined;
  }
  const end = lettersEnd(text, at);
  const code = text.charCodeAt(end);
  if (end > at && (code === QUESTION || isClassed(text, end))) {
    readQuestion(cursor, dns, end);
    return dns.response ? undefined : true;
  }
  const word = text.slice(at, end);
  cursor.at = end;
  if (RCODES.has(word)) {
    dns.response = true;
    dns.rcode = piece(cursor, at, end);
    return undefined;
  }
  // A cut line may end inside a word.
  return OPERATIONS.has(word) || (end > at && end === text.length) ? undefined : false;
}

// `A? name.`, and `A (QM)? name.` or `TXT CHAOS? name.` where the class is not the usual one.
function readQuestion(cursor: Cursor, dns: Mutable, typeEnd: number): void {
  const { text, at } = cursor;
  const first = dns.qtype === null;
  if (first) dns.qtype = piece(cursor, at, typeEnd);
  moveAfter(cursor, '? ');
  const from = cursor.at;
  // Names with blanks are looked for once, so that a line of endless questions takes linear time.
  const to = first ? nameEnd(text, from) : wordEnd(cursor);
  cursor.at = to;
  if (first && to > from)
    dns.qname = piece(cursor, from, text.charCodeAt(to - 1) === COMMA ? to - 1 : to);
}

/** Where a name ends: printed names end in a dot, and those of mDNS may hold blanks. */
function nameEnd(text: string, from: number): number {
  const first = text.indexOf(' ', from);
  for (let blank = first; blank > 0; blank = text.indexOf(' ', blank + 1)) {
    const code = text.charCodeAt(blank - 1);
    if (code === POINT || (code === COMMA && text.charCodeAt(blank - 2) === POINT)) return blank;
  }
  return first < 0 ? text.length : first;
}

// `0/1/0` and then the answers, with -vv also ` ns:` and ` ar:`.
function readCounts(cursor: Cursor, dns: Mutable): boolean {
  const answers = takeNumber(cursor);
  const authority = take(cursor, '/') ? takeNumber(cursor) : null;
  const additional = take(cursor, '/') ? takeNumber(cursor) : null;
  if (answers === null || authority === null || additional === null)
    return cursor.at === cursor.text.length;
  dns.response = true;
  dns.counts = countsOf(answers, authority, additional);
  if (answers > 0) dns.answers = readAnswers(cursor);
  cursor.at = cursor.text.length;
  return true;
}

function countsOf(answers: number, authority: number, additional: number): Counts {
  const few = answers < 4 && authority < 4 && additional < 4;
  const shared = few ? FEW[answers * 16 + authority * 4 + additional] : undefined;
  return shared ?? [answers, authority, additional];
}

function readAnswers(cursor: Cursor): readonly string[] {
  const { text } = cursor;
  const length = dnsLength(text) === null ? -1 : text.lastIndexOf(' (');
  const end = length < cursor.at ? text.length : length;
  const records: string[] = [];
  let from = cursor.at + 1;
  let quoted = false;
  let at = from;
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (code === BLANK && (text.startsWith('ns: ', at + 1) || text.startsWith('ar: ', at + 1)))
      break;
    else if (code === COMMA && text.charCodeAt(at + 1) === BLANK) {
      records.push(piece(cursor, from, at));
      from = at + 2;
    }
  }
  if (at > from) records.push(piece(cursor, from, at));
  return records;
}

function lettersEnd(text: string, from: number): number {
  let at = from;
  while (isWord(text.charCodeAt(at))) at += 1;
  return at;
}

function isWord(code: number): boolean {
  return (
    (code > 96 && code < 123) || (code > 64 && code < 91) || isDigit(code) || code === UNDERSCORE
  );
}

function isClassed(text: string, end: number): boolean {
  if (text.charCodeAt(end) !== BLANK) return false;
  const next = text.indexOf(' ', end + 1);
  if (text.startsWith('(Class ', end + 1)) return true;
  return next > 0 && text.charCodeAt(next - 1) === QUESTION;
}
