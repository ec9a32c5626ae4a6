import { totalsOf } from '../artefacts/coredns-metrics.ts';
import type { ContentOf, Evidence } from '../artefacts/evidence.ts';
import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import type { Link } from '../artefacts/links.ts';
import type { SoftnetRow } from '../artefacts/softnet/read.ts';
import { softnetLines, softnetTotal } from '../artefacts/softnet.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { inOrder } from './order.ts';

/** Kinds of output that show counters since boot. */
export type CounterKind =
  | 'netstat-statistics'
  | 'softnet'
  | 'ethtool-statistics'
  | 'coredns-metrics'
  | 'cpu-stat'
  | 'link';

/** What one listing says of its counters: their values and lines, by the counter's own name, a card's before it. */
export type Snapshot = ReadonlyMap<string, Count>;

interface Count {
  readonly value: number;
  readonly lines: readonly number[];
}

/** One counter of one host as it was read, earliest first. */
export interface CounterSeries {
  readonly counter: string;
  readonly readings: readonly {
    readonly artefact: Artefact;
    readonly value: number;
    readonly at: readonly Citation[];
  }[];
}

const SNAPSHOTS: {
  readonly [K in CounterKind]: (content: ContentOf<K>, artefact: Artefact) => readonly Snapshot[];
} = {
  'netstat-statistics': ({ readings }) => readings.map(oneLineEach),
  softnet: ({ readings }, { command }) =>
    (readings.length === 1 ? split(readings[0] ?? [], command) : readings).map(softnetSnapshot),
  'ethtool-statistics': ({ readings }, artefact) =>
    readings.map(({ counters }, at) => {
      const card = cardOf(artefact, at, readings.length);
      return new Map(
        [...counters].map(([name, { value, line }]) => [
          `${card} ${name}`,
          { value, lines: [line] },
        ]),
      );
    }),
  'coredns-metrics': ({ readings }) => readings.map(totalsOf),
  'cpu-stat': ({ readings }) => readings.map(oneLineEach),
  link: ({ links }) => linkListings(links),
};

function oneLineEach(
  reading: ReadonlyMap<string, { readonly value: number; readonly line: number }>,
): Snapshot {
  return new Map([...reading].map(([name, { value, line }]) => [name, { value, lines: [line] }]));
}

/** The listings of counters in what `ip -s link`, `ip -s addr` or `ifconfig` shows. */
export function linkListings(links: readonly Link[]): readonly Snapshot[] {
  const listings: Map<string, Count>[] = [];
  for (const one of links) {
    const counted = one.name === '' ? [] : linkCounters(one);
    const open = listings.at(-1);
    // A link met again begins the next listing.
    if (open === undefined || counted.some(([counter]) => open.has(counter)))
      listings.push(new Map(counted));
    else for (const [counter, count] of counted) open.set(counter, count);
  }
  return listings.filter(({ size }) => size > 0);
}

/** Whether one reading of a kind is half an answer; of a link it also tells the settings that people ask for. */
export function isReadTwice(kind: string): kind is Exclude<CounterKind, 'link'> {
  return Object.hasOwn(SNAPSHOTS, kind) && kind !== 'link';
}

/** The listings of counters of one kind in an artefact. */
export function snapshotsOf<K extends CounterKind>(
  kind: K,
  { artefact, content }: Evidence<K>,
): readonly Snapshot[] {
  return SNAPSHOTS[kind](content as ContentOf<K>, artefact);
}

/**
 * The counters of a host that were read at least twice and may be subtracted: by the same command, so in the same
 * network namespace. Without a host only one command's own output is of one place, or two that bear the same mark.
 */
export function seriesOf(
  { host, own }: Pick<View, 'host' | 'own'>,
  kind: CounterKind,
): readonly CounterSeries[] {
  const all = inOrder(ofKind(own, kind));
  const last = all.at(-1)?.artefact;
  if (last === undefined) return [];
  const alike = readAlike(kind, all);
  const same =
    host !== null || isOfOneHost(kind, alike)
      ? alike
      : all.filter(({ artefact }) => artefact === last);
  if (!isSinceBoot(kind, host, same)) return [];
  const series = new Map<string, CounterSeries['readings'][number][]>();
  for (const evidence of same)
    for (const snapshot of snapshotsOf(kind, evidence))
      for (const [counter, { value, lines }] of snapshot) {
        const { artefact } = evidence;
        const reading = { artefact, value, at: lines.map((line) => cite(artefact, line)) };
        const readings = series.get(counter);
        if (readings === undefined) series.set(counter, [reading]);
        else readings.push(reading);
      }
  return [...series]
    .filter(([, readings]) => readings.length > 1)
    .map(([counter, readings]) => ({ counter, readings }));
}

/** The outputs of the latest command that was read twice; another command's reading taken after it changes nothing. */
function readAlike<K extends CounterKind>(
  kind: K,
  all: readonly Evidence<K>[],
): readonly Evidence<K>[] {
  const commands = [...new Set(all.toReversed().map(commandOf))];
  const groups = commands.map((command) => all.filter((one) => commandOf(one) === command));
  const isTwice = (group: readonly Evidence<K>[]) =>
    group.flatMap((one) => snapshotsOf(kind, one)).length > 1;
  return groups.find(isTwice) ?? groups[0] ?? [];
}

/** Without the remark that says which reading it is, and without the waiting and the dates around it. */
function commandOf({ artefact }: { readonly artefact: Artefact }): string | null {
  const command = artefact.command?.replace(/\s+#.*$/, '');
  if (command === undefined) return null;
  const parts = command.split(/\s*(?:;|&&)\s*/).filter((part) => !WAITING.test(part));
  return parts.join('; ');
}

const WAITING = /^(?:(?:sleep|wait)(?:\s+\d+[smh]?)?|date(?:\s+\S+)?|clear|)$/;

/** Where no host is named: counters that are not 0 and stand still, while none falls, are the mark of one host. */
function isOfOneHost<K extends CounterKind>(kind: K, all: readonly Evidence<K>[]): boolean {
  const { artefact } = all[0] ?? {};
  if (artefact?.command == null || all.length < 2) return false;
  const snapshots = all.flatMap((one) => snapshotsOf(kind, one));
  let marks = 0;
  for (const [index, after] of snapshots.entries()) {
    const before = snapshots[index - 1];
    if (before === undefined) continue;
    if (before.size !== after.size) return false;
    for (const [counter, { value }] of after) {
      const earlier = before.get(counter)?.value ?? -1;
      if (earlier < 0 || value < earlier) return false;
      if (value > 0 && value === earlier) marks += 1;
    }
  }
  return marks > 0;
}

/** By how much a counter grew from the first reading to the last; null when it fell: it began anew in between. */
export function growthOf({ readings }: CounterSeries): number | null {
  const fell = readings.some(({ value }, at) => value < (readings[at - 1]?.value ?? 0));
  return fell ? null : (readings.at(-1)?.value ?? 0) - (readings[0]?.value ?? 0);
}

/** The lines of the first reading and of the last. */
export function bothEnds({ readings }: CounterSeries): readonly Citation[] {
  return [...(readings[0]?.at ?? []), ...(readings.at(-1)?.at ?? [])];
}

/**
 * `nstat` prints what came since it last ran, unless `-a` asks for the absolute values (nstat(8)): without its command
 * two listings may only be subtracted where the person who took them calls one the reading before and one that after.
 */
function isSinceBoot(
  kind: CounterKind,
  host: string | null,
  all: readonly Evidence<CounterKind>[],
): boolean {
  const command = all.at(-1)?.artefact.command ?? null;
  if (command === null) {
    const orders = new Set(all.map(({ artefact }) => artefact.order));
    const isBeforeAndAfter = orders.has('before') && orders.has('after');
    return host !== null && (kind !== 'netstat-statistics' || isBeforeAndAfter);
  }
  return [...command.matchAll(/\bnstat\b([^;|&]*)/g)].every(([, words = '']) =>
    /\s-\w*a|\s--ignore\b/.test(words),
  );
}

/** Rows without a CPU number do not tell where the second listing of `cat FILE; sleep 30; cat FILE` begins; the command does. */
function split(rows: readonly SoftnetRow[], command: string | null): readonly SoftnetRow[][] {
  const times = [...(command ?? '').matchAll(/softnet_stat\b/g)].length;
  const length = rows.length / times;
  if (times < 2 || !Number.isInteger(length)) return [[...rows]];
  return Array.from({ length: times }, (_, at) => rows.slice(at * length, (at + 1) * length));
}

/**
 * Which card a listing of `ethtool -S` is of: the commands name them in their order, one alone is all of them (`watch`,
 * a loop around it); of a variable nothing says what it held, so no two such listings are of one card.
 */
function cardOf({ command, interface: device }: Artefact, at: number, listings: number): string {
  if (command === null) return device ?? (listings === 1 ? '?' : `?${at + 1}`);
  const named = [...command.matchAll(/\bethtool\s+(?:-S|--statistics)\s+(\S+)/g)].map(
    ([, card = '']) => card.replace(/[;|&"']+$/, ''),
  );
  const isLiteral = named.length > 0 && named.every((card) => /^[a-zA-Z][\w.@:-]*$/.test(card));
  return isLiteral && listings % named.length === 0
    ? (named[at % named.length] ?? '?')
    : `?${at + 1}`;
}

function linkCounters({ name, rx, tx, counterLines }: Link): [string, Count][] {
  const of = (side: string, counters: Link['rx']) =>
    [...(counters ?? [])].map(([column, value]): [string, Count] => [
      `${name} ${side} ${column}`,
      { value, lines: counterLines },
    ]);
  return [...of('rx', rx), ...of('tx', tx)];
}

function softnetSnapshot(rows: readonly SoftnetRow[]): Snapshot {
  return new Map(
    (['processed', 'dropped', 'timeSqueeze', 'flowLimit'] as const).flatMap((counter) => {
      const value = softnetTotal(rows, counter);
      return value === undefined ? [] : [[counter, { value, lines: softnetLines(rows, counter) }]];
    }),
  );
}
