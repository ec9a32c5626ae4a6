/** systemd's format_timespan (src/basic/time-util.c) and chrony's print_nanoseconds (client.c): `1d 2h 3min 4.5s`, `-86402s`, `120us`. */
const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  μs: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  month: 2_629_800,
  y: 31_557_600,
};
const PART = /^(\d{1,12}(?:\.\d{1,9})?)([a-zμµ]{1,5})$/;

/** Seconds that a span of time written with units has; undefined where a part of it cannot be read. */
export function spanOf(text: string): number | undefined {
  let sum = 0;
  for (const part of text.trim().split(/ +/)) {
    const [, count, unit = ''] = PART.exec(part) ?? [];
    const seconds = SECONDS[unit];
    if (count === undefined || seconds === undefined) return undefined;
    sum += Number(count) * seconds;
  }
  return sum;
}
