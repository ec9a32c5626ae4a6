import { type Place, placeOfLoss } from '../captures/place.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Confidence, Role, Rule } from '../catalogue/rule.ts';
import { buildEngine, type Ran, type RanLeaf, type RuleEngine } from './engine.ts';
import { knownFacts, type Vantage } from './vantage.ts';

/** A rule that held at one vantage point. */
export interface Finding {
  readonly cause: string;
  readonly role: Role;
  readonly confidence: Confidence;
  readonly rule: Rule;
  readonly vantage: Vantage;
  /** The leaves that held, those that support last. */
  readonly because: readonly RanLeaf[];
  /** Where the fault is; null where nothing shows it. */
  readonly place: Place | null;
}

/** A rule that cannot hold at one vantage point, and the leaf that shows it best; or a cause that loses packets elsewhere. */
export interface Refuted {
  readonly cause: string;
  readonly vantage: Vantage;
  /** Null: the place where the packet vanished refutes it. */
  readonly by: RanLeaf | null;
  /** It is another fault that refutes the rule, not the absence of this one. */
  readonly contradicted: boolean;
}

/** A rule still open at one vantage point. */
export interface Gap {
  readonly cause: string;
  readonly vantage: Vantage;
  /** How many of its leaves already held. */
  readonly held: number;
  readonly missing: readonly string[];
}

export interface Judgement {
  readonly findings: readonly Finding[];
  readonly refuted: readonly Refuted[];
  readonly gaps: readonly Gap[];
}

const engines = new WeakMap<Catalogue, RuleEngine<Rule>>();

/** Judges every rule at every vantage point: finding, refuted, or gap. Nothing is true for lack of evidence. */
export async function judge(
  vantages: readonly Vantage[],
  catalogue: Catalogue,
): Promise<Judgement> {
  const engine = engines.get(catalogue) ?? buildEngine(catalogue.rules);
  engines.set(catalogue, engine);
  const findings: Finding[] = [];
  const refuted: Refuted[] = [];
  const gaps: Gap[] = [];
  for (const vantage of vantages) {
    for (const ran of await engine.run(knownFacts(vantage, engine.asks))) {
      const { cause, role, confidence } = ran.rule;
      const contradicted = ran.unless.some(({ state }) => state === 'held');
      if (ran.conditions === 'held' && !contradicted) {
        const because = [...ran.leaves, ...ran.supports].filter(({ state }) => state === 'held');
        const place = placeOf(because, vantage);
        findings.push({ cause, role, confidence, rule: ran.rule, vantage, because, place });
      } else if (ran.conditions === 'missing' && !contradicted) {
        const missing = ran.leaves
          .filter(({ state }) => state === 'missing')
          .map(({ leaf }) => leaf.fact);
        gaps.push({ cause, vantage, held: ran.leaves.length - missing.length, missing });
      } else {
        const against = refutation(ran, catalogue);
        if (against !== undefined) refuted.push({ cause, vantage, by: against, contradicted });
      }
    }
  }
  return { findings, refuted, gaps };
}

/** What the first of its claims that shows a place says; else where packets vanished at its host. */
function placeOf(because: readonly RanLeaf[], { view, places }: Vantage): Place | null {
  for (const { leaf } of because) {
    const place = places(leaf.fact);
    if (place !== undefined) return place;
  }
  return view.loss === null ? null : placeOfLoss(view.loss);
}

/** The leaf that a person would name: what contradicts the rule, else a failed condition that the page explains. */
function refutation(ran: Ran<Rule>, catalogue: Catalogue): RanLeaf | undefined {
  const explained = catalogue.pages.get(ran.rule.cause)?.en.ruledOut;
  return (
    ran.unless.find(({ leaf, state }) => state === 'held' && leaf.clears !== false) ??
    ran.leaves.find(({ leaf, state }) => state === 'failed' && explained?.has(leaf.name) === true)
  );
}
