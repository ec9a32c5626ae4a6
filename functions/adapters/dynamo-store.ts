import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';
import { AwsRefusal, callAws, type Transport } from './aws-call.ts';
import type { AwsAccess } from './settings.ts';
import { endOf, type Kept, refuseTooLarge, type Store } from './store.ts';

const got = once(() =>
  z.object({
    Item: z.optional(
      z.object({
        value: z.object({ S: z.string() }),
        version: z.object({ N: z.string() }),
        expires: z.optional(z.object({ N: z.string() })),
      }),
    ),
  }),
);

/**
 * Records in a DynamoDB table with the partition key `key` (S): `value` (S), `version` (N), `expires` (N, epoch seconds:
 * the table's TTL attribute; DynamoDB deletes up to days late, so each read and each condition looks at it as well).
 *
 * A write whose answer was lost on the way is sent again by `callAws`, and must not take its own record for somebody
 * else's: each write carries a mark of its own (`writer`), and its condition also holds where that mark stands already.
 * One doubt remains: where another writer replaced the record between the two attempts, the answer is false although
 * both were written. To the caller that is the same as having come first and having been replaced: it reads again.
 */
export function dynamoStore(
  table: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): Store {
  const call = (operation: string, input: object): Promise<unknown> =>
    callAws(
      {
        service: 'dynamodb',
        endpoint: access.dynamoEndpoint,
        target: `DynamoDB_20120810.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body: JSON.stringify({ TableName: table, ...input }),
      },
      access,
      now,
      transport,
    );

  const put = async (record: Written, condition: Condition): Promise<boolean> => {
    refuseTooLarge(record.key, record.value);
    const writer = randomUUID();
    try {
      await call('PutItem', {
        Item: itemOf(record, writer, now()),
        ConditionExpression: `(${condition.expression}) OR #writer = :writer`,
        ExpressionAttributeNames: {
          '#writer': 'writer',
          '#expires': 'expires',
          ...condition.names,
        },
        ExpressionAttributeValues: {
          ':writer': { S: writer },
          ':now': { N: String(now() / 1000) },
          ...condition.values,
        },
      });
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  };

  return {
    get: async (key) => {
      const answer = await call('GetItem', { Key: { key: { S: key } }, ConsistentRead: true });
      return keptIn(answer, now());
    },
    create: (key, value, seconds) =>
      put(
        { key, value, version: 1, seconds },
        {
          expression: 'attribute_not_exists(#key) OR #expires <= :now',
          names: { '#key': 'key' },
          values: {},
        },
      ),
    replace: (key, value, version, seconds) =>
      put(
        { key, value, version: version + 1, seconds },
        {
          expression: '#version = :version AND (attribute_not_exists(#expires) OR #expires > :now)',
          names: { '#version': 'version' },
          values: { ':version': { N: String(version) } },
        },
      ),
    remove: async (key) => {
      await call('DeleteItem', { Key: { key: { S: key } } });
    },
  };
}

interface Written {
  readonly key: string;
  readonly value: string;
  readonly version: number;
  readonly seconds: number | null;
}

interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, { readonly N: string }>>;
}

function itemOf({ key, value, version, seconds }: Written, writer: string, nowMs: number): object {
  const end = endOf(seconds, nowMs);
  return {
    key: { S: key },
    value: { S: value },
    version: { N: String(version) },
    writer: { S: writer },
    ...(end === null ? {} : { expires: { N: String(end) } }),
  };
}

function keptIn(answer: unknown, nowMs: number): Kept | null {
  const { Item: item } = got().parse(answer);
  if (item === undefined) return null;
  if (item.expires !== undefined && Number(item.expires.N) <= nowMs / 1000) return null;
  return { value: item.value.S, version: Number(item.version.N) };
}

function isConditionFailure(error: unknown): boolean {
  return error instanceof AwsRefusal && error.code === 'ConditionalCheckFailedException';
}
