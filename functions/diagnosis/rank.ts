import type { Place } from '../captures/place.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Finding, Judgement, Refuted } from './judge.ts';

const CONFIDENCE = ['confirmed', 'likely', 'possible'];
const ROLE = ['root-cause', 'resolved', 'contributing'];
const IMPACT = ['outage', 'degraded', 'latent'];

/** What is worth saying, and what was held back although its rule held. */
export interface Ranked {
  readonly findings: readonly Finding[];
  readonly outdone: readonly Outdone[];
}

/** A cause whose signs are there and follow from a better finding. */
export interface Outdone {
  readonly finding: Finding;
  readonly better: Finding;
}

/**
 * The findings worth saying, best first, in an order that does not depend on the order of pasting: of one cause at one
 * host the surest rule, no guess about a cause that is proved elsewhere, nothing that a better finding supersedes.
 */
export function rankFindings({ findings }: Judgement, catalogue: Catalogue): Ranked {
  const ordered = findings.toSorted((a, b) => compare(a, b, catalogue));
  const kept: Finding[] = [];
  const outdone: Outdone[] = [];
  for (const finding of ordered) {
    const rival = kept.find(
      (other) =>
        other.cause === finding.cause &&
        other.role === finding.role &&
        (beats(other, finding) ||
          isSamePlace(other, finding) ||
          saysNoMore(finding, other) ||
          isHeardTwice(finding, other)),
    );
    const better = kept.find(
      (other) => other.rule.supersedes.includes(finding.cause) && explains(other, finding),
    );
    if (rival === undefined && better === undefined) kept.push(finding);
    else if (rival === undefined && better !== undefined) outdone.push({ finding, better });
  }
  const serious = kept.some(
    ({ role, vantage }) => role === 'root-cause' || vantage.view.loss !== null,
  );
  // A contributing cause contributes to something: without a fault it is a setting like any other.
  return {
    findings: kept.filter(({ role }) => role !== 'contributing' || serious),
    outdone: losersIn(outdone, kept),
  };
}

/** Each cause once, by its surest rule, unless another of its rules or hosts did win. */
function losersIn(outdone: readonly Outdone[], kept: readonly Finding[]): readonly Outdone[] {
  const told = new Set(kept.map(({ cause }) => cause));
  return outdone.filter(({ finding: { cause, role }, better }) => {
    const fresh = role === 'root-cause' && better.role === 'root-cause' && !told.has(cause);
    told.add(cause);
    return fresh;
  });
}

function compare(a: Finding, b: Finding, catalogue: Catalogue): number {
  const impact = (finding: Finding) =>
    IMPACT.indexOf(catalogue.pages.get(finding.cause)?.impact ?? 'latent');
  return (
    ROLE.indexOf(a.role) - ROLE.indexOf(b.role) ||
    CONFIDENCE.indexOf(a.confidence) - CONFIDENCE.indexOf(b.confidence) ||
    impact(a) - impact(b) ||
    Number(isAtPlace(b)) - Number(isAtPlace(a)) ||
    (b.vantage.view.loss?.vanished.length ?? 0) - (a.vantage.view.loss?.vanished.length ?? 0) ||
    order(a.cause, b.cause) ||
    order(a.rule.name, b.rule.name) ||
    order(a.vantage.view.host ?? '', b.vantage.view.host ?? '')
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function beats(better: Finding, weaker: Finding): boolean {
  return (
    sameHost(better, weaker) ||
    (better.confidence !== 'possible' && weaker.confidence === 'possible')
  );
}

/** Judged at the host where the packets were seen last. */
function isAtPlace({ place, vantage }: Finding): boolean {
  return place?.from != null && place.from.host === vantage.view.host;
}

/** Two hosts that see one cause at one place see one fault. */
function isSamePlace({ place: a }: Finding, { place: b }: Finding): boolean {
  if (a?.from == null || b?.from == null) return false;
  const name = ({ from, to, direction }: Place) =>
    [from, to].map((spot) => `${spot?.host} ${spot?.interface}`).join(' > ') + direction;
  return name(a) === name(b);
}

/** What all captures tell is true at every host: lines that stand behind another finding too are one finding. */
function saysNoMore(finding: Finding, other: Finding): boolean {
  const [own, others] = [linesOf(finding), linesOf(other)];
  return own.size === 0 ? others.size === 0 : [...own].every((line) => others.has(line));
}

/** What a router or host says by ICMP is one fault, at however many hosts it is captured. */
function isHeardTwice(finding: Finding, other: Finding): boolean {
  const [own, others] = [sayingOf(finding), sayingOf(other)];
  return own !== undefined && own === others;
}

/** The fact that the finding rests on, what it says, and who says so. */
function sayingOf({ because, vantage }: Finding): string | undefined {
  const fact = because.find(({ leaf }) => leaf.fact.startsWith('icmp-errors.'))?.leaf.fact;
  if (fact === undefined) return undefined;
  const [said, speaker] = [vantage.sheet(fact), vantage.sheet(`${fact}From`)];
  return said.known && speaker.known ? `${fact} ${said.value} ${speaker.value}` : undefined;
}

function linesOf({ because, vantage }: Finding): ReadonlySet<string> {
  const lines = because.flatMap(({ leaf }) => {
    const reading = vantage.sheet(leaf.fact);
    return reading.known ? reading.at.map(({ artefact, line }) => `${artefact} ${line}`) : [];
  });
  return new Set(lines);
}

/** A cause at one host explains what is less sure at another. */
function explains(better: Finding, weaker: Finding): boolean {
  const isSurer = CONFIDENCE.indexOf(better.confidence) < CONFIDENCE.indexOf(weaker.confidence);
  return isSurer || sameHost(better, weaker);
}

function sameHost(a: Finding, b: Finding): boolean {
  return a.vantage.view.host === b.vantage.view.host;
}

/** One refutation for each cause that no finding names, the most telling first. */
export function rankRefuted(
  { refuted }: Judgement,
  findings: readonly Finding[],
): readonly Refuted[] {
  const found = new Set(findings.map(({ cause }) => cause));
  const best = new Map<string, Refuted>();
  for (const one of refuted) {
    const known = best.get(one.cause);
    if (!found.has(one.cause) && (known === undefined || weight(one) > weight(known)))
      best.set(one.cause, one);
  }
  return [...best.values()].toSorted((a, b) => order(a.cause, b.cause));
}

/** What happened to a packet tells more than what a counter says. */
function weight({ by, vantage }: Refuted): number {
  if (by === null) return 0;
  const lines = vantage.sheet(by.leaf.fact);
  return (by.leaf.fact.startsWith('loss.') ? 2 : 0) + (lines.known && lines.at.length > 0 ? 1 : 0);
}
