import type { Report, ReportEvidence, ReportFinding, ReportRemedy } from '../report/schema.ts';
import { ladderText } from './ladder/text.ts';
import {
  markdownCell,
  markdownCode,
  markdownFence,
  markdownQuote,
  markdownText,
} from './markdown/escape.ts';
import { ruledOutRows } from './ruled-out.ts';
import * as wording from './wording.ts';
import { type Word, word } from './words.ts';

type Rows = readonly string[];

/** A block of code as wide as this shows without a scroll bar where tickets and pages are read. */
const PICTURE_COLUMNS = 80;

/**
 * The report as GitHub-flavoured Markdown, for a ticket or a postmortem. Pasted text stands in fences or is
 * escaped: it can neither format nor link, and every row is one that this file made.
 */
export function renderMarkdown(report: Report): string {
  const [first, ...others] = report.findings;
  const asks = askSection(report);
  const early = wording.askComesFirst(report);
  const sections: readonly Rows[] = [
    [
      `# ${word(report.language, report.status)}${report.language === 'zh' ? '：' : ': '}${markdownText(report.headline)}`,
    ],
    first === undefined ? [] : findingRows(report, first),
    early ? asks : [],
    first === undefined ? [] : evidenceSection(report, first),
    pictureSection(report),
    pathSection(report),
    vanishedSection(report),
    comparedSection(report),
    first === undefined ? [] : remedySection(report, first),
    ...others.map((finding) => otherSection(report, finding)),
    harmlessSection(report),
    ruledOutSection(report),
    early ? [] : asks,
    readSection(report),
  ];
  return `${spaced(sections).join('\n')}\n`;
}

function heading({ language }: Report, name: Word, depth = 2): Rows {
  return [`${'#'.repeat(depth)} ${word(language, name)}`, ''];
}

function evidenceSection(report: Report, finding: ReportFinding): Rows {
  const proof = evidenceRows(report, finding.evidence);
  return proof.length === 0 ? [] : [...heading(report, 'evidence'), ...proof];
}

function otherSection(report: Report, finding: ReportFinding): Rows {
  const remedies = remedySection(report, finding, 3);
  return [
    ...heading(report, 'alsoFound'),
    ...findingRows(report, finding),
    '',
    ...evidenceRows(report, finding.evidence),
    ...(remedies.length === 0 ? [] : ['', ...remedies]),
  ];
}

function findingRows({ language }: Report, finding: ReportFinding): Rows {
  const rows = [
    `**${markdownText(finding.title)}**${wording.aside(language, wording.standing(language, finding))}`,
  ];
  if (finding.summary !== '') rows.push('', markdownText(finding.summary));
  if (finding.where)
    rows.push('', labelled(word(language, 'where'), wording.whereText(language, finding.where)));
  return rows;
}

function evidenceRows(report: Report, evidence: readonly ReportEvidence[], indent = ''): Rows {
  return citedRows(report, wording.citedLines(report, evidence), indent);
}

function citedRows(report: Report, cited: readonly wording.Cited[], indent: string): Rows {
  return cited.flatMap(({ source, quote, says }) => [
    ...says.slice(0, -1).map((claim) => `${indent}- ${markdownText(claim)}`),
    `${indent}- ${says
      .slice(-1)
      .map((claim) => `${markdownText(claim)} · `)
      .join('')}${markdownCode(source)}`,
    ...markdownQuote(report.language, quote, `${indent}  `),
  ]);
}

function pictureSection(report: Report): Rows {
  const picture = ladderText(report, PICTURE_COLUMNS);
  if (picture.length === 0) return [];
  return [...heading(report, 'picture'), ...markdownFence(picture.join('\n'), 'text')];
}

function pathSection(report: Report): Rows {
  const { language } = report;
  const lost = wording.lostAfter(report);
  const hops = report.path.flatMap((hop, index) => {
    const name = markdownCode(wording.placeName(language, hop));
    const mark = lost.has(index) ? ` — **✗ ${word(language, 'lostHere')}**` : '';
    return `${index + 1}. ${wording.lead(language, name, wording.hopText(language, hop))}${mark}`;
  });
  return hops.length === 0 ? [] : [...heading(report, 'path'), ...hops];
}

function vanishedSection(report: Report): Rows {
  const { language } = report;
  const packets = wording.missingPackets(report).flatMap((packet) => {
    const { title, rows } = wording.vanishedRows(language, packet);
    return [
      `- **${markdownText(title)}**`,
      ...rows.map(({ label, text }) => `  - ${wording.lead(language, label, markdownText(text))}`),
    ];
  });
  const clocks = report.clocks.map(
    (clock) => `- ${markdownText(wording.clockText(language, clock))}`,
  );
  return spaced([
    packets.length === 0 ? [] : [...heading(report, wording.missingHeading(report)), ...packets],
    clocks.length === 0 ? [] : [...heading(report, 'clocks'), ...clocks],
  ]);
}

function comparedSection(report: Report): Rows {
  const { compared, language } = report;
  if (compared === null) return [];
  const from = (name: 'before' | 'after') =>
    word(language, name) + wording.aside(language, wording.readingName(report, compared[name]));
  const table = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [
    ...heading(report, 'compared'),
    markdownText(compared.says),
    '',
    table([word(language, 'counter'), from('before'), from('after'), word(language, 'change')]),
    '| --- | ---: | ---: | ---: |',
    ...compared.rows.map((row) =>
      table([
        row.counter,
        String(row.before),
        String(row.after),
        wording.changeText(language, row.change),
      ]),
    ),
  ];
}

function remedySection(report: Report, finding: ReportFinding, depth = 2): Rows {
  const { language } = report;
  const part = (name: Word, rows: Rows) =>
    rows.length === 0 ? [] : [...heading(report, name, depth), ...rows];
  return spaced([
    part(
      'remedies',
      spaced(finding.remedies.map((remedy) => remedyRows(report, remedy, depth + 1))),
    ),
    part(
      'notThisWhen',
      finding.not_this_when.map((text) => `- ${markdownText(text)}`),
    ),
    finding.runbook === null ? [] : [`**${word(language, 'runbook')}** ${link(finding.runbook)}`],
    part(
      'sources',
      finding.sources.map((url) => `- ${link(url)}`),
    ),
  ]);
}

function remedyRows({ language }: Report, remedy: ReportRemedy, depth: number): Rows {
  const { before, after } = wording.remedyRows(language, remedy);
  const horizon = wording.aside(language, wording.remedyHorizon(language, remedy.key));
  const bullets = (rows: readonly wording.Labelled[]) =>
    rows.map(({ label, text }) => `- ${labelled(label, text)}`);
  return spaced([
    [`${'#'.repeat(depth)} ${markdownText(remedy.key)}) ${markdownText(remedy.title)}${horizon}`],
    bullets(before),
    remedy.steps.map((step, index) => `${index + 1}. ${markdownText(step)}`),
    remedy.commands.length === 0 ? [] : markdownFence(remedy.commands.join('\n'), 'sh'),
    bullets(after),
  ]);
}

function harmlessSection(report: Report): Rows {
  const rows = report.harmless.flatMap(({ says, evidence }) => [
    `- ${markdownText(says)}`,
    ...evidenceRows(report, evidence, '  '),
  ]);
  return rows.length === 0 ? [] : [...heading(report, 'harmless'), ...rows];
}

function ruledOutSection(report: Report): Rows {
  const { language } = report;
  const rows = ruledOutRows(report).flatMap(({ cause, title, because, quoted, again }) => [
    `- ${wording.lead(language, `${markdownText(title)}${wording.aside(language, markdownCode(cause))}`, markdownText(because))}`,
    ...citedRows(report, quoted, '  '),
    ...(again.length === 0 ? [] : [`  - ${again.map(markdownCode).join(', ')}`]),
  ]);
  return rows.length === 0 ? [] : [...heading(report, 'ruledOut'), ...rows];
}

function askSection(report: Report): Rows {
  const { language } = report;
  const rows = report.ask.flatMap((ask, index) => {
    const why = wording.askReason(language, ask);
    return [`${index + 1}. ${markdownText(why)}`, ...markdownFence(ask.command, 'sh', '   ')];
  });
  return rows.length === 0 ? [] : [...heading(report, 'ask'), ...rows];
}

function readSection(report: Report): Rows {
  const { language, coverage, timing } = report;
  const rows = [...heading(report, 'read'), wording.coverageText(report)];
  if (report.artefacts.length > 0) rows.push('');
  for (const artefact of report.artefacts) {
    rows.push(`- ${markdownText(wording.artefactText(language, artefact))}`);
    rows.push(...artefact.warnings.map((warning) => `  - ⚠ ${markdownText(warning)}`));
  }
  if (coverage.unread.length > 0) rows.push('', ...heading(report, 'unread'));
  for (const { source, line, quote } of coverage.unread) {
    rows.push(`- ${markdownCode(`${source ?? word(language, 'paste')}:${line}`)}`);
    rows.push(...markdownQuote(language, quote, '  '));
  }
  const left = coverage.unread_total - coverage.unread.length;
  if (left > 0) rows.push('', `… ${word(language, 'moreUnread', { count: left })}`);
  if (timing === undefined) return rows;
  const { parse_ms: parse, rules_ms: rules, total_ms: total } = timing;
  return [...rows, '', word(language, 'timing', { parse, rules, total })];
}

/** The parts that have rows, with an empty row between. */
function spaced(parts: readonly Rows[]): Rows {
  return parts
    .filter((rows) => rows.length > 0)
    .flatMap((rows, index) => (index === 0 ? rows : ['', ...rows]));
}

function labelled(label: string, text: string): string {
  return `**${label}** ${markdownText(text)}`;
}

/** An address as a link that can end nowhere but at its own end. */
function link(url: string): string {
  return /^https?:\/\/[^\s<>]+$/.test(url) ? `<${url}>` : markdownCode(url);
}
