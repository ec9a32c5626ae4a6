import type { Dns } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { nameAt, nameEnd } from './dns-name.ts';
import { type Message, recordEnd, recordText, TYPE_OPT } from './dns-record.ts';
import { rcodeName, typeName } from './dns-words.ts';
import { u16 } from './octets.ts';
import { has, type Reading } from './reading.ts';

export const HEADER_BYTES = 12;
export const RESPONSE = 0x8000;
export const TRUNCATED = 0x0200;
/** Answers given as text; `counts` tells how many there were. Bounds what a message full of pointers can be blown up to. */
const MOST_ANSWERS = 16;
const NONE: readonly string[] = [];

type Counts = readonly [number, number, number];
type Mutable = { -readonly [Field in keyof Dns]: Dns[Field] };
/** Nearly all responses count below four; 300,000 packets share these. */
const FEW: readonly Counts[] = Array.from({ length: 64 }, (_, at) => [
  at >> 4,
  (at >> 2) & 3,
  at & 3,
]);

/**
 * Reads the DNS message (RFC 1035) that fills `reading` from `at` on, in the words of print-domain.c; null when its header is
 * missing. A message cut in its questions or answers marks the packet as truncated and keeps what stands before the cut.
 */
export function readDns(reading: Reading, packet: Draft, multicast: boolean): Dns | null {
  if (!has(reading, HEADER_BYTES)) {
    if (reading.length >= HEADER_BYTES) packet.truncated = true;
    return null;
  }
  const { bytes, at: start } = reading;
  const flags = u16(bytes, start + 2);
  const response = (flags & RESPONSE) !== 0;
  const answers = u16(bytes, start + 6);
  const authority = u16(bytes, start + 8);
  const additional = u16(bytes, start + 10);
  const dns: Mutable = {
    id: u16(bytes, start),
    response,
    qtype: null,
    qname: null,
    rcode: null,
    truncatedAnswer: response && (flags & TRUNCATED) !== 0,
    counts: response ? countsOf(answers, authority, additional) : null,
    answers: NONE,
  };
  const message = { start, multicast };
  let at = readQuestions(reading, dns, message, u16(bytes, start + 4));
  if (response) {
    if (at >= 0 && answers > 0) at = readAnswers(reading, dns, message, at, answers);
    dns.rcode = rcodeName((flags & 15) | extendedRcode(reading, at, authority, additional));
  }
  if (at < 0) packet.truncated = true;
  return dns;
}

/** Reads the first question and moves over the others; -1 when they are cut. */
function readQuestions(
  reading: Reading,
  dns: Mutable,
  { start }: Message,
  questions: number,
): number {
  const { bytes, end } = reading;
  let at = start + HEADER_BYTES;
  for (let question = 0; question < questions; question += 1) {
    const name = question === 0 ? nameAt(reading, at, start) : undefined;
    at = name === undefined ? nameEnd(reading, at) : reading.nameEnd;
    if (at < 0 || at + 4 > end || (question === 0 && name === undefined)) return -1;
    if (name !== undefined) {
      dns.qname = name;
      dns.qtype = typeName(u16(bytes, at));
    }
    at += 4;
  }
  return at;
}

/** Reads the answers; -1 when they are cut. */
function readAnswers(
  reading: Reading,
  dns: Mutable,
  message: Message,
  from: number,
  answers: number,
): number {
  let texts: string[] | undefined;
  let at = from;
  for (let answer = 0; answer < answers; answer += 1) {
    const end = recordEnd(reading, at);
    if (end < 0) return -1;
    if (texts === undefined || texts.length < MOST_ANSWERS) {
      const text = recordText(reading, at, message);
      if (text === undefined) return -1;
      // An empty list that grows takes room for seventeen.
      if (texts === undefined) {
        texts = [text];
        dns.answers = texts;
      } else texts.push(text);
    }
    at = end;
  }
  return at;
}

/** The upper bits of the response code, which the OPT record among the additional ones holds (RFC 6891 6.1.3). */
export function extendedRcode(
  reading: Reading,
  from: number,
  authority: number,
  additional: number,
): number {
  if (additional === 0) return 0;
  let at = from;
  for (let record = 0; at >= 0 && record < authority; record += 1) at = recordEnd(reading, at);
  for (let record = 0; at >= 0 && record < additional; record += 1) {
    const fixed = nameEnd(reading, at);
    if (fixed < 0 || fixed + 5 > reading.end) return 0;
    if (u16(reading.bytes, fixed) === TYPE_OPT) return (reading.bytes[fixed + 4] ?? 0) << 4;
    at = recordEnd(reading, at);
  }
  return 0;
}

function countsOf(answers: number, authority: number, additional: number): Counts {
  const few = answers < 4 && authority < 4 && additional < 4;
  const shared = few ? FEW[answers * 16 + authority * 4 + additional] : undefined;
  return shared ?? [answers, authority, additional];
}
