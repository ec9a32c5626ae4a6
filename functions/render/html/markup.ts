import { cutText, visibleText } from '../../primitives/visible-text.ts';
import type { Language } from '../../report/schema.ts';
import { word } from '../words.ts';

/** HTML that is safe to emit as it stands; only the functions of this file make it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, null leaves nothing. */
export type Content = string | number | Markup | null | readonly Content[];

/** Where a quote is cut; a longer line is no line that a tool prints for people. */
const QUOTE_CHARACTERS = 2000;

/** A template in which every value that is not markup is made visible and escaped, for text and quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries())
    markup += asMarkup(value) + (parts[index + 1] ?? '');
  return { markup };
}

/** One line of prose; spans between single backticks become code. */
export function prose(text: string): Markup {
  const pieces = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/`([^`]+)`/);
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece))}`;
}

/** Text in which line ends stay line ends. */
export function manyLines(text: string): Markup {
  return { markup: text.split('\n').map(asMarkup).join('\n') };
}

/** Text that must come back from a form as it went in: escaped, and otherwise unaltered. */
export function verbatim(text: string): Markup {
  return { markup: entities(text) };
}

/** Trusted text of this project, such as the style sheet. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** A quoted line; a line that is cut says so below. */
export function quoted(language: Language, quote: string): Markup {
  const { shown, left, total } = cutText(visibleText(quote), QUOTE_CHARACTERS);
  const note = html`<p class="note">${word(language, 'cut', { shown: total - left, total })}</p>`;
  return html`<pre class="quote" dir="ltr">${left === 0 ? shown : `${shown}…`}</pre>${left === 0 ? null : note}`;
}

/** A command on a row of its own with a button that copies it; without scripts the button stays hidden. */
export function command(language: Language, text: string): Markup {
  return html`<div class="command"><pre dir="ltr"><code>${manyLines(text)}</code></pre>
<button type="button" class="copy" hidden aria-live="polite" data-copied="${word(language, 'copied')}" data-selected="${word(language, 'selected')}">${word(language, 'copy')}</button></div>`;
}

/** An https or http address as a link; anything else as code. */
export function link(url: string): Markup {
  return /^https?:\/\/[^\s]+$/.test(url)
    ? html`<a href="${url}" rel="noreferrer">${url}</a>`
    : html`<code>${url}</code>`;
}

function asMarkup(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string' || typeof content === 'number')
    return entities(visibleText(String(content)));
  return 'markup' in content ? content.markup : content.map(asMarkup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function entities(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
