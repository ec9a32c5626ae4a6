import { ASCII, defineArtefact, found, type Local, missing, type Strength } from './define.ts';

/** One queueing discipline of a device, and what `-s` counts of it. */
interface Qdisc {
  readonly line: number;
  /** `netem`, `fq_codel`, `tbf` … */
  readonly type: string;
  /** Null where the command asked for one device: then it is left out. */
  readonly device: string | null;
  /** Percent of packets that netem throws away at random; null where it is no netem, or says nothing of loss. */
  readonly lossPercent: number | null;
  readonly counts: {
    readonly line: number;
    readonly packets: number;
    readonly dropped: number;
  } | null;
}

interface Qdiscs {
  readonly qdiscs: readonly Qdisc[];
}

/** `tc qdisc show` with `-s`, `-d` or none (iproute2 tc/tc_qdisc.c: print_qdisc, tc/q_netem.c, tc/tc_util.c: print_tcstats2_attr). */
export const qdisc = defineArtefact({
  kind: 'qdisc',
  title: 'tc qdisc',
  ask: 'tc -s qdisc show',
  hint: /\btc\s+(?:-\w+\s+){0,4}q(?:disc)?\b/,
  first: ASCII,
  recognise,
  continues: (line) => REST.test(line.trim()),
  parse,
  size: ({ qdiscs }) => ({ count: qdiscs.length, unit: 'lines' }),
  facts: {
    emulatedLoss: {
      type: 'count',
      is: 'percent of packets that a network emulator here (netem) is told to throw away, and has thrown away already',
      of: (content) => ofEmulator(content, ({ lossPercent }) => lossPercent ?? 0),
    },
    emulatorDropped: {
      type: 'count',
      is: 'packets that it has thrown away',
      of: (content) => ofEmulator(content, ({ counts }) => counts?.dropped ?? 0),
    },
    emulatedDevice: {
      type: 'label',
      is: 'the device that it stands on',
      of: (content) => {
        const device = ofEmulator(content, (one) => one.device ?? '');
        return device.known && device.value === '' ? missing('the device is left out') : device;
      },
    },
  },
});

const HEAD =
  /^qdisc ([a-z][\w-]{1,15}) [\da-f]{1,4}: (?:dev (\S{1,40}) )?(?:root\b|parent \S|ingress\b|clsact\b|\[|offloaded\b|deleted\b)/;
const SENT =
  /^Sent \d{1,20} bytes (\d{1,20}) pkts? \(dropped (\d{1,20}), overlimits \d{1,20}(?: requeues \d{1,20})?\)/;
/** `loss 5%`, `loss 5% 25%`; models with states (`loss gemodel p 1% …`) tell no single share. */
const LOSS = /\sloss (?:random )?(\d{1,3}(?:\.\d{1,6})?)%/;
const REST =
  /^(?:Sent \d|(?:rate \S{1,20} )?\S{0,20}\s?backlog \S|maxpacket |new_flows_len |flows \d|memory_used |capacity |throttled |Tin \d|gc \d|highprio |pool |total |direct_packets_stat )/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text)) return 'strong';
  return SENT.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]) {
  const qdiscs: Qdisc[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    const [, type, device] = HEAD.exec(text) ?? [];
    const [, packets, dropped] = SENT.exec(text) ?? [];
    const last = qdiscs.at(-1);
    if (type !== undefined) {
      const loss = type === 'netem' ? LOSS.exec(text)?.[1] : undefined;
      const lossPercent = loss === undefined ? null : Number(loss);
      qdiscs.push({ line, type, device: device ?? null, lossPercent, counts: null });
    } else if (packets !== undefined && last !== undefined && last.counts === null) {
      const counts = { line, packets: Number(packets), dropped: Number(dropped) };
      qdiscs[qdiscs.length - 1] = { ...last, counts };
    } else if (text !== '' && !REST.test(text)) unread.push(line);
  }
  return qdiscs.length === 0 ? undefined : { content: { qdiscs }, unread };
}

/** netem counts what it loses on purpose as dropped, and what its limit had no room for (net/sched/sch_netem.c: netem_enqueue). */
function ofEmulator<T>({ qdiscs }: Qdiscs, of: (one: Qdisc) => T): Local<T> {
  const one = qdiscs.find(
    ({ lossPercent, counts }) => (lossPercent ?? 0) > 0 && (counts?.dropped ?? 0) > 0,
  );
  return one === undefined
    ? missing('no emulator is shown that has thrown packets away')
    : found(of(one), [one.line, ...(one.counts === null ? [] : [one.counts.line])]);
}
