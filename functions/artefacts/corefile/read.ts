import type { Parsed } from '../define.ts';
import { isFurniture, isHostLine, isPluginName } from './words.ts';

/** One line of settings: its first word, the others, and the lines inside its braces. */
export interface Setting {
  readonly line: number;
  readonly name: string;
  readonly args: readonly string[];
  readonly options: readonly Setting[];
}

/** A server block: the zones and ports it serves, and its plugins in the order of the text. */
export interface ServerBlock {
  readonly line: number;
  /** `.:53`, `cluster.local:53`, `dns://.:1053`; empty where the text begins inside a block. */
  readonly keys: readonly string[];
  readonly plugins: readonly Setting[];
}

export interface Corefile {
  readonly blocks: readonly ServerBlock[];
}

/** No setting is this long; a longer line is of something else. */
const MOST_WORDS = 200;

interface Draft {
  readonly line: number;
  readonly words: readonly string[];
  readonly inner: Draft[];
}

/** Reads a Corefile, bare or inside a ConfigMap; undefined when it holds no plugin. */
export function parseCorefile(lines: readonly string[]): Parsed<Corefile> | undefined {
  const top: Draft = { line: 0, words: [], inner: [] };
  const open: Draft[] = [top];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    for (const text of linesInside(raw)) {
      const isOutside = open.length === 1 && (isFurniture(text) || isHostLine(text));
      if (text === '' || text.startsWith('#') || isOutside) continue;
      const words = wordsOf(text);
      if (words.length > MOST_WORDS || !take(open, words, index + 1)) unread.push(index + 1);
    }
  }
  const blocks = blocksOf(top.inner);
  if (!blocks.some(({ plugins }) => plugins.length > 0)) return undefined;
  return { content: { blocks }, unread: [...new Set(unread)], truncated: open.length > 1 };
}

/** The lines that a line holds: YAML writes a whole Corefile as one quoted line where one of its lines ends in a blank. */
function linesInside(raw: string): readonly string[] {
  const text = raw.trim();
  const quoted = /^"?Corefile"?: ?"/.exec(text);
  if (quoted === null) return [text];
  return text
    .slice(quoted[0].length)
    .replace(/",?$/, '')
    .split('\\n')
    .map((one) => one.replaceAll('\\t', ' ').replaceAll('\\"', '"').trim());
}

/** The words of a line, without what a hash begins; braces are words of their own. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const word of text.split(/\s+/)) {
    if (word.startsWith('#')) break;
    if (/^[^{}$]+\{$/.test(word)) words.push(word.slice(0, -1), '{');
    else if (word !== '') words.push(word);
  }
  return words;
}

/** Puts the words of a line where they belong; false when a line outside all blocks is no setting. */
function take(open: Draft[], words: readonly string[], line: number): boolean {
  let statement: string[] = [];
  let isKnown = true;
  const flush = () => {
    if (statement.length === 0) return;
    isKnown &&=
      open.length > 1 || isPluginName(statement[0] ?? '') || isKey(statement.at(-1) ?? '');
    open.at(-1)?.inner.push({ line, words: statement, inner: [] });
    statement = [];
  };
  for (const word of words) {
    if (word === '{') {
      const draft = { line, words: statement, inner: [] };
      statement = [];
      open.at(-1)?.inner.push(draft);
      open.push(draft);
    } else if (word === '}') {
      flush();
      if (open.length > 1) open.pop();
    } else statement.push(word);
  }
  flush();
  return isKnown;
}

/** A zone that goes on in the next line: `a.example:53,`. */
function isKey(word: string): boolean {
  return word.endsWith(',');
}

/** Blocks at the top; plugins that stand there, because the text begins inside a block, are one of their own. */
function blocksOf(drafts: readonly Draft[]): readonly ServerBlock[] {
  const blocks: ServerBlock[] = [];
  let loose: (ServerBlock & { readonly plugins: Setting[] }) | undefined;
  let keys: string[] = [];
  for (const draft of drafts) {
    const [first = ''] = draft.words;
    if (isPluginName(first)) {
      if (loose === undefined) {
        loose = { line: draft.line, keys: [], plugins: [] };
        blocks.push(loose);
      }
      loose.plugins.push(settingOf(draft));
      continue;
    }
    keys.push(...draft.words.flatMap((word) => word.split(',')).filter((word) => word !== ''));
    if (isKey(draft.words.at(-1) ?? '')) continue;
    if (draft.inner.length > 0)
      blocks.push({ line: draft.line, keys, plugins: draft.inner.map(settingOf) });
    keys = [];
    loose = undefined;
  }
  return blocks;
}

function settingOf({ line, words, inner }: Draft): Setting {
  const [name = '', ...args] = words;
  return { line, name, args, options: inner.map(settingOf) };
}
