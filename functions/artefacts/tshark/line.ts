import type { Clock } from '../packet.ts';
import { isStamp, pointAt, secondsAt, toMicros } from '../tcpdump/time.ts';

/** The columns of one packet as tshark prints them: `No. Time Source → Destination Protocol Length Info`. */
export interface Row {
  /** Microseconds on the clock. */
  readonly time: number;
  readonly timeText: string;
  readonly clock: Clock;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Bytes of the whole frame. */
  readonly length: number;
  readonly info: string;
}

/** `-t r`, `-t d` and `-t e` are seconds; `-t a` a time of day, `-t ad` a date; `-t u` and `-t ud` the same in UTC. */
const STAMP = String.raw`(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d\.\d{1,9}Z?|\d{1,10}\.\d{1,9}`;
/** Wireshark 2 and later draw the arrow, older ones and plain terminals write `->`. */
const ROW = new RegExp(
  String.raw`^\s*(?:\d{1,9}\s+)?(${STAMP})\s+(\S{1,255})\s+(?:→|->)\s+(\S{1,255})\s+(\S{1,40})\s+(\d{1,6})(?:\s+(.*))?$`,
);
const BEGUN = new RegExp(String.raw`^\s*(?:\d{1,9}\s+)?(?:${STAMP})\s+\S{1,255}\s+(?:→|->)`);

/** Reads one line; undefined when it is no whole row (print_packet and column_dump in Wireshark's tshark.c). */
export function rowIn(line: string): Row | undefined {
  const [, timeText, source, destination, protocol, length, info = ''] = ROW.exec(line) ?? [];
  if (timeText === undefined || source === undefined || destination === undefined) return undefined;
  if (protocol === undefined) return undefined;
  return {
    ...momentOf(timeText),
    timeText,
    source,
    destination,
    protocol,
    length: Number(length),
    info: info.trim(),
  };
}

/** Whether a row begins here, whole or cut off. */
export function beginsRow(line: string): boolean {
  return BEGUN.test(line);
}

function momentOf(timeText: string): { readonly time: number; readonly clock: Clock } {
  const text = timeText.replace('T', ' ').replace('Z', '');
  const padded = text.padEnd(text.indexOf('.') + 7, '0');
  if (isStamp(padded, 0)) {
    const point = pointAt(padded, 0);
    const fraction = padded.slice(point + 1);
    const time = toMicros(secondsAt(padded, 0), Number(fraction), fraction.length);
    return { time, clock: clockOf(padded) };
  }
  // Seconds since the first packet or since the one before.
  return { time: Math.round(Number(text) * 1e9) / 1e3, clock: 'delta' };
}

function clockOf(text: string): Clock {
  if (text.charAt(2) === ':') return 'day';
  return text.charAt(4) === '-' ? 'date' : 'epoch';
}
