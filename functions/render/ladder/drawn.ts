import { columnsWidth } from '../../primitives/columns-width.ts';
import { cutText, visibleText } from '../../primitives/visible-text.ts';
import type { Report } from '../../report/schema.ts';

type Ladder = NonNullable<Report['ladder']>;

/** One packet of the ladder, ready to draw in any form. */
export interface DrawnRow {
  /** `A?` for a question, `A` for its answer, `SYN`, `SYN-ACK`; no wider than ten columns. */
  readonly label: string;
  readonly isDns: boolean;
  readonly direction: 'request' | 'response';
  readonly attempt: number;
  /** When the first point saw it, in milliseconds since the flow began; null where no point has times. */
  readonly time: number | null;
  readonly times: readonly (number | null)[];
  /** The points that saw it, in the order in which it came past them. */
  readonly reached: readonly number[];
  /** Where it vanished: the last point that saw it (null when none before did) and the first that did not. */
  readonly lost: { readonly from: number | null; readonly to: number } | null;
  /** The end where nothing was captured, if this packet came from there or went there: it has no dot. */
  readonly uncaptured: number | null;
  /** The same end, where nothing tells whether it ever came there, or that it came from there. */
  readonly open: number | null;
  /** The tunnel that it went round; null when it did not. */
  readonly bypassed: number | null;
  /** Milliseconds of silence before it, where they are too many to draw. */
  readonly pause: number | null;
}

/** A silence of this many milliseconds is told instead of drawn; a path across a region takes less. */
const LONG_PAUSE_MS = 50;
const MOST_LABEL = 8;

/** The packets of a ladder in their order. */
export function drawnRows({ points, rows, uncaptured }: Ladder): readonly DrawnRow[] {
  let before: number | null = null;
  const far = uncaptured ? points.length - 1 : null;
  return rows.map((row) => {
    const times = points.map((_, at) => row.times[at] ?? null);
    const known = times.filter((time) => time !== null);
    const time = known.length === 0 ? null : Math.min(...known);
    const silence = time === null || before === null ? 0 : time - before;
    if (known.length > 0) before = Math.max(before ?? 0, ...known);
    const passed = row.beyond === 'passed' ? far : null;
    const forwards = [...points.keys()].filter((at) => row.seen[at] === true || at === passed);
    const reached = row.direction === 'request' ? forwards : forwards.toReversed();
    return {
      label: labelOf(row),
      isDns: row.carries === 'dns',
      direction: row.direction,
      attempt: row.attempt,
      time,
      times,
      reached,
      lost: lostOf(row, reached, points.length),
      uncaptured: passed,
      open: row.beyond === 'unknown' ? far : null,
      bypassed: row.bypassed !== null && row.bypassed < points.length ? row.bypassed : null,
      pause: silence >= LONG_PAUSE_MS ? silence : null,
    };
  });
}

/** Whether it is a repeat; an answer to one is an answer like any other. */
export function isResent({ attempt, direction }: DrawnRow): boolean {
  return attempt > 0 && direction === 'request';
}

/**
 * The stretches a packet went without a break, as points in order. One that vanished on its way and was seen beyond
 * took another way there: no arrow leads across the loss.
 */
export function stretchesOf({ reached, lost }: DrawnRow): readonly (readonly number[])[] {
  if (lost === null) return [reached];
  const end = lost.from === null ? 0 : reached.indexOf(lost.from) + 1;
  return [reached.slice(0, end), reached.slice(end)].filter((stretch) => stretch.length > 0);
}

/** `2.5 s`, `180 ms`. */
export function pauseText(ms: number): string {
  return ms >= 999.5 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

/** The host of a point as it stands in a picture; `?` where the report knows none. */
export function hostName({ host }: Ladder['points'][number]): string {
  return host === null ? '?' : pictureText(host);
}

/** The interface of a point as it stands in a picture; empty where the report knows none. */
export function interfaceName(point: Ladder['points'][number]): string {
  return point.interface === null ? '' : pictureText(point.interface);
}

/**
 * Text that keeps its place in a drawing: what is invisible becomes its code, and so does what would leave its cell:
 * letters written from right to left, which drag their neighbours along, and marks that stack. A backtick too, since
 * three of them end a block of code.
 */
export function pictureText(text: string): string {
  const visible = visibleText(text.replace(/\s+/g, ' ').trim());
  const drawn = visible.replace(
    STRAYING,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return cutText(drawn, 300).shown;
}

/** Text cut in its middle to so many columns: pods of one deployment differ at their ends. */
export function cutMiddle(text: string, columns: number, sign: string): string {
  if (columnsWidth(text) <= columns) return text;
  const room = Math.max(0, columns - columnsWidth(sign));
  const characters = [...text];
  const head = fitting(characters, Math.ceil(room / 2));
  const tail = fitting(characters.toReversed(), room - columnsWidth(head));
  return head + sign + [...tail].toReversed().join('');
}

/** Neighbouring points on one host, as first and last index. */
export function hostGroups(
  points: Ladder['points'],
): readonly { readonly first: number; readonly last: number }[] {
  const groups: { first: number; last: number }[] = [];
  for (const [at, { host }] of points.entries()) {
    const open = groups.at(-1);
    if (open !== undefined && host !== null && points[open.last]?.host === host) open.last = at;
    else groups.push({ first: at, last: at });
  }
  return groups;
}

function labelOf({ label, carries, direction }: Ladder['rows'][number]): string {
  const name = cutMiddle(pictureText(label), MOST_LABEL, '~');
  const asks = direction === 'request' && (carries === 'dns' || carries === 'arp');
  return asks ? `${name}?` : name;
}

function lostOf(
  { direction, lost_at: to }: Ladder['rows'][number],
  reached: readonly number[],
  points: number,
): DrawnRow['lost'] {
  if (to === null || to < 0 || to >= points) return null;
  const before = reached.filter((at) => (direction === 'request' ? at < to : at > to));
  return { from: before.at(-1) ?? null, to };
}

function fitting(characters: readonly string[], columns: number): string {
  let text = '';
  let used = 0;
  for (const character of characters) {
    used += columnsWidth(character);
    if (used > columns) break;
    text += character;
  }
  return text;
}

// Blocks of right-to-left scripts (DerivedBidiClass.txt, R and AL), every mark, and the backtick.
const STRAYING =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\p{M}`]/gu;
