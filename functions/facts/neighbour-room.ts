import { cite, ofKind } from '../artefacts/evidence.ts';
import { totalOf } from '../artefacts/neighbour-count.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** How full the neighbour table is against gc_thresh3, the limit at which the kernel refuses new neighbours. */
export const neighbourRoom = defineJoin({
  question: 'neighbour-room',
  needs: ['neighbour', 'neighbour-count', 'sysctl', 'ping'],
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
    sendRefused: {
      type: 'flag',
      is: 'this host could not even send a ping: no buffer space',
      of: sendRefused,
    },
    limit: { type: 'count', is: 'net.ipv4.neigh.default.gc_thresh3', of: limit },
  },
});

/** Permanent entries and NOARP ones are not counted by the garbage collector (since 5.0, neigh_alloc). */
function entries(view: View): Reading<number> {
  const last = inOrder(ofKind(view.own, 'neighbour')).at(-1);
  if (last === undefined) return counted(view);
  const shown = last.content.neighbours.filter(
    ({ address, state }) => !address.includes(':') && state !== 'PERMANENT' && state !== 'NOARP',
  );
  const lines = [...shown.slice(0, 2), ...shown.slice(-1)].map(({ line }) => line);
  return known(
    shown.length,
    [...new Set(lines)].map((line) => cite(last.artefact, line)),
  );
}

/** The limit is that of one family: a count of both tells nothing of it. */
function counted(view: View): Reading<number> {
  const last = inOrder(ofKind(view.own, 'neighbour-count')).at(-1);
  if (last === undefined) return unknown('not pasted');
  const { artefact, content } = last;
  if (!/\s-4\b|\barp\b/.test(artefact.command ?? ''))
    return unknown('the count may hold neighbours of IPv6');
  const total = totalOf(content);
  if (!total.known) return total;
  return known(
    total.value,
    total.lines.map((line) => cite(artefact, line)),
  );
}

function sendRefused({ own }: View): Reading<boolean> {
  for (const { artefact, content } of ofKind(own, 'ping'))
    for (const { troubles } of content.runs) {
      const found = troubles.find(({ trouble }) => trouble === 'no-buffer');
      if (found !== undefined) return known(true, [cite(artefact, found.line)]);
    }
  return unknown('no ping is shown that could not be sent');
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
