import { kinds } from '../artefacts/index.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { blankCommand, blankText } from './fill.ts';
import { pageOf, runbookOf, toRemedies } from './findings.ts';
import type { ReportSettings } from './report.ts';
import type { Language, ReportFinding, ReportRemedy } from './schema.ts';

/** A cause in general, without a paste: its page in one language. */
export interface Explanation
  extends Pick<
    ReportFinding,
    'cause' | 'title' | 'summary' | 'not_this_when' | 'runbook' | 'sources'
  > {
  readonly remedies: readonly ExplainedRemedy[];
  readonly language: Language;
  readonly impact: 'outage' | 'degraded' | 'latent';
  readonly happens: readonly string[];
  readonly evidence: readonly string[];
  readonly ruled_out_when: readonly string[];
  readonly ask: readonly { readonly command: string; readonly why: string }[];
}

/** A remedy with the commands that take it back, ready to be pasted. */
export interface ExplainedRemedy extends ReportRemedy {
  readonly undo: readonly string[];
}

/** One line of the list of causes. */
export interface CauseLine {
  readonly cause: string;
  readonly title: string;
  readonly summary: string;
  readonly impact: Explanation['impact'];
  /** What it belongs to, such as `dns`; empty where an organisation's page names nothing. */
  readonly area: string;
}

/** Every cause that can be found, by id. */
export function causesIn(catalogue: Catalogue, language: Language): readonly CauseLine[] {
  return [...catalogue.pages.values()]
    .map(({ cause, impact, [language]: { title, summary } }) => ({
      cause,
      title,
      summary: blankText(summary),
      impact,
      area: catalogue.areas.get(cause) ?? '',
    }))
    .toSorted((a, b) => (a.cause < b.cause ? -1 : 1));
}

/** Explains a cause; undefined when the catalogue has none of this id. Values that only a paste could give stand as `…`. */
export function explain(
  cause: string,
  catalogue: Catalogue,
  settings: ReportSettings,
): Explanation | undefined {
  if (!catalogue.pages.has(cause)) return undefined;
  const { language } = settings;
  const page = pageOf(cause, catalogue);
  const text = page[language];
  return {
    language,
    cause,
    impact: page.impact,
    title: text.title,
    summary: blankText(text.summary),
    happens: text.happens.split(/\n+/),
    evidence: [...text.evidence.values()].map(blankText),
    ruled_out_when: [...text.ruledOut.values()].map(blankText),
    not_this_when: text.notThis.map(blankText),
    ask: [...text.ask].map(([kind, why]) => {
      const usual = kinds.find((one) => one.kind === kind)?.ask ?? kind;
      return { command: blankCommand(page.commands?.[kind] ?? usual), why: blankText(why) };
    }),
    remedies: toRemedies(page, language, blankText, blankCommand).map((remedy) => ({
      ...remedy,
      undo: (page.remedies[remedy.key]?.undo ?? []).map(blankCommand),
    })),
    runbook: runbookOf(cause, { catalogue, runbookBase: settings.runbookBase }),
    sources: [...page.sources],
  };
}

/** The causes whose ids are most like a word that is none: they share the most of its parts. */
export function causesLike(word: string, catalogue: Catalogue): readonly string[] {
  const parts = word
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part.length > 1);
  const score = (cause: string) => parts.filter((part) => cause.includes(part)).length;
  return [...catalogue.pages.keys()]
    .filter((cause) => score(cause) > 0)
    .toSorted((a, b) => score(b) - score(a) || (a < b ? -1 : 1))
    .slice(0, 5);
}
