import { columnsWidth } from '../../primitives/columns-width.ts';
import { wrapProse } from '../../primitives/wrap-text.ts';
import type { Report } from '../../report/schema.ts';
import { composeRow, type Placed } from './cells.ts';
import { type DrawnRow, drawnRows, isResent, pauseText, stretchesOf } from './drawn.ts';
import { type Lanes, NAME_COLUMNS, placeLanes } from './lanes.ts';
import { ASCII, type LadderMarks, LINES } from './marks.ts';
import { ladderMatrix } from './matrix.ts';
import { ladderNotes } from './notes.ts';
import { signsOf } from './signs.ts';

/** Whether to keep to ASCII: for terminals that cannot draw lines, or draw them two columns wide. */
export interface LadderTextOptions {
  readonly ascii: boolean;
}

/** No picture is narrower; neither is any screen that shows one. */
const NARROWEST = 40;
/** Wider than this, an arrow is longer than the eye follows. */
const WIDEST = 100;

/**
 * The ladder as rows of text of at most `width` columns (40 at least): one row a packet, a lifeline for each point.
 * Where the points are too many for the width, they stand in rows and the packets in columns. Empty without a ladder.
 */
export function ladderText(
  report: Report,
  width: number,
  options: LadderTextOptions = { ascii: false },
): readonly string[] {
  const { ladder } = report;
  if (ladder === null || ladder.points.length === 0 || ladder.rows.length === 0) return [];
  const marks = options.ascii ? ASCII : LINES;
  const columns = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(width)));
  const rows = drawnRows(ladder);
  const picture =
    drawing(report, rows, columns, marks) ?? ladderMatrix(report, rows, columns, marks);
  const notes = [...ladderNotes(report), ...legendOf(report, rows)].flatMap((note) =>
    wrapProse(note, columns - 2).map((row, index) => (index === 0 ? row : `  ${row}`)),
  );
  return notes.length === 0 ? picture : [...picture, '', ...notes];
}

/** What the signs of a picture mean, where it has no words. */
function legendOf({ language }: Report, rows: readonly DrawnRow[]): readonly string[] {
  const { lostMeans, resentMeans } = signsOf(language);
  const used = [
    rows.some(({ lost }) => lost !== null) ? lostMeans : '',
    rows.some(isResent) ? resentMeans : '',
  ].filter((text) => text !== '');
  return used.length === 0 ? [] : [used.join('；')];
}

/** What stands left of the lifelines: each row's time and name, and what goes below them where names are short. */
interface Side {
  readonly time: number;
  readonly left: number;
  readonly of: (row: DrawnRow) => { readonly name: string; readonly below: readonly string[] };
}

function sideWide({ language }: Report, rows: readonly DrawnRow[]): Side {
  const signs = signsOf(language);
  const name = (row: DrawnRow) =>
    [
      row.label,
      row.isDns && row.direction === 'response' ? signs.answer : '',
      isResent(row) ? signs.resent(row.attempt) : '',
    ]
      .filter((text) => text !== '')
      .join(' ');
  return side(rows, name, () => []);
}

function sideNarrow({ language }: Report, rows: readonly DrawnRow[]): Side {
  return side(
    rows,
    ({ label }) => label,
    (row) => (isResent(row) ? [signsOf(language).resent(row.attempt)] : []),
  );
}

function side(
  rows: readonly DrawnRow[],
  name: (row: DrawnRow) => string,
  below: (row: DrawnRow) => readonly string[],
): Side {
  const time = Math.max(...rows.map((row) => timeText(row.time).length));
  const names = Math.max(...rows.map((row) => columnsWidth(name(row))));
  return {
    time,
    left: time + names + 2,
    of: (row) => ({ name: name(row), below: below(row) }),
  };
}

/** Full names count for more than words beside the time, and these for more than the last letters of a long name. */
function drawing(
  report: Report,
  rows: readonly DrawnRow[],
  width: number,
  marks: LadderMarks,
): readonly string[] | null {
  const points = report.ladder?.points ?? [];
  const sides = [sideWide(report, rows), sideNarrow(report, rows)];
  for (const most of NAME_COLUMNS) {
    for (const beside of sides) {
      const room = { left: beside.left, width, most };
      const lanes = placeLanes(points, room, marks);
      if (lanes !== null) return drawnOn(report, rows, width, marks, beside, lanes);
    }
  }
  return null;
}

function drawnOn(
  report: Report,
  rows: readonly DrawnRow[],
  width: number,
  marks: LadderMarks,
  beside: Side,
  lanes: Lanes,
): readonly string[] {
  const signs = signsOf(report.language);
  const lifelines = lanes.columns.map((at) => ({ at, text: marks.lifeline }));
  const row = (...texts: readonly Placed[]) => composeRow(width, texts);
  const packets = rows.flatMap((packet) => {
    const { name, below } = beside.of(packet);
    const arrow = arrowOf(packet, lanes, signs.lost, marks);
    const texts = [
      ...atRightEnd(beside.time, timeText(packet.time)),
      { at: beside.time + 1, text: name },
    ];
    const lost = arrow.untold ? [signs.lost] : [];
    const under = [...below, ...lost].filter((text) => text !== '').join(' ');
    return [
      ...(packet.pause === null ? [] : [pauseRow(packet.pause)]),
      row(...lifelines, ...texts, ...arrow.texts),
      ...(under === '' ? [] : [row(...lifelines, ...atRightEnd(beside.left - 1, under))]),
    ];
  });
  return [
    row(...lanes.hosts),
    row(...atRightEnd(beside.time, 'ms'), ...lanes.interfaces),
    row(...lifelines),
    ...packets,
  ];

  function pauseRow(ms: number): string {
    const stopped = lanes.columns.map((at) => ({ at, text: marks.paused }));
    return row(...stopped, ...atRightEnd(beside.time, pauseText(ms)));
  }
}

/** A packet's arrow over the lifelines; `untold` when its loss is marked but the word for it found no room. */
function arrowOf(
  row: DrawnRow,
  { columns }: Lanes,
  lostWord: string,
  marks: LadderMarks,
): { readonly texts: readonly Placed[]; readonly untold: boolean } {
  const step = row.direction === 'request' ? 1 : -1;
  const texts: Placed[] = [...shaftsOf(row, columns, marks)];
  if (row.bypassed !== null) texts.push({ at: columns[row.bypassed] ?? 0, text: marks.crossed });
  const captured = row.reached.filter((at) => at !== row.uncaptured);
  texts.push(...captured.map((at) => ({ at: columns[at] ?? 0, text: marks.seen })));
  if (row.open !== null) texts.push(openShaft(row, row.open, columns, marks));
  if (row.lost === null) return { texts, untold: false };
  const { from, to } = row.lost;
  if (from === null)
    return { texts: [...texts, { at: columns[to] ?? 0, text: marks.loss }], untold: true };
  const begin = columns[from] ?? 0;
  const room = Math.abs((columns[from + step] ?? begin) - begin) - 1;
  const told = columnsWidth(lostWord) + 1;
  const fits = lostWord !== '' && room >= told + 5;
  const shaft = Math.max(1, fits ? room - told - 3 : Math.floor(room / 2));
  const word = fits ? lostWord : '';
  const text =
    step === 1
      ? `${marks.shaft.repeat(shaft)}${marks.loss}${word && ` ${word}`}`
      : `${word && `${word} `}${marks.loss}${marks.shaft.repeat(shaft)}`;
  const at = step === 1 ? begin + 1 : begin - columnsWidth(text);
  return { texts: [...texts, { at, text }], untold: !fits };
}

/** Half an arrow between the last point and the end beyond it, and a question mark where nothing more is known. */
function openShaft(
  { direction }: DrawnRow,
  far: number,
  columns: Lanes['columns'],
  marks: LadderMarks,
): Placed {
  const [near, end] = [columns[far - 1] ?? 0, columns[far] ?? 0];
  const shaft = marks.shaft.repeat(Math.max(1, Math.floor((end - near - 1) / 2)));
  const text =
    direction === 'request'
      ? `${shaft}${marks.open}`
      : `${marks.leftwards}${shaft.slice(1)}${marks.open}`;
  return { at: near + 1, text };
}

/** Shafts and heads from point to point. */
function shaftsOf(row: DrawnRow, columns: Lanes['columns'], marks: LadderMarks): readonly Placed[] {
  const step = row.direction === 'request' ? 1 : -1;
  const head = step === 1 ? marks.rightwards : marks.leftwards;
  const texts: Placed[] = [];
  for (const stretch of stretchesOf(row)) {
    for (const [index, at] of stretch.slice(1).entries()) {
      const begin = columns[stretch[index] ?? at] ?? 0;
      const end = columns[at] ?? 0;
      const shaft = marks.shaft.repeat(Math.max(0, Math.abs(end - begin) - 1));
      texts.push({ at: Math.min(begin, end) + 1, text: shaft }, { at: end - step, text: head });
    }
  }
  return texts;
}

function atRightEnd(end: number, text: string): readonly Placed[] {
  return [{ at: Math.max(0, end - columnsWidth(text)), text }];
}

function timeText(time: number | null): string {
  return time === null ? '-' : time.toFixed(3);
}
