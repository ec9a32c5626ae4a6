import { sumOf } from '../artefacts/conntrack-stats.ts';
import { cite } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { readingsOf, wasReset } from './conntrack-clash.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** By how much counters of conntrack grew between the last two readings of a host: sums since boot accuse nobody. */
export const conntrackGrowth = defineJoin({
  question: 'conntrack-growth',
  needs: ['conntrack-stats'],
  facts: {
    earlyDrop: growth('early_drop', 'entries thrown out early'),
    chaintoolong: growth('chaintoolong', 'insertions refused because a hash chain was too long'),
    drop: growth('drop', 'packets dropped by conntrack'),
  },
});

function growth(counter: string, what: string): JoinedFact {
  return {
    type: 'count',
    is: `${what} between the last two readings`,
    of: (view) => grown(view, counter),
  };
}

function grown(view: View, counter: string): Reading<number> {
  const readings = readingsOf(view);
  const [before, after] = readings.slice(-2);
  if (before === undefined || after === undefined) return unknown('one reading shows no growth');
  if (wasReset(before.reading, after.reading)) return unknown('the counters were reset in between');
  const [from, to] = [sumOf(before.reading, counter), sumOf(after.reading, counter)];
  if (from === undefined || to === undefined) return unknown(`not every row prints ${counter}`);
  const lines = [before, after].flatMap(({ artefact, reading }) =>
    reading.rows.map(({ line }) => cite(artefact, line)),
  );
  return known(to - from, lines);
}
