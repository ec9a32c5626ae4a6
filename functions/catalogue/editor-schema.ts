import type { FactType } from '../artefacts/define.ts';
import type { FactRow } from '../facts/define.ts';
import { operators } from './rule.ts';

/**
 * The JSON Schema of rule files for editors: one branch for every fact, so that completion offers ids, their meaning and
 * the operators each takes. The zod schema in rule.ts stays the authority.
 */
export function ruleEditorSchema(facts: readonly FactRow[]): object {
  const leaf = { anyOf: facts.map(leafBranch) };
  const slug = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'netdx rule',
    type: 'object',
    required: ['name', 'conditions', 'event'],
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      name: { type: 'string', description: "the file's name without .json" },
      supersedes: { type: 'array', items: slug, description: 'causes that this one explains away' },
      conditions: { $ref: '#/$defs/condition' },
      unless: {
        type: 'object',
        required: ['any'],
        additionalProperties: false,
        properties: { any: { type: 'array', minItems: 1, items: { $ref: '#/$defs/leaf' } } },
        description: 'what contradicts the rule; only a known fact does',
      },
      supports: {
        type: 'array',
        minItems: 1,
        items: { $ref: '#/$defs/leaf' },
        description: 'what strengthens the case when known',
      },
      event: eventSchema(slug),
    },
    $defs: {
      leaf,
      condition: {
        anyOf: [
          { $ref: '#/$defs/leaf' },
          ...(['all', 'any'] as const).map((key) => ({
            type: 'object',
            required: [key],
            additionalProperties: false,
            properties: {
              [key]: { type: 'array', minItems: 1, items: { $ref: '#/$defs/condition' } },
            },
          })),
          {
            type: 'object',
            required: ['not'],
            additionalProperties: false,
            properties: { not: { $ref: '#/$defs/condition' } },
          },
        ],
      },
    },
  };
}

function eventSchema(slug: object): object {
  const harmless = {
    type: 'object',
    required: ['type'],
    additionalProperties: false,
    properties: { type: { const: 'harmless', description: 'a note of the same name says why' } },
  };
  return { anyOf: [findingSchema(slug), harmless] };
}

function findingSchema(slug: object): object {
  return {
    type: 'object',
    required: ['type', 'params'],
    additionalProperties: false,
    properties: {
      type: { const: 'finding' },
      params: {
        type: 'object',
        required: ['cause', 'role', 'confidence'],
        additionalProperties: false,
        properties: {
          cause: slug,
          role: { enum: ['root-cause', 'contributing', 'resolved'] },
          confidence: { enum: ['confirmed', 'likely', 'possible'] },
        },
      },
    },
  };
}

function leafBranch({ id, type, is }: FactRow): object {
  return {
    type: 'object',
    required: ['name', 'fact', 'operator', 'value'],
    additionalProperties: false,
    properties: {
      name: {
        type: 'string',
        description: "a slug that reads as a claim; the cause's page explains it",
      },
      fact: { const: id, description: `${type}: ${is}` },
      operator: { enum: operators[type] },
      value: valueSchema(type),
      clears: {
        const: false,
        description: 'in unless: withdraws the rule without ruling its cause out',
      },
    },
  };
}

function valueSchema(type: FactType): object {
  if (type === 'count') return { type: 'number' };
  if (type === 'flag') return { type: 'boolean' };
  return type === 'label' ? { type: ['string', 'array'] } : { type: 'string' };
}
