import { known, type Reading, unknown } from '../primitives/reading.ts';
import { type CounterKind, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** By how much the kernel's own counters grew on this host: sums since boot accuse nobody. */
export const counterGrowth = defineJoin({
  question: 'counter-growth',
  needs: ['netstat-statistics', 'softnet'],
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
    backlogDropped: grown(
      'softnet',
      'dropped',
      'packets dropped because the input queue of a CPU was full',
    ),
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

function grown(kind: CounterKind, counter: string, is: string): JoinedFact {
  const of = (view: View): Reading<number> => {
    const series = seriesOf(view, kind).find((one) => one.counter === counter);
    if (series === undefined)
      return unknown('no two readings since boot by one command on one host are shown');
    const growth = growthOf(series);
    return growth === null
      ? unknown('the counter was reset in between')
      : known(growth, [...(series.readings[0]?.at ?? []), ...(series.readings.at(-1)?.at ?? [])]);
  };
  return { type: 'count', is: `${is}, between the first and the last reading`, of };
}
