import { keep, recalled } from '../../primitives/recall.ts';
import { u16 } from './octets.ts';
import { writeByte } from './printable.ts';
import type { Reading } from './reading.ts';

const POINTER = 0xc0;
export const LONGEST_LABEL = 63;
export const LONGEST_NAME = 255;
/** A name has at most 127 labels; more jumps than that lead through nothing but pointers. */
const MOST_JUMPS = 127;
const POINT = 46;

/**
 * The name at `at`, with a dot behind every label and unprintable bytes as `^A` and `M-a` (print-domain.c, fqdn_print); undefined
 * when it is cut or its pointers lead forwards. `reading.nameEnd` is where it ends; offsets count from `start`, the message's first byte.
 */
export function nameAt(reading: Reading, at: number, start: number): string | undefined {
  const { bytes, end } = reading;
  let hash = 0;
  let next = at;
  for (;;) {
    if (next >= end) return undefined;
    const size = bytes[next] ?? 0;
    if (size >= POINTER) return compressedName(reading, at, start);
    if (size > LONGEST_LABEL) return undefined;
    if (size === 0) break;
    const label = Math.min(next + size, end - 1);
    for (; next <= label; next += 1) hash = (Math.imul(hash, 31) + (bytes[next] ?? 0)) | 0;
  }
  const width = next + 1 - at;
  reading.nameEnd = next + 1;
  return width > LONGEST_NAME
    ? writeName(reading, at, start)
    : sharedName(reading, at, start, width, hash);
}

/** Moves over the name at `at` without reading it; -1 when it is cut. */
export function nameEnd({ bytes, end }: Reading, at: number): number {
  let next = at;
  for (;;) {
    if (next >= end) return -1;
    const size = bytes[next] ?? 0;
    if (size >= POINTER) return next + 2 > end ? -1 : next + 2;
    if (size > LONGEST_LABEL) return -1;
    next += size + 1;
    if (size === 0) return next;
  }
}

function sharedName(
  reading: Reading,
  at: number,
  start: number,
  width: number,
  hash: number,
): string | undefined {
  const { names, bytes } = reading;
  const known = recalled(names, hash, bytes, at, width);
  if (known !== undefined) return known;
  const text = writeName(reading, at, start);
  if (text !== undefined) keep(names, hash, bytes, at, width, text);
  return text;
}

function compressedName(reading: Reading, at: number, start: number): string | undefined {
  const end = nameEnd(reading, at);
  if (end < 0) return undefined;
  reading.nameEnd = end;
  const { bytes } = reading;
  const target = start + (u16(bytes, at) & 0x3fff);
  // Nearly all names in answers point straight at the question, which is known already.
  const isPlain = (bytes[at] ?? 0) >= POINTER && target < at && (bytes[target] ?? 0) < POINTER;
  if (!isPlain) return writeName(reading, at, start);
  const text = nameAt(reading, target, start);
  reading.nameEnd = end;
  return text;
}

function writeName({ bytes, end }: Reading, at: number, start: number): string | undefined {
  const codes: number[] = [];
  let next = at;
  let lowest = at;
  let written = 0;
  for (let jumps = 0; jumps <= MOST_JUMPS && next < end; ) {
    const size = bytes[next] ?? 0;
    if (size === 0) return codes.length === 0 ? '.' : String.fromCharCode(...codes);
    if (size >= POINTER) {
      next = start + (u16(bytes, next) & 0x3fff);
      if (next >= lowest) return undefined;
      lowest = next;
      jumps += 1;
      continue;
    }
    if (size > LONGEST_LABEL || next + size >= end) return undefined;
    written += size + 1;
    if (written > LONGEST_NAME) return `${String.fromCharCode(...codes)}<DOMAIN NAME TOO LONG>`;
    writeLabel(codes, bytes, next + 1, size);
    next += size + 1;
  }
  return undefined;
}

function writeLabel(codes: number[], bytes: Uint8Array, at: number, size: number): void {
  for (let next = at; next < at + size; next += 1) writeByte(codes, bytes[next] ?? 0);
  codes.push(POINT);
}
