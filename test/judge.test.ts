import { describe, expect, test } from 'vitest';
import type { FactValue } from '../functions/artefacts/define.ts';
import type { Condition, Leaf, Rule } from '../functions/catalogue/rule.ts';
import { buildEngine, type LeafState } from '../functions/diagnosis/engine.ts';

const a: Leaf = { name: 'a', fact: 'x.a', operator: 'equal', value: true };
const b: Leaf = { name: 'b', fact: 'x.b', operator: 'equal', value: true };

function rule(conditions: Condition, more: Partial<Rule> = {}): Rule {
  return {
    name: 'r',
    supersedes: [],
    conditions,
    unless: [],
    supports: [],
    cause: 'c',
    role: 'root-cause',
    confidence: 'likely',
    ...more,
  };
}

type Three = true | false | undefined;
const THREE: readonly Three[] = [true, false, undefined];

function facts(
  values: Readonly<Record<string, FactValue | undefined>>,
): ReadonlyMap<string, FactValue> {
  return new Map(
    Object.entries(values).flatMap(([id, value]) => (value === undefined ? [] : [[id, value]])),
  );
}

function state(value: Three): LeafState {
  return value === undefined ? 'missing' : value ? 'held' : 'failed';
}

const not = (value: Three): Three => (value === undefined ? undefined : !value);
const both = (x: Three, y: Three): Three =>
  x === false || y === false ? false : x === undefined || y === undefined ? undefined : true;
const either = (x: Three, y: Three): Three => not(both(not(x), not(y)));

const SHAPES: readonly (readonly [string, Condition, (x: Three, y: Three) => Three])[] = [
  ['all', { all: [a, b] }, both],
  ['any', { any: [a, b] }, either],
  ['not', { all: [{ not: a }, b] }, (x, y) => both(not(x), y)],
  ['not all', { any: [{ not: { all: [a, b] } }] }, (x, y) => not(both(x, y))],
  ['not any', { all: [{ not: { any: [a, b] } }] }, (x, y) => not(either(x, y))],
];

describe('the three-valued judgement', () => {
  describe.each(SHAPES)('%s', (_, conditions, truth) => {
    const engine = buildEngine([rule(conditions)]);
    test.each(THREE.flatMap((x) => THREE.map((y) => [x, y] as const)))(
      'of %s and %s',
      async (x, y) => {
        const [ran] = await engine.run(facts({ 'x.a': x, 'x.b': y }));
        expect(ran?.conditions).toBe(state(truth(x, y)));
      },
    );
  });

  test.each([
    ['notEqual', 'x'],
    ['notIn', ['x']],
    ['doesNotContain', 'x'],
  ] as const)('%s does not hold on a missing fact', async (operator, value) => {
    const engine = buildEngine([rule({ all: [{ name: 'n', fact: 'x.n', operator, value }] })]);
    const [ran] = await engine.run(facts({}));
    expect(ran?.conditions).toBe('missing');
  });

  test('a contradiction counts only when its fact is known', async () => {
    const engine = buildEngine([rule({ all: [a] }, { unless: [b] })]);
    const unless = async (value: Three) =>
      (await engine.run(facts({ 'x.a': true, 'x.b': value })))[0]?.unless[0]?.state;
    expect(await unless(true)).toBe('held');
    expect(await unless(false)).toBe('failed');
    expect(await unless(undefined)).toBe('missing');
  });

  test('one engine serves runs side by side', async () => {
    const engine = buildEngine([rule({ all: [a] })]);
    const runs = await Promise.all(
      Array.from({ length: 50 }, (_, at) => engine.run(facts({ 'x.a': at % 2 === 0 }))),
    );
    expect(runs.map(([ran]) => ran?.conditions)).toEqual(
      Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? 'held' : 'failed')),
    );
  });

  test.each([
    ['lessThan', 5, 4, 'held'],
    ['lessThan', 5, 5, 'failed'],
    ['greaterThanInclusive', 5, 5, 'held'],
    ['greaterThan', 5, 5, 'failed'],
    ['lessThanInclusive', 5, 6, 'failed'],
  ] as const)('%s %d of %d is %s', async (operator, value, fact, wanted) => {
    const engine = buildEngine([rule({ all: [{ name: 'n', fact: 'x.n', operator, value }] })]);
    expect((await engine.run(facts({ 'x.n': fact })))[0]?.conditions).toBe(wanted);
  });
});
