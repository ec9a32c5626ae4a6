import { isDigit } from './cursor.ts';
import type { Window } from './window.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const POINT = 46;
const ZERO = 48;
const PORTS = 0x1_0000;

/** A place in a window, told within it. Mutable on purpose, as the cursor on a line is. */
export interface WindowCursor {
  readonly window: Window;
  at: number;
}

/** `10.42.2.87.35181` as one number, the port in its last 16 bits; -1 when it is none, or not written as tcpdump does. */
export function takeEnd(cursor: WindowCursor): number {
  const { bytes } = cursor.window;
  let address = 0;
  let points = 0;
  let value = 0;
  let digits = 0;
  let next = cursor.at;
  for (; ; next += 1) {
    const code = bytes[next] ?? 0;
    if (isDigit(code)) {
      if ((digits > 0 && value === 0) || digits === 5) return -1;
      value = value * 10 + code - ZERO;
      digits += 1;
    } else if (code === POINT) {
      if (digits === 0 || value > 255 || points === 4) return -1;
      address = address * 256 + value;
      points += 1;
      value = 0;
      digits = 0;
    } else break;
  }
  cursor.at = next;
  return points === 4 && digits > 0 && value < PORTS ? address * PORTS + value : -1;
}

/** Moves past a number of at most so many digits and without zeros before it; -1, and nothing moved, when there is none. */
export function takeNumber(cursor: WindowCursor, most: number): number {
  const { bytes } = cursor.window;
  const { at } = cursor;
  let next = at;
  let value = 0;
  for (let code = bytes[next] ?? 0; isDigit(code); code = bytes[next] ?? 0) {
    value = value * 10 + code - ZERO;
    next += 1;
  }
  const digits = next - at;
  if (digits === 0 || digits > most || (digits > 1 && bytes[at] === ZERO)) return -1;
  cursor.at = next;
  return value;
}

export function take(cursor: WindowCursor, word: Uint8Array): boolean {
  if (!stands(cursor.window.bytes, cursor.at, word)) return false;
  cursor.at += word.length;
  return true;
}

export function takeByte(cursor: WindowCursor, byte: number): boolean {
  if (cursor.window.bytes[cursor.at] !== byte) return false;
  cursor.at += 1;
  return true;
}

export function stands(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let next = 0; next < word.length; next += 1)
    if (bytes[at + next] !== word[next]) return false;
  return true;
}

export function bytesOf(word: string): Uint8Array {
  return Uint8Array.from(word, (letter) => letter.charCodeAt(0));
}

export function takeLineEnd(cursor: WindowCursor): boolean {
  takeByte(cursor, CARRIAGE_RETURN);
  return takeByte(cursor, LINE_FEED);
}
