import { columnsWidth } from '../primitives/columns-width.ts';
import type { CauseLine, Explanation } from '../report/explanation.ts';
import type { Language } from '../report/schema.ts';
import { remedySection } from './terminal/remedies.ts';
import { makeSheet, type TerminalOptions } from './terminal/sheet.ts';
import * as wording from './wording.ts';
import { word } from './words.ts';

/** A cause's page as terminal text. */
export function renderExplanation(page: Explanation, options: TerminalOptions): string {
  const { language } = page;
  const sheet = makeSheet(language, options);
  const list = (heading: Parameters<typeof word>[1], texts: readonly string[]) => {
    if (texts.length === 0) return;
    sheet.heading(word(language, heading));
    for (const text of texts) sheet.prose('- ', text);
  };
  sheet.strong('', page.title + wording.aside(language, page.cause));
  sheet.prose('  ', page.summary);
  sheet.labelled('  ', word(language, 'impact'), word(language, `impact-${page.impact}`));
  sheet.heading(word(language, 'happens'));
  for (const text of page.happens) sheet.prose('', text);
  list('provedBy', page.evidence);
  list('ruledOutWhen', page.ruled_out_when);
  sheet.heading(word(language, 'ask'));
  for (const [index, { command, why }] of page.ask.entries()) {
    sheet.prose(`${index + 1}. `, why);
    sheet.whole(command);
  }
  remedySection(sheet, language, page);
  return sheet.text();
}

/** The list of causes: id, how bad it is, and what it is in words. */
export function renderCauses(
  causes: readonly CauseLine[],
  language: Language,
  options: TerminalOptions,
): string {
  const sheet = makeSheet(language, options);
  const widest = Math.max(...causes.map(({ cause }) => columnsWidth(cause)));
  for (const { cause, title, impact } of causes)
    sheet.labelled(
      '',
      cause,
      title + wording.aside(language, word(language, `impact-${impact}`)),
      widest,
    );
  return sheet.text();
}
