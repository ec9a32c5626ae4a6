import { columnsWidth } from '../../primitives/columns-width.ts';
import type { Report } from '../../report/schema.ts';
import { composeRow } from './cells.ts';
import { cutMiddle, type DrawnRow, hostName, interfaceName, isResent } from './drawn.ts';
import type { LadderMarks } from './marks.ts';
import { signsOf } from './signs.ts';

/** The ladder turned: a row for each point, a column for each packet, as many packets at a time as the width holds. */
export function ladderMatrix(
  report: Report,
  rows: readonly DrawnRow[],
  width: number,
  marks: LadderMarks,
): readonly string[] {
  const points = report.ladder?.points ?? [];
  const signs = signsOf(report.language);
  const cells = rows.map((row) => [
    shortTime(row.time),
    row.label,
    [
      ...(isResent(row) ? [signs.resent(row.attempt)] : []),
      ...(row.lost === null || signs.lost === '' ? [] : [signs.lost]),
    ].join(' '),
  ]);
  const column = Math.max(...cells.flat().map(columnsWidth)) + 2;
  const names = points.map((point) => `${hostName(point)} ${interfaceName(point)}`.trim());
  const name = Math.min(Math.max(...names.map(columnsWidth)), Math.floor(width * 0.45));
  const many = Math.max(1, Math.floor((width - name) / column));
  const parts: string[] = [];
  for (let first = 0; first < rows.length; first += many) {
    if (first > 0) parts.push('');
    const packets = [...rows.keys()].slice(first, first + many);
    const line = (lead: string, text: (packet: number) => string) =>
      composeRow(width, [
        { at: 0, text: lead },
        ...packets.map((packet, index) => ({ at: name + index * column + 2, text: text(packet) })),
      ]);
    parts.push(
      line('ms', (packet) => cells[packet]?.[0] ?? ''),
      line('', (packet) => cells[packet]?.[1] ?? ''),
      ...(packets.some((packet) => cells[packet]?.[2] !== '')
        ? [line('', (packet) => cells[packet]?.[2] ?? '')]
        : []),
      ...names.map((text, at) =>
        line(cutMiddle(text, name, marks.cut), (packet) => markAt(rows[packet], at, marks)),
      ),
    );
  }
  return parts;
}

function markAt(row: DrawnRow | undefined, at: number, marks: LadderMarks): string {
  if (row === undefined || row.uncaptured === at) return '';
  if (row.open === at) return marks.open;
  if (row.reached.includes(at))
    return row.direction === 'request' ? marks.downwards : marks.upwards;
  return row.lost?.to === at ? marks.loss : '';
}

/** Columns are dear here: microseconds only where they can matter. */
function shortTime(time: number | null): string {
  return time === null ? '-' : time.toFixed(time >= 100 ? 1 : 3);
}
