import type { KindDefinition } from '../artefacts/define.ts';
import type { Evidence } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Ask } from '../diagnosis/asks.ts';
import type { Compared } from '../diagnosis/compared.ts';
import { type Diagnosis, examine } from '../diagnosis/examine.ts';
import type { Source } from '../intake/paste.ts';
import { type Reading, read } from '../intake/read.ts';
import { mainConversation, toClocks, toPath, toVanished } from './captures.ts';
import { quotesOf, toEvidence } from './evidence.ts';
import { failureAsks, failureWarnings } from './failed-commands.ts';
import { fillCommand, fillFacts, fillWords } from './fill.ts';
import { pageOf, type Telling, toFinding, toOutdone, toRuledOut } from './findings.ts';
import { headlineOf, statusOf } from './headline.ts';
import { toLadder } from './ladder.ts';
import type { Language, Report, ReportAsk } from './schema.ts';
import { symptomAsks } from './symptom-asks.ts';
import { type UnreadFailure, unreadFailures } from './unread-failures.ts';
import { units, words } from './words.ts';

export interface ReportSettings {
  readonly language: Language;
  /** Where runbook links point; null for none. */
  readonly runbookBase: string | null;
}

/** Diagnoses pasted text: the whole way from sources to the report. Never throws on any text. */
export async function reportOn(
  sources: readonly Source[],
  catalogue: Catalogue,
  settings: ReportSettings,
): Promise<Report> {
  return tell(read(sources), sources, catalogue, settings);
}

/** The second half of the way: a reading judged and put into words. */
export async function tell(
  reading: Reading,
  sources: readonly Source[],
  catalogue: Catalogue,
  settings: ReportSettings,
): Promise<Report> {
  const { evidence, lines } = reading;
  const diagnosis = await examine(evidence, catalogue);
  const quotes = quotesOf(evidence, lines);
  const telling: Telling = { ...settings, catalogue, quotes };
  const findings = diagnosis.findings.map((finding) => toFinding(finding, telling));
  const asks = diagnosis.asks.map((ask) => toAsk(ask, telling));
  const bound = asks.filter((_, at) => diagnosis.asks[at]?.isGeneral === false);
  const judged = statusOf(diagnosis);
  const failures = judged === 'healthy' ? unreadFailures(reading) : [];
  const [failure] = failures;
  // Nobody can say that nothing is wrong who has not understood the lines that say that something is.
  const status = failure === undefined ? judged : 'suspected';
  const instead = status === 'diagnosed' ? [] : failureAsks(evidence, settings.language);
  const [symptom] = isSymptomTold(diagnosis, status) ? diagnosis.symptoms : [];
  const own = symptom === undefined ? [] : symptomAsks(symptom, evidence, settings.language);
  // What any cause would like to see is of no use where something says what would tell more.
  const isBound = symptom !== undefined && own.length + bound.length > 0;
  const ruledOut = diagnosis.refuted.map((refuted) => toRuledOut(refuted, telling));
  const cleared = ruledOut[diagnosis.refuted.findIndex(({ contradicted }) => !contradicted)];
  const conversation = mainConversation(diagnosis.following, diagnosis.losses);
  const missing = toVanished(diagnosis);
  return {
    schema: 'netdx.report/1',
    language: settings.language,
    status,
    headline:
      failure === undefined
        ? headlineOf(diagnosis, status, findings, cleared?.because, telling)
        : cannotTell(failure, failures.length, sources, settings.language),
    artefacts: evidence.map((one) => toArtefact(one, settings.language)),
    findings,
    vanished: missing.filter((packet) => !packet.may_be_late),
    unanswered: missing.filter((packet) => packet.may_be_late),
    clocks: toClocks(diagnosis.following, conversation),
    path: toPath(conversation),
    ladder: toLadder(diagnosis),
    ruled_out: [...diagnosis.outdone.map((one) => toOutdone(one, telling)), ...ruledOut],
    harmless: diagnosis.harmless.map(({ name, at }) => {
      const says = catalogue.notes.get(name)?.[settings.language] ?? name;
      return { id: name, says, evidence: [...toEvidence(says, at, quotes)] };
    }),
    ask: [...instead, ...own, ...(isBound ? bound : asks)].slice(0, MOST_ASKS),
    compared:
      diagnosis.compared === null ? null : toCompared(diagnosis.compared, settings.language),
    coverage: coverageOf(reading, sources),
  };
}

const MOST_ASKS = 5;

const LONGEST_QUOTE = 160;

function cannotTell(
  { source, line, quote }: UnreadFailure,
  count: number,
  sources: readonly Source[],
  language: Language,
): string {
  const name = sources.length > 1 ? (sources[source]?.name ?? null) : null;
  const text = quote.trim();
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return fillWords(count === 1 ? words[language].unreadFailure : words[language].unreadFailures, {
    count,
    where: name === null ? String(line) : `${line} (${name})`,
    quote: cut,
  });
}

function toArtefact(one: Evidence, language: Language): Report['artefacts'][number] {
  const { artefact, content, unread, truncated } = one;
  const definitions = kinds as unknown as readonly KindDefinition<string, unknown>[];
  const kind = definitions.find((one) => one.kind === artefact.kind);
  const { count, unit } = kind?.size(content) ?? { count: 0, unit: 'lines' as const };
  const [single, many] = units[language][unit];
  const text = words[language];
  return {
    id: artefact.id,
    kind: artefact.kind,
    host: artefact.host,
    interface: artefact.interface,
    lines: [artefact.first, artefact.last],
    source: artefact.sourceName,
    summary: `${kind?.title ?? artefact.kind}: ${count} ${count === 1 ? single : many}`,
    warnings: [
      ...failureWarnings(one, language),
      ...unread.map((line) => fillWords(text.notRead, { line })),
      ...(truncated ? [fillWords(text.cutShort, { line: artefact.last })] : []),
      ...(artefact.promptSays === null
        ? []
        : [
            fillWords(artefact.host === null ? text.podFile : text.hostClash, {
              prompt: artefact.promptSays,
              host: artefact.host,
            }),
          ]),
    ],
  };
}

/** Whether the first line tells what failed, and no cause and no place. */
function isSymptomTold({ losses, findings }: Diagnosis, status: Report['status']): boolean {
  return status === 'suspected' && losses.length === 0 && findings.length === 0;
}

function toAsk(
  { command, host, kind, settles, vantage }: Ask,
  { catalogue, language }: Telling,
): ReportAsk {
  const why =
    settles
      .map((cause) => pageOf(cause, catalogue)[language].ask.get(kind))
      .find((one) => one !== undefined) ?? '';
  const filled = fillCommand(command, vantage.sheet, host);
  return {
    command: filled,
    host,
    why: fillFacts(why, vantage.sheet, host ?? words[language].thisHost, language),
    settles: [...settles],
  };
}

function toCompared(
  { before, after, host, reset, rows }: Compared,
  language: Language,
): Report['compared'] {
  const text = words[language];
  const row = (counter: string) => rows.find((one) => one.counter === counter);
  const [failed, drop] = [row('insert_failed'), row('drop')];
  const name = host ?? text.thisHost;
  const values = {
    host: name,
    failedBefore: failed?.before,
    failedAfter: failed?.after,
    dropBefore: drop?.before,
    dropAfter: drop?.after,
  };
  const grown = (failed?.change ?? 0) > 0 || (drop?.change ?? 0) > 0;
  const says = reset
    ? fillWords(text.comparedReset, values)
    : fillWords(grown ? text.comparedGrown : text.comparedFlat, {
        host: name,
        failed: failed?.change,
        drop: drop?.change,
      });
  const clashesGoOn = drop?.after === 0 && (failed?.after ?? 0) > 0 && reset;
  return {
    before: before.artefact.id,
    after: after.artefact.id,
    says: `${says}${clashesGoOn ? text.comparedClashesGoOn : ''}`,
    rows: [...rows],
  };
}

const MOST_UNREAD = 50;

/** Every line that is not blank is either read or listed; lines inside an artefact before prose around it. */
function coverageOf(
  { evidence, outside, lines: texts }: Reading,
  sources: readonly Source[],
): Report['coverage'] {
  const inside = evidence.flatMap(({ artefact, unread }) =>
    unread.map((line) => ({ source: artefact.source, line })),
  );
  const unread = [...inside, ...outside];
  const lines = texts.reduce((sum, { count }) => sum + count, 0);
  return {
    lines,
    read: lines - unread.length,
    unread: unread.slice(0, MOST_UNREAD).map(({ source, line }) => ({
      source: sources[source]?.name ?? null,
      line,
      quote: texts[source]?.at(line) ?? '',
    })),
    unread_total: unread.length,
  };
}
