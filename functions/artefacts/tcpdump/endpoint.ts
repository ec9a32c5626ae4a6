import type { Endpoint } from '../packet.ts';
import { portNamed } from '../service-ports.ts';
import { type Cursor, isDigit, piece } from './cursor.ts';

const BLANK = 32;
const GREATER = 62;
const COLON = 58;
const POINT = 46;

/** Where the two ends of `source > destination:` stand in a line, and where the text after them begins. */
export interface Ends {
  readonly from: number;
  readonly arrow: number;
  readonly to: number;
  readonly toEnd: number;
  readonly rest: number;
  /** The line stops before the colon. */
  readonly cut: boolean;
}

/** Finds `source > destination:` at `from`: two words without blanks; undefined when something else stands there. */
export function endsAt(text: string, from: number): Ends | undefined {
  const arrow = text.indexOf(' ', from);
  if (
    arrow <= from ||
    text.charCodeAt(arrow + 1) !== GREATER ||
    text.charCodeAt(arrow + 2) !== BLANK
  )
    return undefined;
  const to = arrow + 3;
  const blank = text.indexOf(' ', to);
  const end = blank < 0 ? text.length : blank;
  if (end === to) return undefined;
  const colon = text.charCodeAt(end - 1) === COLON;
  if (!colon && blank >= 0) return undefined;
  return {
    from,
    arrow,
    to,
    toEnd: colon ? end - 1 : end,
    rest: Math.min(end + 1, text.length),
    cut: !colon,
  };
}

/** Whether both ends look like addresses or host names with ports, not like words around a shell's `>`. */
export function areEndpoints(text: string, ends: Ends): boolean {
  return hasPoint(text, ends.from, ends.arrow) && hasPoint(text, ends.to, ends.toEnd);
}

/**
 * Reads one end. The port follows the last dot (print-udp.c, print-tcp.c: `%s.%s`); names hold dots themselves, so it is split off
 * only where the protocol has ports or where the shape leaves no doubt (five numbers).
 */
export function endpoint(cursor: Cursor, from: number, to: number, ported: boolean): Endpoint {
  const { text } = cursor;
  const split = ported || dotsOf(text, from, to) === -5;
  const dot = split ? text.lastIndexOf('.', to - 1) : -1;
  if (dot <= from) return { host: piece(cursor, from, to), port: null };
  return { host: piece(cursor, from, dot), port: portOf(text, dot + 1, to) };
}

/** Whether an end ends in a port number or a known service name. */
export function looksPorted(text: string, from: number, to: number): boolean {
  const dots = dotsOf(text, from, to);
  if (dots < 0) return dots === -5;
  return dots > 0 && portOf(text, text.lastIndexOf('.', to - 1) + 1, to) !== null;
}

/** The number of dots; where only digits stand between them, the number of numbers, negative: -4 is a bare IPv4 address. */
function dotsOf(text: string, from: number, to: number): number {
  let dots = 0;
  let numeric = true;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === POINT) dots += 1;
    else if (!isDigit(code)) numeric = false;
  }
  return numeric ? -dots - 1 : dots;
}

function portOf(text: string, from: number, to: number): number | null {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return portNamed(text.slice(from, to).toLowerCase());
    value = value * 10 + code - 48;
  }
  return from < to && value <= 65_535 ? value : null;
}

function hasPoint(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === POINT || code === COLON) return true;
  }
  return false;
}
