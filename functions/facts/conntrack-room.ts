import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** The kernel starts to evict at 95 % of nf_conntrack_max (nf_conntrack_core.c: early_drop). */
const FULL_PERCENT = 95;
/** From here to the limit, flows that have just ended may have left the room that is seen. */
const NEARLY_PERCENT = 80;

/** How full a host's conntrack table is, from sysctl or `conntrack -C`. */
export const conntrackRoom = defineJoin({
  question: 'conntrack-room',
  needs: ['sysctl', 'conntrack-count'],
  facts: {
    count: { type: 'count', is: 'entries in the table', of: count },
    max: {
      type: 'count',
      is: 'nf_conntrack_max',
      of: limit,
    },
    percent: { type: 'count', is: 'how full the table is, in percent', of: conntrackFilled },
    full: {
      type: 'flag',
      is: 'the table is at least 95 % full; unknown from 80 % on',
      of: full,
    },
    half: {
      type: 'flag',
      is: 'the table is less than half full',
      of: (view) => map(conntrackFilled(view), (value) => value < 50),
    },
  },
});

function full(view: View): Reading<boolean> {
  const filled = conntrackFilled(view);
  if (filled.known && filled.value >= NEARLY_PERCENT && filled.value < FULL_PERCENT)
    return unknown('the table is nearly full: it may have been full before this reading');
  return map(filled, (value) => value >= FULL_PERCENT);
}

function count(view: Pick<View, 'own'>): Reading<number> {
  const fromSysctl = setting(view, 'net.netfilter.nf_conntrack_count');
  if (fromSysctl.known) return fromSysctl;
  const counted = inOrder(ofKind(view.own, 'conntrack-count')).at(-1);
  if (counted === undefined) return fromSysctl;
  return known(counted.content.count, [cite(counted.artefact, counted.content.line)]);
}

/** How full a host's table is, in percent. */
export function conntrackFilled(view: Pick<View, 'own'>): Reading<number> {
  const entries = count(view);
  const most = limit(view);
  if (!entries.known) return entries;
  if (!most.known) return most;
  if (most.value === 0) return unknown('nf_conntrack_max is 0');
  return known(Math.floor((100 * entries.value) / most.value), [...entries.at, ...most.at]);
}

/** The kernel has kept the name that the setting had before 2.6.20's (nf_conntrack_standalone.c: nf_ct_netfilter_table). */
function limit(view: Pick<View, 'own'>): Reading<number> {
  const named = setting(view, 'net.netfilter.nf_conntrack_max');
  return named.known ? named : setting(view, 'net.nf_conntrack_max');
}

function setting(view: Pick<View, 'own'>, key: string): Reading<number> {
  for (const { artefact, content } of inOrder(ofKind(view.own, 'sysctl')).toReversed()) {
    const entry = content.get(key);
    const value = Number(entry?.value);
    if (entry !== undefined && Number.isInteger(value))
      return known(value, [cite(artefact, entry.line)]);
  }
  return unknown('not pasted');
}

function map<T, U>(reading: Reading<T>, to: (value: T) => U): Reading<U> {
  return reading.known ? known(to(reading.value), reading.at as readonly Citation[]) : reading;
}
