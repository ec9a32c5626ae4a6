import { type Evidence, type Kind, ofKind } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import type { Loss } from '../captures/loss.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { readingsOf } from '../facts/conntrack-clash.ts';
import { isReadTwice, snapshotsOf } from '../facts/counter-series.ts';
import { failedServers } from '../facts/failed-servers.ts';
import { addressesIn } from '../facts/hosts.ts';
import { askedIn } from '../facts/lookups/asked.ts';
import type { Finding, Gap, Judgement } from './judge.ts';
import { lookupOf } from './lookup-symptom.ts';
import { candidatesFor } from './place.ts';
import { causesOf } from './symptom-causes.ts';
import { waitingSockets } from './symptoms/stuck-sockets.ts';
import type { Symptom } from './symptoms.ts';
import type { Vantage } from './vantage.ts';
import { isOfWindows, onWindows } from './windows-commands.ts';

/** What to paste next: the command, where, and which causes its output would settle, the first of them saying why. */
export interface Ask {
  readonly kind: Kind;
  /** The kind's usual command, or the one that the first cause's page wants. */
  readonly command: string;
  /** Where the command's placeholders are filled from. */
  readonly vantage: Vantage;
  readonly host: string | null;
  readonly settles: readonly string[];
  /** Nothing in the paste points to it: it is what open causes at large would like to see. */
  readonly isGeneral: boolean;
}

const MOST_ASKS = 5;
const MOST_SETTLED = 4;
/** What tells most of a symptom outweighs what all its causes share. */
const FIRST = 10;

/**
 * The questions that would settle what is still open, best first: those of suspected causes in the order of their
 * pages, then those that most open causes share. One question a kind, asked of the host that needs it most.
 */
export function asksFor(
  judgement: Judgement & { readonly symptoms: readonly Symptom[] },
  ranked: readonly Finding[],
  vantages: readonly Vantage[],
  evidence: readonly Evidence[],
  catalogue: Catalogue,
): readonly Ask[] {
  const placed = wishesByPlace(judgement, ranked, vantages, catalogue);
  const shown = wishesBySymptom(
    { ...judgement, symptoms: [...judgement.symptoms, ...waitingSockets(evidence)] },
    ranked,
    vantages,
    catalogue,
  );
  const found = wishesFor(judgement, ranked).filter(
    ({ cause, urgency }) =>
      urgency !== 'open' || fits(cause, evidence, judgement.symptoms, catalogue),
  );
  const wishes = [...found, ...placed, ...shown].flatMap((wish) =>
    (catalogue.pages.get(wish.cause)?.ask ?? []).map((kind, at) => ({
      ...wish,
      kind,
      weight: wish.first === kind ? wish.weight * FIRST : wish.weight / (at + 1),
    })),
  );
  const asks = kinds.flatMap((definition) => {
    // Counters and kernels belong to the node; which node a pod stands on is rarely shown.
    const host = (wish: Wish) => {
      if (EVERYWHERE.has(definition.kind) || isPod(wish.vantage)) return null;
      const isOfServer = catalogue.pages.get(wish.cause)?.at_server?.includes(definition.kind);
      return isOfServer ? serverOr(wish) : wish.host;
    };
    const own = wishes.filter(
      (wish) => wish.kind === definition.kind && !isAnswered(definition.kind, host(wish), evidence),
    );
    const [first] = own.toSorted((a, b) => b.weight - a.weight);
    if (first === undefined) return [];
    const weight = own.reduce((sum, wish) => sum + wish.weight, 0);
    const strongest = own
      .filter((wish) => wish.urgency === first.urgency)
      .toSorted((a, b) => b.weight - a.weight);
    const settles = [...new Set(strongest.map(({ cause }) => cause))].slice(0, MOST_SETTLED);
    const wanted = catalogue.pages.get(first.cause)?.commands?.[definition.kind];
    const command = wanted ?? definition.ask;
    const { vantage } = first;
    const isGeneral = first.urgency === 'open';
    const { kind } = definition;
    return [{ weight, ask: { kind, command, vantage, host: host(first), settles, isGeneral } }];
  });
  const ordered = asks
    .toSorted((a, b) => b.weight - a.weight || (a.ask.kind < b.ask.kind ? -1 : 1))
    .map(({ ask }) => ask);
  return inWords(ordered, evidence).slice(0, MOST_ASKS);
}

/** Each as the system of its host has it, and none twice. */
function inWords(asks: readonly Ask[], evidence: readonly Evidence[]): readonly Ask[] {
  const said = new Set<string>();
  return asks.flatMap((ask) => {
    const isForeign = isOfWindows(evidence, ask.host);
    const command = isForeign ? onWindows(ask.kind, ask.command, evidence) : ask.command;
    if (command === null || (isForeign && said.has(command))) return [];
    said.add(command);
    return [{ ...ask, command }];
  });
}

/** Outputs of clients that want a connection, and outputs that tell of names. */
const CONNECTIONS: ReadonlySet<Kind> = new Set<Kind>(['curl-timing', 'ssh-error', 'sockets']);
const NAMES: ReadonlySet<Kind> = new Set<Kind>([
  ...(['dig', 'getent', 'resolv-conf', 'resolvectl', 'coredns-log', 'coredns-metrics'] as const),
  ...(['corefile', 'tcpdump', 'tshark'] as const),
]);

/** What has an address and no name to look up. */
const WITHOUT_NAMES: ReadonlySet<Symptom['id']> = new Set<Symptom['id']>([
  ...(['echoes-lost', 'echoes-doubled', 'neighbour-silent', 'vlan-differs'] as const),
  ...(['trace-unfinished', 'trace-silent', 'probe-failed', 'connection-failed'] as const),
  ...(['link-down', 'link-flaps', 'card-hung', 'bond-down', 'bond-port-down'] as const),
]);

/** Who shows connections or silent addresses alone, and no name that failed, has no use for what causes about names would like to see. */
function fits(
  cause: string,
  evidence: readonly Evidence[],
  symptoms: readonly Symptom[],
  { areas, vantage }: Catalogue,
): boolean {
  const isOfNames = areas.get(cause) === 'dns' || vantage.only.dns.includes(cause);
  const has = (of: ReadonlySet<Kind>) => evidence.some(({ artefact }) => of.has(artefact.kind));
  const isNameless =
    symptoms.length > 0 &&
    symptoms.every(({ id, outcome }) => WITHOUT_NAMES.has(id) && outcome !== 'unresolved');
  return !isOfNames || has(NAMES) || !(has(CONNECTIONS) || isNameless);
}

/** A cause that more evidence would settle, at a host, and how much that matters. */
interface Wish {
  readonly cause: string;
  readonly host: string | null;
  readonly vantage: Vantage;
  readonly urgency: 'suspected' | 'likely' | 'placed' | 'begun' | 'open';
  readonly weight: number;
  /** The kind that is asked for before all others. */
  readonly first?: string | undefined;
}

/** The server that this host did not reach, null where the paste does not show it; this host itself where it is no client. */
function serverOr({ host, vantage: { view } }: Wish): string | null {
  const failed = failedServers(view);
  if (failed.length === 0) return host;
  return addressesIn(view.all).find(({ address }) => failed.includes(address))?.host ?? null;
}

/** So many candidates of a place are asked for; those further down are unlikely. */
const MOST_CANDIDATES = 6;

/** Where no cause is confirmed, the place says what to look for first: its candidates in order of prior. */
function wishesByPlace(
  { refuted }: Judgement,
  ranked: readonly Finding[],
  vantages: readonly Vantage[],
  catalogue: Catalogue,
): readonly Wish[] {
  const firm = ranked.some(
    ({ role, confidence }) => role === 'root-cause' && confidence !== 'possible',
  );
  if (firm) return [];
  const excluded = new Set(refuted.map(({ cause }) => cause));
  return vantages.flatMap((vantage) => {
    const { loss } = vantage.view;
    if (loss === null) return [];
    const candidates = candidatesFor(loss, catalogue) ?? [];
    const host = hostToAsk(loss, vantage.view.host);
    const asked = vantages.find(({ view }) => view.host === host) ?? vantage;
    return candidates
      .filter((cause) => catalogue.pages.has(cause) && !excluded.has(cause))
      .slice(0, MOST_CANDIDATES)
      .map(
        (cause, at): Wish => ({
          cause,
          host,
          vantage: asked,
          urgency: 'placed',
          weight: 60 / (at + 1),
        }),
      );
  });
}

/** The receiving host, where the packet had left the other by its card and did not come out behind this one's. */
function hostToAsk({ from, to }: Loss, host: string | null): string | null {
  const isBehind = to !== null && to.role !== 'nic' && to.host !== from.host;
  return from.role === 'nic' && isBehind ? to.host : host;
}

/** A lookup or a ping that failed, or a lookup that took too long, and no cause that stands: the likely ones in order of prior. */
function wishesBySymptom(
  { refuted, symptoms }: Judgement & { readonly symptoms: readonly Symptom[] },
  ranked: readonly Finding[],
  vantages: readonly Vantage[],
  catalogue: Catalogue,
): readonly Wish[] {
  if (ranked.some(({ role }) => role === 'root-cause')) return [];
  const excluded = new Set(refuted.flatMap(({ cause, by }) => (by === null ? [cause] : [])));
  for (const symptom of symptoms) {
    const { host } = symptom;
    const vantage = vantages.find(({ view }) => view.host === host) ?? vantages[0];
    const causes = causesOf(symptom, catalogue, vantage);
    const how = lookupOf(symptom, vantage);
    const first = how === undefined ? undefined : catalogue.vantage.first[how];
    // What every open cause would like to see is mostly about DNS: any other symptom outweighs it.
    const weight = symptom.id.startsWith('lookup-') ? 60 : 600;
    if (vantage === undefined || causes.length === 0) continue;
    return causes
      .filter((cause) => catalogue.pages.has(cause) && !excluded.has(cause))
      .slice(0, MOST_CANDIDATES)
      .map(
        (cause, at): Wish => ({
          cause,
          host,
          vantage,
          urgency: 'placed',
          weight: weight / (at + 1),
          first,
        }),
      );
  }
  return [];
}

function wishesFor(judgement: Judgement, ranked: readonly Finding[]): readonly Wish[] {
  const roots = ranked.filter(({ role }) => role === 'root-cause');
  const found = roots.flatMap(({ cause, confidence, vantage }): readonly Wish[] => {
    const { host } = vantage.view;
    if (confidence === 'possible')
      return [{ cause, host, vantage, urgency: 'suspected', weight: 1000 }];
    return confidence === 'likely'
      ? [{ cause, host, vantage, urgency: 'likely', weight: 100 }]
      : [];
  });
  const confirmed = roots.some(({ confidence }) => confidence === 'confirmed');
  const open = confirmed ? [] : nearest(judgement.gaps);
  const resolved = new Set(
    ranked.filter(({ role }) => role === 'resolved').map(({ cause }) => cause),
  );
  // Where something is suspected, only what bears on it is worth a tired person's time.
  const suspected = found.length > 0;
  const elsewhere = new Set(
    judgement.refuted.flatMap(({ cause, by }) => (by === null ? [cause] : [])),
  );
  const gaps = open
    .filter(({ cause }) => !elsewhere.has(cause))
    .filter(({ cause, held }) => !resolved.has(cause) && !(suspected && held === 0))
    .map(
      ({ cause, held, vantage }): Wish => ({
        cause,
        host: null,
        vantage,
        ...(held > 0 ? { urgency: 'begun', weight: 4 } : { urgency: 'open', weight: 1 }),
      }),
    );
  return [...found, ...gaps];
}

/** Captures and resolver files belong to other places than the host under suspicion alone. */
const EVERYWHERE: ReadonlySet<Kind> = new Set<Kind>(['tcpdump', 'resolv-conf', 'ssh-error']);

/** One gap for each cause: the one that is nearest to holding. */
function nearest(gaps: readonly Gap[]): readonly Gap[] {
  const best = new Map<string, Gap>();
  for (const gap of gaps)
    if (gap.held > (best.get(gap.cause)?.held ?? -1)) best.set(gap.cause, gap);
  return [...best.values()];
}

/** Asking again for what was pasted helps nobody, except a second reading of counters and captures at more points. */
function isAnswered(kind: Kind, host: string | null, evidence: readonly Evidence[]): boolean {
  const own = evidence.filter(
    ({ artefact }) =>
      artefact.kind === kind && (host === null || artefact.host === host || artefact.host === null),
  );
  if (kind === 'conntrack-stats') return readingsOf({ own }).length >= 2;
  if (kind === 'conntrack-count' && isCounted(host, evidence)) return true;
  if (isReadTwice(kind))
    return ofKind(own, kind).flatMap((one) => snapshotsOf(kind, one)).length >= 2;
  if (kind === 'tcpdump' || kind === 'ssh-error') return false;
  // Whether a clock is synchronised is not by how much it is off.
  if (kind === 'clock')
    return ofKind(own, kind).some(({ content }) => content.said.some(({ is }) => is === 'offset'));
  // One server's answers say little until another's stand beside them.
  if (kind === 'dig') return new Set(askedIn(own).map(({ server }) => server)).size >= 2;
  return own.length > 0;
}

/** The number of entries is a setting's value too. */
function isCounted(host: string | null, evidence: readonly Evidence[]): boolean {
  return ofKind(evidence, 'sysctl').some(
    ({ artefact, content }) =>
      (host === null || artefact.host === host || artefact.host === null) &&
      content.has('net.netfilter.nf_conntrack_count'),
  );
}

function isPod({ view }: Vantage): boolean {
  return view.own.some(({ artefact }) => artefact.pod);
}
