import { isDateLine } from '../../primitives/date-line.ts';
import type { Parsed, Strength } from '../define.ts';

/** One CPU's counters; `cpu` is null where the text numbers none (/proc skips CPUs that cannot exist). */
export interface CounterRow {
  readonly line: number;
  readonly cpu: number | null;
  readonly counters: ReadonlyMap<string, number>;
}

/** The counters of all CPUs at one moment. */
export interface CounterReading {
  readonly rows: readonly CounterRow[];
}

/** Readings in order of the text; `layout` is that of the last one. */
export interface ConntrackStats {
  readonly readings: readonly CounterReading[];
  readonly layout: 'conntrack' | 'proc';
}

// In the order of enum ctattr_stats_cpu, which is the order of printing; each tool's line ends with one of the last three.
const MIDDLE = ['insert', 'insert_failed', 'drop', 'early_drop', 'error', 'search_restart'];
const LINES: readonly (readonly string[])[] = [
  ['searched', 'found', 'new', 'invalid', 'ignore', 'delete', 'delete_list', ...MIDDLE],
  ['found', 'invalid', 'ignore', ...MIDDLE],
  ['found', 'invalid', ...MIDDLE],
];
const EXPECT = ['expect_new', 'expect_create', 'expect_delete'];
const COUNTERS = new Set([...LINES.flat(), ...EXPECT, 'entries', 'clash_resolve', 'chaintoolong']);
const SAME: Readonly<Record<string, string>> = {
  clashres: 'clash_resolve',
  chainlength: 'chaintoolong',
  icmp_error: 'error',
};

// No kernel's row is this long, so a longer one is not joined any further.
const LONGEST = 1000;
const ROW = /^cpu=\d{1,5}\s+([a-z_]+)=\d/;
const CUT_ROW = /^cpu=\d{1,5}\s*[a-z_]*=?$/;
const PAIR = /^([A-Za-z_]\w*)=(\d{1,20})$/;
const HEADER = /^entries\s+(?:searched|clashres)\s/;
const HEX_ROW = /^[0-9a-fA-F]{7,8}(?:\s+[0-9a-fA-F]{7,8}){11,}$/;
const HEX = /^[0-9a-fA-F]{1,8}$/;

/** Judges one line of either layout. */
export function recogniseRow(line: string): Strength {
  const text = line.trim();
  if (HEADER.test(text)) return 'strong';
  if (isWholeRow(text)) return 'strong';
  return CUT_ROW.test(text) || HEX_ROW.test(text) ? 'weak' : 'none';
}

/** Whether a line may stand among rows: the output of `date` between two readings, or the rest of a broken row. */
export function continuesRows(line: string): boolean {
  const text = line.trim();
  return isDateLine(text) || isWrappedRest(text);
}

/** Reads every reading in the lines; a row that is cut off keeps the counters that stand whole. */
export function parseRows(lines: readonly string[]): Parsed<ConntrackStats> | undefined {
  const drafts: Draft[] = [];
  const unread: number[] = [];
  let above: Counted | undefined;
  let truncated = false;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || isDateLine(text)) continue;
    const counted = countedIn(text, above);
    if (counted === undefined) {
      const taken = readProc(drafts, text, index + 1);
      if (!taken) unread.push(index + 1);
      truncated = !taken && HEX.test(text.split(/\s/, 1)[0] ?? '');
    } else {
      if (isCpuRow(text)) addCpuRow(drafts, { line: index + 1, ...counted });
      else extendLastRow(drafts.at(-1), counted.counters);
      truncated = counted.cut || endsShort(drafts.at(-1)?.rows ?? []);
    }
    above = counted;
  }
  const readings = drafts.filter(({ rows }) => rows.some(({ counters }) => counters.size > 0));
  const layout = readings.at(-1)?.layout;
  if (layout === undefined) return undefined;
  return {
    content: { readings: readings.map(({ rows }) => ({ rows })), layout },
    unread,
    truncated: truncated || stopsEarly(readings),
  };
}

interface Draft {
  readonly layout: ConntrackStats['layout'];
  readonly header: readonly string[];
  readonly rows: CounterRow[];
  readonly cpus: Set<number | null>;
}

interface Counted {
  readonly text: string;
  readonly cpu: number | null;
  readonly counters: ReadonlyMap<string, number>;
  /** Whether the line breaks off after a name, as in `early_`. */
  readonly dangling: boolean;
  readonly cut: boolean;
}

/** The counters of a line of `conntrack -S`, or of that line's row when it is the rest of one broken in two. */
function countedIn(text: string, above: Counted | undefined): Counted | undefined {
  if (isCpuRow(text)) return countersIn(text);
  if (above === undefined || above.text.length > LONGEST || !isWrappedRest(text)) return undefined;
  return countersIn(above.text + (above.dangling ? '' : ' ') + text);
}

function countersIn(text: string): Counted {
  const counters = new Map<string, number>();
  const [first = '', ...tokens] = text.split(/\s+/);
  for (const token of tokens) {
    const [, name, value] = PAIR.exec(token) ?? [];
    if (name !== undefined && value !== undefined) counters.set(canonical(name), Number(value));
  }
  const last = tokens.at(-1) ?? '';
  const dangling = beginsCounter(last);
  const names = [...counters.keys()];
  const short = !dangling && isCutShort(names);
  // Where a line breaks off after digits, more digits may have followed: 174 may be the head of 17478.
  if (short && PAIR.test(last)) counters.delete(names.at(-1) ?? '');
  const cpu = /^cpu=(\d{1,5})$/.exec(first)?.[1];
  const cut = short || dangling || counters.size === 0;
  return { text, cpu: cpu === undefined ? null : Number(cpu), counters, dangling, cut };
}

/** Whether a word is the beginning of a counter: `early_`, `drop=`. */
function beginsCounter(word: string): boolean {
  const name = word.endsWith('=') ? word.slice(0, -1) : word;
  return name !== '' && [...COUNTERS].some((counter) => counter.startsWith(name));
}

/** Whether the names begin as a whole line does and stop before its end; a choice of columns does not. */
function isCutShort(names: readonly string[]): boolean {
  return LINES.some(
    (whole) => names.length < whole.length && names.every((name, index) => name === whole[index]),
  );
}

/** Whether the last row stops before the one above it does. */
function endsShort(rows: readonly CounterRow[]): boolean {
  const [above, last] = [rows.at(-2), rows.at(-1)];
  return above !== undefined && last !== undefined && last.counters.size < above.counters.size;
}

/** Whether the last reading has fewer CPUs than the one before it. */
function stopsEarly(readings: readonly Draft[]): boolean {
  const [before, last] = [readings.at(-2), readings.at(-1)];
  return before !== undefined && last !== undefined && last.rows.length < before.rows.length;
}

function addCpuRow(drafts: Draft[], { line, cpu, counters }: CounterRow): void {
  const row = { line, cpu, counters };
  const open = drafts.at(-1);
  // CPUs are printed once each and from 0 on, so a repeated one, or 0, begins another reading.
  const begins = open?.layout !== 'conntrack' || cpu === 0 || open.cpus.has(cpu);
  if (begins) drafts.push({ layout: 'conntrack', header: [], rows: [row], cpus: new Set([cpu]) });
  else {
    open.rows.push(row);
    open.cpus.add(cpu);
  }
}

function extendLastRow(draft: Draft | undefined, counters: ReadonlyMap<string, number>): void {
  const row = draft?.rows.pop();
  if (row !== undefined) draft?.rows.push({ ...row, counters });
}

/** Reads a /proc header, or a row by the names of its header; a row of another length cannot be told column by column. */
function readProc(drafts: Draft[], text: string, line: number): boolean {
  const cells = text.split(/\s+/);
  if (HEADER.test(text)) {
    drafts.push({ layout: 'proc', header: cells.map(canonical), rows: [], cpus: new Set() });
    return true;
  }
  const { header = [], rows } = drafts.at(-1) ?? {};
  if (cells.length !== header.length || !cells.every((cell) => HEX.test(cell))) return false;
  const counters = new Map(header.map((name, at) => [name, Number.parseInt(cells[at] ?? '', 16)]));
  rows?.push({ line, cpu: null, counters });
  return true;
}

/** A line of nothing but counters: the rest of a row that a narrow terminal broke. */
function isWrappedRest(text: string): boolean {
  const tokens = text.split(/\s+/);
  const known = tokens.some((token) => COUNTERS.has(PAIR.exec(token)?.[1] ?? ''));
  return known && tokens.every((token) => /^[a-z_]*(?:=\d*)?$/.test(token));
}

// Other things count CPUs too (`cpu=2 memory=4Gi`): the first name must be one of the kernel's counters.
function isWholeRow(text: string): boolean {
  return COUNTERS.has(canonical(ROW.exec(text)?.[1] ?? ''));
}

function isCpuRow(text: string): boolean {
  return isWholeRow(text) || CUT_ROW.test(text);
}

function canonical(name: string): string {
  return SAME[name] ?? name;
}
