import { isDateLine } from '../../primitives/date-line.ts';

/** One listing of a card's counters by the driver's own names; the output does not say which card it is. */
export interface CardReading {
  readonly firstLine: number;
  readonly counters: ReadonlyMap<string, { readonly value: number; readonly line: number }>;
}

export interface CardStatistics {
  readonly readings: readonly CardReading[];
}

const HEAD = /^(?:NIC|PHY) statistics:$/;
/** do_gstats of ethtool.c: five blanks, the name as the driver writes it (blanks and brackets too), colon, number. */
const COUNTER = /^((?:\[\d{1,4}\]: )?[A-Za-z][^:\t]{0,40}(?::\s[^:\t]{1,40})?):\s?(\d{1,20})$/;
/** vmxnet3 prints the queue's number as if it were a counter, and then the same names for each queue. */
const QUEUE = /^([TR]x Queue#):\s?(\d{1,5})$/;
/** Names that no other output has: so a line that `grep` left alone proves itself. */
const TELLING =
  /^(?:(?:rx|tx)(?:_queue)?[_-]?\d*[_.-][a-z][\w.-]*|(?:rx|tx)_\w+|port\.[rt]x\w*|veb\.\w+|queue_\d+_\w+|(?:bw_in|bw_out|pps|conntrack|linklocal)_allowance_\w+|\[\d+\]: [rt]x_\w+|(?:dev|alloc)_\w*(?:buffer|page|buff)\w*)$/;

/** What `ethtool -c` prints in the same shape: settings, no counters. */
const COALESCING = /^[rt]x-(?:usecs|frames?)(?:-|$)/;

/** What a line is by its shape. */
export function kindOf(text: string): 'head' | 'telling' | 'counter' | 'date' | undefined {
  if (text.length > 120) return undefined;
  if (HEAD.test(text)) return 'head';
  const name = COUNTER.exec(text)?.[1];
  if (name !== undefined && COALESCING.test(name)) return undefined;
  if (name !== undefined) return TELLING.test(name) ? 'telling' : 'counter';
  return isDateLine(text) ? 'date' : undefined;
}

interface Draft {
  readonly readings: {
    firstLine: number;
    counters: Map<string, { value: number; line: number }>;
  }[];
  /** `Rx Queue# 0 ` where the driver prints a queue's number above its counters. */
  queue: string;
  isNew: boolean;
}

/** Reads one listing, or several: a second head, or the first counter met again, begins the next. */
export function parseCardStatistics(lines: readonly string[]) {
  const draft: Draft = { readings: [], queue: '', isNew: true };
  const unread: number[] = [];
  let heads = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const kind = kindOf(text);
    if (kind === undefined) unread.push(index + 1);
    else if (kind === 'telling' || kind === 'counter') take(draft, text, index + 1);
    else {
      if (kind === 'head') heads += 1;
      draft.isNew = true;
      draft.queue = '';
    }
  }
  const { readings } = draft;
  if (readings.length === 0 && heads === 0) return undefined;
  return {
    content: { readings: readings.filter(({ counters }) => counters.size > 0) },
    unread,
  };
}

function take(draft: Draft, text: string, line: number): void {
  const [, side, number] = QUEUE.exec(text) ?? [];
  if (side !== undefined) {
    draft.queue = `${side} ${number} `;
    return;
  }
  const [, name = '', value] = COUNTER.exec(text) ?? [];
  const key = `${draft.queue}${name}`;
  const first = draft.readings.at(-1)?.counters.keys().next().value;
  if (draft.readings.length === 0 || draft.isNew || key === first)
    draft.readings.push({ firstLine: line, counters: new Map() });
  draft.isNew = false;
  const counters = draft.readings.at(-1)?.counters;
  // Of a name that a driver repeats the first stands: which of them a later one belongs to, nothing tells.
  if (counters !== undefined && !counters.has(key))
    counters.set(key, { value: Number(value), line });
}
