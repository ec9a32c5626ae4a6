import { questionOf } from '../captures/exchanges.ts';
import type { Diagnosis } from '../diagnosis/examine.ts';
import type { Finding } from '../diagnosis/judge.ts';
import { questionsIn } from '../diagnosis/open-questions.ts';
import { failedServers } from '../facts/failed-servers.ts';
import { firstFailure, onlyFailures } from './failed-commands.ts';
import { fillFacts, fillWords } from './fill.ts';
import { pageOf, placeName, type Telling } from './findings.ts';
import { outcomes } from './outcome-words.ts';
import type { ReportFinding, Status } from './schema.ts';
import { symptomWords } from './symptom-words.ts';
import { directions, words } from './words.ts';

/** What the evidence amounts to. */
export function statusOf({ evidence, findings, losses, symptoms }: Diagnosis): Status {
  const roots = findings.filter(({ role }) => role === 'root-cause');
  if (evidence.length === 0) return 'unrecognised';
  if (roots.some(({ confidence }) => confidence !== 'possible')) return 'diagnosed';
  if (roots.length > 0 || losses.length > 0 || symptoms.length > 0) return 'suspected';
  if (onlyFailures(evidence)) return 'suspected';
  return findings.some(({ role }) => role === 'resolved') ? 'resolved' : 'healthy';
}

/** One sentence or two that a tired person understands: the verdict first, then the line of proof that says most. */
export function headlineOf(
  diagnosis: Diagnosis,
  status: Status,
  told: readonly ReportFinding[],
  cleared: string | undefined,
  telling: Telling,
): string {
  const text = words[telling.language];
  const [first] = diagnosis.findings;
  switch (status) {
    case 'unrecognised':
      return text.unrecognised;
    case 'healthy':
      return healthy(diagnosis, cleared, telling);
    case 'resolved':
      return first === undefined
        ? ''
        : `${resolvedTitle(first, telling)} ${sentence(told[0]?.evidence[0]?.says ?? '', first, telling)}`.trim();
    case 'diagnosed':
      return first === undefined
        ? ''
        : `${verdict(first, told[0], telling)}${since(diagnosis, first, telling)}${others(told, telling)}`;
    case 'suspected':
      return first === undefined || first.role !== 'root-cause'
        ? unexplained(diagnosis, telling)
        : verdict(first, told[0], telling);
    default:
      return status satisfies never;
  }
}

function verdict(finding: Finding, told: ReportFinding | undefined, telling: Telling): string {
  const text = words[telling.language];
  const sure = finding.confidence === 'confirmed' ? '' : text[finding.confidence];
  const title = pageOf(finding.cause, telling.catalogue)[telling.language].title;
  const says = sentence(told?.evidence[0]?.says ?? '', finding, telling);
  return `${sure}${title}${place(finding, telling)}${text.sentence}${says}`.trim();
}

function place({ vantage, place: where, cause }: Finding, telling: Telling): string {
  const text = words[telling.language];
  const { host } = vantage.view;
  const from = where?.from ?? null;
  if (where === null || from === null) {
    if (host === null) return '';
    // What a client sees of its server's fault is not the client's own.
    const { at_server: kinds } = pageOf(cause, telling.catalogue);
    const isShown = vantage.view.own.some(({ artefact }) => kinds?.includes(artefact.kind));
    const isClient = kinds !== undefined && !isShown && failedServers(vantage.view).length > 0;
    return isClient ? fillWords(text.seenAt, { from: host }) : fillWords(text.onHost, { host });
  }
  const { to } = where;
  if (to === null && from.host === null && from.interface === null) return '';
  if (to === null)
    return from.interface === null && from.host !== null
      ? fillWords(text.onHost, { host: from.host })
      : fillWords(text.seenAt, { from: placeName(from) });
  return from.host === to.host && from.host !== null
    ? fillWords(text.betweenPoints, {
        host: from.host,
        from: from.interface ?? '?',
        to: to.interface ?? '?',
      })
    : fillWords(text.betweenHosts, { from: placeName(from), to: placeName(to) });
}

/** A cause that was found and has stopped doing harm since: both belong into the first line. */
function since({ findings }: Diagnosis, first: Finding, { language }: Telling): string {
  const resolved = findings.find(
    ({ role, cause, vantage }) =>
      role === 'resolved' && cause === first.cause && vantage.view.host === first.vantage.view.host,
  );
  const host = first.vantage.view.host ?? words[language].thisHost;
  return resolved === undefined ? '' : fillWords(words[language].resolvedSince, { host });
}

function others(told: readonly ReportFinding[], { language }: Telling): string {
  const firm = told
    .slice(1)
    .filter(
      ({ role, confidence, cause }) =>
        role === 'root-cause' && confidence !== 'possible' && cause !== told[0]?.cause,
    );
  return firm.length === 0
    ? ''
    : fillWords(words[language].alsoFound, { titles: firm.map(({ title }) => title).join('; ') });
}

function resolvedTitle(finding: Finding, telling: Telling): string {
  const title = pageOf(finding.cause, telling.catalogue)[telling.language].title;
  const host = finding.vantage.view.host;
  const where = host === null ? '' : fillWords(words[telling.language].onHost, { host });
  return fillWords(words[telling.language].resolvedTitle, {
    title: fillFacts(title, finding.vantage.sheet, host ?? '', telling.language),
    where,
  });
}

/** What is about a card, of which the output may not say the name. */
const OF_CARDS: ReadonlySet<string> = new Set([
  'link-down',
  'card-hung',
  'receive-errors',
  'transmit-errors',
]);

/** A clock needs no cause to be set, a link none to be plugged in, and an address none to be given. */
const SAYS_ALL: ReadonlySet<string> = new Set([
  'clock-off',
  'table-at-limit',
  'bond-down',
  'bond-port-down',
  'card-unaddressed',
  'half-duplex',
  'address-taken',
  'sockets-unclosed',
  'process-killed',
  'link-off',
  'tcp-scarce',
  'service-without-endpoints',
  'packets-blocked',
  'program-failed',
  'flow-denied',
  'default-route-dead',
]);

function nameless(id: string, language: Telling['language']): string {
  const text = words[language];
  if (OF_CARDS.has(id)) return text.unnamedCard;
  if (id === 'connection-failed') return text.unnamedServer;
  return id === 'sandbox-without-network' ? text.unnamedPod : text.unnamed;
}

function failed(symptom: Diagnosis['symptoms'][number], language: Telling['language']): string {
  const text = words[language];
  const { target, host, server } = symptom;
  const told: Readonly<Record<string, string>> = outcomes[language];
  const outcome = told[symptom.outcome] ?? symptom.outcome;
  const from = host === null ? '' : fillWords(text.fromHost, { host });
  const on = host === null ? '' : fillWords(text.onHost, { host });
  const at = server === null ? '' : fillWords(text.atServer, { server });
  const name = target ?? nameless(symptom.id, language);
  const values = { target: name, outcome, from, on, at, server, host: host ?? text.thisHost };
  const open = SAYS_ALL.has(symptom.id) ? '' : text.causeOpen;
  return `${fillWords(symptomWords[language][symptom.id], values)}${open}`;
}

const IGNORED: ReadonlySet<string> = new Set([
  'answered-from-elsewhere',
  'answered-with-other-id',
  'vlan-differs',
]);

/** Packets went missing and no rule explains it. */
function unexplained({ evidence, losses, symptoms }: Diagnosis, { language }: Telling): string {
  const text = words[language];
  const [symptom] = symptoms;
  // An answer that came and was ignored looks like one that was lost, and so does a question in the wrong VLAN.
  const isIgnored = symptom !== undefined && IGNORED.has(symptom.id);
  if (symptom !== undefined && (losses.length === 0 || isIgnored)) return failed(symptom, language);
  const [loss] = losses;
  const one = loss?.vanished[0];
  if (loss === undefined || one === undefined) {
    const why = firstFailure(evidence, language);
    return why === undefined ? '' : fillWords(text.onlyFailed, { why });
  }
  const question = questionOf(one.transmission.exchange);
  const name = (point: typeof loss.from) =>
    [point.host, point.interface].filter((part) => part !== null).join(' ');
  const direction = directions[language][loss.direction];
  if (loss.to !== null)
    return `${fillWords(text.vanished, { question, from: name(loss.from), to: name(loss.to), direction })}${text.causeOpen}`;
  const values = {
    question,
    place: name(loss.from) || text.thisHost,
    ms: one.retriedAfterUs === null ? null : Math.round(one.retriedAfterUs) / 1000,
  };
  return `${fillWords(one.retriedAfterUs === null ? text.unanswered : text.unansweredRetried, values)}${text.causeOpen}`;
}

function healthy(
  { evidence, following }: Diagnosis,
  cleared: string | undefined,
  { language }: Telling,
): string {
  const text = words[language];
  const dns = following.conversations.some(({ protocol }) => protocol === 'dns');
  const { asked, unanswered, refused, open, first } = questionsIn(following, dns);
  const left = dns ? text.openQuestions : text.openAttempts;
  const answered = dns ? text.healthyQueries : text.healthyConnections;
  const all = refused > 0 ? text.healthyRefused : answered;
  const because =
    cleared === undefined ? '' : `${text.healthyBecause}${cleared.replace(/[.。]$/, '')}`;
  const proof = asked > 0 && unanswered === 0 ? fillWords(all, { count: asked, refused }) : because;
  const why = firstFailure(evidence, language);
  const more = why === undefined ? '' : fillWords(text.someFailed, { why });
  return open > 0
    ? `${fillWords(left, { open, count: asked, first })}${more}`
    : `${text.healthy}${proof}${text.healthyMore}${more}`;
}

/** A claim as a sentence: a host that it begins with keeps its letters, and so does a name like `eth0`. */
function sentence(
  claim: string,
  { vantage, place: where }: Finding,
  { language }: Telling,
): string {
  const hosts = [vantage.view.host, where?.from?.host, where?.to?.host];
  const named = hosts.some((host) => host != null && claim.startsWith(`${host} `));
  const raised = language === 'en' && !named && /^[a-z]+ /.test(claim);
  return raised ? `${claim[0]?.toUpperCase()}${claim.slice(1)}` : claim;
}
