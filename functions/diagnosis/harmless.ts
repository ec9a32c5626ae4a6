import type { Catalogue } from '../catalogue/catalogue.ts';
import type { HarmlessRule } from '../catalogue/rule.ts';
import type { Citation } from '../primitives/reading.ts';
import { buildEngine, type Ran, type RuleEngine } from './engine.ts';
import type { Finding } from './judge.ts';
import { knownFacts, type Vantage } from './vantage.ts';

/** Something in the paste that alarms people and proves nothing; the catalogue's note of this name says why. */
export interface Harmless {
  readonly name: string;
  readonly at: readonly Citation[];
}

const MOST_LINES = 3;

const engines = new WeakMap<Catalogue, RuleEngine<HarmlessRule>>();

/** The look-alikes that are present, so that nobody chases them; not those on whose very lines a root cause rests. */
export async function harmlessIn(
  vantages: readonly Vantage[],
  findings: readonly Finding[],
  catalogue: Catalogue,
): Promise<readonly Harmless[]> {
  const engine = engines.get(catalogue) ?? buildEngine(catalogue.harmless);
  engines.set(catalogue, engine);
  const accused = new Set(findings.flatMap(accusedLines));
  const lines = new Map<string, Map<string, Citation>>();
  for (const vantage of vantages) {
    for (const ran of await engine.run(knownFacts(vantage, engine.asks))) {
      if (ran.conditions !== 'held' || ran.unless.some(({ state }) => state === 'held')) continue;
      const own = lines.get(ran.rule.name) ?? new Map<string, Citation>();
      for (const at of citationsOf(ran, vantage)) own.set(keyOf(at), at);
      lines.set(ran.rule.name, own);
    }
  }
  return catalogue.harmless.flatMap(({ name }) => {
    const own = [...(lines.get(name) ?? [])];
    const free = own.filter(([key]) => !accused.has(key)).map(([, at]) => at);
    return free.length === 0 ? [] : [{ name, at: free.slice(0, MOST_LINES) }];
  });
}

function accusedLines({ role, because, vantage }: Finding): readonly string[] {
  if (role !== 'root-cause') return [];
  return because.flatMap(({ leaf }) => {
    const reading = vantage.sheet(leaf.fact);
    return reading.known ? reading.at.map(keyOf) : [];
  });
}

function citationsOf({ leaves }: Ran<HarmlessRule>, { sheet }: Vantage): readonly Citation[] {
  return leaves
    .filter(({ state }) => state === 'held')
    .flatMap(({ leaf }) => {
      const reading = sheet(leaf.fact);
      return reading.known ? reading.at : [];
    });
}

function keyOf({ artefact, line }: Citation): string {
  return `${artefact} ${line}`;
}
