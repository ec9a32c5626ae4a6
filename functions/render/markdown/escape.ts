import { cutText, visibleText } from '../../primitives/visible-text.ts';
import type { Language } from '../../report/schema.ts';
import { word } from '../words.ts';

/** Where a quote is cut; a longer line is no line that a tool prints for people. */
const QUOTE_CHARACTERS = 2000;

/**
 * One line of prose as GitHub-flavoured Markdown that shows just its characters: no emphasis, link, tag, entity,
 * mathematics or block of its own. Spans between single backticks stay code (CommonMark 0.31, 2.4 and 6.1).
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('')
    .replace(/^(#|[+-](?=[\s-]|$)|=(?==*$))/, '\\$1')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** Text as a code span whose fence is longer than any run of backticks inside. */
export function markdownCode(text: string): string {
  const plain = oneLine(text);
  const fence = '`'.repeat(longestRun(plain) + 1);
  const edge = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return plain === '' ? '' : `${fence}${edge}${plain}${edge}${fence}`;
}

/** A fenced block, each row indented by `indent`; its fence is longer than any run of backticks inside. */
export function markdownFence(
  text: string,
  language: '' | 'sh' | 'text',
  indent = '',
): readonly string[] {
  const rows = text.split('\n').map(visibleText);
  const fence = '`'.repeat(Math.max(3, ...rows.map((row) => longestRun(row) + 1)));
  return [`${fence}${language}`, ...rows, fence].map((row) => `${indent}${row}`);
}

/** A quoted line as a fenced block; a line that is cut says so below. */
export function markdownQuote(language: Language, quote: string, indent = ''): readonly string[] {
  const { shown, left, total } = cutText(visibleText(quote), QUOTE_CHARACTERS);
  const block = markdownFence(left === 0 ? shown : `${shown}…`, 'text', indent);
  return left === 0
    ? block
    : [...block, `${indent}${word(language, 'cut', { shown: total - left, total })}`];
}

/** One cell of a table. */
export function markdownCell(text: string): string {
  // GFM splits cells before it reads code spans, so a bar is escaped inside them too.
  return markdownText(text).replace(/(?<!\\)\|/g, '\\|');
}

function oneLine(text: string): string {
  return visibleText(text.replace(/\s+/g, ' ').trim());
}

function escaped(text: string): string {
  return (
    text
      .replace(/[\\`*[\]<>|~&$]/g, '\\$&')
      // An underscore between letters opens nothing (6.2, rule 2), and names full of backslashes are hard to read.
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
      // GFM turns these into links by itself (6.9).
      .replace(/:\/\//g, '\\://')
      .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`)
  );
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
