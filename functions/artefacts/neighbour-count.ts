import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';

// A listing that is narrowed to a device, an address or a state counts a part of the table only.
const LISTING = String.raw`(?:\bip\s+(?:-[4so]\s+){0,3}n(?:eigh(?:bou?r)?)?(?:\s+(?:show|list))?|\barp\s+-a?n)`;
const HINT = new RegExp(
  String.raw`${LISTING}\s*\|\s*awk\s+['"]?\s*\{\s?print \$NF;?\s?\}['"]?\s*\|\s*sort\s*\|\s*uniq\s+-c\b`,
);
const ROW = /^(\d{1,7}) (INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT|NONE)$/;

interface Row {
  readonly line: number;
  readonly count: number;
  readonly state: string;
}

/** How many neighbours there are of each state. */
export interface NeighbourCount {
  readonly rows: readonly Row[];
}

/**
 * `awk '{print $NF}' | sort | uniq -c` behind a whole listing of neighbours counts by state, the last word of a row of
 * `ip neigh` (ip/ipneigh.c: print_neigh).
 */
export const neighbourCount = defineArtefact({
  kind: 'neighbour-count',
  title: 'ip neigh, counted',
  ask: "ip -4 neigh | awk '{print $NF}' | sort | uniq -c",
  hint: HINT,
  first: '0123456789',
  recognise,
  parse,
  size: ({ rows }) => ({ count: rows.length, unit: 'lines' }),
  facts: {
    total: {
      type: 'count',
      is: 'neighbours counted, but for those that the garbage collector leaves alone',
      of: totalOf,
    },
  },
});

/** net/core/neighbour.c, neigh_alloc: since 5.0 the limit does not count permanent ones and those without ARP. */
export function totalOf({ rows }: NeighbourCount): Local<number> {
  const counted = rows.filter(({ state }) => state !== 'PERMANENT' && state !== 'NOARP');
  const lines = counted.map(({ line }) => line);
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  return lines.length === 0 ? missing('nothing but permanent neighbours') : found(total, lines);
}

function recognise(line: string): Strength {
  const [, , state] = ROW.exec(line.trim()) ?? [];
  if (state === undefined) return 'none';
  // Tests may end in `12 FAILED` too.
  return state === 'REACHABLE' || state === 'STALE' ? 'strong' : 'weak';
}

function parse(lines: readonly string[]) {
  const rows: Row[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const [, count, state] = ROW.exec(text) ?? [];
    if (count === undefined || state === undefined) unread.push(index + 1);
    else rows.push({ line: index + 1, count: Number(count), state });
  }
  return rows.length === 0 ? undefined : { content: { rows }, unread };
}
