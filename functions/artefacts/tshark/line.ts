import type { Clock } from '../packet.ts';

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

const CLOCK = /^(?:(\d{4})-(\d\d)-(\d\d)[ T])?(\d\d):(\d\d):(\d\d)\.(\d{1,9})/;
/** Seconds since 1970 have ten digits, those of a capture fewer. */
const EPOCH = /^\d{9,}\./;

function momentOf(text: string): { readonly time: number; readonly clock: Clock } {
  const [whole, year, month, day, hour, minute, second, fraction = ''] = CLOCK.exec(text) ?? [];
  if (whole === undefined) {
    // Since 1970, since the first packet, or since the one before.
    const [seconds, rest = ''] = text.split('.');
    const time = Number(seconds) * 1e6 + micros(rest);
    return { time, clock: EPOCH.test(text) ? 'epoch' : 'delta' };
  }
  const ofDay =
    ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1e6 + micros(fraction);
  if (year === undefined) return { time: ofDay, clock: 'day' };
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return { time: midnight * 1e3 + ofDay, clock: 'date' };
}

/** The digits behind the point as microseconds. */
function micros(fraction: string): number {
  return Number(fraction.padEnd(9, '0')) / 1e3;
}
