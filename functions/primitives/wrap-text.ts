import { columnsWidth } from './columns-width.ts';

/**
 * Breaks prose into rows of at most `width` columns: at spaces, and between wide characters, but so that no row
 * begins with closing punctuation. A word longer than a row is broken hard. White space at a break is dropped.
 */
export function wrapProse(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const piece of text.match(PIECES) ?? []) {
    const columns = columnsWidth(piece);
    if (used + columns <= width || piece === ' ') {
      row += piece;
      used += columns;
      continue;
    }
    if (row.trim() !== '') rows.push(row.trimEnd());
    const broken = columns > width ? breakHard(piece, width) : [piece];
    rows.push(...broken.slice(0, -1));
    row = broken.at(-1) ?? '';
    used = columnsWidth(row);
  }
  if (row.trim() !== '' || rows.length === 0) rows.push(row.trimEnd());
  return rows;
}

/**
 * Breaks a quoted line into rows of at most `width` columns that joined give the line again, character for
 * character: after a space in the second half of the row where there is one, else anywhere.
 */
export function breakQuote(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of text) {
    const columns = columnsWidth(character);
    if (used + columns > width && row !== '') {
      const space = row.lastIndexOf(' ') + 1;
      const kept = space > row.length / 2 ? row.slice(0, space) : row;
      rows.push(kept);
      row = row.slice(kept.length);
      used = columnsWidth(row);
    }
    row += character;
    used += columns;
  }
  return row === '' && rows.length > 0 ? rows : [...rows, row];
}

const OPENING = '（［｛〈《「『【〔';
const CLOSING = '，。、；：？！）］｝〉》」』】〕…％';
const WIDE = '[\\u2e80-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff\\uff00-\\uffef]';
const WORD = `(?:(?!${WIDE})\\S)+`;
// One piece is a wide character or a narrow word, with the punctuation that may not be parted from it; or one space.
const PIECES = new RegExp(
  `[${OPENING}]?(?:(?![${OPENING}])${WIDE}|${WORD})[${CLOSING}]*|\\s|.`,
  'gu',
);

function breakHard(word: string, width: number): readonly string[] {
  const rows: string[] = [];
  let row = '';
  let used = 0;
  for (const character of word) {
    const columns = columnsWidth(character);
    if (used + columns > width && row !== '') {
      rows.push(row);
      row = '';
      used = 0;
    }
    row += character;
    used += columns;
  }
  return [...rows, row];
}
