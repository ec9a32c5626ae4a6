import { known, type Reading, unknown } from '../primitives/reading.ts';
import { bothEnds, type CounterSeries, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type View } from './define.ts';

/**
 * The names under which drivers count packets that found no free receive descriptor or buffer: rtnl_link_stats64
 * (if_link.h), Intel's igb, ixgbe, i40e and ice, mlx5, bnxt and tg3, ena, netvsc, qede, enic, sfc.
 */
const WHOLE_CARD: ReadonlySet<string> = new Set([
  'rx_missed_errors',
  'rx_missed',
  'rx_no_buffer_count',
  'rx_no_dma_resources',
  'rx_fifo_errors',
  'rx_out_of_buffer',
  'dev_out_of_buffer',
  'rx_discards_phy',
  'rx_discards',
  'rx_drops',
  'rx_overruns',
  'rx_no_memory',
  'no_buff_discards',
  'rx_no_bufs',
  'port_rx_nodesc_drops',
  'rx_dropped.nic',
  'port.rx_dropped',
  'port.rx_discards',
  'rx missed',
  'rx fifo',
  'rx overrun',
]);
/** The same for each queue: virtio_net, igb, bnxt, bnx2x, be2net, vmxnet3, gve. */
const OF_QUEUE =
  /^(?:rx(?:_queue_)?_?\d{1,4}_(?:drops|hw_drop_overruns)|\[\d{1,4}\]: rx_discards|rxq\d{1,4}: rx_drops_no_frags|Rx Queue# \d{1,4} pkts rx OOB|rx_(?:queue_drop_cnt|no_buffers_posted)\[\d{1,4}\])$/;
const PACKETS = ['rx_packets', 'rx packets', 'rx_packets_phy', 'rx_ucast_packets'];
const PACKETS_OF_QUEUE =
  /^(?:rx(?:_queue_)?_?\d{1,4}_packets|queue_\d{1,4}_rx_cnt|\[\d{1,4}\]: rx_ucast_packets|Rx Queue# \d{1,4} ucast pkts rx)$/;

/** Whether a card dropped packets because it had no room for them. */
export const nicDrops = defineJoin({
  question: 'nic-drops',
  needs: ['ethtool-statistics', 'link'],
  facts: {
    grown: {
      type: 'count',
      is: 'packets that a card had no receive buffer for, between the first and the last reading',
      of: (view) => fromWorst(view, ({ grown }) => grown),
    },
    device: {
      type: 'label',
      is: 'that card',
      of: (view) => fromWorst(view, ({ device }) => device),
    },
    counter: {
      type: 'label',
      is: 'the counter that says so',
      of: (view) => fromWorst(view, ({ counter }) => counter),
    },
    negligible: {
      type: 'flag',
      is: 'less than one in a thousand, and fewer than a thousand in all',
      of: (view) =>
        fromWorst(view, ({ grown, percent }) =>
          percent === null ? null : percent < 0.1 && grown < MANY,
        ),
    },
    percent: {
      type: 'count',
      is: 'how many of a hundred packets that reached the card that is',
      of: (view) => fromWorst(view, ({ percent }) => percent),
    },
  },
});

/** Between two readings: so many lost packets are felt by somebody, however many others arrive. */
const MANY = 1000;

interface CardDrops {
  readonly device: string;
  readonly counter: string;
  readonly grown: number;
  readonly percent: number | null;
  readonly series: readonly CounterSeries[];
}

function fromWorst<T>(view: View, of: (drops: CardDrops) => T | null): Reading<T> {
  const [worst] = cardDrops(view).toSorted((a, b) => b.grown - a.grown);
  if (worst === undefined) return unknown('no two readings of one card are shown');
  const value = of(worst);
  return value === null
    ? unknown('the packets received are not shown')
    : known(value, worst.series.flatMap(bothEnds));
}

function cardDrops(view: View): readonly CardDrops[] {
  const all = (['ethtool-statistics', 'link'] as const).flatMap((kind) =>
    seriesOf(view, kind).flatMap((series) => {
      const grown = growthOf(series);
      const at = series.counter.indexOf(' ');
      const [device, name] = [series.counter.slice(0, at), series.counter.slice(at + 1)];
      return grown === null ? [] : [{ device, name, grown, series }];
    }),
  );
  return [...Map.groupBy(all, ({ device }) => device)].flatMap(([device, own]) => {
    const queues = own.filter(({ name }) => OF_QUEUE.test(name));
    const [top] = queues.toSorted((a, b) => b.grown - a.grown);
    const whole = own.filter(({ name }) => WHOLE_CARD.has(name));
    const candidates = [
      ...whole.map((one) => ({ ...one, of: [one.series] })),
      ...(top === undefined ? [] : [{ ...top, grown: sum(queues), of: [top.series] }]),
    ];
    const [worst] = candidates.toSorted((a, b) => b.grown - a.grown);
    if (worst === undefined) return [];
    const packets =
      PACKETS.map((wanted) => own.find(({ name }) => name === wanted)).find(
        (one) => one !== undefined,
      )?.grown ?? sum(own.filter(({ name }) => PACKETS_OF_QUEUE.test(name)));
    const arrived = packets + worst.grown;
    const percent = packets === 0 ? null : Math.round((worst.grown / arrived) * 10_000) / 100;
    return [{ device, counter: worst.name, grown: worst.grown, percent, series: worst.of }];
  });
}

function sum(all: readonly { readonly grown: number }[]): number {
  return all.reduce((total, { grown }) => total + grown, 0);
}
