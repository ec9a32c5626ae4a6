import {
  type ConditionProperties,
  Engine,
  type NestedCondition,
  Operator,
  type TopLevelCondition,
} from 'json-rules-engine';
import type { FactValue } from '../artefacts/define.ts';
import { type Condition, type Conditions, type Leaf, leavesOf } from '../catalogue/rule.ts';

/** What became of one leaf: an unknown fact makes it neither true nor false. */
export type LeafState = 'held' | 'failed' | 'missing';

/** A rule's leaves after a run, and its conditions folded in three values (Kleene). */
export interface Ran<R extends Conditions> {
  readonly rule: R;
  readonly conditions: LeafState;
  readonly leaves: readonly RanLeaf[];
  readonly unless: readonly RanLeaf[];
  readonly supports: readonly RanLeaf[];
}

export interface RanLeaf {
  readonly leaf: Leaf;
  readonly state: LeafState;
}

export interface RuleEngine<R extends Conditions> {
  /** The facts that its rules ask for. */
  readonly asks: ReadonlySet<string>;
  readonly run: (facts: ReadonlyMap<string, FactValue>) => Promise<readonly Ran<R>[]>;
}

/**
 * The only door to json-rules-engine. The engine tests each leaf; whether a rule holds is folded here from the leaves,
 * because the engine takes a missing fact for false and therefore its negation for true. A rule of which no fact is known
 * has nothing to be tested: most rules of most pastes.
 */
export function buildEngine<R extends Conditions>(rules: readonly R[]): RuleEngine<R> {
  const prepared = rules.map((rule) => ({
    rule,
    test: testerOf(rule),
    untested: toRan(rule, NOTHING),
  }));
  return {
    asks: new Set(rules.flatMap((rule) => [...askedBy(rule)])),
    run: (facts) =>
      Promise.all(
        prepared.map(async ({ rule, test, untested }) => {
          const states = await test(facts);
          return states === NOTHING ? untested : toRan(rule, states);
        }),
      ),
  };
}

type States = ReadonlyMap<string | undefined, ReadonlyMap<string, LeafState>>;

const NOTHING: States = new Map();

/** Tests the leaves of one rule: an engine of its own, that is given the facts it asks for. */
function testerOf(rule: Conditions): (facts: ReadonlyMap<string, FactValue>) => Promise<States> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const [name, test] of NEGATIVE) engine.addOperator(new Operator(name, test, isKnown));
  const event = { type: 'finding' };
  engine.addRule({ name: 'conditions', conditions: toTopLevel(rule.conditions), event });
  for (const part of ['unless', 'supports'] as const)
    if (rule[part].length > 0)
      engine.addRule({ name: part, conditions: { any: rule[part].map(toLeaf) }, event });
  const asked = askedBy(rule);
  return async (facts) => {
    const given = [...asked].flatMap((fact) => {
      const value = facts.get(fact);
      return value === undefined ? [] : [[fact, value] as const];
    });
    if (given.length === 0) return NOTHING;
    const { results, failureResults } = await engine.run(Object.fromEntries(given));
    return new Map(
      [...results, ...failureResults].map((result) => [result.name, statesIn(result.conditions)]),
    );
  };
}

function askedBy({ conditions, unless, supports }: Conditions): ReadonlySet<string> {
  return new Set([...leavesOf(conditions), ...unless, ...supports].map(({ fact }) => fact));
}

const NEGATIVE: readonly (readonly [string, (value: unknown, wanted: unknown) => boolean])[] = [
  ['notEqual', (value, wanted) => value !== wanted],
  ['notIn', (value, wanted) => Array.isArray(wanted) && !wanted.includes(value)],
  ['doesNotContain', (value, wanted) => Array.isArray(value) && !value.includes(wanted)],
];

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function toLeaf({ name, fact, operator, value }: Leaf): ConditionProperties {
  return { name, fact, operator, value };
}

function toNested(condition: Condition): NestedCondition {
  return 'all' in condition || 'any' in condition || 'not' in condition
    ? toTopLevel(condition)
    : toLeaf(condition);
}

function toTopLevel(condition: Condition): TopLevelCondition {
  if ('all' in condition) return { all: condition.all.map(toNested) };
  if ('any' in condition) return { any: condition.any.map(toNested) };
  if ('not' in condition) return { not: toNested(condition.not) };
  return { all: [toLeaf(condition)] };
}

/** The state of each leaf by its name and fact, from the engine's own record of the run. */
function statesIn(conditions: unknown): ReadonlyMap<string, LeafState> {
  const states = new Map<string, LeafState>();
  const queue: unknown[] = [conditions];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { all, any, not, fact, name, factResult, result } = node as Record<string, unknown>;
    for (const part of [all, any, not].flat()) if (part !== undefined) queue.push(part);
    if (typeof fact === 'string')
      states.set(
        `${name} ${fact}`,
        isKnown(factResult) ? (result === true ? 'held' : 'failed') : 'missing',
      );
  }
  return states;
}

function toRan<R extends Conditions>(rule: R, tested: States): Ran<R> {
  const stateOf = (part: string) => (leaf: Leaf) =>
    tested.get(part)?.get(`${leaf.name} ${leaf.fact}`) ?? 'missing';
  const own = stateOf('conditions');
  const ran = (leaves: readonly Leaf[], part: string) =>
    leaves.map((leaf) => ({ leaf, state: stateOf(part)(leaf) }));
  return {
    rule,
    conditions: fold(rule.conditions, own),
    leaves: ran(leavesOf(rule.conditions), 'conditions'),
    unless: ran(rule.unless, 'unless'),
    supports: ran(rule.supports, 'supports'),
  };
}

/** Kleene's three-valued logic: one failed part fails `all`, one that held holds `any`, else what is missing decides. */
function fold(condition: Condition, state: (leaf: Leaf) => LeafState): LeafState {
  if ('all' in condition)
    return strongest(
      condition.all.map((part) => fold(part, state)),
      'failed',
      'held',
    );
  if ('any' in condition)
    return strongest(
      condition.any.map((part) => fold(part, state)),
      'held',
      'failed',
    );
  if ('not' in condition) {
    const inner = fold(condition.not, state);
    return inner === 'held' ? 'failed' : inner === 'failed' ? 'held' : 'missing';
  }
  return state(condition);
}

function strongest(
  parts: readonly LeafState[],
  decisive: LeafState,
  neutral: LeafState,
): LeafState {
  if (parts.includes(decisive)) return decisive;
  return parts.every((part) => part === neutral) ? neutral : 'missing';
}
