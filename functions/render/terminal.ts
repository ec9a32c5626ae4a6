import { columnsWidth, padColumns } from '../primitives/columns-width.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { breakQuote } from '../primitives/wrap-text.ts';
import type { Report, ReportEvidence, ReportFinding } from '../report/schema.ts';
import { ladderText } from './ladder/text.ts';
import { ruledOutRows as ruledOutRowsOf } from './ruled-out.ts';
import { remedySection } from './terminal/remedies.ts';
import { makeSheet, type Sheet, type TerminalOptions } from './terminal/sheet.ts';
import * as wording from './wording.ts';
import { word } from './words.ts';

/** How many vanished packets and unread lines are listed before the rest is only counted. */
const MOST_VANISHED = 8;
const MOST_UNREAD = 5;

/**
 * The report as terminal text: the verdict on the first line, then what proves it, what to do, what it is not,
 * what to run next and what was read. Keeps to `width` columns; only commands and addresses may be longer.
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const sheet = makeSheet(report.language, options);
  const [first, ...others] = report.findings;
  sheet.banner(report.status, report.headline);
  if (first !== undefined) {
    sheet.blank();
    findingRows(sheet, report, first);
  }
  if (wording.askComesFirst(report)) askRows(sheet, report);
  if (first !== undefined && first.evidence.length > 0) {
    sheet.heading(word(report.language, 'evidence'));
    evidenceRows(sheet, report, first.evidence);
  }
  pictureRows(sheet, report, options);
  vanishedSection(sheet, report);
  if (report.compared !== null) comparedRows(sheet, report, report.compared);
  if (first !== undefined) remedySection(sheet, report.language, first);
  for (const finding of others) {
    sheet.heading(word(report.language, 'alsoFound'));
    findingRows(sheet, report, finding);
    evidenceRows(sheet, report, finding.evidence);
    remedySection(sheet, report.language, finding);
  }
  harmlessRows(sheet, report);
  ruledOutRows(sheet, report);
  if (!wording.askComesFirst(report)) askRows(sheet, report);
  readRows(sheet, report);
  return sheet.text();
}

function findingRows(sheet: Sheet, report: Report, finding: ReportFinding): void {
  const { language } = report;
  sheet.strong('', finding.title + wording.aside(language, wording.standing(language, finding)));
  if (finding.summary !== '') sheet.prose('  ', finding.summary);
  if (finding.where)
    sheet.labelled('  ', word(language, 'where'), wording.whereText(language, finding.where));
}

function evidenceRows(
  sheet: Sheet,
  report: Report,
  evidence: readonly ReportEvidence[],
  indent = 0,
): void {
  citedRows(sheet, wording.citedLines(report, evidence), indent);
}

function citedRows(sheet: Sheet, cited: readonly wording.Cited[], indent: number): void {
  for (const { source, quote, says } of cited) {
    for (const claim of says) sheet.prose(`${' '.repeat(indent)}- `, claim);
    sheet.source(indent + 2, source);
    sheet.quote(indent + 2, quote);
  }
}

function pictureRows(sheet: Sheet, report: Report, { ascii = false }: TerminalOptions): void {
  const picture = ladderText(report, sheet.width, { ascii });
  if (picture.length === 0) {
    pathRows(sheet, report);
    return;
  }
  sheet.heading(word(report.language, 'picture'));
  for (const row of picture) sheet.cells(row);
}

function pathRows(sheet: Sheet, report: Report): void {
  if (report.path.length === 0) return;
  const { language } = report;
  const lost = wording.lostAfter(report);
  const widest = Math.max(
    ...report.path.map((hop) => columnsWidth(visibleText(wording.placeName(language, hop)))),
  );
  sheet.heading(word(language, 'path'));
  for (const [index, hop] of report.path.entries()) {
    sheet.labelled(
      '  o  ',
      wording.placeName(language, hop),
      wording.hopText(language, hop),
      Math.min(28, widest + 1),
    );
    if (index === report.path.length - 1) continue;
    if (lost.has(index)) sheet.strong('  X  ', word(language, 'lostHere'));
    else sheet.prose('  |', '');
  }
}

function vanishedSection(sheet: Sheet, report: Report): void {
  const { language, clocks } = report;
  const vanished = wording.missingPackets(report);
  if (vanished.length > 0) sheet.heading(word(language, wording.missingHeading(report)));
  for (const packet of vanished.slice(0, MOST_VANISHED)) {
    const { title, rows } = wording.vanishedRows(language, packet);
    sheet.strong('- ', title);
    for (const { label, text } of rows) sheet.labelled('  ', label, text);
  }
  const left = vanished.length - MOST_VANISHED;
  if (left > 0) sheet.prose('  ', `… ${word(language, 'moreVanished', { count: left })}`);
  if (clocks.length > 0) sheet.heading(word(language, 'clocks'));
  for (const clock of clocks) sheet.prose('- ', wording.clockText(language, clock));
}

function comparedRows(
  sheet: Sheet,
  report: Report,
  compared: NonNullable<Report['compared']>,
): void {
  const { language } = report;
  sheet.heading(word(language, 'compared'));
  sheet.prose('', compared.says);
  sheet.labelled('  ', word(language, 'before'), wording.readingName(report, compared.before));
  sheet.labelled('  ', word(language, 'after'), wording.readingName(report, compared.after));
  const header = [word(language, 'before'), word(language, 'after'), word(language, 'change')];
  const cells = compared.rows.map((row) => [
    String(row.before),
    String(row.after),
    wording.changeText(language, row.change),
  ]);
  const columns = header.map((title, index) =>
    Math.max(columnsWidth(title), ...cells.map((row) => columnsWidth(row[index] ?? ''))),
  );
  const numbers = columns.reduce((sum, column) => sum + column + 2, 2);
  const counters = compared.rows.map((row) => visibleText(row.counter));
  const widest = Math.max(columnsWidth(word(language, 'counter')), ...counters.map(columnsWidth));
  const room = Math.min(widest, Math.max(8, sheet.width - numbers));
  const line = (name: string, row: readonly string[]) => {
    const broken = breakQuote(name, room);
    for (const part of broken.slice(0, -1)) sheet.cells(`  ${part}`);
    const aligned = row.map(
      (cell, index) => `  ${' '.repeat((columns[index] ?? 0) - columnsWidth(cell))}${cell}`,
    );
    sheet.cells(`  ${padColumns(broken.at(-1) ?? '', room)}${aligned.join('')}`);
  };
  line(word(language, 'counter'), header);
  for (const [index, row] of cells.entries()) line(counters[index] ?? '', row);
}

function harmlessRows(sheet: Sheet, report: Report): void {
  if (report.harmless.length > 0) sheet.heading(word(report.language, 'harmless'));
  for (const { says, evidence } of report.harmless) {
    sheet.prose('- ', says);
    evidenceRows(sheet, report, evidence, 2);
  }
}

function ruledOutRows(sheet: Sheet, report: Report): void {
  if (report.ruled_out.length > 0) sheet.heading(word(report.language, 'ruledOut'));
  for (const { cause, title, because, quoted, again } of ruledOutRowsOf(report)) {
    const named = `${title}${wording.aside(report.language, cause)}`;
    sheet.prose('- ', wording.lead(report.language, named, because));
    citedRows(sheet, quoted, 2);
    for (const source of again) sheet.source(4, source);
  }
}

function askRows(sheet: Sheet, report: Report): void {
  const { language } = report;
  if (report.ask.length > 0) sheet.heading(word(language, 'ask'));
  for (const [index, ask] of report.ask.entries()) {
    sheet.prose(`${index + 1}. `, wording.askReason(language, ask));
    sheet.whole(ask.command);
  }
}

function readRows(sheet: Sheet, report: Report): void {
  const { language, coverage, timing } = report;
  sheet.heading(word(language, 'read'));
  sheet.prose('', wording.coverageText(report));
  for (const artefact of report.artefacts) {
    sheet.prose('- ', wording.artefactText(language, artefact));
    for (const warning of artefact.warnings) sheet.prose('  ! ', warning);
  }
  if (coverage.unread_total > 0) sheet.heading(word(language, 'unread'));
  const listed = coverage.unread.slice(0, MOST_UNREAD);
  for (const { source, line, quote } of listed) {
    sheet.source(2, `${source ?? word(language, 'paste')}:${line}`);
    sheet.quote(2, quote);
  }
  const left = coverage.unread_total - listed.length;
  if (left > 0) sheet.prose('  ', `… ${word(language, 'moreUnread', { count: left })}`);
  if (timing === undefined) return;
  sheet.blank();
  const { parse_ms: parse, rules_ms: rules, total_ms: total } = timing;
  sheet.prose('', word(language, 'timing', { parse, rules, total }));
}
