import { isDateLine } from '../primitives/date-line.ts';
import { type EditableLines, isBlank, type Lines, linesOf } from '../primitives/lines.ts';
import { candidatesFor } from './candidates.ts';
import { isFurniture } from './furniture.ts';
import { parseLabel } from './label.ts';
import { parsePrompt } from './prompt.ts';
import { isOutput, mayBeOutput } from './proof.ts';

/** Lines put together again that a terminal, a mailer or an editor broke at its width. */
export interface Rejoined {
  readonly lines: EditableLines;
  /** By the place of a line: the place of its first part among the lines as they came, and one more for the end of all. */
  readonly rows: Rows;
}

export type Rows = readonly number[];

/** How lines were broken: in the middle of words, at just this width, or between words, before they grew wider. */
interface Break {
  readonly width: number;
  readonly between: '' | ' ';
}

/** A stretch without blank lines and fences, `to` not included, and how its lines may have been broken. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly breaks: readonly Break[];
}

/** What speaks for lines broken in one way, and what against it. */
interface Votes {
  good: number;
  bad: number;
  asked: number;
  /** Places of lines that ended before they had to. */
  readonly early: number[];
}

/** Mail, editors, terminals and consoles break lines at these. */
const USUAL: readonly number[] = [72, 76, 80, 100, 120, 132, 160, 200];
const NARROWEST = 60;
const CARRIAGE_RETURN = 13;
/** A word that did not fit any more leaves a line shorter by so much at most. */
const LONGEST_WORD = 24;
/** So many lines that seem broken prove a width that is not usual, or breaks between words. */
const SEVERAL = 2;
/** More parts than this are no line. */
const MOST_PARTS = 64;
/** So many lines are asked how the text was broken. */
const MOST_ASKED = 500;

/**
 * Puts together what was broken at a fixed width; undefined where nothing was. No line of the block may be longer; lines of just
 * that width are output, and what stands below them is none by itself and begins as if in the middle of something.
 */
export function rejoin(lines: Lines): Rejoined | undefined {
  const blocks = blocksOf(lines);
  const proven = provenBreaks(lines, blocks);
  if (proven.size === 0) return undefined;
  const whole: string[] = [];
  const rows: number[] = [];
  let next = 0;
  const take = (count: number, text: string) => {
    rows.push(next);
    whole.push(text);
    next += count;
  };
  for (const { from, to, breaks } of blocks) {
    while (next < from) take(1, lines.at(next));
    const known = breaks.find((one) => proven.has(nameOf(one)));
    while (next < to) {
      const parts = known === undefined ? [lines.at(next)] : partsFrom(lines, next, to, known);
      take(parts.length, parts.join(known?.between));
    }
  }
  while (next < lines.length) take(1, lines.at(next));
  return { lines: linesOf(whole.join('\n')), rows: [...rows, next] };
}

function partsFrom(lines: Lines, from: number, to: number, known: Break): readonly string[] {
  const parts = [lines.at(from)];
  for (let at = from + 1; at < to && parts.length < MOST_PARTS; at += 1) {
    const next = lines.at(at);
    if (!isBroken(parts.at(-1) ?? '', next, known) || !mayGoOn(parts.at(-1) ?? '', next)) break;
    parts.push(next);
  }
  return parts;
}

/** Whether a line went as far as it could before the next one. */
function isBroken(line: string, next: string, { width, between }: Break): boolean {
  if (between === '') return line.length === width;
  const word = next.indexOf(' ');
  return line.length + 1 + (word < 0 ? next.length : word) > width;
}

/** Whether a line may be the rest of the one above: nothing by itself, not set in from the left, no other row of its table. */
function mayGoOn(line: string, next: string): boolean {
  if (/^\t|^ *$/.test(next) || (next.startsWith('  ') && !line.endsWith(' '))) return false;
  if (sharesColumns(line, next)) return false;
  if (/:\s*$/.test(next) && parseLabel(next, NOBODY) !== undefined) return false;
  return (
    !isOutput(next) && parsePrompt(next) === undefined && !isFurniture(next) && !isDateLine(next)
  );
}

const NOBODY: ReadonlySet<string> = new Set();

/** Whether two columns or more begin at the same places in both lines. */
function sharesColumns(line: string, next: string): boolean {
  let shared = 0;
  for (let at = next.indexOf('  '); at >= 0 && at < next.length; at += 1)
    if (beginsColumn(next, at) && beginsColumn(line, at)) shared += 1;
  return shared >= 2;
}

function beginsColumn(line: string, at: number): boolean {
  return line[at - 1] === ' ' && line[at - 2] === ' ' && line[at] !== ' ' && at < line.length;
}

function nameOf({ width, between }: Break): string {
  return `${width}${between}`;
}

/** The ways of breaking lines that the text shows often enough; its beginning tells for all of it. */
function provenBreaks(lines: Lines, blocks: readonly Block[]): ReadonlySet<string> {
  const votes = new Map<string, Votes>();
  for (const { from, to, breaks } of blocks)
    for (const one of breaks) {
      const counted = votes.get(nameOf(one)) ?? { good: 0, bad: 0, asked: 0, early: [] };
      votes.set(nameOf(one), counted);
      for (let at = from; at + 1 < to && counted.asked < MOST_ASKED; at += 1)
        if (one.between === ' ' || lengthOf(lines, at) === one.width)
          count(lines, at, one, counted);
    }
  // Most texts are not broken: what speaks against it is asked only where something speaks for it.
  for (const counted of votes.values())
    if (counted.good > 0)
      counted.bad += counted.early.filter((at) =>
        isPart(lines.at(at), lines.at(at + 1), ' '),
      ).length;
  const proven = [...votes].filter(([name, { good, bad }]) => {
    const isInWords = !name.endsWith(' ');
    const least = USUAL.includes(Number(name)) && isInWords ? 1 : SEVERAL;
    // Of lines broken between words a few are just as long as they may be.
    return good >= least && good > bad && !(isInWords && (votes.get(`${name} `)?.good ?? 0) > good);
  });
  return new Set(proven.map(([name]) => name));
}

function count(lines: Lines, at: number, one: Break, votes: Votes): void {
  const [line, next] = [lines.at(at), lines.at(at + 1)];
  votes.asked += 1;
  if (!isBroken(line, next, one)) {
    if (one.between === ' ') votes.early.push(at);
    return;
  }
  // A word may be long, but an output that is broken in words mostly fills its lines.
  if (one.between === ' ' && line.length * 2 < one.width) return;
  if (!isPart(line, next, one.between)) {
    if (one.between === '' && isOutput(next)) votes.bad += 1;
    return;
  }
  if (one.between === ' ' && line.length === one.width) return;
  votes.good += one.between === ' ' && isUnfinished(line, next) ? SEVERAL : 1;
}

/** Whether the lower of two lines seems to be the rest of an output that the upper one begins. */
function isPart(line: string, next: string, between: Break['between']): boolean {
  if (!mayGoOn(line, next) || isAmong(next, line) || parsePrompt(line) !== undefined) return false;
  return mayBeOutput(line) || mayBeOutput(`${line}${between}${next}`);
}

/** Whether a line shows by itself that it does not end there: a bracket or quote is open, or only both parts are an output. */
function isUnfinished(line: string, next: string): boolean {
  const open = line.replace(/[^([{<]/g, '').length > line.replace(/[^)\]}>]/g, '').length;
  const quoted = line.replace(/[^"]/g, '').length % 2 === 1;
  if (open || quoted || /[,:=(/+|]$/.test(line)) return true;
  return !isOutput(line) && isOutput(`${line} ${next}`);
}

/** Whether a line may stand by itself in an output that the one above may be of. */
function isAmong(next: string, line: string): boolean {
  return candidatesFor(line).some(
    (kind) =>
      kind.recognise(line) !== 'none' &&
      (kind.recognise(next) === 'weak' || kind.continues?.(next) === true),
  );
}

function blocksOf(lines: Lines): readonly Block[] {
  const blocks: Block[] = [];
  let from = 0;
  let width = 0;
  for (let at = 0; at <= lines.length; at += 1) {
    if (at < lines.length && !isBlank(lines, at) && !isFence(lines, at)) {
      width = Math.max(width, lengthOf(lines, at));
      continue;
    }
    if (width >= NARROWEST && at - from > 1) blocks.push({ from, to: at, breaks: breaksOf(width) });
    from = at + 1;
    width = 0;
  }
  return blocks;
}

function breaksOf(width: number): readonly Break[] {
  const usual = USUAL.find((one) => one >= width && one - width < LONGEST_WORD);
  const inWords: Break = { width, between: '' };
  return usual === undefined ? [inWords] : [inWords, { width: usual, between: ' ' }];
}

function isFence(lines: Lines, at: number): boolean {
  const start = lines.startOf(at);
  return start < 0 ? lines.at(at).startsWith('```') : lines.text.startsWith('```', start);
}

function lengthOf(lines: Lines, at: number): number {
  const [start, next] = [lines.startOf(at), lines.startOf(at + 1)];
  if (start < 0 || next < 0) return lines.at(at).length;
  return next - 1 - start - (lines.text.charCodeAt(next - 2) === CARRIAGE_RETURN ? 1 : 0);
}
