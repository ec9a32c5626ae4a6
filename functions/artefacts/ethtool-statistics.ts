import {
  ASCII,
  defineArtefact,
  type FactOf,
  found,
  type Local,
  missing,
  type Strength,
} from './define.ts';
import { type CardStatistics, kindOf, parseCardStatistics } from './ethtool-statistics/read.ts';

/**
 * `ethtool -S` (ethtool.c: do_gstats) of any driver: counters of one card since its driver was loaded. Which card it is
 * stands in the command alone. ena names what EC2 refused: `conntrack_allowance_exceeded` and the like.
 */
export const ethtoolStatistics = defineArtefact({
  kind: 'ethtool-statistics',
  title: 'ethtool -S',
  ask: 'ethtool -S eth0; sleep 60; ethtool -S eth0',
  hint: /\bethtool\s+(?:-S|--statistics)\b/,
  first: ASCII,
  recognise,
  continues: (line) => kindOf(line.trim()) !== undefined,
  parse: parseCardStatistics,
  size: ({ readings }) => ({ count: readings.at(-1)?.counters.size ?? 0, unit: 'counters' }),
  facts: {
    conntrackAllowance: total(
      'conntrack_allowance_exceeded',
      'packets that EC2 dropped because the instance tracks too many connections',
    ),
    conntrackAllowanceLeft: total(
      'conntrack_allowance_available',
      'connections that the instance may still track',
    ),
    linklocalAllowance: total(
      'linklocal_allowance_exceeded',
      'packets to the VPC resolver, the metadata and the time service that EC2 dropped',
    ),
  },
});

function recognise(line: string): Strength {
  const kind = kindOf(line.trim());
  if (kind === 'counter') return 'weak';
  return kind === undefined || kind === 'date' ? 'none' : 'strong';
}

function total(name: string, is: string): FactOf<CardStatistics> {
  const of = ({ readings }: CardStatistics): Local<number> => {
    const counter = readings.at(-1)?.counters.get(name);
    return counter === undefined
      ? missing(`${name} is not shown`)
      : found(counter.value, [counter.line]);
  };
  return { type: 'count', is, of };
}
