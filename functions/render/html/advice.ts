import type { Language, ReportRemedy } from '../../report/schema.ts';
import * as wording from '../wording.ts';
import { command, html, type Markup, prose } from './markup.ts';

/** What a remedy's card has besides on a page that is about the remedies: an anchor, and the commands that undo it. */
interface More {
  readonly anchor: string;
  readonly undo: readonly string[];
}

/** One remedy: when to choose it, what it takes and risks, its steps and commands, how to check and undo it. */
export function remedyCard(
  language: Language,
  remedy: ReportRemedy,
  more: More | null = null,
): Markup {
  const { before, after } = wording.remedyRows(language, remedy);
  const horizon = wording.remedyHorizon(language, remedy.key);
  const steps = remedy.steps.map((step) => html`<li>${prose(step)}</li>`);
  const heading = html`<h3><span class="unseen">${remedy.key}) </span>${prose(remedy.title)} <span class="soft">${wording.aside(language, horizon).trim()}</span></h3>`;
  return html`<article class="remedy"${more === null ? null : html` id="${more.anchor}"`}>
<span class="key" aria-hidden="true">${remedy.key}</span>
<header>${heading}</header>
<div class="body">
${definitions(before)}
${steps.length === 0 ? null : html`<ol>${steps}</ol>`}
${remedy.commands.map((text) => command(language, text))}
${definitions(after)}
${more === null ? null : more.undo.map((text) => command(language, text))}
</div>
</article>
`;
}

/** Labels with their texts; null for none. */
export function definitions(rows: readonly wording.Labelled[]): Markup | null {
  if (rows.length === 0) return null;
  return html`<dl>${rows.map(({ label, text }) => html`<dt>${label}</dt><dd>${prose(text)}</dd>`)}</dl>`;
}
