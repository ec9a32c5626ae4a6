import { type EditableLines, type Lines, linesOf, listOf } from '../primitives/lines.ts';
import { mayBeGathered, type Owner, withoutPrefixes } from './prefix.ts';
import { isOutput, provesItself } from './proof.ts';
import { type Rows, rejoin } from './rejoin.ts';

/** Lines without what stood around them, and whose those are that a tool gathered from several places. */
export interface Unwrapped {
  readonly lines: EditableLines;
  readonly owners: ReadonlyMap<number, Owner>;
  /** Where each line begins among those that came, if some had been broken; null where each is one that came. */
  readonly rows: Rows | null;
}

/**
 * Takes off what stands around pasted lines and is none of them: a common indentation, quote marks, bullets, pane
 * borders, line numbers, the name of the pod or host that a line was gathered from. A frame goes from a whole run of lines or from none.
 * Lines that were broken at a width stand whole again; otherwise the number of lines never changes.
 */
export function unwrap(lines: EditableLines): Unwrapped {
  const bare = isIndented(lines) || isFramed(lines) ? withoutFrames(lines) : lines;
  const { lines: whole, rows } = rejoin(bare) ?? { lines: bare, rows: null };
  if (!mayBeGathered(whole)) return { lines: whole, owners: NO_OWNERS, rows };
  const gathered = withoutPrefixes(listOf(whole));
  return { lines: linesOf(gathered.lines.join('\n')), owners: gathered.owners, rows };
}

function withoutFrames(lines: EditableLines): EditableLines {
  let bared = withoutCommonIndent(listOf(lines));
  for (const frame of FRAMES) {
    if (bared.some((line) => frame.of(line) !== undefined)) {
      bared = withoutCommonIndent(withoutFrame(bared, frame));
    }
  }
  return linesOf(bared.join('\n'));
}

const NO_OWNERS: ReadonlyMap<number, Owner> = new Map();

function isIndented(lines: Lines): boolean {
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines.at(index);
    const ink = line.search(/\S/);
    if (ink >= 0) return ink > 0;
  }
  return false;
}

/** Whether any line begins like a framed one. */
function isFramed(lines: Lines): boolean {
  for (let index = 0; index < lines.length; index += 1) {
    const start = lines.startOf(index);
    if (start < 0 ? mayBeFramed(lines.at(index), 0) : mayBeFramed(lines.text, start)) return true;
  }
  return false;
}

const MOST_DIGITS = 6;

/** Whether a frame may stand at `start`, by its first characters; `FRAMES` tell for certain. */
function mayBeFramed(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at += 1;
  const code = text.charCodeAt(at);
  if (!isDigit(code)) return code > 126 || code === 11 || code === 12 || MARKS.has(code);
  const digits = at;
  while (isDigit(text.charCodeAt(at)) && at - digits <= MOST_DIGITS) at += 1;
  if (at - digits > MOST_DIGITS) return false;
  const [after, next] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  // `grep -n`; a time of day goes on with digits, and `2: eth0` with one blank.
  if (after === 58) return !isDigit(next) && !(next === 32 && isInk(text.charCodeAt(at + 2)));
  // `10.0.0.7` and `3 packets` are no numbered lines: behind the number stands a tab, a border, `. `, two blanks or nothing.
  if (after === 46 || after === 41 || after === 32)
    return !isInk(next) || next === 124 || next > 126;
  return !isInk(after) || after === 124 || after > 126;
}

/** What frames begin with, numbers and what is not ASCII apart. */
const MARKS: ReadonlySet<number> = new Set([...'|>/-*"'].map((mark) => mark.charCodeAt(0)));

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** False for blanks, line feeds and the end of the text. */
function isInk(code: number): boolean {
  return code > 32;
}

/** The bullet, quote mark, hash or gutter that a single line begins with, and the line without it. */
export function markOf(line: string): { readonly mark: string; readonly text: string } | undefined {
  const [whole, mark] = /^\s*(>|[-*•│|#]|\/\/|\d{1,6}[|:\t])\s?/.exec(line) ?? [];
  if (whole === undefined || mark === undefined) return undefined;
  return { mark, text: withoutEnd(line.slice(whole.length), /[│|]/) };
}

/** What a frame leaves of a line, and the number it wrote before it. */
interface Bare {
  readonly text: string;
  readonly number: number | null;
}

interface Frame {
  readonly of: (line: string) => Bare | undefined;
  /** Fewer lines than this in a row are no frame. */
  readonly least: number;
  /** The mark may be a part of the output, as YAML's list has it: not where as many lines prove themselves with it. */
  readonly mayBeOwn?: boolean;
}

// `mayBeFramed` knows how each of them begins.
const FRAMES: readonly Frame[] = [
  { of: (line) => framed(/^\s*[│┃║|](?=\s|$) ?/, line, /[│┃║|]/), least: 2 },
  // All levels at once: a quote of a quote is no output until both marks are gone.
  { of: (line) => framed(/^\s{0,3}(?:> ?)+/, line), least: 1 },
  { of: (line) => framed(/^\s*\/\/ ?/, line), least: 2 },
  // An editor's numbers, and those of `grep -n`.
  { of: (line) => framed(/^\s*(\d{1,6})(?:[ :]|$)/, line), least: 3, mayBeOwn: true },
  {
    of: (line) => framed(/^\s*(\d{1,6})(?:\t|\s?[|│]\s?|[.)] | {2}|$)/, line),
    least: 3,
    mayBeOwn: true,
  },
  { of: (line) => framed(/^\s*[-*•‣◦▪] +/, line), least: 2, mayBeOwn: true },
  // `stdout_lines` as Ansible's debug prints it, and other lists of lines in JSON.
  { of: jsonText, least: 2, mayBeOwn: true },
];

function jsonText(line: string): Bare | undefined {
  const quoted = /^\s*("(?:[^"\\]|\\.)*"),?\s*$/.exec(line)?.[1];
  if (quoted === undefined) return undefined;
  try {
    return { text: String(JSON.parse(quoted)), number: null };
  } catch {
    return undefined;
  }
}

function framed(mark: RegExp, line: string, right?: RegExp): Bare | undefined {
  const match = mark.exec(line);
  if (match === null) return undefined;
  const rest = line.slice(match[0].length);
  const number = match[1] === undefined ? null : Number(match[1]);
  return { text: right === undefined ? rest : withoutEnd(rest, right), number };
}

// A border at the right end may be missing where the terminal was narrow.
function withoutEnd(text: string, border: RegExp): string {
  const trimmed = text.trimEnd();
  return border.test(trimmed.slice(-1)) ? trimmed.slice(0, -1).trimEnd() : trimmed;
}

function withoutFrame(lines: readonly string[], frame: Frame): string[] {
  const out = [...lines];
  let at = 0;
  while (at < lines.length) {
    const run = runFrom(lines, at, frame);
    if (run.length >= frame.least && isFrame(frame, run, lines.slice(at, at + run.length))) {
      for (const [offset, { text }] of run.entries()) out[at + offset] = text;
    }
    at += Math.max(1, run.length);
  }
  return out;
}

/** Whether the lines show more without their marks than with them. */
function isFrame({ mayBeOwn }: Frame, run: readonly Bare[], lines: readonly string[]): boolean {
  const proven = run.filter(({ text }) => provesItself(text)).length;
  if (proven === 0 || mayBeOwn !== true) return proven > 0;
  return lines.filter(isOutput).length < proven;
}

/** The framed lines in a row from here; numbers must count up one by one, or they are part of the output. */
function runFrom(lines: readonly string[], from: number, frame: Frame): readonly Bare[] {
  const run: Bare[] = [];
  for (let at = from; at < lines.length; at += 1) {
    const bare = frame.of(lines[at] ?? '');
    if (bare === undefined) break;
    const before = run.at(-1)?.number ?? null;
    if (before !== null && bare.number !== before + 1) break;
    run.push(bare);
  }
  return run;
}

// What the lines begin with alike, blank for blank: a tab and four spaces are different depths, not a common one.
function withoutCommonIndent(lines: readonly string[]): string[] {
  let common: string | undefined;
  for (const line of lines) {
    const ink = line.search(/\S/);
    if (ink < 0) continue;
    common ??= line.slice(0, ink);
    while (!line.startsWith(common)) common = common.slice(0, -1);
    if (common === '') return [...lines];
  }
  const width = common?.length ?? 0;
  return lines.map((line) => line.slice(width));
}
