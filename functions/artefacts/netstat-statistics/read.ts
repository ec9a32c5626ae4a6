import { PHRASES } from './phrases.ts';

export interface Counter {
  readonly value: number;
  readonly line: number;
}

/** Counters by the kernel's own name: `UdpRcvbufErrors`, `TcpExtListenOverflows`. */
export type Counters = ReadonlyMap<string, Counter>;

/** One listing after the other; a counter met again begins the next. */
export interface Statistics {
  readonly readings: readonly Counters[];
}

const NSTAT =
  /^((?:Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt|Ip6|Icmp6|Udp6|UdpLite6)[A-Z]\w{1,48})\s+(\d{1,20})(?:\s+-?\d[\d.]*)?$/;
/** `nstat -j`, on one line or, with `-p`, one counter a line (misc/nstat.c: dump_kern_db, dump_incr_db). */
const JSON_LINE = /^(?:\{"kernel":\{)?(?:"[A-Z]\w{1,60}": ?\d{1,20}(?:,|\}{0,2}$))+\}{0,2}$/;
const JSON_COUNTER = /"([A-Z]\w{1,60})": ?(\d{1,20})/g;
const JSON_FRAME = /^(?:\{ ?)?"kernel": ?\{$/;
const KERNEL = /^(?:Ip|Icmp|Tcp|Udp|MPTcp)\w/;
const TABLE = /^(Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt): (.+)$/;
const SECTION = /^(Ip|Icmp|IcmpMsg|Tcp|Udp|UdpLite|TcpExt|IpExt|MPTcpExt):$/;
const NAMED = /^([A-Z]\w{2,48}): (\d{1,20})$/;
const PHRASE = /^(?:(\d{1,20}) (.+)|(.+): (\d{1,20}))$/;
/** The messages of ICMP by type, under their heading (statistics.c: icmptab). */
const HISTOGRAM =
  /^(?:ICMP (?:input|output) histogram:|(?:destination unreachable|time(?:out in transit| exceeded)|wrong parameters|source quench(?:es)?|redirects?|echo (?:requests?|repl(?:y|ies))|timestamp (?:requests?|repl(?:y|ies))|address mask (?:requests?|repl(?:y|ies))): \d{1,20})$/;

/** What one line is: a counter of nstat, a row of /proc/net/snmp, a section or a sentence of `netstat -s`. */
export type Line =
  | { readonly kind: 'counter'; readonly name: string; readonly value: number }
  | { readonly kind: 'json'; readonly counters: readonly (readonly [string, number])[] }
  | { readonly kind: 'row'; readonly prefix: string; readonly cells: readonly string[] }
  | { readonly kind: 'section'; readonly name: string }
  | { readonly kind: 'named'; readonly name: string; readonly value: number }
  | { readonly kind: 'sentence' }
  | { readonly kind: 'furniture' };

type Row = Extract<Line, { readonly kind: 'row' }>;

/** Reads one line by its shape; undefined when it has none of them. */
export function lineOf(text: string): Line | undefined {
  if (text === '#kernel' || HISTOGRAM.test(text)) return { kind: 'furniture' };
  if (JSON_FRAME.test(text)) return { kind: 'furniture' };
  const json = JSON_LINE.test(text) ? [...text.matchAll(JSON_COUNTER)] : [];
  const counters = json.flatMap(([, own = '', value]) =>
    KERNEL.test(own) ? [[own, Number(value)] as const] : [],
  );
  if (counters.length > 0) return { kind: 'json', counters };
  const counter = NSTAT.exec(text);
  if (counter !== null)
    return { kind: 'counter', name: counter[1] ?? '', value: Number(counter[2]) };
  const section = SECTION.exec(text)?.[1];
  if (section !== undefined) return { kind: 'section', name: section };
  const [, prefix, cells] = TABLE.exec(text) ?? [];
  if (prefix !== undefined && cells !== undefined) return row(prefix, cells);
  const named = NAMED.exec(text);
  if (named !== null) return { kind: 'named', name: named[1] ?? '', value: Number(named[2]) };
  const [, before, sentence, ahead, after] = PHRASE.exec(text) ?? [];
  const name = PHRASES.get(sentence ?? ahead ?? '');
  if (name !== undefined) return { kind: 'counter', name, value: Number(before ?? after) };
  return before === undefined ? undefined : { kind: 'sentence' };
}

function row(prefix: string, text: string): Line | undefined {
  const cells = text.split(' ').filter((cell) => cell !== '');
  const isRow =
    cells.length > 1 &&
    (cells.every((cell) => /^-?\d+$/.test(cell)) || cells.every((cell) => /^[A-Z]\w+$/.test(cell)));
  return isRow ? { kind: 'row', prefix, cells } : undefined;
}

interface Draft {
  readonly readings: Map<string, Counter>[];
  /** The row of names that awaits its row of numbers. */
  names: { readonly prefix: string; readonly cells: readonly string[] } | null;
  section: string;
}

/** Reads a listing, or several. */
export function parseStatistics(lines: readonly string[]) {
  const draft: Draft = { readings: [new Map()], names: null, section: '' };
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const read = text === '' ? undefined : lineOf(text);
    if (read !== undefined) take(draft, read, index + 1);
    else if (!/^[{}]?$/.test(text)) unread.push(index + 1);
  }
  const readings = draft.readings.filter(({ size }) => size > 0);
  return readings.length === 0 ? undefined : { content: { readings }, unread };
}

function take(draft: Draft, read: Line, line: number): void {
  if (read.kind === 'section') draft.section = read.name;
  else if (read.kind === 'counter') put(draft, read.name, read.value, line);
  else if (read.kind === 'json')
    for (const [name, value] of read.counters) put(draft, name, value, line);
  else if (read.kind === 'named') put(draft, `${draft.section}${read.name}`, read.value, line);
  else if (read.kind === 'row') takeRow(draft, read, line);
}

function takeRow(draft: Draft, { prefix, cells }: Row, line: number): void {
  const isNumbers = /^-?\d/.test(cells[0] ?? '');
  const names = draft.names?.prefix === prefix && isNumbers ? draft.names.cells : [];
  for (const [at, name] of names.entries()) {
    const cell = cells[at];
    if (cell !== undefined) put(draft, `${prefix}${name}`, Number(cell), line);
  }
  draft.names = isNumbers ? null : { prefix, cells };
}

function put({ readings }: Draft, name: string, value: number, line: number): void {
  if (readings.at(-1)?.has(name)) readings.push(new Map());
  readings.at(-1)?.set(name, { value, line });
}
