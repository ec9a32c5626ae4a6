import { columnsWidth } from '../../primitives/columns-width.ts';

/** A text that begins at a column, counted from 0. */
export interface Placed {
  readonly at: number;
  readonly text: string;
}

/** One row of at most `width` columns with each text at its column; later ones cover earlier ones. */
export function composeRow(width: number, texts: readonly Placed[]): string {
  const cells: string[] = Array.from({ length: width }, () => ' ');
  for (const { at, text } of texts) {
    let column = at;
    for (const character of text) {
      const columns = columnsWidth(character);
      if (column + columns > width) break;
      if (columns === 0 || column < 0) continue;
      cells[column] = character;
      // The second half of a wide character has no cell of its own.
      if (columns === 2) cells[column + 1] = '';
      column += columns;
    }
  }
  return cells.join('').trimEnd();
}
