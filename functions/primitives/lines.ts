/**
 * The lines of a text, cut out of it when they are asked for: a long paste is held once, not once more in pieces. Places
 * count from 0.
 */
export interface Lines {
  readonly length: number;
  /** The line at a place; empty where there is none. */
  readonly at: (index: number) => string;
  /** What most lines are cut from; empty where none is. */
  readonly text: string;
  /** Where a line begins in `text`; -1 for one that is not cut from it. */
  readonly startOf: (index: number) => number;
  /** The lines that these are a part of, and the place where they begin in them. */
  readonly within?: readonly [lines: Lines, from: number];
}

/** Lines of which some may be replaced. */
export interface EditableLines extends Lines {
  /** The places of the lines that hold a word of one line, in no certain order. */
  readonly placesOf: (word: string) => readonly number[];
  readonly set: (index: number, line: string) => void;
}

const CARRIAGE_RETURN = 13;

/** A text as lines, without their line ends (LF or CRLF). */
export function linesOf(text: string, starts: Uint32Array = startsOf(text)): EditableLines {
  const length = starts.length - 1;
  let edited: (string | undefined)[] | undefined;
  const cut = (index: number) => {
    const start = starts[index] ?? 0;
    const end = (starts[index + 1] ?? 0) - 1;
    return text.slice(
      start,
      text.charCodeAt(end - 1) === CARRIAGE_RETURN && end > start ? end - 1 : end,
    );
  };
  return {
    length,
    text,
    at: (index) => (index < 0 || index >= length ? '' : (edited?.[index] ?? cut(index))),
    startOf: (index) =>
      index < 0 || index >= length || edited?.[index] !== undefined ? -1 : (starts[index] ?? -1),
    placesOf: (word) => [
      ...placesIn(text, starts, word).filter((index) => edited?.[index] === undefined),
      ...(edited ?? []).flatMap((line, index) => (line?.includes(word) ? [index] : [])),
    ],
    set(index, line) {
      edited ??= new Array<string | undefined>(length);
      edited[index] = line;
    },
  };
}

/** A list of lines that were made one by one. */
export function listedLines(list: string[]): EditableLines {
  return {
    length: list.length,
    text: '',
    at: (index) => list[index] ?? '',
    startOf: () => -1,
    placesOf: (word) => list.flatMap((line, index) => (line.includes(word) ? [index] : [])),
    set: (index, line) => {
      list[index] = line;
    },
  };
}

/** The lines from one place up to, and without, another. */
export function linesBetween(lines: Lines, from: number, to: number): Lines {
  const { at, startOf, text } = lines;
  const length = to - from;
  const isOne = (index: number) => index >= 0 && index < length;
  return {
    length,
    text,
    within: [lines, from],
    at: (index) => (isOne(index) ? at(from + index) : ''),
    startOf: (index) => (isOne(index) ? startOf(from + index) : -1),
  };
}

/** All lines as a list. */
export function listOf({ length, at }: Lines): string[] {
  return Array.from({ length }, (_, index) => at(index));
}

/** Whether a line holds nothing but blanks. */
export function isBlank(lines: Lines, index: number): boolean {
  const code = lines.text.charCodeAt(lines.startOf(index));
  return !(code > 32 && code < 127) && lines.at(index).trim() === '';
}

/** The places of the lines of a text in which a word stands, each once. */
function placesIn(text: string, starts: Uint32Array, word: string): readonly number[] {
  const places: number[] = [];
  for (let found = text.indexOf(word); found >= 0; ) {
    const index = lineAt(starts, found);
    places.push(index);
    found = text.indexOf(word, starts[index + 1]);
  }
  return places;
}

function lineAt(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where each line of a text begins, and where one more would. */
export function startsOf(text: string): Uint32Array {
  let starts = new Uint32Array(256);
  let count = 1;
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) {
    if (count === starts.length) starts = grown(starts);
    starts[count] = feed + 1;
    count += 1;
  }
  if (count === starts.length) starts = grown(starts);
  starts[count] = text.length + 1;
  return starts.subarray(0, count + 1);
}

function grown(list: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(list.length * 2);
  larger.set(list);
  return larger;
}
