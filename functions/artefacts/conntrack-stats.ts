import {
  type ConntrackStats,
  type CounterReading,
  type CounterRow,
  continuesRows,
  parseRows,
  recogniseRow,
} from './conntrack-stats/rows.ts';
import { ASCII, defineArtefact, type FactOf, found, type Local, missing } from './define.ts';

/**
 * `conntrack -S` (conntrack-tools, src/conntrack.c: nfct_stats_cb, display_proc_conntrack_stats) and
 * /proc/net/stat/nf_conntrack (nf_conntrack_standalone.c: ct_cpu_seq_show): counters since boot of one network
 * namespace, one line per possible CPU. Counters come with their names, so kernels may add or drop some without harm.
 */
export const conntrackStats = defineArtefact({
  kind: 'conntrack-stats',
  title: 'conntrack -S',
  ask: 'date; sudo conntrack -S; sleep 60; date; sudo conntrack -S',
  hint: /\bconntrack\s[^|;&]{0,80}(?:-S\b|--stats\b)|\/proc\/net\/stat\/(?:nf|ip)_conntrack\b/,
  first: ASCII,
  recognise: recogniseRow,
  continues: continuesRows,
  parse: parseRows,
  size: ({ readings }) => ({ count: readings.at(-1)?.rows.length ?? 0, unit: 'cpus' }),
  facts: {
    insertFailed: total('insert_failed', 'entries that could not be inserted'),
    drop: total('drop', 'packets dropped by conntrack'),
    earlyDrop: total('early_drop', 'entries thrown out early to make room'),
    invalid: total('invalid', 'packets that belong to no connection'),
    found: total(
      'found',
      'wanted tuples that were already taken (since 4.9; before, every lookup)',
    ),
    searchRestart: total('search_restart', 'lookups that had to start again'),
    clashResolve: total('clash_resolve', 'insertion clashes settled without loss'),
    chaintoolong: total('chaintoolong', 'insertions refused because a hash chain was too long'),
    insert: total('insert', 'entries inserted'),
    cpus: {
      type: 'count',
      is: 'CPUs in the last reading',
      of: (content) => found(lastRows(content).length, linesOf(lastRows(content))),
    },
    era: {
      type: 'label',
      is: 'kernels that print these counters, by their upstream number',
      of: era,
    },
  },
});

/** A counter summed over the CPUs of a reading; undefined when a row lacks it, for absence is not 0. */
export function sumOf(reading: Pick<CounterReading, 'rows'>, counter: string): number | undefined {
  let sum: number | undefined;
  for (const { counters } of reading.rows) {
    const value = counters.get(counter);
    if (value === undefined) return undefined;
    // Every row repeats the size of the whole table; adding them up would multiply it by the number of CPUs.
    if (counter === 'entries') return value;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

function lastRows(content: ConntrackStats): readonly CounterRow[] {
  return content.readings.at(-1)?.rows ?? [];
}

function linesOf(rows: readonly CounterRow[]): readonly number[] {
  return rows.map(({ line }) => line);
}

function total(counter: string, is: string): FactOf<ConntrackStats> {
  const of = (content: ConntrackStats): Local<number> => {
    const rows = lastRows(content);
    const sum = sumOf({ rows }, counter);
    return sum === undefined
      ? missing(`not every row prints ${counter}`)
      : found(sum, linesOf(rows));
  };
  return { type: 'count', is: `${is}, all CPUs`, of };
}

// ctnetlink sends the attributes its kernel has: `searched` went in 4.9, `ignore` in 5.10, when `clash_resolve` came.
function era(content: ConntrackStats): Local<string> {
  const rows = lastRows(content);
  const kernels = eraOf(rows);
  return kernels === undefined
    ? missing('the columns shown do not tell the kernel')
    : found(kernels, linesOf(rows.slice(0, 1)));
}

/** The kernels that print such rows, by their upstream number; undefined where the columns do not tell. */
export function eraOf(
  rows: readonly CounterRow[],
): 'before-4.9' | '4.9-5.9' | 'since-5.10' | undefined {
  const prints = (name: string) => rows.some(({ counters }) => counters.has(name));
  if (prints('clash_resolve') || prints('chaintoolong')) return 'since-5.10';
  if (prints('entries')) return eraOfProc(rows);
  if (prints('searched')) return 'before-4.9';
  if (prints('ignore')) return '4.9-5.9';
  return ['found', 'invalid', 'insert'].every(prints) ? 'since-5.10' : undefined;
}

// From 4.9 to 5.9 /proc kept the columns it no longer counted and printed 0 in them.
function eraOfProc(rows: readonly CounterRow[]) {
  const sum = (name: string) => sumOf({ rows }, name);
  if ((sum('new') ?? 0) > 0 || (sum('delete') ?? 0) > 0) return 'before-4.9';
  const silent = ['searched', 'new', 'delete', 'delete_list'].every((name) => sum(name) === 0);
  return silent && (sum('entries') ?? 0) > 0 ? '4.9-5.9' : undefined;
}
