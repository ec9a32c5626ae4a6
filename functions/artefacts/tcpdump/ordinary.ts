import { keep, newRecall, type Recall, recalled } from '../../primitives/recall.ts';
import { type DigestDraft, FORM, keyOf, questionNumber } from '../digest.ts';
import { isDigit } from './cursor.ts';
import { isStamp, pointAt, secondsAt, toMicros } from './time.ts';
import { NOTHING, newWindow, show } from './window.ts';
import {
  bytesOf,
  stands,
  take,
  takeByte,
  takeEnd,
  takeLineEnd,
  takeNumber,
  type WindowCursor,
} from './window-cursor.ts';

/** A place in a text, and what the packets so far had in common: one serves a whole capture. */
export interface OrdinaryReader extends WindowCursor {
  /** The last time stamp up to its point, and its seconds: packets of one second stand together. */
  readonly stamp: Uint8Array;
  stampWidth: number;
  seconds: number;
  /** The numbers of the digest's questions. */
  readonly questions: Recall<number>;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const DOLLAR = 36;
const PERCENT = 37;
const OPEN = 40;
const CLOSE = 41;
const STAR = 42;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const OPEN_SQUARE = 91;
const LAST_ASCII = 126;
const DNS_PORT = 53;
const UDP_AND_IP_HEADERS = 28;
const PORTS = 0x1_0000;
/** Longer pairs of lines are left to the reader of every form. */
const LONGEST = 4096;
const LONGEST_STAMP = '2020-06-10 14:21:47'.length;

const HEADER = bytesOf(' IP (tos 0x');
const TTL = bytesOf(', ttl ');
const ID = bytesOf(', id ');
const FLAGS = bytesOf(', offset 0, flags [');
const DONT_FRAGMENT = bytesOf('DF');
const NO_FLAGS = bytesOf('none');
const LENGTH = bytesOf('], proto UDP (17), length ');
const TO = bytesOf(' > ');
const RIGHT_SUM = bytesOf('[udp sum ok] ');
const OPTIONS = bytesOf('au] ');
const REPEATED = bytesOf('q: ');
const NO_NAME = bytesOf(' NXDomain');

export function newOrdinaryReader(text: string): OrdinaryReader {
  const stamp = new Uint8Array(LONGEST_STAMP);
  const window = newWindow(text);
  return { window, at: 0, stamp, stampWidth: 0, seconds: 0, questions: newRecall() };
}

/**
 * Notes, behind the packets of a digest, what the two lines from `at` on say that a DNS question or answer over IPv4 prints
 * with `-n -v`, if they are nothing out of the ordinary:
 * `14:21:47.819323 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 83)` and
 * `    10.42.2.87.35181 > 10.42.0.16.53: 25419+ A? name. (55)`. False for anything else, which the reader of every form
 * reads; it also puts together the packet when somebody asks for it, so that both must agree.
 */
export function noteOrdinary(digest: DigestDraft, reader: OrdinaryReader, at: number): boolean {
  reader.at = show(reader.window, at, LONGEST);
  const length = noteFirst(digest, reader);
  if (length < 0 || !takeByte(reader, CLOSE) || !takeLineEnd(reader)) return false;
  const payload = noteSecond(digest, reader);
  return payload >= 0 && length - payload === UDP_AND_IP_HEADERS;
}

/** The first line up to its last bracket: the length in it; -1 when something else stands there. */
function noteFirst({ time, ttl, length: index }: DigestDraft, reader: OrdinaryReader): number {
  const { bytes } = reader.window;
  const stamp = takeStamp(reader);
  if (stamp < 0) return -1;
  time[index] = stamp;
  if (!take(reader, HEADER)) return -1;
  while (isHex(bytes[reader.at] ?? 0)) reader.at += 1;
  if (!take(reader, TTL)) return -1;
  ttl[index] = takeNumber(reader, 3);
  if (!take(reader, ID) || takeNumber(reader, 5) < 0 || !take(reader, FLAGS)) return -1;
  if (!take(reader, DONT_FRAGMENT) && !take(reader, NO_FLAGS)) return -1;
  return take(reader, LENGTH) ? takeNumber(reader, 5) : -1;
}

/** Moves past a time stamp and returns its microseconds; -1 when there is none. */
function takeStamp(reader: OrdinaryReader): number {
  const { bytes, from } = reader.window;
  const { at } = reader;
  let same = 0;
  while (same < reader.stampWidth && bytes[at + same] === reader.stamp[same]) same += 1;
  if (same === 0 || same < reader.stampWidth) {
    const { text } = reader.window;
    if (!isDigit(bytes[at] ?? 0) || !isStamp(text, from + at)) return -1;
    reader.stampWidth = pointAt(text, from + at) - from - at;
    reader.stamp.set(bytes.subarray(at, at + reader.stampWidth));
    reader.seconds = secondsAt(text, from + at);
  }
  if (bytes[at + reader.stampWidth] !== POINT) return -1;
  let fraction = 0;
  let next = at + reader.stampWidth + 1;
  for (let code = bytes[next] ?? 0; isDigit(code); code = bytes[next] ?? 0) {
    fraction = fraction * 10 + code - 48;
    next += 1;
  }
  const digits = next - at - reader.stampWidth - 1;
  reader.at = next;
  // As many digits as a time stamp may have; a blank must follow.
  return digits < 6 || digits > 10 ? -1 : toMicros(reader.seconds, fraction, digits);
}

/** The second line with its end: the length of the message; -1 when something else stands there. */
function noteSecond(digest: DigestDraft, reader: OrdinaryReader): number {
  const { bytes } = reader.window;
  while (bytes[reader.at] === BLANK) reader.at += 1;
  const source = takeEnd(reader);
  if (source < 0 || !take(reader, TO)) return -1;
  const destination = takeEnd(reader);
  if (destination < 0 || !takeByte(reader, COLON) || !takeByte(reader, BLANK)) return -1;
  if (bytes[reader.at] === OPEN_SQUARE) take(reader, RIGHT_SUM);
  const id = takeNumber(reader, 5);
  if (id < 0 || id >= PORTS) return -1;
  const isAnswer = isAnswerHere(bytes, reader.at);
  const clientEnd = isAnswer ? destination : source;
  const serverEnd = isAnswer ? source : destination;
  const client = Math.floor(clientEnd / PORTS);
  const server = Math.floor(serverEnd / PORTS);
  if (serverEnd - server * PORTS !== DNS_PORT) return -1;
  const index = digest.length;
  digest.client[index] = client;
  digest.server[index] = server;
  digest.key[index] = keyOf(clientEnd - client * PORTS, id);
  return isAnswer ? noteAnswer(digest, reader) : noteQuestion(digest, reader);
}

/** Only answers have a star, a minus or a count behind the id, and of the codes behind a blank we know NXDomain. */
function isAnswerHere(bytes: Uint8Array, at: number): boolean {
  const next = bytes[at] ?? 0;
  if (next !== BLANK) return next === STAR || next === MINUS;
  return isDigit(bytes[at + 1] ?? 0) || stands(bytes, at, NO_NAME);
}

/** `+ A? name. (55)`, `+ [1au] AAAA? name. (66)`. */
function noteQuestion(digest: DigestDraft, reader: OrdinaryReader): number {
  const { bytes } = reader.window;
  while (bytes[reader.at] === PLUS || bytes[reader.at] === PERCENT) reader.at += 1;
  if (!takeByte(reader, BLANK)) return -1;
  if (takeByte(reader, OPEN_SQUARE) && (takeNumber(reader, 3) < 0 || !take(reader, OPTIONS)))
    return -1;
  const asked = takeAsked(digest, reader);
  digest.form[digest.length] = FORM.question;
  digest.question[digest.length] = asked;
  return asked < 0 ? -1 : takeLength(reader);
}

/** `* 1/0/0 A 198.51.100.210 (71)`, ` NXDomain*- q: A? name. 0/1/0 ns: … (148)`. */
function noteAnswer(digest: DigestDraft, reader: OrdinaryReader): number {
  const { bytes } = reader.window;
  const isNegative = take(reader, NO_NAME);
  while (isAnswerFlag(bytes[reader.at] ?? 0)) reader.at += 1;
  if (!takeByte(reader, BLANK)) return -1;
  const isRepeated = take(reader, REPEATED);
  const asked = isRepeated ? takeAsked(digest, reader) : -1;
  if (isRepeated && (asked < 0 || !takeByte(reader, BLANK))) return -1;
  const answers = takeNumber(reader, 3);
  if (answers < 0 || !takeByte(reader, SLASH) || takeNumber(reader, 3) < 0) return -1;
  if (!takeByte(reader, SLASH) || takeNumber(reader, 3) < 0) return -1;
  if (bytes[reader.at] !== BLANK) return -1;
  digest.form[digest.length] = isNegative ? FORM.negative : answers > 0 ? FORM.answer : FORM.empty;
  digest.question[digest.length] = asked;
  return moveToLength(reader) ? takeLength(reader) : -1;
}

/** Moves past the records to the length in brackets that ends the line. */
function moveToLength(reader: OrdinaryReader): boolean {
  const { bytes } = reader.window;
  const { at } = reader;
  let end = at;
  while (bytes[end] !== LINE_FEED && bytes[end] !== NOTHING) end += 1;
  let open = bytes[end - 1] === CARRIAGE_RETURN ? end - 3 : end - 2;
  while (isDigit(bytes[open] ?? 0)) open -= 1;
  reader.at = open - 1;
  return open >= at;
}

/**
 * The number of `A? name.`: only letters and digits in the type, and a name that ends in a point as printed names do; -1, and
 * nothing certain moved, when there is none.
 */
function takeAsked(digest: DigestDraft, reader: OrdinaryReader): number {
  const { bytes, from, text } = reader.window;
  const { at, questions } = reader;
  let next = at;
  let hash = 0;
  for (let code = bytes[next] ?? 0; isLetter(code); code = bytes[next] ?? 0) {
    hash = (Math.imul(hash, 31) + code) | 0;
    next += 1;
  }
  if (next === at || bytes[next] !== QUESTION || bytes[next + 1] !== BLANK) return -1;
  const name = next + 2;
  next = name;
  for (let code = bytes[next] ?? 0; code > BLANK && code <= LAST_ASCII; code = bytes[next] ?? 0) {
    hash = (Math.imul(hash, 31) + code) | 0;
    next += 1;
  }
  if (bytes[next] !== BLANK || next === name || bytes[next - 1] !== POINT) return -1;
  reader.at = next;
  const known = recalled(questions, hash, bytes, at, next - at);
  if (known !== undefined) return known;
  const number = questionNumber(digest, text.slice(from + at, from + next));
  keep(questions, hash, bytes, at, next - at, number);
  return number;
}

/** ` (55)` and the end of the line. */
function takeLength(reader: OrdinaryReader): number {
  if (!takeByte(reader, BLANK) || !takeByte(reader, OPEN)) return -1;
  const length = takeNumber(reader, 5);
  if (length < 0 || !takeByte(reader, CLOSE)) return -1;
  const { from, text } = reader.window;
  return from + reader.at === text.length || takeLineEnd(reader) ? length : -1;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || isDigit(code);
}

function isAnswerFlag(code: number): boolean {
  return code === STAR || code === MINUS || code === DOLLAR;
}
