import {
  ASCII,
  defineArtefact,
  type FactOf,
  found,
  type Local,
  missing,
  type Strength,
} from './define.ts';
import { lineOf, parseStatistics, type Statistics } from './netstat-statistics/read.ts';

/**
 * `nstat` (iproute2 misc/nstat.c), `netstat -s` (net-tools statistics.c), /proc/net/snmp and /proc/net/netstat
 * (net/ipv4/proc.c): counters of one network namespace since boot. `nstat` without `-a` prints what came since it last ran.
 */
export const netstatStatistics = defineArtefact({
  kind: 'netstat-statistics',
  title: 'nstat, netstat -s',
  ask: 'nstat -az; sleep 60; nstat -az',
  hint: /\bnstat\b|\bnetstat\s+(?:-\w*s\w*|--statistics)\b|\/proc\/net\/(?:snmp|netstat)\b/,
  first: ASCII,
  recognise,
  continues: (line) => lineOf(line.trim()) !== undefined || /^\s*[{}]$/.test(line),
  parse: parseStatistics,
  size: ({ readings }) => ({ count: readings.at(-1)?.size ?? 0, unit: 'counters' }),
  facts: {
    rcvbufErrors: total('UdpRcvbufErrors', 'datagrams dropped because a socket buffer was full'),
    listenOverflows: total('TcpExtListenOverflows', 'connections dropped by a full accept queue'),
    reversePathFiltered: total(
      'TcpExtIPReversePathFilter',
      'packets that the reverse path filter dropped',
    ),
  },
});

function recognise(line: string): Strength {
  const read = lineOf(line.trim());
  // A number and words, or a name and a number, also stand in other outputs.
  if (read === undefined || read.kind === 'sentence') return 'none';
  // The first line under the first heading; it must not be left behind.
  if (read.kind === 'named') return read.name === 'Forwarding' ? 'weak' : 'none';
  return read.kind === 'section' ? 'weak' : 'strong';
}

function total(name: string, is: string): FactOf<Statistics> {
  const of = ({ readings }: Statistics): Local<number> => {
    const counter = readings.at(-1)?.get(name);
    return counter === undefined
      ? missing(`${name} is not shown`)
      : found(counter.value, [counter.line]);
  };
  return { type: 'count', is, of };
}
