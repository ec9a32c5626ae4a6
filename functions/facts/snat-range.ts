import type { Flow } from '../artefacts/conntrack-table/read.ts';
import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { inOrder } from './order.ts';

/**
 * Whether the source ports that an SNAT rule may give out are all in use towards one destination. Where none is free the
 * kernel leaves a taken one in place, and the insertion fails (nf_nat_core.c: nf_nat_l4proto_unique_tuple gives up).
 */
export const snatRange = defineJoin({
  question: 'snat-range',
  needs: ['iptables', 'nft', 'conntrack-table'],
  facts: {
    usedPercent: count(
      'how many of a hundred ports of the range flows to one destination hold',
      (used) => Math.floor((100 * used.flows) / used.range.size),
    ),
    flows: count('ports of the range in use towards it', ({ flows }) => flows),
    size: count('ports in the range', ({ range }) => range.size),
    narrowest: {
      type: 'count',
      is: 'ports in the narrowest range that a rule of this host may give out',
      of: ({ own }) => {
        const [narrowest] = rangesOf(own).toSorted((a, b) => a.size - b.size);
        return narrowest === undefined
          ? unknown('no SNAT rule with a range of ports is shown')
          : known(narrowest.size, [narrowest.at]);
      },
    },
    destination: {
      type: 'label',
      is: 'the destination to which most of them are in use',
      of: (view) => read(view, ({ destination }) => destination),
    },
  },
});

interface Range {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly at: Citation;
}

interface Used {
  readonly range: Range;
  readonly destination: string;
  readonly flows: number;
  readonly at: readonly Citation[];
}

function count(is: string, of: (used: Used) => number): JoinedFact {
  return { type: 'count', is, of: (view) => read(view, of) };
}

function read<T>(view: View, of: (used: Used) => T): Reading<T> {
  const used = usedAt(view);
  return used === undefined
    ? unknown('no SNAT rule with a range of ports and no table of flows are shown')
    : known(of(used), [used.range.at, ...used.at]);
}

function usedAt({ own }: View): Used | undefined {
  const table = inOrder(ofKind(own, 'conntrack-table')).at(-1);
  if (table === undefined) return undefined;
  const [most] = rangesOf(own)
    .flatMap((range) => busiestOf(range, table) ?? [])
    .toSorted((a, b) => b.flows / b.range.size - a.flows / a.range.size);
  return most;
}

/** The flows to one destination whose translated source port is of the range; each port counts once. */
function busiestOf(
  range: Range,
  { artefact, content }: Evidence<'conntrack-table'>,
): Used | undefined {
  const byTarget = new Map<string, Map<number, number>>();
  for (const flow of content.flows) {
    const { reply, line, event } = flow;
    const port = reply.dport;
    if (event !== null || port === null || port < range.from || port > range.to) continue;
    const key = targetOf(flow);
    const ports = byTarget.get(key) ?? new Map<number, number>();
    byTarget.set(key, ports.set(port, line));
  }
  const [busiest] = [...byTarget].toSorted(([, a], [, b]) => b.size - a.size);
  if (busiest === undefined) return undefined;
  const [destination = '', ports] = [busiest[0].split(' ')[0], busiest[1]];
  const at = [...ports.values()].slice(0, 2).map((line) => cite(artefact, line));
  return { range, destination, flows: ports.size, at };
}

function targetOf({ protocol, reply }: Flow): string {
  return `${reply.source}:${reply.sport ?? '?'} ${reply.destination} ${protocol}`;
}

const RANGE = /(?:^|:)(\d{1,5})-(\d{1,5})$/;

function rangesOf(own: View['own']): readonly Range[] {
  return [...ofKind(own, 'iptables'), ...ofKind(own, 'nft')].flatMap(({ artefact, content }) =>
    (content.readings.at(-1)?.rules ?? []).flatMap(({ line, target, toSource }) =>
      target === 'REDIRECT' ? [] : rangeIn(toSource, cite(artefact, line)),
    ),
  );
}

function rangeIn(toSource: string | null, at: Citation): readonly Range[] {
  const [, from = '', to = ''] = RANGE.exec(toSource ?? '') ?? [];
  const size = Number(to) - Number(from) + 1;
  return from === '' || size < 1 ? [] : [{ from: Number(from), to: Number(to), size, at }];
}
