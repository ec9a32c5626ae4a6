import { columnsWidth } from '../../primitives/columns-width.ts';
import type { Report } from '../../report/schema.ts';
import type { Placed } from './cells.ts';
import { cutMiddle, hostGroups, hostName, interfaceName } from './drawn.ts';
import type { LadderMarks } from './marks.ts';

type Points = NonNullable<Report['ladder']>['points'];

/** Where the lifelines of a horizontal ladder stand, and the two rows above them. */
export interface Lanes {
  /** The column of each point's lifeline. */
  readonly columns: readonly number[];
  readonly hosts: readonly Placed[];
  readonly interfaces: readonly Placed[];
}

interface Box {
  readonly left: number;
  readonly right: number;
}

/** Between two lifelines there is room for a dot's neighbour, a shaft and an arrowhead. */
const NEAREST = 5;
const FARTHEST = 16;
/** Names are cut to the widest of these that fits; what is shorter than the last no longer names anything. */
export const NAME_COLUMNS = [24, 16, 12, 9, 7] as const;

/** Lifelines between columns `left` and `width` under names of at most `most` columns; null when they do not fit. */
export function placeLanes(
  points: Points,
  { left, width, most }: { readonly left: number; readonly width: number; readonly most: number },
  marks: LadderMarks,
): Lanes | null {
  const boxes = boxesOf(points, most, marks);
  const gaps = boxes
    .slice(1)
    .map((box, index) => Math.max(NEAREST, (boxes[index]?.right ?? 0) + box.left + 2));
  const room = width - left - 1 - gaps.reduce((sum, gap) => sum + gap, 0);
  if (room < 0) return null;
  const columns = [left];
  const share = Math.floor(room / Math.max(1, gaps.length));
  for (const gap of gaps) {
    const wide = Math.max(gap, Math.min(FARTHEST, gap + share));
    columns.push((columns.at(-1) ?? left) + wide);
  }
  return labelled(points, columns, boxes, most, marks);
}

/** How far each point's names reach to both sides of its lifeline. */
function boxesOf(points: Points, most: number, marks: LadderMarks): readonly Box[] {
  const alone = new Set(
    hostGroups(points).flatMap(({ first, last }) => (first === last ? [first] : [])),
  );
  return points.map((point, at) => {
    const name = columnsWidth(cutMiddle(interfaceName(point), most, marks.cut));
    const host = alone.has(at) ? columnsWidth(cutMiddle(hostName(point), most, marks.cut)) : 0;
    const wide = Math.max(1, name, host) - 1;
    if (at === 0) return { left: 0, right: wide };
    if (at === points.length - 1) return { left: wide, right: 0 };
    return { left: Math.floor(wide / 2), right: Math.ceil(wide / 2) };
  });
}

function labelled(
  points: Points,
  columns: readonly number[],
  boxes: readonly Box[],
  most: number,
  marks: LadderMarks,
): Lanes {
  const interfaces = points.map((point, at) => {
    const name = cutMiddle(interfaceName(point), most, marks.cut);
    return { at: startOf(at, columnsWidth(name), columns), text: name };
  });
  const hosts = hostGroups(points).map(({ first, last }) => {
    const name = hostName(points[first] ?? { host: null, interface: null });
    if (first === last) {
      const cut = cutMiddle(name, most, marks.cut);
      return { at: startOf(first, columnsWidth(cut), columns), text: cut };
    }
    const from = (columns[first] ?? 0) - (boxes[first]?.left ?? 0);
    const to = (columns[last] ?? 0) + (boxes[last]?.right ?? 0);
    return { at: from, text: bracket(name, to - from + 1, marks) };
  });
  return { columns, hosts, interfaces };
}

/** Names hang to the right of the first lifeline, to the left of the last, and in the middle of the others. */
function startOf(at: number, wide: number, columns: readonly number[]): number {
  const column = columns[at] ?? 0;
  if (at === 0) return column;
  return column - (at === columns.length - 1 ? Math.max(0, wide - 1) : Math.floor((wide - 1) / 2));
}

function bracket(name: string, columns: number, marks: LadderMarks): string {
  const cut = cutMiddle(name, Math.max(1, columns - 6), marks.cut);
  const rest = Math.max(2, columns - 4 - columnsWidth(cut));
  const [open, close] = marks.corners;
  const left = marks.shaft.repeat(Math.floor(rest / 2));
  return `${open}${left} ${cut} ${marks.shaft.repeat(Math.ceil(rest / 2))}${close}`;
}
