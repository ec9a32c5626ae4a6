import type { CounterReading } from '../artefacts/conntrack-stats/rows.ts';
import { eraOf, sumOf } from '../artefacts/conntrack-stats.ts';
import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** One reading of the counters of a host, with the artefact it stands in. */
export interface Counted {
  readonly artefact: Artefact;
  readonly reading: CounterReading;
  /** Kernels before 4.7 count a lost clash in insert_failed and not in drop: there drop 0 proves nothing. */
  readonly early: boolean;
  /** From 5.10 on a resolved clash is clash_resolve, and insert_failed an insertion that was refused. */
  readonly late: boolean;
}

/**
 * What the conntrack counters of one host say about insertion clashes (nf_conntrack_core.c: since 4.7 an unresolved
 * clash raises insert_failed and drop together, a resolved one only insert_failed, from 5.10 on clash_resolve).
 */
export const conntrackClash = defineJoin({
  question: 'conntrack-clash',
  needs: ['conntrack-stats'],
  facts: {
    dropsMatchClashes: {
      type: 'flag',
      is: 'insert_failed and drop are equal and above 0 on every CPU that counts any',
      of: (view) =>
        fromMatch(
          view,
          () => true,
          () => false,
        ),
    },
    lost: {
      type: 'count',
      is: 'packets lost to insertion clashes, in the reading where drop equals insert_failed',
      of: (view) =>
        fromMatch(
          view,
          (drop) => drop,
          () => 0,
        ),
    },
    lostOnOldKernel: {
      type: 'count',
      is: 'insert_failed in the latest reading of a kernel that drops every loser and does not count it under drop',
      of: lostOnOldKernel,
    },
    nothingDropped: {
      type: 'flag',
      is: 'drop is 0 on every CPU in the latest reading',
      of: (view) => fromLatest(view, ({ drop }) => drop === 0),
    },
    dropsBeyondClashes: {
      type: 'count',
      is: 'packets dropped in the latest reading that no insertion clash accounts for',
      of: (view) => fromLatest(view, ({ drop, failed }) => Math.max(0, drop - failed)),
    },
    clashes: {
      type: 'count',
      is: 'insertion clashes in the latest reading, resolved or not',
      of: (view) => fromLatest(view, ({ failed, resolved }) => Math.max(failed, resolved)),
    },
    resolved: {
      type: 'flag',
      is: 'clashes happen and none loses a packet, in the latest reading',
      of: (view) =>
        fromLatest(
          view,
          ({ drop, failed, resolved, late }) =>
            drop === 0 && (late ? failed === 0 && resolved > 0 : Math.max(failed, resolved) > 0),
        ),
    },
  },
});

/** The readings of a host's counters, earliest first. */
export function readingsOf(view: Pick<View, 'own'>): readonly Counted[] {
  return inOrder(ofKind(view.own, 'conntrack-stats')).flatMap(({ artefact, content }) =>
    content.readings.map((reading) => ({
      artefact,
      reading,
      early: eraOf(reading.rows) === 'before-4.9',
      late: eraOf(reading.rows) === 'since-5.10',
    })),
  );
}

interface Totals {
  readonly drop: number;
  readonly failed: number;
  readonly resolved: number;
  readonly late: boolean;
}

function fromLatest<T>(view: View, value: (totals: Totals) => T): Reading<T> {
  const latest = readingsOf(view).at(-1);
  if (latest === undefined) return unknown('not pasted');
  if (latest.early) return unknown('on this kernel drop does not count lost clashes');
  const drop = sumOf(latest.reading, 'drop');
  const failed = sumOf(latest.reading, 'insert_failed');
  if (drop === undefined || failed === undefined) return unknown('a counter is missing');
  const resolved = sumOf(latest.reading, 'clash_resolve') ?? 0;
  return known(value({ drop, failed, resolved, late: latest.late }), linesOf(latest));
}

/** Up to 4.6 a lost clash raises insert_failed alone (nf_conntrack_core.c of 4.4). */
function lostOnOldKernel(view: View): Reading<number> {
  const latest = readingsOf(view).at(-1);
  if (latest === undefined) return unknown('not pasted');
  if (!latest.early) return known(0, linesOf(latest));
  const failed = sumOf(latest.reading, 'insert_failed');
  return failed === undefined ? unknown('a counter is missing') : known(failed, linesOf(latest));
}

/** Looks for a reading in which drop follows insert_failed; two readings of one boot are judged by their difference. */
function fromMatch<T>(view: View, found: (drop: number) => T, none: () => T): Reading<T> {
  const readings = readingsOf(view).filter((one) => !one.early && one.reading.rows.length > 0);
  const last = readings.at(-1);
  if (last === undefined) return unknown('not pasted');
  const before = readings.at(-2);
  if (before !== undefined && !wasReset(before.reading, last.reading)) {
    const grown = (change(before.reading, last.reading, 'drop') ?? 0) > 0;
    const equal =
      change(before.reading, last.reading, 'drop') ===
      change(before.reading, last.reading, 'insert_failed');
    const at = [...linesOf(before), ...linesOf(last)];
    return known(
      grown && equal ? found(change(before.reading, last.reading, 'drop') ?? 0) : none(),
      at,
    );
  }
  const match = readings.find((one) => matches(one.reading));
  if (match !== undefined) return known(found(sumOf(match.reading, 'drop') ?? 0), linesOf(match));
  if (
    sumOf(last.reading, 'drop') === undefined ||
    sumOf(last.reading, 'insert_failed') === undefined
  )
    return unknown('a counter is missing');
  return known(none(), linesOf(last));
}

function matches({ rows }: CounterReading): boolean {
  let lost = 0;
  for (const { counters } of rows) {
    const drop = counters.get('drop');
    const failed = counters.get('insert_failed');
    if (drop === undefined || drop !== failed) return false;
    lost += drop;
  }
  return lost > 0;
}

/** Any counter of any CPU that fell means a reboot or a new namespace: nothing may be subtracted. */
export function wasReset(before: CounterReading, after: CounterReading): boolean {
  if (before.rows.length !== after.rows.length) return true;
  return after.rows.some(({ counters }, at) =>
    [...counters].some(
      ([name, value]) =>
        name !== 'entries' && name !== 'cpu' && value < (before.rows[at]?.counters.get(name) ?? 0),
    ),
  );
}

function change(
  before: CounterReading,
  after: CounterReading,
  counter: string,
): number | undefined {
  const [from, to] = [sumOf(before, counter), sumOf(after, counter)];
  return from === undefined || to === undefined ? undefined : to - from;
}

function linesOf({ artefact, reading }: Counted): readonly Citation[] {
  return reading.rows.map(({ line }) => cite(artefact, line));
}
