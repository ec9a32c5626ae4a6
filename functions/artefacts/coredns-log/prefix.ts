/** What stands before a line of a container's log: when it was written and by which pod, as far as something says so. */
export interface Prefixed {
  readonly text: string;
  /** Milliseconds on a clock of the log's own; only differences mean anything. */
  readonly timeMs: number | null;
  readonly pod: string | null;
}

const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?`;
const ISO = new RegExp(
  String.raw`^(\d{4})-(\d\d)-(\d\d)[T ]${CLOCK}(Z|[+-]\d\d:?\d\d)?(?: std(?:out|err) [FP])?(?:\s+|$)`,
);
/** Go's own log package, as node-cache sets it, and CoreDNS before 1.3. */
const GO = new RegExp(String.raw`^(\d{4})/(\d\d)/(\d\d) ${CLOCK} `);
const SYSLOG = new RegExp(
  String.raw`^([A-Z][a-z]{2}) {1,2}(\d{1,2}) ${CLOCK} (\S{1,255}) [\w.@-]{1,80}(?:\[\d{1,10}\])?: `,
);
/** `kubectl logs --prefix`. */
const KUBECTL = /^\[pod\/([\w.-]{1,253})\/[\w-]{1,63}\] ?/;
/** stern and k9s: the pod, the container. */
const STERN =
  /^([a-z0-9][a-z0-9-]{0,240}-[a-z0-9]{5}) (?:› )?(?:coredns|node-cache|kubedns|dns)\s+/;
const COMPOSE = /^[\w.-]{1,80}\s{0,12}\| /;
/** docker's json-file driver. */
const JSON_FILE = /^\{"log":/;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

// kubectl puts the pod before the time, and a container's own time may follow that of the runtime.
const MOST_LAYERS = 4;

/** Takes off what kubectl, the container runtime, journald, stern or compose wrote before a line. */
export function withoutPrefix(line: string): Prefixed {
  let read: Prefixed = fromJsonFile(line.trim());
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const next = withoutOne(read);
    if (next === undefined) break;
    read = next;
  }
  return read;
}

function withoutOne({ text, timeMs, pod }: Prefixed): Prefixed | undefined {
  const named = KUBECTL.exec(text) ?? STERN.exec(text);
  if (named !== null) return { text: text.slice(named[0].length), timeMs, pod: named[1] ?? pod };
  const dated = ISO.exec(text) ?? GO.exec(text);
  if (dated !== null) {
    const [whole, year, month, day, ...clock] = dated;
    const own = momentOf([Number(year), Number(month) - 1, Number(day)], clock);
    return { text: text.slice(whole.length), timeMs: timeMs ?? own - offsetOf(clock[4]), pod };
  }
  const syslog = SYSLOG.exec(text);
  if (syslog !== null) {
    const [whole, month = '', day, ...clock] = syslog;
    const at = MONTHS.indexOf(month);
    // The year is not written; a leap year knows every day.
    const own = at < 0 ? null : momentOf([2000, at / 3, Number(day)], clock);
    return { text: text.slice(whole.length), timeMs: timeMs ?? own, pod };
  }
  const compose = COMPOSE.exec(text);
  return compose === null ? undefined : { text: text.slice(compose[0].length), timeMs, pod };
}

function momentOf(
  [year, month, day]: readonly [number, number, number],
  [hours, minutes, seconds, fraction = '']: readonly (string | undefined)[],
): number {
  const millis = Number(fraction.padEnd(3, '0').slice(0, 3));
  return Date.UTC(year, month, day, Number(hours), Number(minutes), Number(seconds), millis);
}

function offsetOf(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  const minutesEast = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return (sign === '-' ? -1 : 1) * minutesEast * 60_000;
}

function fromJsonFile(line: string): Prefixed {
  const bare = { text: line, timeMs: null, pod: null };
  if (!JSON_FILE.test(line)) return bare;
  try {
    const { log, time }: { log?: unknown; time?: unknown } = JSON.parse(line);
    if (typeof log !== 'string') return bare;
    const { timeMs } =
      typeof time === 'string' ? (withoutOne({ ...bare, text: time }) ?? bare) : bare;
    return { text: log.trim(), timeMs, pod: null };
  } catch {
    return bare;
  }
}
