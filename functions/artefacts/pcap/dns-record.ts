import { nameAt, nameEnd } from './dns-name.ts';
import { className, typeName } from './dns-words.ts';
import { u16, u32 } from './octets.ts';
import { writeByte } from './printable.ts';
import { ip4At, ip6At, type Reading } from './reading.ts';

/** Type, class, lifetime and length of a record, behind its name (RFC 1035 3.2.1). */
const FIXED_BYTES = 10;
const INTERNET = 1;
const FLUSH = 0x8000;

export const TYPE_OPT = 41;

/** One message: where it begins, and whether it is multicast DNS, which takes a bit of the class for itself. */
export interface Message {
  readonly start: number;
  readonly multicast: boolean;
}

/** Where the record at `at` ends; -1 when it is cut. */
export function recordEnd(reading: Reading, at: number): number {
  const fixed = nameEnd(reading, at);
  if (fixed < 0 || fixed + FIXED_BYTES > reading.end) return -1;
  const end = fixed + FIXED_BYTES + u16(reading.bytes, fixed + 8);
  return end > reading.end ? -1 : end;
}

/** One record as `tcpdump -v` prints it (print-domain.c, ns_rprint): `web.example.com. A 198.51.100.7`; undefined when a name in it is broken. */
export function recordText(
  reading: Reading,
  at: number,
  { start, multicast }: Message,
): string | undefined {
  const { bytes } = reading;
  const name = nameAt(reading, at, start);
  if (name === undefined) return undefined;
  const fixed = reading.nameEnd;
  const type = u16(bytes, fixed);
  const classField = u16(bytes, fixed + 2);
  const ownClass = multicast ? classField & ~FLUSH : classField;
  const content = contentText(reading, type, fixed + FIXED_BYTES, u16(bytes, fixed + 8), start);
  if (content === undefined) return undefined;
  const marks =
    (ownClass === INTERNET || type === TYPE_OPT ? '' : ` ${className(ownClass)}`) +
    (multicast && (classField & FLUSH) !== 0 ? ' (Cache flush)' : '');
  return `${name}${marks} ${typeName(type)}${content}`;
}

/** What stands behind the type, with a blank before it; empty for types that tcpdump does not spell out. */
function contentText(
  reading: Reading,
  type: number,
  at: number,
  size: number,
  start: number,
): string | undefined {
  const { bytes } = reading;
  switch (type) {
    case 1:
      return size < 4 ? undefined : ` ${ip4At(reading, at)}`;
    case 28:
      return size < 16 ? undefined : ` ${ip6At(reading, at)}`;
    case 2:
    case 5:
    case 12:
    case 39:
      return spaced(nameAt(reading, at, start));
    case 6:
      return authorityText(reading, at, start);
    case 15:
      return spaced(nameAt(reading, at + 2, start), ` ${u16(bytes, at)}`);
    case 16:
      return stringsText(bytes, at, at + size);
    case 33: {
      const numbers = `:${u16(bytes, at + 4)} ${u16(bytes, at)} ${u16(bytes, at + 2)}`;
      return spaced(nameAt(reading, at + 6, start), numbers);
    }
    default:
      return '';
  }
}

// SOA: two names and five numbers.
function authorityText(reading: Reading, at: number, start: number): string | undefined {
  const server = nameAt(reading, at, start);
  if (server === undefined) return undefined;
  const mailbox = nameAt(reading, reading.nameEnd, start);
  if (mailbox === undefined || reading.nameEnd + 20 > reading.end) return undefined;
  let text = ` ${server} ${mailbox}`;
  for (let number = 0; number < 5; number += 1)
    text += ` ${u32(reading.bytes, reading.nameEnd + number * 4)}`;
  return text;
}

// TXT: strings with their length before them.
function stringsText(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = '';
  for (let at = from; at < to; ) {
    const end = at + 1 + (bytes[at] ?? 0);
    if (end > to) return undefined;
    const codes: number[] = [];
    for (at += 1; at < end; at += 1) writeByte(codes, bytes[at] ?? 0);
    text += ` "${String.fromCharCode(...codes)}"`;
  }
  return text;
}

function spaced(name: string | undefined, rest = ''): string | undefined {
  return name === undefined ? undefined : ` ${name}${rest}`;
}
