import type { Strength } from '../define.ts';
import { spanOf } from './span.ts';

/** What one line says of the clock. */
export type ClockLine = { readonly line: number } & Said;
type Said =
  | { readonly is: 'synchronised'; readonly value: boolean }
  /** Seconds by which this host's clock is ahead; below zero it is behind. */
  | {
      readonly is: 'offset';
      readonly aheadSeconds: number;
      /** By the source that the clock follows, or by one that answers and is not followed. */
      readonly by: 'followed' | 'other';
    }
  | { readonly is: 'other' };

interface Form {
  readonly shape: RegExp;
  readonly strength: Strength;
  readonly said: (groups: Readonly<Record<string, string | undefined>>) => Said;
}

/** timedatectl, the label in a column of its own. */
const STATUS: readonly Form[] = [
  {
    shape: /^(?:System clock|NTP) synchronized: (?<yes>yes|no)$/,
    strength: 'strong',
    said: synchronised,
  },
  { shape: /^NTPSynchronized=(?<yes>yes|no)$/, strength: 'strong', said: synchronised },
  {
    shape: /^(?:RTC in local TZ|Universal time|RTC time|systemd-timesyncd\.service active): \S/,
    strength: 'strong',
    said: other,
  },
  {
    shape:
      /^(?:Local time|Time ?zone|NTP service|NTP enabled|Network time on|DST active|(?:Last|Next) DST change): \S/,
    strength: 'weak',
    said: other,
  },
  {
    shape: /^(?:Timezone|LocalRTC|CanNTP|NTP|TimeUSec|RTCTimeUSec)=/,
    strength: 'weak',
    said: other,
  },
  // `Offset: +1.250ms`: how far the server is ahead.
  { shape: /^Offset: (?<sign>[+-])(?<span>\S[\w. μµ]{0,60})$/, strength: 'weak', said: behind },
  {
    shape: /^Leap: (?<leap>normal|last minute of the day has (?:61|59) seconds|not synchronized)$/,
    strength: 'strong',
    said: leap,
  },
  {
    shape:
      /^(?:Server|Poll interval|Version|Stratum|Reference|Precision|Root distance|Delay|Jitter|Packet count|Frequency): \S/,
    strength: 'weak',
    said: other,
  },
];

const CHRONY: readonly Form[] = [
  {
    shape: /^System time +: (?<seconds>\d{1,12}\.\d{1,9}) seconds (?<way>slow|fast) of NTP time$/,
    strength: 'strong',
    said: tracked,
  },
  {
    shape: /^Leap status +: (?<leap>Normal|Insert second|Delete second|Not synchronised)$/,
    strength: 'strong',
    said: leap,
  },
  {
    shape:
      /^(?:Reference ID +: [\dA-F]{7,8} \(|Ref time \(UTC\) +: |Root (?:delay|dispersion) +: [\d.]+ seconds$|Residual freq +: )/,
    strength: 'strong',
    said: other,
  },
  {
    shape: /^(?:Stratum|Last offset|RMS offset|Frequency|Skew|Update interval) +: [+-]?[\d.]+/,
    strength: 'weak',
    said: other,
  },
  {
    // MS, name, stratum, poll, reach, last received, `adjusted[measured] +/- error`; positive: this clock is ahead.
    shape:
      /^[\^=#](?<state>[*+?x~ -]) (?<name>\S{1,60}) +(?<stratum>\d{1,2}) +-?\d{1,2} +(?<reach>[0-7]{1,3}) +(?:\d{1,5}[mhdy]?|-) +[+-]\d[\d.]*[a-z]{1,2}\[ {0,5}(?<sign>[+-])(?<span>\d[\d.]*[a-z]{1,2})\] +\+\/- +\d[\d.]*[a-z]{1,2}$/,
    strength: 'strong',
    said: source,
  },
  { shape: /^MS Name\/IP address +Stratum Poll Reach LastRx/, strength: 'strong', said: other },
  { shape: /^210 Number of sources = \d{1,4}$/, strength: 'strong', said: other },
  // Rules of other tables look the same: it stands below its heading.
  { shape: /^={40,200}$/, strength: 'none', said: other },
  { shape: /^(?:\.-- Source mode|\/ \.- Source state|\|\|? )/, strength: 'weak', said: other },
];

const NTPQ: readonly Form[] = [
  {
    shape: /^remote +refid +st t when poll reach +delay +offset +jitter$/,
    strength: 'strong',
    said: other,
  },
  {
    // Tally, remote, refid, stratum, type, when, poll, reach, then delay, offset and jitter in milliseconds; positive: the server is ahead.
    shape:
      /^(?<tally>[x.+#*o-]?)[\w.:-]{1,60} +[\w.:-]{1,45} +\d{1,2} [a-zA-Z-] +(?:\d{1,5}[mhdy]?|-) +\d{1,5}[mhdy]? +(?<reach>[0-7]{1,3}) +\d{1,8}\.\d{1,6} +(?<ms>[+-]?\d{1,12}\.\d{1,6}) +\d{1,12}\.\d{1,6}$/,
    strength: 'strong',
    said: peer,
  },
];

const ALL = [...STATUS, ...CHRONY, ...NTPQ];
const LONGEST = 200;

/** How sure the line is of being of a clock. */
export function strengthOf(line: string): Strength {
  return formOf(line)?.form.strength ?? 'none';
}

/** What a line says of the clock; undefined when it is none of these programs'. Its own place is filled in by the reader. */
export function clockLineOf(line: string): ClockLine | undefined {
  const found = formOf(line);
  return found === undefined ? undefined : { line: 0, ...found.form.said(found.groups) };
}

function formOf(line: string) {
  const text = line.trim();
  if (text.length === 0 || text.length > LONGEST) return undefined;
  for (const form of ALL) {
    const match = form.shape.exec(text);
    if (match !== null) return { form, groups: match.groups ?? {} };
  }
  return undefined;
}

type Groups = Parameters<Form['said']>[0];

function other(): Said {
  return { is: 'other' };
}

function synchronised({ yes }: Groups): Said {
  return { is: 'synchronised', value: yes === 'yes' };
}

function leap({ leap: status = '' }: Groups): Said {
  return { is: 'synchronised', value: !/^not /i.test(status) };
}

function behind({ sign, span = '' }: Groups): Said {
  return offset(spanOf(span), sign !== '+', 'followed');
}

function tracked({ seconds, way }: Groups): Said {
  const value = Number(seconds);
  // chronyd that follows nobody prints a zero: nothing was measured.
  return value === 0 ? other() : offset(value, way === 'fast', 'followed');
}

function source({ state, reach, sign, span = '' }: Groups): Said {
  // What chrony itself takes for a false clock, and who never answered, measures nothing.
  if (state === 'x' || Number(reach) === 0) return other();
  return offset(spanOf(span), sign === '+', state === '*' ? 'followed' : 'other');
}

function peer({ tally, reach, ms = '' }: Groups): Said {
  if (tally === 'x' || Number(reach) === 0) return other();
  const by = tally === '*' || tally === 'o' ? 'followed' : 'other';
  return offset(Math.abs(Number(ms)) / 1000, Number(ms) < 0, by);
}

function offset(seconds: number | undefined, ahead: boolean, by: 'followed' | 'other'): Said {
  return seconds === undefined
    ? other()
    : { is: 'offset', aheadSeconds: ahead ? seconds : -seconds, by };
}
