import type { Protocol } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { protocolNumbers } from '../protocol-numbers.ts';
import { type Cursor, moveAfter, take, takeBlanks, takeNumber } from './cursor.ts';

const IP6_HEADER_BYTES = 40;
const COMMA = 44;
const BLANK = 32;
const PLUS = 43;
const COLON = 58;
const CAPITAL_D = 68;
/** The second letter of `options` and of no other field. */
const SMALL_P = 112;
const OPEN = 40;
const CLOSE = 41;
const OPEN_SQUARE = 91;
const CLOSE_SQUARE = 93;
/** Every packet that is no fragment shares this one. */
const WHOLE = { offset: 0, more: false };

/**
 * Reads the header that `-v` prints in brackets, field by field (print-ip.c, print-ip6.c):
 * `(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 83)` and `(hlim 64, next-header UDP (17), payload length: 43)`.
 * True when it has options, which make it longer than usual.
 */
export function readHeader(cursor: Cursor, packet: Draft): boolean {
  const { text } = cursor;
  let options = false;
  cursor.at += 1;
  for (;;) {
    if (text.charCodeAt(cursor.at + 1) === SMALL_P) options = true;
    readField(cursor, packet);
    if (text.charCodeAt(cursor.at) !== COMMA) cursor.at = fieldEnd(text, cursor.at);
    if (text.charCodeAt(cursor.at) !== COMMA) break;
    cursor.at += 1;
    if (text.charCodeAt(cursor.at) === BLANK) cursor.at += 1;
  }
  if (cursor.at < text.length) cursor.at += 1;
  else packet.truncated = true;
  takeBlanks(cursor);
  if (take(cursor, '[real length')) {
    moveAfter(cursor, ']');
    takeBlanks(cursor);
  }
  return options;
}

/**
 * Reads the IPv6 extension headers that precede the payload: `HBH (rtalert: 0x0000) (padn) `, `frag (0x1a2b3c4d:0|1232) `.
 * False, and nothing moved, when there is none.
 */
export function readExtensions(cursor: Cursor, packet: Draft): boolean {
  const start = cursor.at;
  for (let headers = 0; headers < 8; headers += 1) {
    if (take(cursor, 'frag (')) readFragment(cursor, packet);
    else if (!take(cursor, 'HBH ') && !take(cursor, 'DSTOPT ')) break;
    while (cursor.text.charCodeAt(cursor.at) === OPEN) {
      cursor.at += 1;
      moveAfter(cursor, ')');
      takeBlanks(cursor);
    }
    takeBlanks(cursor);
  }
  return cursor.at > start;
}

// The first letters tell the fields apart; this is the hottest loop of the whole reader.
function readField(cursor: Cursor, packet: Draft): void {
  const { text, at } = cursor;
  switch (text.charCodeAt(at)) {
    case 116: // ttl, tos
      if (text.charCodeAt(at + 1) === 116) packet.ttl = numberAt(cursor, at + 'ttl'.length);
      break;
    case 104: // hlim
      packet.ttl = numberAt(cursor, at + 'hlim'.length);
      break;
    case 105: // id
      packet.ipId = numberAt(cursor, at + 'id'.length);
      break;
    case 108: // length
      packet.ipLength = numberAt(cursor, at + 'length'.length);
      break;
    case 111: // offset, options
      if (text.charCodeAt(at + 1) === 102) readOffset(cursor, packet);
      break;
    case 102: // flags, flowlabel
      if (text.charCodeAt(at + 2) === 97) readFlags(cursor, packet);
      break;
    case 110: // next-header
      packet.protocol = protocolAt(cursor);
      break;
    case 112: // proto, payload length
      if (text.charCodeAt(at + 1) === 114) packet.protocol = protocolAt(cursor);
      else packet.ipLength = plus(numberAt(cursor, at + 'payload length'.length), IP6_HEADER_BYTES);
  }
}

function readOffset(cursor: Cursor, packet: Draft): void {
  const offset = numberAt(cursor, cursor.at + 'offset'.length);
  if (offset !== null) packet.fragment = offset === 0 ? WHOLE : { offset, more: false };
}

// `flags [DF]`, `flags [+]`, `flags [none]`, `flags [+, DF, rsvd]`: a capital D and a plus stand nowhere else in it.
function readFlags(cursor: Cursor, packet: Draft): void {
  const { text } = cursor;
  let whole = true;
  let at = cursor.at;
  for (
    let code = text.charCodeAt(at);
    code > 0 && code !== CLOSE_SQUARE;
    code = text.charCodeAt(at)
  ) {
    if (code === CAPITAL_D) whole = false;
    else if (code === PLUS) packet.fragment = { offset: packet.fragment?.offset ?? 0, more: true };
    at += 1;
  }
  cursor.at = Math.min(at + 1, text.length);
  packet.dontFragment = !whole;
}

/** The number behind a word that ends at `at`: `ttl 64`, `length: 83` (with a colon before tcpdump 4, and in IPv6 headers). */
function numberAt(cursor: Cursor, at: number): number | null {
  const code = cursor.text.charCodeAt(at);
  cursor.at = code === COLON ? at + 2 : at + 1;
  return code === COLON || code === BLANK ? takeNumber(cursor) : null;
}

// `proto UDP (17)`, `next-header HBH (0)`; the name alone would depend on the tables of the host.
function protocolAt(cursor: Cursor): Protocol {
  const { text } = cursor;
  for (let at = cursor.at; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === CLOSE || Number.isNaN(code)) {
      cursor.at = Math.min(at, text.length);
      return 'other';
    }
    if (code === OPEN) {
      cursor.at = at + 1;
      const protocol = protocolNumbers[takeNumber(cursor) ?? -1] ?? 'other';
      if (text.charCodeAt(cursor.at) === CLOSE) cursor.at += 1;
      return protocol;
    }
  }
}

function plus(length: number | null, header: number): number | null {
  return length === null ? null : length + header;
}

// print-frag6.c; it does not say whether more fragments follow, but a first fragment is never the last.
function readFragment(cursor: Cursor, packet: Draft): void {
  if (take(cursor, '0x')) moveAfter(cursor, ':');
  const offset = takeNumber(cursor);
  if (offset !== null) packet.fragment = { offset, more: offset === 0 };
  moveAfter(cursor, ')');
}

/** Where a field ends: at the comma or bracket that is not inside brackets of its own. */
function fieldEnd(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === OPEN || code === OPEN_SQUARE) depth += 1;
    else if (depth > 0 && (code === CLOSE || code === CLOSE_SQUARE)) depth -= 1;
    else if (depth === 0 && (code === COMMA || code === CLOSE)) break;
  }
  return at;
}
