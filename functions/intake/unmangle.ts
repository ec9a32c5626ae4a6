import { type EditableLines, type Lines, linesOf, listOf, startsOf } from '../primitives/lines.ts';
import { doubtfulRuns } from './plain.ts';

/**
 * Undoes what Slack, browsers and terminals do to pasted text, line for line: the number of lines never changes, and
 * the line as pasted is kept beside the cleaned one so that evidence can be quoted unaltered.
 */
export interface CleanText {
  /** The lines exactly as they came, without line ends. */
  readonly raw: Lines;
  /** The same lines, cleaned for matching. */
  readonly text: EditableLines;
}

/** Longer lines are cut for matching; the quote keeps them whole. */
const LONGEST_LINE = 16_384;

/** More repaired lines than this, where they are a good part of all, make a text of their own: it is read faster. */
const MANY = 1_000;

/** Anything that needs repair; most lines have none of it and are passed through untouched. */
const SUSPECT =
  /[\ufe0f&<\r\u001b\u00a0\u00ad\u2000-\u200f\u2010-\u201f\u2026\u202a-\u202f\u2060-\u2069\u3000\ufeff\uff1a\ud83c\ud83d\u0000-\u0008\u007f]|\[[\d;]{1,8}m|\^\[\[/;

/** Splits a text into lines and cleans each. */
export function unmangle(source: string): CleanText {
  const starts = startsOf(source);
  const given = linesOf(source, starts);
  const text = linesOf(source, starts);
  let edited = 0;
  for (const { from, to } of doubtfulRuns(source, starts, LONGEST_LINE)) {
    for (let index = from; index < to; index += 1) {
      const line = given.at(index);
      const short = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line;
      const cleaned = SUSPECT.test(short) ? clean(short) : short;
      if (cleaned === line) continue;
      text.set(index, cleaned);
      edited += 1;
    }
  }
  const isWorn = edited > MANY && edited > text.length / 16;
  return { raw: given, text: isWorn ? linesOf(listOf(text).join('\n')) : text };
}

function clean(line: string): string {
  return foldCharacters(decodeEntities(unlink(overwrite(line))));
}

/** A carriage return inside a line means that the terminal wrote over what stood before it. */
function overwrite(line: string): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  return bare.slice(bare.lastIndexOf('\r') + 1);
}

/**
 * `<http://host|host>` becomes `host`, `<https://x>` becomes `x`'s address, `<mailto:a@b|a@b>` the label, `<@U1|ann>`
 * `@ann`. Only Slack's own forms: a real `<` arrives as `&lt;` in mangled text and stands before a capital in `ip link`.
 */
function unlink(line: string): string {
  if (!line.includes('<')) return line;
  const out: string[] = [];
  let from = 0;
  for (;;) {
    const open = line.indexOf('<', from);
    const close = open < 0 ? -1 : line.indexOf('>', open);
    if (open < 0 || close < 0) break;
    const label = slackLabel(line.slice(open + 1, close));
    out.push(line.slice(from, open), label ?? line.slice(open, close + 1));
    from = close + 1;
  }
  out.push(line.slice(from));
  return out.join('');
}

function slackLabel(inside: string): string | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : inside.slice(bar + 1);
  if (/^(?:https?|slack):/.test(target)) return label ?? target;
  if (/^(?:mailto|tel):/.test(target)) return label ?? target.slice(target.indexOf(':') + 1);
  if (/^[@#!][A-Z]\w+$/.test(target)) return label === undefined ? '' : `${target[0]}${label}`;
  if (/^!(?:here|channel|everyone|subteam|date)\b/.test(target)) return label ?? '';
  return undefined;
}

/** Slack escapes exactly three characters, once; one pass, or `&amp;lt;` would become `<`. */
function decodeEntities(line: string): string {
  if (!line.includes('&')) return line;
  return line.replace(/&(?:amp|lt|gt);/g, (entity) =>
    entity === '&lt;' ? '<' : entity === '&gt;' ? '>' : '&',
  );
}

const FOLDS: ReadonlyMap<string, string> = new Map([
  ['\u00a0', ' '],
  ['\u202f', ' '],
  ['\u3000', ' '],
  ['\uff1a', ':'],
  ['\u2018', "'"],
  ['\u2019', "'"],
  ['\u201c', '"'],
  ['\u201d', '"'],
  ['\u2010', '-'],
  ['\u2011', '-'],
  ['\u2012', '-'],
  ['\u2013', '-'],
  ['\u2014', '--'],
  ['\u2014\u2014', '--'],
  ['\u2026', '...'],
  // Slack shows `:100:` as a picture, also where it stands inside an IPv6 or hardware address.
  ['\u{1f4af}', ':100:'],
  ['\u{1f522}', ':1234:'],
  ['\u{1f170}', ':a:'],
  ['\u{1f171}', ':b:'],
  ['\u{1f18e}', ':ab:'],
]);
const FOLDED =
  /\u2014\u2014|[\u2018\u2019\u201c\u201d\u00a0\u202f\u3000\uff1a\u2010-\u2014\u2026\u{1f4af}\u{1f522}\u{1f170}\u{1f171}\u{1f18e}]/gu;
/** ECMA-48 control sequences, `ESC [ 0 1 ; 3 1 m`, as the terminal sends or prints them. */
const CONTROL = /(?:\u001b|\^\[)\[[0-?]{0,24}[ -/]{0,4}[@-~]/g;
/** Titles and links: `ESC ] 0 ; title BEL`. */
const TITLE = /\u001b\][^\u0007\u001b]{0,512}(?:\u0007|\u001b\\)?/g;
/** Colours that lost their escape character; `[10m]` is a time to live, `[mss 1460` an option of TCP. */
const COLOUR = /\[(?!mss )[\d;]{0,8}[mK](?!\])/g;

/** Control sequences go; odd blanks, quotes and dashes become plain ones; zero-width marks and control characters vanish. */
function foldCharacters(line: string): string {
  return line
    .replace(TITLE, '')
    .replace(CONTROL, '')
    .replace(COLOUR, '')
    .replace(FOLDED, (c) => FOLDS.get(c) ?? c)
    .replace(/[\u2000-\u200a]/g, ' ')
    .replace(
      /[\ufe0f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0000-\u0008\u001b\u007f]/g,
      '',
    );
}
