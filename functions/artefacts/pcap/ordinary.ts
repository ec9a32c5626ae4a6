import { keep, recalled } from '../../primitives/recall.ts';
import { type DigestDraft, FORM, keyOf, questionNumber } from '../digest.ts';
import { addressSum, addWords, isRight, withPseudoHeader } from './checksum.ts';
import { extendedRcode, HEADER_BYTES, RESPONSE, TRUNCATED } from './dns.ts';
import { LONGEST_LABEL, LONGEST_NAME, nameAt } from './dns-name.ts';
import { type Message, recordEnd, recordText } from './dns-record.ts';
import { typeName } from './dns-words.ts';
import { u16, u32 } from './octets.ts';
import type { Reading } from './reading.ts';

const ETHERNET = 1;
const ETHERNET_BYTES = 14;
const IP4_TYPE = 0x0800;
/** Link types of bare IP. */
const RAW: readonly number[] = [12, 14, 101, 228];
/** Version 4, and a header of 20 bytes without options. */
const PLAIN_IP4 = 0x45;
const IP4_BYTES = 20;
const UDP = 17;
const UDP_BYTES = 8;
const DNS_PORT = 53;
/** More fragments, or an offset. */
const OF_FRAGMENTS = 0x3fff;
/** A name that points at the question, right behind the header. */
const TO_QUESTION = 0xc000 + HEADER_BYTES;

/**
 * Notes the packet in `bytes` from `from` to `end` if it is a DNS question or answer over IPv4 and nothing out of the
 * ordinary: captured whole, in one piece, with a right checksum or none. False, and nothing noted, for anything else, which
 * the reader of every form reads; it also puts together the packet when somebody asks for it, so that both must agree.
 */
export function noteOrdinary(
  digest: DigestDraft,
  index: number,
  reading: Reading,
  linkType: number,
  from: number,
  end: number,
): boolean {
  const { bytes } = reading;
  const ip = networkAt(bytes, linkType, from);
  if (Number.isNaN(digest.time[index]) || ip < 0 || !isWhole(bytes, ip, end)) return false;
  const udp = ip + IP4_BYTES;
  const start = udp + UDP_BYTES;
  const isAnswer = (u16(bytes, start + 2) & RESPONSE) !== 0;
  const serverPort = isAnswer ? udp : udp + 2;
  const clientPort = isAnswer ? udp + 2 : udp;
  if (u16(bytes, serverPort) !== DNS_PORT || u16(bytes, start + 4) !== 1) return false;
  reading.end = ip + u16(bytes, ip + 2);
  const question = questionAt(digest, reading, start);
  if (question < 0) return false;
  const form = isAnswer ? answerForm(reading, start) : FORM.question;
  if (form === FORM.other) return false;
  digest.form[index] = form;
  digest.key[index] = keyOf(u16(bytes, clientPort), u16(bytes, start));
  digest.client[index] = u32(bytes, isAnswer ? ip + 16 : ip + 12);
  digest.server[index] = u32(bytes, isAnswer ? ip + 12 : ip + 16);
  digest.question[index] = question;
  digest.ttl[index] = bytes[ip + 8] ?? 0;
  return true;
}

/** Where an IPv4 header may stand; -1 when something else does. */
function networkAt(bytes: Uint8Array, linkType: number, from: number): number {
  if (linkType === ETHERNET)
    return u16(bytes, from + ETHERNET_BYTES - 2) === IP4_TYPE ? from + ETHERNET_BYTES : -1;
  return RAW.includes(linkType) ? from : -1;
}

/** Whether an IPv4 packet with a UDP datagram stands here that holds a DNS header, was captured whole and is what its checksum says. */
function isWhole(bytes: Uint8Array, ip: number, end: number): boolean {
  if (bytes[ip] !== PLAIN_IP4 || bytes[ip + 9] !== UDP) return false;
  const length = u16(bytes, ip + 2);
  const udp = ip + IP4_BYTES;
  if (ip + length > end || length < IP4_BYTES + UDP_BYTES + HEADER_BYTES) return false;
  if ((u16(bytes, ip + 6) & OF_FRAGMENTS) !== 0) return false;
  if (u16(bytes, udp + 4) !== length - IP4_BYTES) return false;
  if (u16(bytes, udp + 6) === 0) return true;
  const pseudo = withPseudoHeader(addressSum(bytes, ip + 12, 4), UDP, length - IP4_BYTES);
  return isRight(addWords(bytes, udp, length - IP4_BYTES, pseudo));
}

/** The number of the question behind the header; -1 when it is cut or its name is not written out. `reading.nameEnd` is where the name ends. */
function questionAt(digest: DigestDraft, reading: Reading, start: number): number {
  const { bytes, end, questions } = reading;
  const at = start + HEADER_BYTES;
  let hash = 0;
  let next = at;
  for (let size = bytes[next] ?? 0; size !== 0; size = bytes[next] ?? 0) {
    const label = next + size;
    if (size > LONGEST_LABEL || label >= end) return -1;
    for (; next <= label; next += 1) hash = (Math.imul(hash, 31) + (bytes[next] ?? 0)) | 0;
  }
  // Behind the name stand type and class.
  const type = next + 1;
  if (type + 4 > end || type - at > LONGEST_NAME) return -1;
  hash = (Math.imul(hash, 31) + u16(bytes, type)) | 0;
  reading.nameEnd = type;
  const known = recalled(questions, hash, bytes, at, type + 2 - at);
  if (known !== undefined) return known;
  const name = nameAt(reading, at, start);
  if (name === undefined) return -1;
  const number = questionNumber(digest, `${typeName(u16(bytes, type))}? ${name}`);
  keep(questions, hash, bytes, at, type + 2 - at, number);
  return number;
}

/** One of `FORM`, for an answer whose question ends at `reading.nameEnd`; `other` where it is cut, or neither positive nor NXDOMAIN. */
function answerForm(reading: Reading, start: number): number {
  const { bytes } = reading;
  const flags = u16(bytes, start + 2);
  if ((flags & TRUNCATED) !== 0) return FORM.other;
  const message: Message = { start, multicast: false };
  const answers = u16(bytes, start + 6);
  let at = reading.nameEnd + 4;
  for (let answer = 0; answer < answers && at >= 0; answer += 1)
    at = answerEnd(reading, at, message);
  if (at < 0) return FORM.other;
  const authority = u16(bytes, start + 8);
  const additional = u16(bytes, start + 10);
  switch ((flags & 15) | extendedRcode(reading, at, authority, additional)) {
    case 0:
      return answers > 0 ? FORM.answer : FORM.empty;
    case 3:
      return FORM.negative;
    default:
      return FORM.other;
  }
}

/** Where an answer ends; -1 when it is cut or broken. */
function answerEnd(reading: Reading, at: number, message: Message): number {
  const end = recordEnd(reading, at);
  if (end < 0) return -1;
  const { bytes } = reading;
  const type = u16(bytes, at + 2);
  const size = u16(bytes, at + 10);
  const isAddress = (type === 1 && size >= 4) || (type === 28 && size >= 16);
  // Nearly all answers are addresses of the name asked for; of any other only its text tells whether it is whole.
  if (isAddress && u16(bytes, at) === TO_QUESTION) return end;
  return recordText(reading, at, message) === undefined ? -1 : end;
}
