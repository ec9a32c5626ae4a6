import * as z from 'zod';
import type { FactType, FactValue } from '../artefacts/define.ts';
import type { FactRow } from '../facts/define.ts';

/** A claim a rule makes: one fact against one value. `name` is a slug that the cause's page explains. */
export interface Leaf {
  readonly name: string;
  readonly fact: string;
  readonly operator: Operator;
  readonly value: FactValue;
  /**
   * In `unless` only. False: it withdraws the rule because something else tells the same better; the cause is not
   * thereby ruled out, so the page has no text for it.
   */
  readonly clears?: false | undefined;
}

/** Leaves joined by all, any and not, as json-rules-engine writes them. */
export type Condition =
  | Leaf
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

export type Confidence = 'confirmed' | 'likely' | 'possible';
export type Role = 'root-cause' | 'contributing' | 'resolved';

/** What facts must hold together, and what contradicts it. */
export interface Conditions {
  readonly name: string;
  readonly conditions: Condition;
  readonly unless: readonly Leaf[];
  readonly supports: readonly Leaf[];
}

/**
 * Which facts together point to a root cause. It is json-rules-engine's own JSON plus fields that the engine ignores:
 * `unless` names what contradicts the rule (only a known fact does), `supports` what strengthens its case when known.
 */
export interface Rule extends Conditions {
  readonly supersedes: readonly string[];
  readonly cause: string;
  readonly role: Role;
  readonly confidence: Confidence;
}

/** Which facts show something that alarms people and proves nothing; the note of the same name says why. */
export type HarmlessRule = Conditions;

/** The operators each type of fact may be tested with. */
export const operators = {
  count: [
    'equal',
    'notEqual',
    'lessThan',
    'lessThanInclusive',
    'greaterThan',
    'greaterThanInclusive',
  ],
  flag: ['equal'],
  label: ['equal', 'notEqual', 'in', 'notIn'],
  list: ['contains', 'doesNotContain'],
} as const satisfies Record<FactType, readonly string[]>;

export type Operator = (typeof operators)[FactType][number];

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MOST_LEAVES = 6;
const DEEPEST = 2;

/** The schema of a rule file, built from the table of facts, so that a misspelt fact is an error with a place. */
function ruleSchema(facts: readonly FactRow[]) {
  const types = new Map(facts.map(({ id, type }) => [id, type]));
  const shape = z.strictObject({
    $schema: z.optional(z.string()),
    name: z.string().regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)?$/),
    supersedes: z.optional(z.array(z.string()).min(1)),
    conditions: condition(types),
    unless: z.optional(
      z.strictObject({
        any: z.array(leaf(types, { clears: z.optional(z.literal(false)) })).min(1),
      }),
    ),
    supports: z.optional(z.array(leaf(types)).min(1)),
    event: z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('finding'),
        params: z.strictObject({
          cause: z.string().regex(SLUG),
          role: z.enum(['root-cause', 'contributing', 'resolved']),
          confidence: z.enum(['confirmed', 'likely', 'possible']),
        }),
      }),
      z.strictObject({ type: z.literal('harmless') }),
    ]),
  });
  return shape.superRefine((rule, context) => {
    const leaves = leavesOf(rule.conditions as Condition).length;
    if (leaves > MOST_LEAVES)
      context.addIssue({
        code: 'custom',
        path: ['conditions'],
        message: `${leaves} leaves; at most ${MOST_LEAVES}: give what is missing a name in facts/`,
      });
    if (depthOf(rule.conditions as Condition) > DEEPEST)
      context.addIssue({
        code: 'custom',
        path: ['conditions'],
        message: `nested deeper than ${DEEPEST}`,
      });
  });
}

/** Reads one rule file; every fault with its place. */
export function readRule(
  json: unknown,
  facts: readonly FactRow[],
):
  | { readonly rule: Rule }
  | { readonly harmless: HarmlessRule }
  | { readonly faults: readonly string[] } {
  const parsed = schemaFor(facts).safeParse(json);
  if (!parsed.success)
    return {
      faults: parsed.error.issues.map((issue) => `${issue.message} → at ${placeOf(issue.path)}`),
    };
  const { name, supersedes, conditions, unless, supports, event } = parsed.data;
  const read: Conditions = {
    name,
    conditions: conditions as Condition,
    unless: (unless?.any ?? []) as readonly Leaf[],
    supports: (supports ?? []) as readonly Leaf[],
  };
  if (event.type === 'harmless') return { harmless: read };
  return { rule: { ...read, supersedes: supersedes ?? [], ...event.params } };
}

/** One schema for all rules that are read against one table: to build it costs more than to read with it. */
const schemas = new WeakMap<readonly FactRow[], ReturnType<typeof ruleSchema>>();

function schemaFor(facts: readonly FactRow[]) {
  const built = schemas.get(facts) ?? ruleSchema(facts);
  schemas.set(facts, built);
  return built;
}

/** Every leaf of a condition, in order. */
export function leavesOf(condition: Condition): readonly Leaf[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  if ('not' in condition) return leavesOf(condition.not);
  return [condition];
}

function depthOf(condition: Condition): number {
  if ('all' in condition) return 1 + Math.max(0, ...condition.all.map(depthOf));
  if ('any' in condition) return 1 + Math.max(0, ...condition.any.map(depthOf));
  return 'not' in condition ? 1 + depthOf(condition.not) : 0;
}

type Types = ReadonlyMap<string, FactType>;

// One strict object with a refinement, not a union of forms: a union reports any slip as "invalid input" without a place.
function condition(types: Types): z.ZodType {
  const own: z.ZodType = z.lazy(() =>
    z
      .strictObject({
        all: z.optional(z.array(own).min(1)),
        any: z.optional(z.array(own).min(1)),
        not: z.optional(own),
        name: z.optional(z.string()),
        fact: z.optional(z.string()),
        operator: z.optional(z.string()),
        value: z.optional(z.unknown()),
      })
      .superRefine((value, context) => {
        const forms = ['all', 'any', 'not', 'fact'].filter((key) => key in value);
        if (forms.length !== 1)
          context.addIssue({
            code: 'custom',
            message: `exactly one of all, any, not, fact; found ${forms.join(', ') || 'none'}`,
          });
        else if (forms[0] === 'fact') refineLeaf(value, types, context);
        else if ('name' in value)
          context.addIssue({ code: 'custom', path: ['name'], message: 'only leaves have a name' });
      }),
  );
  return own;
}

function leaf(types: Types, more: z.ZodRawShape = {}): z.ZodType {
  return z
    .strictObject({
      name: z.string(),
      fact: z.string(),
      operator: z.string(),
      value: z.unknown(),
      ...more,
    })
    .superRefine((value, context) => refineLeaf(value, types, context));
}

function refineLeaf(
  value: Partial<Record<'name' | 'fact' | 'operator' | 'value', unknown>>,
  types: Types,
  context: z.RefinementCtx,
): void {
  const refuse = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message });
  if (typeof value.name !== 'string' || !SLUG.test(value.name))
    refuse('name', 'every leaf has a name: a slug that reads as a claim');
  const type = types.get(String(value.fact));
  const allowed: readonly string[] = type === undefined ? [] : operators[type];
  if (type === undefined) refuse('fact', `unknown fact ${JSON.stringify(value.fact)}`);
  else if (!allowed.includes(String(value.operator)))
    refuse('operator', `a ${type} takes ${allowed.join(', ')}`);
  else if (!valueFits(type, String(value.operator), value.value))
    refuse('value', `does not fit a ${type} with ${value.operator}`);
}

function valueFits(type: FactType, operator: string, value: unknown): boolean {
  const isText = (one: unknown) => typeof one === 'string';
  if (operator === 'in' || operator === 'notIn')
    return Array.isArray(value) && value.length > 0 && value.every(isText);
  if (type === 'count') return typeof value === 'number' && Number.isFinite(value);
  if (type === 'flag') return typeof value === 'boolean';
  return isText(value);
}

function placeOf(path: readonly PropertyKey[]): string {
  return (
    path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('')
      .replace(/^\./, '') || 'the top'
  );
}
