/**
 * A place in one line of text, and the strings that this capture has already shown.
 * Mutable on purpose: a packet is read in some thirty steps, and a record per step would cost more than the reading.
 */
export interface Cursor {
  text: string;
  at: number;
  readonly shared: Map<string, string>;
}

const ZERO = 48;
const NINE = 57;
const BLANK = 32;
const TAB = 9;
const MOST_DIGITS = 15;

export function cursorOn(text: string): Cursor {
  return { text, at: 0, shared: new Map() };
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** Moves past `literal` when it stands here. */
export function take(cursor: Cursor, literal: string): boolean {
  if (!cursor.text.startsWith(literal, cursor.at)) return false;
  cursor.at += literal.length;
  return true;
}

/** Moves past a decimal number; null when none stands here, or one longer than any that tcpdump counts. */
export function takeNumber(cursor: Cursor): number | null {
  const { text, at } = cursor;
  let next = at;
  let value = 0;
  for (let code = text.charCodeAt(next); isDigit(code); code = text.charCodeAt(next)) {
    value = value * 10 + code - ZERO;
    next += 1;
  }
  if (next === at) return null;
  cursor.at = next;
  return next - at > MOST_DIGITS ? null : value;
}

/** Moves past spaces and tabs, and returns the width they had on a terminal with tabs every eight columns. */
export function takeBlanks(cursor: Cursor): number {
  const { text } = cursor;
  let width = 0;
  for (; ; cursor.at += 1) {
    const code = text.charCodeAt(cursor.at);
    if (code === BLANK) width += 1;
    else if (code === TAB) width += 8 - (width % 8);
    else return width;
  }
}

/** Where the word that stands here ends: at the next blank or at the end of the line. */
export function wordEnd(cursor: Cursor): number {
  const end = cursor.text.indexOf(' ', cursor.at);
  return end < 0 ? cursor.text.length : end;
}

/** Moves to just after the next `mark`; to the end of the line when there is none. */
export function moveAfter(cursor: Cursor, mark: string): void {
  const at = cursor.text.indexOf(mark, cursor.at);
  cursor.at = at < 0 ? cursor.text.length : at + mark.length;
}

/** A piece of the line; equal pieces of one capture are the same string, so that 300,000 packets hold one host name. */
export function piece(cursor: Cursor, from: number, to: number): string {
  const text = cursor.text.slice(from, to);
  const known = cursor.shared.get(text);
  if (known !== undefined) return known;
  cursor.shared.set(text, text);
  return text;
}
