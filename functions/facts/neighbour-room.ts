import { cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** How full the neighbour table is against gc_thresh3, the limit at which the kernel refuses new neighbours. */
export const neighbourRoom = defineJoin({
  question: 'neighbour-room',
  needs: ['neighbour', 'sysctl'],
  facts: {
    full: {
      type: 'flag',
      is: 'the neighbour table holds at least gc_thresh3 entries',
      of: (view) => {
        const all = entries(view);
        const most = limit(view);
        if (!all.known) return all;
        if (!most.known) return most;
        // A listing may be one device or one family only: fewer entries than the limit prove nothing.
        return all.value < most.value
          ? unknown('the listing may not be the whole table')
          : known(true, [...all.at, ...most.at]);
      },
    },
    entries: { type: 'count', is: 'IPv4 entries shown', of: entries },
    limit: { type: 'count', is: 'net.ipv4.neigh.default.gc_thresh3', of: limit },
  },
});

/** Permanent entries and NOARP ones are not counted by the garbage collector (since 5.0, neigh_alloc). */
function entries(view: View): Reading<number> {
  const last = inOrder(ofKind(view.own, 'neighbour')).at(-1);
  if (last === undefined) return unknown('not pasted');
  const counted = last.content.neighbours.filter(
    ({ address, state }) => !address.includes(':') && state !== 'PERMANENT' && state !== 'NOARP',
  );
  const lines = [...counted.slice(0, 2), ...counted.slice(-1)].map(({ line }) => line);
  return known(
    counted.length,
    [...new Set(lines)].map((line) => cite(last.artefact, line)),
  );
}

function limit(view: View): Reading<number> {
  for (const { artefact, content } of inOrder(ofKind(view.own, 'sysctl')).toReversed()) {
    const entry = content.get('net.ipv4.neigh.default.gc_thresh3');
    const value = Number(entry?.value);
    if (entry !== undefined && Number.isInteger(value) && value > 0)
      return known(value, [cite(artefact, entry.line)]);
  }
  return unknown('not pasted');
}
