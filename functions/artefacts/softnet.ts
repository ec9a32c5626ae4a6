import {
  ASCII,
  defineArtefact,
  type FactOf,
  found,
  type Local,
  missing,
  type Strength,
} from './define.ts';
import {
  kindOf,
  parseSoftnet,
  type Softnet,
  type SoftnetCounter,
  type SoftnetRow,
} from './softnet/read.ts';

/**
 * /proc/net/softnet_stat, one line per online CPU, since boot and of the whole host (net/core/net-procfs.c); also in
 * decimal below a head, as scripts print it.
 */
export const softnet = defineArtefact({
  kind: 'softnet',
  title: '/proc/net/softnet_stat',
  ask: 'date; cat /proc/net/softnet_stat; sleep 30; date; cat /proc/net/softnet_stat',
  hint: /\/proc\/net\/softnet_stat\b|\bsoftnet(?:-stat-top|\.sh|_stat\w*\.sh)\b/,
  first: ASCII,
  recognise,
  continues: (line) => kindOf(line.trim()) !== undefined,
  parse: parseSoftnet,
  size: ({ readings }) => ({ count: readings.at(-1)?.length ?? 0, unit: 'cpus' }),
  facts: {
    dropped: total('dropped', 'packets dropped because the input queue of a CPU was full'),
    timeSqueeze: total(
      'timeSqueeze',
      'times that a CPU ended a round of receiving with work left: no loss',
    ),
    flowLimit: total('flowLimit', 'packets of one large flow dropped in favour of small ones'),
  },
});

function recognise(line: string): Strength {
  const kind = kindOf(line.trim());
  // Rows of plain numbers stand in many outputs; below the head they go on with it.
  return kind === 'hex' || kind === 'head' ? 'strong' : 'none';
}

/** A counter summed over the CPUs of a reading; undefined when a row lacks it. */
export function softnetTotal(
  rows: readonly SoftnetRow[],
  counter: SoftnetCounter,
): number | undefined {
  let sum: number | undefined;
  for (const { counters } of rows) {
    const value = counters.get(counter);
    if (value === undefined) return undefined;
    sum = (sum ?? 0) + value;
  }
  return sum;
}

/** The rows in which a counter is not 0, else all: what proves its sum. */
export function softnetLines(
  rows: readonly SoftnetRow[],
  counter: SoftnetCounter,
): readonly number[] {
  const counting = rows.filter(({ counters }) => (counters.get(counter) ?? 0) > 0);
  return (counting.length > 0 ? counting : rows).map(({ line }) => line);
}

function total(counter: SoftnetCounter, is: string): FactOf<Softnet> {
  const of = ({ readings }: Softnet): Local<number> => {
    const rows = readings.at(-1) ?? [];
    const sum = softnetTotal(rows, counter);
    return sum === undefined
      ? missing(`${counter} is not shown`)
      : found(sum, softnetLines(rows, counter));
  };
  return { type: 'count', is: `${is}, all CPUs`, of };
}
