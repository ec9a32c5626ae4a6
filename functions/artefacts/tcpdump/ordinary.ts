import { FORM, keyOf } from '../digest.ts';
import { type Cursor, isDigit, take, takeNumber } from './cursor.ts';
import { takeStamp } from './time.ts';

/** What the commonest of packets says, in numbers. Mutable on purpose: one serves a whole capture. */
export interface Ordinary {
  time: number;
  ttl: number;
  form: number;
  key: number;
  client: number;
  server: number;
  /** Where type and name of the question stand; equal when there are none. */
  asked: number;
  askedEnd: number;
}

const BLANK = 32;
const POINT = 46;
const CARRIAGE_RETURN = 13;
const DNS_PORT = 53;
const UDP_AND_IP_HEADERS = 28;
const PORTS = 0x1_0000;

export function newOrdinary(): Ordinary {
  // Fields that begin with a fraction hold any number without being made anew.
  const none = Number.NaN;
  return {
    time: none,
    ttl: 0,
    form: 0,
    key: none,
    client: none,
    server: none,
    asked: 0,
    askedEnd: 0,
  };
}

/**
 * Reads the two lines that a DNS question or answer over IPv4 prints with `-n -v`, if they are nothing out of the ordinary,
 * and stops behind them: `14:21:47.819323 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 83)` and
 * `    10.42.2.87.35181 > 10.42.0.16.53: 25419+ A? name. (55)`. False for anything else, which the reader of every form
 * reads; it also puts together the packet when somebody asks for it, so that both must agree.
 */
export function readOrdinary(cursor: Cursor, ordinary: Ordinary): boolean {
  const length = readFirst(cursor, ordinary);
  if (length < 0 || !take(cursor, ')') || !takeLineEnd(cursor)) return false;
  const payload = readSecond(cursor, ordinary);
  return payload >= 0 && length - payload === UDP_AND_IP_HEADERS;
}

/** The first line up to its last bracket: the length in it; -1 when something else stands there. */
function readFirst(cursor: Cursor, ordinary: Ordinary): number {
  const { text } = cursor;
  const time = takeStamp(cursor);
  if (time < 0) return -1;
  ordinary.time = time;
  if (!take(cursor, ' IP (tos 0x')) return -1;
  while (isHex(text.charCodeAt(cursor.at))) cursor.at += 1;
  if (!take(cursor, ', ttl ')) return -1;
  ordinary.ttl = numberHere(cursor, 3);
  if (!take(cursor, ', id ') || numberHere(cursor, 5) < 0) return -1;
  if (!take(cursor, ', offset 0, flags [')) return -1;
  if (!take(cursor, 'DF') && !take(cursor, 'none')) return -1;
  return take(cursor, '], proto UDP (17), length ') ? numberHere(cursor, 5) : -1;
}

/** The second line with its end: the length of the message; -1 when something else stands there. */
function readSecond(cursor: Cursor, ordinary: Ordinary): number {
  const { text } = cursor;
  while (text.charCodeAt(cursor.at) === BLANK) cursor.at += 1;
  const source = endHere(cursor);
  if (source < 0 || !take(cursor, ' > ')) return -1;
  const destination = endHere(cursor);
  if (destination < 0 || !take(cursor, ': ')) return -1;
  if (text.charCodeAt(cursor.at) === 91) take(cursor, '[udp sum ok] ');
  const id = numberHere(cursor, 5);
  if (id < 0 || id >= PORTS) return -1;
  ordinary.asked = cursor.at;
  ordinary.askedEnd = cursor.at;
  const next = text.charCodeAt(cursor.at);
  const code = next === BLANK ? text.charCodeAt(cursor.at + 1) : next;
  // Only answers have a star, a minus or a count, and of the codes behind a blank we know NXDomain.
  const isAnswer =
    next === 42 ||
    next === 45 ||
    (next === BLANK && (isDigit(code) || text.startsWith('NXDomain', cursor.at + 1)));
  const client = isAnswer ? destination : source;
  const server = isAnswer ? source : destination;
  ordinary.client = Math.floor(client / PORTS);
  ordinary.server = Math.floor(server / PORTS);
  if (server - ordinary.server * PORTS !== DNS_PORT) return -1;
  ordinary.key = keyOf(client - ordinary.client * PORTS, id);
  return isAnswer ? readAnswer(cursor, ordinary) : readQuestion(cursor, ordinary);
}

/** `+ A? name. (55)`, `+ [1au] AAAA? name. (66)`. */
function readQuestion(cursor: Cursor, ordinary: Ordinary): number {
  ordinary.form = FORM.question;
  const { text } = cursor;
  while (text.charCodeAt(cursor.at) === 43 || text.charCodeAt(cursor.at) === 37) cursor.at += 1;
  if (!take(cursor, ' ')) return -1;
  if (take(cursor, '[') && (numberHere(cursor, 3) < 0 || !take(cursor, 'au] '))) return -1;
  return readAsked(cursor, ordinary) ? lengthHere(cursor) : -1;
}

/** `* 1/0/0 A 198.51.100.210 (71)`, ` NXDomain*- q: A? name. 0/1/0 ns: … (148)`. */
function readAnswer(cursor: Cursor, ordinary: Ordinary): number {
  const { text } = cursor;
  const isNegative = take(cursor, ' NXDomain');
  while (isAnswerFlag(text.charCodeAt(cursor.at))) cursor.at += 1;
  if (!take(cursor, ' ')) return -1;
  if (take(cursor, 'q: ') && !(readAsked(cursor, ordinary) && take(cursor, ' '))) return -1;
  const answers = numberHere(cursor, 3);
  if (answers < 0 || !take(cursor, '/') || numberHere(cursor, 3) < 0) return -1;
  if (!take(cursor, '/') || numberHere(cursor, 3) < 0) return -1;
  if (text.charCodeAt(cursor.at) !== BLANK) return -1;
  ordinary.form = isNegative ? FORM.negative : answers > 0 ? FORM.answer : FORM.empty;
  const feed = text.indexOf('\n', cursor.at);
  const last = (feed < 0 ? text.length : feed) - 1;
  let open = text.charCodeAt(last) === CARRIAGE_RETURN ? last - 2 : last - 1;
  while (isDigit(text.charCodeAt(open))) open -= 1;
  if (open < cursor.at || text.charCodeAt(open - 1) !== BLANK) return -1;
  cursor.at = open - 1;
  return lengthHere(cursor);
}

/** `A? name.`: only letters and digits in the type, and a name that ends in a point as printed names do. */
function readAsked(cursor: Cursor, ordinary: Ordinary): boolean {
  const { text, at } = cursor;
  let next = at;
  while (isLetter(text.charCodeAt(next))) next += 1;
  if (next === at || !text.startsWith('? ', next)) return false;
  const blank = text.indexOf(' ', next + 2);
  if (blank <= next + 2 || text.charCodeAt(blank - 1) !== POINT) return false;
  ordinary.asked = at;
  ordinary.askedEnd = blank;
  cursor.at = blank;
  return true;
}

/** ` (55)` and the end of the line. */
function lengthHere(cursor: Cursor): number {
  if (!take(cursor, ' (')) return -1;
  const length = numberHere(cursor, 5);
  if (length < 0 || !take(cursor, ')')) return -1;
  return cursor.at === cursor.text.length || takeLineEnd(cursor) ? length : -1;
}

function takeLineEnd(cursor: Cursor): boolean {
  if (cursor.text.charCodeAt(cursor.at) === CARRIAGE_RETURN) cursor.at += 1;
  return take(cursor, '\n');
}

/** `10.42.2.87.35181` as one number, the port in its last 16 bits; -1 when it is none, or not written as tcpdump does. */
function endHere(cursor: Cursor): number {
  const { text } = cursor;
  let address = 0;
  let points = 0;
  let value = 0;
  let digits = 0;
  for (; ; cursor.at += 1) {
    const code = text.charCodeAt(cursor.at);
    if (isDigit(code)) {
      if ((digits > 0 && value === 0) || digits === 5) return -1;
      value = value * 10 + code - 48;
      digits += 1;
    } else if (code === POINT) {
      if (digits === 0 || value > 255 || points === 4) return -1;
      address = address * 256 + value;
      points += 1;
      value = 0;
      digits = 0;
    } else break;
  }
  return points === 4 && digits > 0 && value < PORTS ? address * PORTS + value : -1;
}

/** A number of at most so many digits and without zeros before it; -1 when there is none. */
function numberHere(cursor: Cursor, most: number): number {
  const { at } = cursor;
  const number = takeNumber(cursor);
  const digits = cursor.at - at;
  if (number === null || digits > most || (digits > 1 && cursor.text.charCodeAt(at) === 48))
    return -1;
  return number;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || isDigit(code);
}

function isAnswerFlag(code: number): boolean {
  return code === 42 || code === 45 || code === 36;
}
