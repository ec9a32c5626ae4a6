import type { Report, ReportEvidence, ReportFinding } from '../report/schema.ts';
import { definitions, remedyCard } from './html/advice.ts';
import { renderDocument } from './html/document.ts';
import { command, html, link, type Markup, prose, quoted } from './html/markup.ts';
import { pictureFigure } from './html/picture.ts';
import { ruledOutRows } from './ruled-out.ts';
import * as wording from './wording.ts';
import { type Word, word } from './words.ts';

type Part = Markup | null;

/** The report as one self-contained page; `home` is where its last link leads, for pages that have a form. */
export function renderPage(report: Report, home: string | null = null): string {
  const { language, status, headline } = report;
  const [first, ...others] = report.findings;
  const asks = askSection(report);
  const early = wording.askComesFirst(report);
  const body = html`<main>
${verdict(report, first)}
${early ? asks : null}
${first === undefined || first.evidence.length === 0 ? null : section(report, 'evidence', proofs(report, first.evidence))}
${pictureSection(report)}
${pathSection(report)}
${vanishedSection(report)}
${clockSection(report)}
${report.compared === null ? null : comparedSection(report, report.compared)}
${first === undefined ? null : remedySections(report, first)}
${others.map((finding) => otherSection(report, finding))}
${harmlessSection(report)}
${ruledOutSection(report)}
${early ? null : asks}
${readSection(report)}
${unreadSection(report)}
${foot(report, home)}
</main>`;
  return renderDocument(language, wording.lead(language, word(language, status), headline), body);
}

function section({ language }: Report, name: Word, content: Part): Markup {
  return html`<section>
<h2>${word(language, name)}</h2>
${content}
</section>`;
}

function verdict(report: Report, first: ReportFinding | undefined): Markup {
  return html`<header class="verdict ${report.status}">
<span class="badge">${word(report.language, report.status)}</span>
<h1>${prose(report.headline)}</h1>
${first === undefined ? null : answer(report, first)}
</header>`;
}

function answer({ language }: Report, finding: ReportFinding): Markup {
  const where = finding.where === null ? null : wording.whereText(language, finding.where);
  return html`<p class="cause">${prose(finding.title)} <span class="soft">${wording.aside(language, wording.standing(language, finding)).trim()}</span></p>
${finding.summary === '' ? null : html`<p>${prose(finding.summary)}</p>`}
${where === null ? null : html`<dl><dt>${word(language, 'where')}</dt><dd>${where}</dd></dl>`}`;
}

function proofs(report: Report, evidence: readonly ReportEvidence[]): Part {
  return cited(report, wording.citedLines(report, evidence));
}

function cited(report: Report, lines: readonly wording.Cited[]): Part {
  if (lines.length === 0) return null;
  const rows = lines.map(
    ({ source, quote, says }) => html`<li>
${says.map((claim) => html`<p>${prose(claim)}</p>`)}
<figure><figcaption>${source}</figcaption>${quoted(report.language, quote)}</figure>
</li>`,
  );
  return html`<ul class="plain proof">${rows}</ul>`;
}

function pictureSection(report: Report): Part {
  const drawn = pictureFigure(report);
  return drawn === null ? null : section(report, 'picture', drawn);
}

function pathSection(report: Report): Part {
  if (report.path.length === 0) return null;
  const { language } = report;
  const lost = wording.lostAfter(report);
  const hops = report.path.map((hop, index) => {
    const mark = lost.has(index)
      ? html`<span class="lost">✗ ${word(language, 'lostHere')}</span>`
      : null;
    return html`<li class="${lost.has(index) ? 'cut' : 'whole'}"><span class="name">${wording.placeName(language, hop)}</span> <span class="soft">${wording.hopText(language, hop)}</span>${mark}</li>
`;
  });
  return section(report, 'path', html`<ol class="path">${hops}</ol>`);
}

function vanishedSection(report: Report): Part {
  const missing = wording.missingPackets(report);
  if (missing.length === 0) return null;
  const packets = missing.map((packet) => {
    const { title, rows } = wording.vanishedRows(report.language, packet);
    return html`<li><h3>${title}</h3>${definitions(rows)}</li>
`;
  });
  return section(
    report,
    wording.missingHeading(report),
    html`<ul class="plain proof">${packets}</ul>`,
  );
}

function clockSection(report: Report): Part {
  if (report.clocks.length === 0) return null;
  const clocks = report.clocks.map(
    (clock) => html`<li>${wording.clockText(report.language, clock)}</li>`,
  );
  return section(report, 'clocks', html`<ul>${clocks}</ul>`);
}

function comparedSection(report: Report, compared: NonNullable<Report['compared']>): Markup {
  const { language } = report;
  const from = (name: 'before' | 'after') => html`<th scope="col">${word(language, name)}</th>`;
  const rows = compared.rows.map(({ counter, before, after, change }) => {
    const grew = change !== null && change > 0 ? 'grew' : '';
    return html`<tr><th scope="row">${counter}</th><td>${before}</td><td>${after}</td><td class="${grew}">${wording.changeText(language, change)}</td></tr>
`;
  });
  const readings = (['before', 'after'] as const).map((name) => ({
    label: word(language, name),
    text: wording.readingName(report, compared[name]),
  }));
  return section(
    report,
    'compared',
    html`<p>${prose(compared.says)}</p>
${definitions(readings)}
<table>
<thead><tr><th scope="col">${word(language, 'counter')}</th>${from('before')}${from('after')}<th scope="col">${word(language, 'change')}</th></tr></thead>
<tbody>
${rows}</tbody>
</table>`,
  );
}

function remedySections(report: Report, finding: ReportFinding): Markup {
  const { language } = report;
  const remedies = finding.remedies.map((remedy) => remedyCard(language, remedy));
  const notThis = finding.not_this_when.map((text) => html`<li>${prose(text)}</li>`);
  const sources = finding.sources.map((url) => html`<li>${link(url)}</li>`);
  return html`${remedies.length === 0 ? null : section(report, 'remedies', html`${remedies}`)}
${finding.runbook === null ? null : html`<p>${word(language, 'runbook')} ${link(finding.runbook)}</p>`}
${notThis.length === 0 ? null : section(report, 'notThisWhen', html`<ul>${notThis}</ul>`)}
${sources.length === 0 ? null : section(report, 'sources', html`<ul>${sources}</ul>`)}`;
}

function otherSection(report: Report, finding: ReportFinding): Markup {
  return section(
    report,
    'alsoFound',
    html`${answer(report, finding)}
${proofs(report, finding.evidence)}
${remedySections(report, finding)}`,
  );
}

function harmlessSection(report: Report): Part {
  const rows = report.harmless.map(
    ({ says, evidence }) => html`<li><p>${prose(says)}</p>${proofs(report, evidence)}</li>`,
  );
  return rows.length === 0
    ? null
    : section(report, 'harmless', html`<ul class="plain proof">${rows}</ul>`);
}

function ruledOutSection(report: Report): Part {
  const rows = ruledOutRows(report).map(
    ({ cause, title, because, quoted, again }) =>
      html`<li><p><strong>${title}</strong> <code>${cause}</code> ${prose(because)}</p>${cited(report, quoted)}${again.length === 0 ? null : html`<p class="soft">${again.join(', ')}</p>`}</li>`,
  );
  return rows.length === 0
    ? null
    : section(report, 'ruledOut', html`<ul class="plain proof">${rows}</ul>`);
}

function askSection(report: Report): Part {
  const rows = report.ask.map(
    (ask) => html`<li>${prose(wording.askReason(report.language, ask))}
${command(report.language, ask.command)}</li>`,
  );
  return rows.length === 0 ? null : section(report, 'ask', html`<ol>${rows}</ol>`);
}

function readSection(report: Report): Markup {
  const { language } = report;
  const rows = report.artefacts.map((artefact) => {
    const warnings = artefact.warnings.map((warning) => html`<li>⚠ ${prose(warning)}</li>`);
    return html`<li>${wording.artefactText(language, artefact)}${warnings.length === 0 ? null : html`<ul class="plain">${warnings}</ul>`}</li>
`;
  });
  return section(
    report,
    'read',
    html`<p>${wording.coverageText(report)}</p>
${rows.length === 0 ? null : html`<ul>${rows}</ul>`}`,
  );
}

function unreadSection(report: Report): Part {
  const { language, coverage } = report;
  if (coverage.unread_total === 0) return null;
  const rows = coverage.unread.map(
    ({ source, line, quote }) =>
      html`<li><figure><figcaption>${source ?? word(language, 'paste')}:${line}</figcaption>${quoted(language, quote)}</figure></li>`,
  );
  const left = coverage.unread_total - coverage.unread.length;
  const more =
    left > 0 ? html`<p class="note">${word(language, 'moreUnread', { count: left })}</p>` : null;
  return html`<details>
<summary>${word(language, 'unread')}${wording.aside(language, String(coverage.unread_total))}</summary>
<ul class="plain">${rows}</ul>${more}
</details>`;
}

function foot({ language, timing }: Report, home: string | null): Part {
  if (home === null && timing === undefined) return null;
  const { parse_ms: parse, rules_ms: rules, total_ms: total } = timing ?? {};
  const took =
    parse === undefined || rules === undefined || total === undefined
      ? null
      : html`<p class="soft">${word(language, 'timing', { parse, rules, total })}</p>`;
  return html`<footer>${home === null ? null : html`<p class="again"><a href="${home}">${word(language, 'again')}</a></p>`}${took}</footer>`;
}
