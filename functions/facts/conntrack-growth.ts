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
    dropBeyondClashes: {
      type: 'count',
      is: 'packets dropped between the last two readings that no failed insertion accounts for',
      of: dropBeyondClashes,
    },
  },
});

function growth(counter: string, what: string): JoinedFact {
  return {
    type: 'count',
    is: `${what} between the last two readings`,
    of: (view) => grown(view, counter),
  };
}

// Up to 4.6 a lost clash is not counted under drop: there the two counters say nothing of each other.
function dropBeyondClashes(view: View): Reading<number> {
  const dropped = grown(view, 'drop');
  const failed = grown(view, 'insert_failed');
  if (!dropped.known) return dropped;
  if (!failed.known) return failed;
  if (readingsOf(view).at(-1)?.early === true)
    return unknown('on this kernel drop does not count lost clashes');
  return known(Math.max(0, dropped.value - failed.value), dropped.at);
}

/** By how much a counter, all CPUs together, grew between the last two readings of a host. */
export function grown(view: Pick<View, 'own'>, counter: string): Reading<number> {
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
