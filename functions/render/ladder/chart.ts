import { columnsWidth } from '../../primitives/columns-width.ts';
import type { Report } from '../../report/schema.ts';
import {
  cutMiddle,
  type DrawnRow,
  hostGroups,
  hostName,
  interfaceName,
  isResent,
  stretchesOf,
} from './drawn.ts';

type Ladder = NonNullable<Report['ladder']>;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A packet with its places in the drawing's own units, of which a character of the font takes nine. */
export interface ChartRow extends DrawnRow {
  /** Where its name ends (questions) or begins (answers), and at what height. */
  readonly side: number;
  readonly base: number;
  readonly stops: readonly Spot[];
  /** What is drawn in one stroke each. */
  readonly lines: readonly string[];
  readonly heads: readonly string[];
  readonly loss: (Spot & { readonly trail: string }) | null;
  /** Where nothing more is known of it. */
  readonly unknown: (Spot & { readonly trail: string; readonly heads: readonly string[] }) | null;
}

interface Lane {
  readonly x: number;
  readonly name: string;
  readonly isCaptured: boolean;
}

/** Everything of a drawing but its strokes and words. */
export interface Chart {
  readonly width: number;
  readonly height: number;
  /** Where the lifelines begin. */
  readonly top: number;
  readonly groups: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly lanes: readonly Lane[];
  readonly rows: readonly ChartRow[];
  readonly breaks: readonly { readonly y: number; readonly ms: number }[];
}

const CHARACTER = 9;
const MOST_NAME = 16;
const LANE_GAP = 104;
/** How far the bracket of a host reaches beyond its outer lifelines: less than half a gap. */
const HOST_REACH = 46;
const TOP = 64;
/** Between two packets on one lifeline, so that no arrow touches its neighbour. */
const ROW_GAP = 26;
/** Between two names on one side: each has two lines. */
const NAME_GAP = 36;
const BREAK_GAP = 44;
/** The word below a cross needs more room than an arrow. */
const LOSS_GAP = 20;
/** Half the word below a cross, and some air. */
const LOSS_ASIDE = 34;
const STEEPEST = 54;
const FLATTEST = 9;

/** Places a ladder: lifelines from left to right, packets from top to bottom, none crossing another. */
export function chartOf(ladder: Ladder, rows: readonly DrawnRow[]): Chart {
  const widest = (of: readonly DrawnRow[]) =>
    of.length === 0 ? 3 : Math.max(...of.map((row) => Math.max(nameLength(row), timeLength(row))));
  const margin = (direction: DrawnRow['direction']) =>
    widest(rows.filter((row) => row.direction === direction)) * CHARACTER + 26;
  const lanes = lanesOf(ladder, margin('request'));
  const last = lanes.at(-1)?.x ?? 0;
  const { placed, breaks, bottom } = placeRows(rows, lanes);
  return {
    width: Math.ceil(last + Math.max(margin('response'), (MOST_NAME / 2) * CHARACTER)),
    height: bottom + 34,
    top: TOP,
    groups: groupsOf(ladder, lanes),
    lanes,
    rows: placed,
    breaks,
  };
}

function nameLength(row: DrawnRow): number {
  return columnsWidth(row.label) + (isResent(row) ? 3 : 0);
}

function timeLength({ time }: DrawnRow): number {
  return time === null ? 0 : time.toFixed(3).length;
}

function lanesOf({ points, uncaptured }: Ladder, margin: number): Chart['lanes'] {
  const names = points.map((point) => cutMiddle(interfaceName(point), MOST_NAME, '~'));
  const alone = new Set(
    hostGroups(points).flatMap(({ first, last }) => (first === last ? [first] : [])),
  );
  const half = (at: number) => {
    const point = points[at];
    const host = point !== undefined && alone.has(at) ? aloneName(point) : '';
    return (Math.max(columnsWidth(names[at] ?? ''), columnsWidth(host)) * CHARACTER) / 2;
  };
  let x = Math.ceil(Math.max(margin, half(0) + CHARACTER));
  return names.map((name, at) => {
    if (at > 0) x += Math.ceil(Math.max(LANE_GAP, half(at - 1) + half(at) + 2 * CHARACTER));
    return { x, name, isCaptured: !uncaptured || at < points.length - 1 };
  });
}

/** The host of a point that has no neighbour on it; an address in full. */
function aloneName(point: Ladder['points'][number]): string {
  return cutMiddle(hostName(point), MOST_NAME, '~');
}

function groupsOf({ points }: Ladder, lanes: Chart['lanes']): Chart['groups'] {
  return hostGroups(points).map(({ first, last }) => {
    const point = points[first] ?? { host: null, interface: null };
    const own = first === last ? (columnsWidth(aloneName(point)) * CHARACTER) / 2 : 0;
    const from = (lanes[first]?.x ?? 0) - Math.max(HOST_REACH, own);
    const to = (lanes[last]?.x ?? 0) + Math.max(HOST_REACH, own);
    const most = Math.floor((to - from) / CHARACTER);
    return { name: cutMiddle(hostName(point), most, '~'), from, to };
  });
}

function placeRows(
  rows: readonly DrawnRow[],
  lanes: Chart['lanes'],
): {
  readonly placed: readonly ChartRow[];
  readonly breaks: Chart['breaks'];
  readonly bottom: number;
} {
  const longest = Math.max(...rows.map(transit));
  const free = lanes.map(() => TOP + 16);
  const sides = { request: TOP + 16, response: TOP + 16 };
  const breaks: { y: number; ms: number }[] = [];
  const placed: ChartRow[] = [];
  for (const row of rows) {
    if (row.pause !== null) {
      const y = Math.max(...free, sides.request, sides.response);
      breaks.push({ y: y + 4, ms: row.pause });
      free.fill(y + BREAK_GAP);
      sides.request = y + BREAK_GAP;
      sides.response = y + BREAK_GAP;
    }
    const drops = dropsOf(row, longest);
    const base = Math.max(
      sides[row.direction],
      ...row.reached.map((at, index) => (free[at] ?? 0) - (drops[index] ?? 0)),
      ...(row.lost === null ? [] : [free[row.lost.to] ?? 0]),
    );
    const one = placeRow(row, drops, base, lanes);
    placed.push(one);
    sides[row.direction] = base + NAME_GAP;
    const lowest = Math.max(base, ...one.stops.map(({ y }) => y));
    for (const [at, y] of one.stops.map(({ y }, index) => [row.reached[index] ?? 0, y] as const))
      free[at] = y + ROW_GAP;
    if (row.lost === null) continue;
    // The cross hangs between two lifelines, and its word below it: both must stay clear of the next arrow.
    for (const at of new Set([row.lost.from ?? row.lost.to, row.lost.to, ...row.reached.slice(-1)]))
      free[at] = lowest + ROW_GAP + LOSS_GAP;
  }
  return { placed, breaks, bottom: Math.max(...free, sides.request, sides.response) - ROW_GAP };
}

function placeRow(
  row: DrawnRow,
  drops: readonly number[],
  base: number,
  lanes: Chart['lanes'],
): ChartRow {
  const ends = [lanes[0]?.x ?? 0, lanes.at(-1)?.x ?? 0] as const;
  const side = row.direction === 'request' ? ends[0] - 14 : ends[1] + 14;
  const stops = row.reached.map((at, index) => ({
    x: lanes[at]?.x ?? 0,
    y: Math.round(base + (drops[index] ?? 0)),
  }));
  const lines = stretchesOf(row)
    .map((stretch) => stretch.map((at) => stops[row.reached.indexOf(at)] ?? { x: 0, y: 0 }))
    .filter((spots) => spots.length > 1);
  return {
    ...row,
    side,
    base: Math.round(base),
    stops,
    lines: lines.map((spots) => `M${spots.map(({ x, y }) => `${x} ${y}`).join('L')}`),
    heads: lines.flatMap((spots) =>
      spots.slice(1).map((to, index) => headAt(spots[index] ?? to, to)),
    ),
    loss: crossOf(row, stops, lanes, base),
    unknown: openEnd(row, stops, lanes),
  };
}

/** Half-way to the next lifeline, going on as steeply as before. */
function crossOf(
  row: DrawnRow,
  stops: readonly Spot[],
  lanes: Chart['lanes'],
  base: number,
): ChartRow['loss'] {
  if (row.lost === null) return null;
  const { from, to } = row.lost;
  const step = row.direction === 'request' ? 1 : -1;
  const begin = stops[row.reached.indexOf(from ?? -1)];
  const next = lanes[(from ?? to) + step]?.x;
  if (from === null || begin === undefined || next === undefined)
    return { trail: '', x: beside(lanes, to, -step), y: Math.round(base) };
  const x = Math.round((begin.x + next) / 2);
  const y = begin.y + 4;
  return { trail: `M${begin.x + 5 * step} ${begin.y}L${x} ${y}`, x, y };
}

/** Half-way between the last point and the end beyond it. */
function openEnd(
  { open, direction }: DrawnRow,
  stops: readonly Spot[],
  lanes: Chart['lanes'],
): ChartRow['unknown'] {
  if (open === null) return null;
  const near = lanes[open - 1]?.x ?? 0;
  const stop = stops.find(({ x }) => x === near);
  if (stop === undefined) return null;
  const x = Math.round((near + (lanes[open]?.x ?? near)) / 2);
  const y = stop.y + (direction === 'request' ? 4 : -4);
  const heads = direction === 'request' ? [] : [headAt({ x, y }, stop)];
  return { x, y, trail: `M${near + 5} ${stop.y}L${x - 8} ${y}`, heads };
}

/** Next to a lifeline on the side of `step`, or on the other where the drawing ends. */
function beside(lanes: Chart['lanes'], at: number, step: number): number {
  const side = lanes[at + step] === undefined ? -step : step;
  return (lanes[at]?.x ?? 0) + side * LOSS_ASIDE;
}

function transit({ times }: DrawnRow): number {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? 0 : Math.max(...known) - Math.min(...known);
}

/** How far below its start a packet passes each point: by its times, or evenly where a point has none. */
function dropsOf(row: DrawnRow, longest: number): readonly number[] {
  const whole = transit(row);
  const height = longest === 0 ? FLATTEST : FLATTEST + ((STEEPEST - FLATTEST) * whole) / longest;
  let lowest = 0;
  return row.reached.map((at, index) => {
    const time = row.times[at] ?? null;
    const even = row.reached.length < 2 ? 0 : index / (row.reached.length - 1);
    const share =
      time === null || row.time === null || whole === 0 ? even : (time - row.time) / whole;
    // A clock that is corrected by a little too much must not send a packet back in time.
    lowest = Math.max(lowest, Math.min(1, share) * height);
    return lowest;
  });
}

/** A triangle whose tip touches the dot it points at. */
function headAt(from: Spot, to: Spot): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const at = (back: number, aside: number) =>
    `${Math.round(to.x - along.x * back - along.y * aside)} ${Math.round(to.y - along.y * back + along.x * aside)}`;
  return `M${at(4, 0)}L${at(15, 5)}L${at(15, -5)}Z`;
}
