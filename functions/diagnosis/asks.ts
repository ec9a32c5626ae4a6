import type { Evidence, Kind } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { readingsOf } from '../facts/conntrack-clash.ts';
import type { Finding, Gap, Judgement } from './judge.ts';

/** What to paste next: the command, where, and which causes its output would settle, the first of them saying why. */
export interface Ask {
  readonly kind: Kind;
  readonly command: string;
  readonly host: string | null;
  readonly settles: readonly string[];
}

const MOST_ASKS = 5;

/**
 * The questions that would settle what is still open, best first: those of suspected causes in the order of their
 * pages, then those that most open causes share.
 */
export function asksFor(judgement: Judgement, ranked: readonly Finding[], evidence: readonly Evidence[], catalogue: Catalogue): readonly Ask[] {
  const weights = new Map<string, { ask: Ask; weight: number; settles: Set<string> }>();
  const add = (cause: string, host: string | null, weight: number) => {
    const page = catalogue.pages.get(cause);
    for (const [at, kind] of (page?.ask ?? []).entries()) {
      const definition = kinds.find((one) => one.kind === kind);
      if (definition === undefined || isAnswered(definition.kind, host, evidence)) continue;
      const where = EVERYWHERE.has(definition.kind) ? null : host;
      const key = `${kind} ${where}`;
      const entry = weights.get(key) ?? { ask: { kind: definition.kind, command: definition.ask, host: where, settles: [] }, weight: 0, settles: new Set() };
      entry.weight += weight / (at + 1);
      entry.settles.add(cause);
      weights.set(key, entry);
    }
  };
  for (const finding of ranked) if (finding.confidence === 'possible') add(finding.cause, finding.vantage.view.host, 100);
  const firm = ranked.some(({ role, confidence }) => role === 'root-cause' && confidence === 'confirmed');
  for (const gap of firm ? [] : widest(judgement.gaps)) add(gap.cause, null, gap.held > 0 ? 4 : 1);
  for (const finding of ranked) if (finding.confidence === 'likely') add(finding.cause, finding.vantage.view.host, 20);
  return [...weights.values()]
    .toSorted((a, b) => b.weight - a.weight || (a.ask.kind < b.ask.kind ? -1 : 1))
    .slice(0, MOST_ASKS)
    .map(({ ask, settles }) => ({ ...ask, settles: [...settles].toSorted() }));
}

/** Captures and resolver files belong to other places than the host under suspicion alone. */
const EVERYWHERE: ReadonlySet<Kind> = new Set<Kind>(['tcpdump', 'resolv-conf', 'ssh-error']);

/** One gap for each cause: the one that is nearest to holding. */
function widest(gaps: readonly Gap[]): readonly Gap[] {
  const best = new Map<string, Gap>();
  for (const gap of gaps) if (gap.held > (best.get(gap.cause)?.held ?? -1)) best.set(gap.cause, gap);
  return [...best.values()];
}

/** Asking again for what was pasted helps nobody, except a second reading of counters and captures at more points. */
function isAnswered(kind: Kind, host: string | null, evidence: readonly Evidence[]): boolean {
  const own = evidence.filter(({ artefact }) => artefact.kind === kind && (host === null || artefact.host === host || artefact.host === null));
  if (kind === 'conntrack-stats') return readingsOf({ own }).length >= 2;
  if (kind === 'tcpdump' || kind === 'ssh-error') return false;
  return own.length > 0;
}
