import { visibleText } from '../../primitives/visible-text.ts';
import type { Language, ReportFinding, ReportRemedy } from '../../report/schema.ts';
import * as wording from '../wording.ts';
import { word } from '../words.ts';
import type { Sheet } from './sheet.ts';

/** A remedy, and on the page of a cause the commands that undo it. */
type Remedy = ReportRemedy & { readonly undo?: readonly string[] };

interface Advice extends Pick<ReportFinding, 'not_this_when' | 'runbook' | 'sources'> {
  readonly remedies: readonly Remedy[];
}

/** Remedies with everything a person needs to choose and undo them, look-alikes, and where to read on. */
export function remedySection(sheet: Sheet, language: Language, finding: Advice): void {
  if (finding.remedies.length > 0) sheet.heading(word(language, 'remedies'));
  for (const [index, remedy] of finding.remedies.entries()) {
    if (index > 0) sheet.blank();
    remedyRows(sheet, language, remedy);
  }
  if (finding.not_this_when.length > 0) sheet.heading(word(language, 'notThisWhen'));
  for (const text of finding.not_this_when) sheet.prose('- ', text);
  const links =
    finding.runbook === null ? [] : [{ label: word(language, 'runbook'), urls: [finding.runbook] }];
  if (finding.sources.length > 0)
    links.push({ label: word(language, 'sources'), urls: [...finding.sources] });
  for (const { label, urls } of links) {
    sheet.blank();
    sheet.strong('', label);
    for (const url of urls) sheet.whole(url);
  }
}

function remedyRows(sheet: Sheet, language: Language, remedy: Remedy): void {
  const { before, after } = wording.remedyRows(language, remedy);
  const horizon = wording.remedyHorizon(language, remedy.key);
  sheet.strong(`${visibleText(remedy.key)}) `, remedy.title + wording.aside(language, horizon));
  for (const { label, text } of before) sheet.labelled('   ', label, text);
  for (const [index, step] of remedy.steps.entries()) sheet.prose(`   ${index + 1}. `, step);
  for (const command of remedy.commands) sheet.whole(command);
  for (const { label, text } of after) sheet.labelled('   ', label, text);
  for (const command of remedy.undo ?? []) sheet.whole(command);
}
