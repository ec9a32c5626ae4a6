import { ofKind } from '../artefacts/evidence.ts';
import type { Place, Spot } from '../captures/place.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Page } from '../catalogue/page.ts';
import type { Finding, Refuted } from '../diagnosis/judge.ts';
import type { Outdone } from '../diagnosis/rank.ts';
import type { Vantage } from '../diagnosis/vantage.ts';
import { type Quotes, toEvidence } from './evidence.ts';
import { fillCommand, fillFacts, fillWords } from './fill.ts';
import type { Language, Report, ReportFinding, ReportRemedy } from './schema.ts';
import { words } from './words.ts';

/** What the report needs besides the diagnosis. */
export interface Telling {
  readonly language: Language;
  readonly runbookBase: string | null;
  readonly catalogue: Catalogue;
  readonly quotes: Quotes;
}

/** A finding in words: its page's text with this paste's values in it. */
export function toFinding(finding: Finding, telling: Telling): ReportFinding {
  const page = pageOf(finding.cause, telling.catalogue);
  const text = page[telling.language];
  const fill = filler(finding, telling.language);
  return {
    cause: finding.cause,
    title: text.title,
    summary: fill(text.summary),
    role: finding.role,
    confidence: finding.confidence,
    where: finding.place === null || finding.role !== 'root-cause' ? null : toWhere(finding.place),
    evidence: finding.because.flatMap(({ leaf }) => {
      const reading = finding.vantage.sheet(leaf.fact);
      const says = fill(text.evidence.get(leaf.name) ?? leaf.name);
      return reading.known ? toEvidence(says, reading.at, telling.quotes) : [];
    }),
    not_this_when: text.notThis.map(fill),
    remedies: toRemedies(page, telling.language, fill, (text) =>
      fillCommand(text, finding.vantage.sheet, finding.vantage.view.host),
    ),
    runbook: runbookOf(finding.cause, telling),
    sources: page.sources,
  };
}

/** The organisation's own runbook of a cause, else its page below the runbook address, if there is one. */
export function runbookOf(
  cause: string,
  { catalogue, runbookBase }: Pick<Telling, 'catalogue' | 'runbookBase'>,
): string | null {
  const own = catalogue.runbooks.get(cause);
  if (own !== undefined) return own;
  return runbookBase === null ? null : `${runbookBase.replace(/\/+$/, '')}/${cause}`;
}

/** Where it happened, as the contract writes it; what nothing shows is null. */
function toWhere({ from, to, direction }: Place): NonNullable<ReportFinding['where']> {
  return { from, to, direction };
}

/** A cause whose signs are there but follow from a better finding: why it is not the answer, and its lines. */
export function toOutdone(
  { finding, better }: Outdone,
  telling: Telling,
): Report['ruled_out'][number] {
  const { title, evidence } = toFinding(better, telling);
  const says = evidence[0]?.says.replace(/[.。]$/, '') ?? '';
  return {
    cause: finding.cause,
    title: toFinding(finding, telling).title,
    because: fillWords(words[telling.language].explainedBy, { title, says }),
    evidence: toFinding(finding, telling).evidence,
    explained_by: better.cause,
  };
}

/** A refuted cause in words, with the lines that refute it. */
export function toRuledOut(
  { cause, vantage, by }: Refuted,
  telling: Telling,
): Report['ruled_out'][number] {
  const text = pageOf(cause, telling.catalogue)[telling.language];
  const host = vantage.view.host ?? words[telling.language].thisHost;
  const name = fillFacts(text.title, vantage.sheet, host, telling.language);
  if (by === null) return losesElsewhere({ cause, title: name }, vantage, telling);
  const because = fillFacts(
    text.ruledOut.get(by.leaf.name) ?? by.leaf.name,
    vantage.sheet,
    host,
    telling.language,
  );
  const reading = vantage.sheet(by.leaf.fact);
  // What one host's files and counters say clears that host alone; captures tell of the way.
  const cited = new Set(reading.known ? reading.at.map(({ artefact }) => artefact) : []);
  const captured = ofKind(vantage.view.all, 'tcpdump').some(({ artefact }) =>
    cited.has(artefact.id),
  );
  const bound = vantage.view.host !== null && !captured && !because.includes(host);
  const where = bound ? fillWords(words[telling.language].onHost, { host }) : '';
  const title = `${name}${where}`;
  return {
    cause,
    title,
    because,
    evidence: reading.known ? [...toEvidence(because, reading.at, telling.quotes)] : [],
    explained_by: null,
  };
}

/** The cause would lose packets on another stretch of the way: the lines that show this one. */
function losesElsewhere(
  named: { readonly cause: string; readonly title: string },
  { view, sheet }: Vantage,
  { language, quotes }: Telling,
): Report['ruled_out'][number] {
  const { loss } = view;
  const text = words[language];
  const reading = sheet('loss.segment');
  const values = {
    from: loss === null ? null : placeName(loss.from),
    to: loss?.to == null ? null : placeName(loss.to),
  };
  const because = fillWords(loss?.to == null ? text.elsewhereReached : text.elsewhere, values);
  return {
    ...named,
    because,
    evidence: reading.known ? [...toEvidence(because, reading.at, quotes)] : [],
    explained_by: null,
  };
}

/** `worker-2 ens3`; one of the two where the other is not known. */
export function placeName({ host, interface: device }: Spot): string {
  return [host, device].filter((part) => part !== null).join(' ') || '?';
}

export function pageOf(cause: string, catalogue: Catalogue): Page {
  const page = catalogue.pages.get(cause);
  if (page === undefined) throw new Error(`no page for ${cause}`);
  return page;
}

function filler(finding: Finding, language: Language): (text: string) => string {
  const host = finding.vantage.view.host ?? words[language].thisHost;
  return (text) => fillFacts(text, finding.vantage.sheet, host, language);
}

export function toRemedies(
  page: Page,
  language: Language,
  fill: (text: string) => string,
  command: (text: string) => string,
): ReportRemedy[] {
  return page[language].remedies.map((remedy) => ({
    key: remedy.key,
    title: fill(remedy.title),
    steps: remedy.steps.map(fill),
    variants: remedy.variants.map(fill),
    commands: (page.remedies[remedy.key]?.run ?? []).map(command),
    cost: fill(remedy.cost),
    risk: fill(remedy.risk),
    prefer_when: fill(remedy.prefer),
    verify: fill(remedy.verify),
    rollback: fill(remedy.rollback),
  }));
}
