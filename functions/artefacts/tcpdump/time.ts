import type { Clock } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, isDigit } from './cursor.ts';

/** The forms of a time stamp. */
type Form = 'day' | 'date' | 'epoch';

const ZERO = 48;
const NO_DIGITS = 100;
const COLON = 58;
const HYPHEN = 45;
const POINT = 46;
const BLANK = 32;
const DAY_LENGTH = '14:21:47'.length;
const DATE_LENGTH = '2020-06-10'.length;
const HOUR_MICROS = 3_600_000_000;

/**
 * Reads the time stamp that `stampAt` found here, in one of the forms of tcpdump's util-print.c (ts_print): `-t` none, default `14:21:47.819323`,
 * `-tt` seconds since 1970, `-ttt` and `-ttttt` like the default, `-tttt` with a date; six or nine digits of fraction.
 */
export function readTime(cursor: Cursor, packet: Draft): Clock {
  const { text, at } = cursor;
  const clock = clockAt(text, at);
  packet.time = takeStamp(cursor);
  packet.timeText = text.slice(at, cursor.at);
  cursor.at += 1;
  return clock;
}

/** Moves past the time stamp that stands here, and returns its microseconds. */
function takeStamp(cursor: Cursor): number {
  const { text, at } = cursor;
  const point = pointAt(text, at);
  const end = fractionEnd(text, point);
  let fraction = 0;
  for (let next = point + 1; next < end; next += 1)
    fraction = fraction * 10 + text.charCodeAt(next) - ZERO;
  cursor.at = end;
  return toMicros(secondsAt(text, at), fraction, end - point - 1);
}

/** Whole seconds and the digits behind the point as microseconds. */
export function toMicros(seconds: number, fraction: number, digits: number): number {
  return (digits === 6 ? fraction : fraction * 10 ** (6 - digits)) + seconds * 1_000_000;
}

/** Where the point of the time stamp at `at` stands. */
export function pointAt(text: string, at: number): number {
  switch (clockAt(text, at)) {
    case 'day':
      return at + DAY_LENGTH;
    case 'date':
      return at + DATE_LENGTH + 1 + DAY_LENGTH;
    default:
      return text.indexOf('.', at);
  }
}

/** The whole seconds of the time stamp at `at`. */
export function secondsAt(text: string, at: number): number {
  switch (clockAt(text, at)) {
    case 'day':
      return secondsOfDay(text, at);
    case 'date':
      return secondsOfDay(text, at + DATE_LENGTH + 1) + daysSince1970(text, at) * 86_400;
    default:
      return Number(text.slice(at, text.indexOf('.', at)));
  }
}

/** Where the time stamp of a line begins, which `-#` may have put a packet number before; -1 when there is none. */
export function stampAt(text: string, at: number): number {
  if (!isDigit(text.charCodeAt(at))) return -1;
  if (isStamp(text, at)) return at;
  let next = at;
  while (isDigit(text.charCodeAt(next))) next += 1;
  if (text.charCodeAt(next) !== BLANK) return -1;
  while (text.charCodeAt(next) === BLANK) next += 1;
  return isStamp(text, next) ? next : -1;
}

/**
 * `-ttt` and `-ttttt` print like the time of day. They start at exactly zero; where the start was cut off, steps that
 * go up and down below one hour can only be differences between packets.
 */
export function isDelta(times: Float64Array): boolean {
  let previous = -1;
  let steps = 0;
  let backwards = 0;
  for (const time of times) {
    if (Number.isNaN(time)) continue;
    if (time === 0 && previous < 0) return true;
    if (time >= HOUR_MICROS) return false;
    if (previous >= 0) steps += 1;
    if (time < previous) backwards += 1;
    previous = time;
  }
  return backwards > 0 && backwards * 4 >= steps;
}

/** Whether a time stamp stands at `at`. */
export function isStamp(text: string, at: number): boolean {
  switch (clockAt(text, at)) {
    case 'day':
      return isTimeOfDay(text, at);
    case 'date':
      return isDate(text, at) && isTimeOfDay(text, at + DATE_LENGTH + 1);
    default:
      return isEpoch(text, at);
  }
}

/** Which of the three forms the text at `at` could be; told by one character each. */
export function clockAt(text: string, at: number): Form {
  if (text.charCodeAt(at + 2) === COLON) return 'day';
  return text.charCodeAt(at + 4) === HYPHEN ? 'date' : 'epoch';
}

function isTimeOfDay(text: string, at: number): boolean {
  return (
    two(text, at) < 24 &&
    text.charCodeAt(at + 2) === COLON &&
    two(text, at + 3) < 60 &&
    text.charCodeAt(at + 5) === COLON &&
    two(text, at + 6) < 61 &&
    isFraction(text, at + DAY_LENGTH)
  );
}

function isDate(text: string, at: number): boolean {
  return (
    two(text, at) < NO_DIGITS &&
    two(text, at + 2) < NO_DIGITS &&
    two(text, at + 5) <= 12 &&
    text.charCodeAt(at + 7) === HYPHEN &&
    two(text, at + 8) <= 31 &&
    text.charCodeAt(at + DATE_LENGTH) === BLANK
  );
}

function isEpoch(text: string, at: number): boolean {
  let next = at;
  while (isDigit(text.charCodeAt(next))) next += 1;
  return next - at >= 9 && next - at <= 11 && isFraction(text, next);
}

// At least six digits tell a packet's time from that of most logs.
function isFraction(text: string, point: number): boolean {
  if (text.charCodeAt(point) !== POINT) return false;
  const end = fractionEnd(text, point);
  return (
    end - point > 6 && end - point < 12 && (end === text.length || text.charCodeAt(end) === BLANK)
  );
}

function fractionEnd(text: string, point: number): number {
  let next = point + 1;
  while (isDigit(text.charCodeAt(next))) next += 1;
  return next;
}

function secondsOfDay(text: string, at: number): number {
  return two(text, at) * 3600 + two(text, at + 3) * 60 + two(text, at + 6);
}

/** Days from 1970-01-01 in the Gregorian calendar; the zone is the host's own and stays unknown. */
function daysSince1970(text: string, at: number): number {
  const month = two(text, at + 5);
  // Years that begin in March put the leap day at their end.
  const year = two(text, at) * 100 + two(text, at + 2) - (month <= 2 ? 1 : 0);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + two(text, at + 8) - 1;
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  return year * 365 + leapDays + dayOfYear - 719_468;
}

/** Two digits as a number; more than two digits can hold when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NO_DIGITS;
}
