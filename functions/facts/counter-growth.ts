import { known, type Reading, unknown } from '../primitives/reading.ts';
import { bothEnds, type CounterKind, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** By how much the kernel's own counters grew on this host: sums since boot accuse nobody. */
export const counterGrowth = defineJoin({
  question: 'counter-growth',
  needs: ['netstat-statistics', 'softnet', 'ethtool-statistics', 'cpu-stat'],
  facts: {
    rcvbufErrors: grown(
      'netstat-statistics',
      'UdpRcvbufErrors',
      'datagrams dropped because a socket buffer was full',
    ),
    listenOverflows: grown(
      'netstat-statistics',
      'TcpExtListenOverflows',
      'connections dropped by a full accept queue',
    ),
    reversePathFiltered: grown(
      'netstat-statistics',
      'TcpExtIPReversePathFilter',
      'packets that the reverse path filter dropped',
    ),
    udpChecksumErrors: grown(
      'netstat-statistics',
      'UdpInCsumErrors',
      'datagrams dropped because their checksum was wrong',
    ),
    backlogDropped: grown(
      'softnet',
      'dropped',
      'packets dropped because the input queue of a CPU was full',
    ),
    conntrackAllowance: grown(
      'ethtool-statistics',
      'conntrack_allowance_exceeded',
      'packets that EC2 dropped because the instance tracks too many connections',
    ),
    linklocalAllowance: grown(
      'ethtool-statistics',
      'linklocal_allowance_exceeded',
      'packets to the VPC resolver, the metadata and the time service that EC2 dropped',
    ),
    cpuThrottledPercent: {
      type: 'count',
      is: 'in how many of a hundred periods a control group was stopped at its CPU limit between the first and the last reading',
      of: cpuThrottledPercent,
    },
    backlogDroppedPercent: {
      type: 'count',
      is: 'how many of a hundred packets were dropped by full input queues between the first and the last reading',
      of: backlogDroppedPercent,
    },
  },
});

function backlogDroppedPercent(view: View): Reading<number> {
  const series = seriesOf(view, 'softnet');
  const grownBy = (counter: string) => {
    const one = series.find((each) => each.counter === counter);
    return one === undefined ? null : growthOf(one);
  };
  const [dropped, processed] = [grownBy('dropped'), grownBy('processed')];
  const at = series.find(({ counter }) => counter === 'dropped')?.readings.at(-1)?.at ?? [];
  if (dropped === null || processed === null || dropped + processed === 0)
    return unknown('no two readings with the packets processed are shown');
  return known(Math.round((dropped / (dropped + processed)) * 10_000) / 100, at);
}

function cpuThrottledPercent(view: View): Reading<number> {
  const series = seriesOf(view, 'cpu-stat');
  const of = (counter: string) => series.find((one) => one.counter === counter);
  const [throttled, periods] = [of('nr_throttled'), of('nr_periods')];
  const stopped = throttled === undefined ? null : growthOf(throttled);
  const all = periods === undefined ? null : growthOf(periods);
  if (throttled === undefined || stopped === null || all === null || all === 0)
    return unknown('no two readings with periods are shown');
  return known(Math.round((100 * stopped) / all), bothEnds(throttled));
}

function grown(kind: CounterKind, counter: string, is: string): JoinedFact {
  const of = (view: View): Reading<number> => {
    // A card's name stands before its counters; of several cards the one that lost most counts.
    const series = seriesOf(view, kind).filter(
      (one) => one.counter === counter || one.counter.endsWith(` ${counter}`),
    );
    const [most] = series.toSorted((a, b) => (growthOf(b) ?? -1) - (growthOf(a) ?? -1));
    if (most === undefined)
      return unknown('no two readings since boot by one command on one host are shown');
    const growth = growthOf(most);
    return growth === null
      ? unknown('the counter was reset in between')
      : known(growth, bothEnds(most));
  };
  return { type: 'count', is: `${is}, between the first and the last reading`, of };
}
