/**
 * The characters of a drawn ladder. Every one stands in WGL4, the set that monospaced fonts on every platform hold, so
 * no font falls back to a wider glyph. `►` and `◄` are neutral in width (UAX #11), and no phone turns them into emoji
 * as it does `▶` and `◀`; `─ │ ●` are ambiguous, which only a terminal set up to draw them double shows: those get
 * ASCII. The loss is the letter X, since `╳` is in fewer fonts.
 */
export interface LadderMarks {
  readonly shaft: string;
  readonly lifeline: string;
  readonly seen: string;
  readonly rightwards: string;
  readonly leftwards: string;
  readonly downwards: string;
  readonly upwards: string;
  readonly loss: string;
  /** Nothing tells what became of it. */
  readonly open: string;
  /** A lifeline that a packet went round. */
  readonly crossed: string;
  readonly paused: string;
  readonly cut: string;
  readonly corners: readonly [string, string];
}

export const LINES: LadderMarks = {
  shaft: '─',
  lifeline: '│',
  seen: '●',
  rightwards: '►',
  leftwards: '◄',
  downwards: '▼',
  upwards: '▲',
  loss: 'X',
  open: '?',
  crossed: '┼',
  paused: ':',
  cut: '…',
  corners: ['┌', '┐'],
};

export const ASCII: LadderMarks = {
  shaft: '-',
  lifeline: '|',
  seen: 'o',
  rightwards: '>',
  leftwards: '<',
  downwards: 'v',
  upwards: '^',
  loss: 'X',
  open: '?',
  crossed: '+',
  paused: ':',
  cut: '~',
  corners: ['+', '+'],
};
