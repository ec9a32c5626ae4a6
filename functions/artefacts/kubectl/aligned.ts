/** kubectl's tab writer leaves three blanks behind the widest cell (cli-runtime, pkg/printers/tabwriter.go). */
const GAP = / {3,}/;
const TITLE = /^[A-Z][A-Z\d()_.:/ -]{0,60}$/;

/** Whether a line may be the headline of a table of any custom resource: capitals in columns, the name or its namespace first. */
export function isAlignedHead(text: string): boolean {
  if (!/^NAME(?:SPACE)? {3}/.test(text) || text.length > 600) return false;
  return text.split(GAP).every((title) => TITLE.test(title));
}

/**
 * The cells of a row that keeps to the columns of its headline, empty ones included. Undefined where a word crosses a
 * column, as lines of other outputs do.
 */
export function alignedCells(head: string, row: string): ReadonlyMap<string, string> | undefined {
  const starts = [...head.matchAll(/(?:^| {3})(?=\S)/g)].map(
    ({ index, 0: gap }) => index + gap.length,
  );
  const ends = [...starts.slice(1), Math.max(head.length, row.length)];
  const cells = new Map<string, string>();
  for (const [column, start] of starts.entries()) {
    const end = ends[column] ?? row.length;
    const isCrossed = row.length > end && row.slice(end - 3, end) !== '   ';
    if (isCrossed) return undefined;
    const cell = row.slice(start, end).trimEnd();
    if (cell.startsWith(' ') || GAP.test(cell)) return undefined;
    cells.set(head.slice(start, end).trim(), cell);
  }
  return cells.size < 2 || cells.get('NAME') === '' ? undefined : cells;
}
