import { isDateLine } from '../../primitives/date-line.ts';

/** One CPU's counters since boot; what the form did not show is absent. */
export interface SoftnetRow {
  readonly line: number;
  /** Null where the kernel does not number its rows (before 5.10). */
  readonly cpu: number | null;
  readonly counters: ReadonlyMap<SoftnetCounter, number>;
}

export type SoftnetCounter = 'processed' | 'dropped' | 'timeSqueeze' | 'flowLimit';

export interface Softnet {
  /** One listing after the other. */
  readonly readings: readonly (readonly SoftnetRow[])[];
}

/**
 * softnet_seq_show of net/core/net-procfs.c: hexadecimal columns processed, dropped, time_squeeze, five zeros,
 * cpu_collision; then received_rps (2.6.35), flow_limit_count (3.11), backlog length and CPU (5.10), both queues (6.4).
 */
const HEX_COLUMNS: ReadonlySet<number> = new Set([9, 10, 11, 13, 15]);
const FLOW_LIMIT = 10;
const CPU = 12;
const ZEROS = [3, 4, 5, 6, 7];
const LONGEST = 240;
/** Heads of scripts that format the file in decimal: `cpu total dropped squeezed collision rps flow_limit`. */
const NAMES: readonly (readonly [SoftnetCounter | 'cpu', RegExp])[] = [
  ['cpu', /^#?cpu(?:s|_?id|_?index)?$/],
  ['processed', /^(?:total|processed|packets?|packet_process)$/],
  ['dropped', /^(?:drop(?:ped|s)?|packet_drop)$/],
  ['timeSqueeze', /^(?:time_?)?squeezed?(?:_count)?$/],
  ['flowLimit', /^flow_?limit(?:_count)?$/],
];

type Head = readonly (SoftnetCounter | 'cpu' | null)[];
type Kind = 'hex' | 'head' | 'decimal' | 'date';

/** What a line is by its shape alone; a decimal row means something only below its head. */
export function kindOf(text: string): Kind | undefined {
  if (text.length > LONGEST) return undefined;
  if (hexIn(text) !== undefined) return 'hex';
  if (headIn(text) !== undefined) return 'head';
  if (/^(?:cpu)?\d{1,5}:?(?:\s+\d{1,20}){2,14}$/i.test(text)) return 'decimal';
  return isDateLine(text) ? 'date' : undefined;
}

/** Reads one listing, or several: a CPU met again, a second head, a date or a blank line begins the next. */
export function parseSoftnet(lines: readonly string[]) {
  const readings: SoftnetRow[][] = [];
  const unread: number[] = [];
  let head: Head | undefined;
  let apart = true;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const kind = text === '' ? undefined : kindOf(text);
    const row = rowIn(text, kind, head, index + 1);
    if (kind === 'head') head = headIn(text);
    if (text === '' || kind === 'head' || kind === 'date') {
      apart = true;
      continue;
    }
    if (row === undefined) {
      unread.push(index + 1);
      continue;
    }
    const open = readings.at(-1);
    if (apart || open === undefined || open.some(({ cpu }) => cpu !== null && cpu === row.cpu))
      readings.push([row]);
    else open.push(row);
    apart = false;
  }
  return readings.length === 0 ? undefined : { content: { readings: whole(readings) }, unread };
}

function rowIn(
  text: string,
  kind: Kind | undefined,
  head: Head | undefined,
  line: number,
): SoftnetRow | undefined {
  const cells = kind === 'hex' ? hexIn(text) : undefined;
  if (cells !== undefined) {
    const [processed = 0, dropped = 0, timeSqueeze = 0] = cells;
    const counters = new Map<SoftnetCounter, number>([
      ['processed', processed],
      ['dropped', dropped],
      ['timeSqueeze', timeSqueeze],
    ]);
    const flowLimit = cells[FLOW_LIMIT];
    if (flowLimit !== undefined) counters.set('flowLimit', flowLimit);
    return { line, cpu: cells[CPU] ?? null, counters };
  }
  return kind === 'decimal' && head !== undefined ? decimalRow(text, head, line) : undefined;
}

function decimalRow(text: string, head: Head, line: number): SoftnetRow | undefined {
  const cells = text.split(/\s+/).map((cell) => Number(/^(?:cpu)?(\d+):?$/i.exec(cell)?.[1]));
  if (cells.length !== head.length || cells.some((cell) => Number.isNaN(cell))) return undefined;
  let cpu: number | null = null;
  const counters = new Map<SoftnetCounter, number>();
  for (const [at, name] of head.entries()) {
    const value = cells[at];
    if (value === undefined || name === null) continue;
    if (name === 'cpu') cpu = value;
    else counters.set(name, value);
  }
  return { line, cpu, counters };
}

function hexIn(text: string): readonly number[] | undefined {
  if (!/^[0-9a-f]{8} /i.test(text)) return undefined;
  const cells = text.split(' ');
  if (!HEX_COLUMNS.has(cells.length) || !cells.every((cell) => /^[0-9a-f]{8}$/i.test(cell)))
    return undefined;
  return ZEROS.every((at) => cells[at] === '00000000')
    ? cells.map((cell) => Number.parseInt(cell, 16))
    : undefined;
}

function headIn(text: string): Head | undefined {
  if (!/drop/i.test(text)) return undefined;
  const names = text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => NAMES.find(([, shape]) => shape.test(word))?.[0] ?? null);
  const isHead = names.includes('dropped') && names.includes('timeSqueeze');
  return isHead ? names : undefined;
}

/** A blank line between two CPUs of one listing is a leftover of pasting: only listings of equal length are several. */
function whole(readings: readonly SoftnetRow[][]): readonly (readonly SoftnetRow[])[] {
  const isEven = readings.every(({ length }) => length === readings[0]?.length);
  const isNumbered = readings.flat().every(({ cpu }) => cpu !== null);
  return isNumbered || (isEven && (readings[0]?.length ?? 0) > 1) ? readings : [readings.flat()];
}
