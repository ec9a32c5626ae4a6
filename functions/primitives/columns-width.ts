/**
 * How many columns text takes on a terminal.
 * Wide and fullwidth characters (UAX #11) and emoji take two, combining marks none.
 */
export function columnsWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** Pads text with spaces on the right up to a width in columns; longer text stays as it is. */
export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsWidth(text)));
}

/** Replaces each tab by spaces up to the next multiple of eight columns, counted from the start of the text. */
export function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let columns = 0;
  const parts: string[] = [];
  for (const [index, part] of text.split('\t').entries()) {
    const gap = index === 0 ? 0 : 8 - (columns % 8);
    parts.push(' '.repeat(gap), part);
    columns += gap + columnsWidth(part);
  }
  return parts.join('');
}

const PLAIN = /^[\x20-\x7e]*$/;
const MARK = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
// EastAsianWidth.txt (Unicode 16), W and F, folded to blocks; unassigned gaps inside a block do no harm.
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]$/u;
const EMOJI = /^[\p{Emoji_Presentation}\u{1f300}-\u{1faff}]$/u;

function widthOf(character: string): number {
  // Terminals disagree on the emoji variation selector; counting it as one column is the safe side.
  if (character === '\ufe0f') return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) || EMOJI.test(character) ? 2 : 1;
}
