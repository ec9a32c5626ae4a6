import { type ClockLine, clockLineOf, strengthOf } from './clock/lines.ts';
import { ASCII, defineArtefact, type Parsed } from './define.ts';

/** What programs that keep the time say of a host's clock. */
interface Clock {
  readonly said: readonly ClockLine[];
}

/**
 * `timedatectl` with `status`, `show` and `timesync-status` (systemd src/timedate/timedatectl.c, from 213 on), `chronyc tracking`
 * and `sources` (chrony client.c), `ntpq -p` (ntp and NTPsec ntpq-subs.c).
 */
export const clock = defineArtefact({
  kind: 'clock',
  title: 'timedatectl, chronyc, ntpq',
  ask: 'timedatectl; chronyc -n tracking; chronyc -n sources',
  hint: /(?:^|[\s;&|/])(?:timedatectl|ntpq\s|chronyc\s+(?:-\S+\s+)*(?:tracking|sources))/,
  first: ASCII,
  recognise: strengthOf,
  continues: (line) => clockLineOf(line) !== undefined,
  parse,
  size: ({ said }) => ({ count: said.length, unit: 'lines' }),
  facts: {},
});

function parse(lines: readonly string[]): Parsed<Clock> | undefined {
  const said: ClockLine[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    if (raw.trim() === '') continue;
    const told = clockLineOf(raw);
    if (told === undefined) unread.push(index + 1);
    else said.push({ ...told, line: index + 1 });
  }
  return said.length === 0 ? undefined : { content: { said }, unread };
}
