import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Transport } from '../functions/adapters/aws-call.ts';
import { dynamoStore } from '../functions/adapters/dynamo-store.ts';
import { sqliteStore } from '../functions/adapters/sqlite-store.ts';
import type { Store } from '../functions/adapters/store.ts';
import { type Dynamo, startDynamo } from './support/dynamo.ts';

let dynamo: Dynamo;
let folder: string;
let nowMs: number;
const now = () => nowMs;
let opened = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  folder = mkdtempSync(join(tmpdir(), 'netdx-store-'));
});
afterAll(async () => {
  await dynamo.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 26, 12);
});

/** Two stores over the same records, as two environments of one Lambda or two processes have them. */
const pairs: readonly (readonly [string, () => readonly [Store, Store]])[] = [
  [
    'DynamoDB',
    () => {
      const one = () => dynamoStore('records', dynamo.access, now);
      return [one(), one()];
    },
  ],
  [
    'SQLite',
    () => {
      opened += 1;
      const path = join(folder, 'below', `${opened}.sqlite`);
      return [sqliteStore(path, now), sqliteStore(path, now)];
    },
  ],
];

describe.each(pairs)('%s', (name, open) => {
  let here: Store;
  let there: Store;
  let key: string;
  beforeEach((context) => {
    [here, there] = open();
    key = `${name}:${context.task.id}`;
  });

  test('gives back what was created, and null where there is none', async () => {
    expect(await here.get(key)).toBeNull();
    const value = JSON.stringify({ text: 'naïve 丢包 "quoted"\n\u0000\ud83d\ude00', empty: '' });
    expect(await here.create(key, value, null)).toBe(true);
    expect(await there.get(key)).toEqual({ value, version: 1 });
  });

  test('creates once: a second create changes nothing', async () => {
    expect(await here.create(key, 'first', 60)).toBe(true);
    expect(await there.create(key, 'second', null)).toBe(false);
    expect(await here.get(key)).toEqual({ value: 'first', version: 1 });
  });

  test('of twenty that create at once, exactly one does', async () => {
    const tries = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? here : there).create(key, `writer ${index}`, 60),
    );
    const made = await Promise.all(tries);
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await here.get(key)).toEqual({ value: `writer ${made.indexOf(true)}`, version: 1 });
  });

  test('replaces the version that was read, and no other', async () => {
    await here.create(key, 'a', 60);
    expect(await there.replace(key, 'b', 1, 60)).toBe(true);
    expect(await here.replace(key, 'c', 1, 60)).toBe(false);
    expect(await here.replace(key, 'c', 3, 60)).toBe(false);
    expect(await here.get(key)).toEqual({ value: 'b', version: 2 });
    expect(await here.replace(key, 'c', 2, null)).toBe(true);
    expect(await there.get(key)).toEqual({ value: 'c', version: 3 });
  });

  test('twenty that add at once by reading, replacing and trying again lose nothing', async () => {
    await here.create(key, '0', 60);
    const add = async (store: Store) => {
      for (;;) {
        const kept = await store.get(key);
        if (kept === null) throw new Error('gone');
        if (await store.replace(key, String(Number(kept.value) + 1), kept.version, 60)) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(index % 2 ? here : there)));
    expect(await here.get(key)).toEqual({ value: '20', version: 21 });
  });

  test('replaces nothing that is not there', async () => {
    expect(await here.replace(key, 'a', 1, 60)).toBe(false);
    expect(await here.get(key)).toBeNull();
  });

  test('removes, and removing again is no error', async () => {
    await here.create(key, 'a', null);
    await there.remove(key);
    await here.remove(key);
    expect(await here.get(key)).toBeNull();
    expect(await here.replace(key, 'b', 1, null)).toBe(false);
    expect(await here.create(key, 'c', null)).toBe(true);
  });

  test('a record is there for its time and absent from then on, though nothing deleted it', async () => {
    await here.create(key, 'old', 60);
    nowMs += 59_999;
    expect(await there.get(key)).toEqual({ value: 'old', version: 1 });
    expect(await there.create(key, 'new', 60)).toBe(false);
    nowMs += 1;
    expect(await there.get(key)).toBeNull();
    expect(await there.replace(key, 'new', 1, 60)).toBe(false);
    expect(await there.create(key, 'new', 60)).toBe(true);
    expect(await here.get(key)).toEqual({ value: 'new', version: 1 });
  });

  test('a fraction of a second never shortens a record', async () => {
    nowMs += 900;
    await here.create(key, 'a', 1);
    nowMs += 999;
    expect(await here.get(key)).not.toBeNull();
    nowMs += 200;
    expect(await here.get(key)).toBeNull();
  });

  test('each write sets the end anew, also to none', async () => {
    await here.create(key, 'a', 10);
    await here.replace(key, 'b', 1, 100);
    nowMs += 50_000;
    expect(await here.get(key)).toEqual({ value: 'b', version: 2 });
    await here.replace(key, 'c', 2, null);
    nowMs += 365 * 86_400_000;
    expect(await here.get(key)).toEqual({ value: 'c', version: 3 });
    await here.replace(key, 'd', 3, 1);
    nowMs += 1000;
    expect(await here.get(key)).toBeNull();
  });

  test('keeps almost 400 KB, and refuses more by its size and not by its words', async () => {
    const fits = '丢'.repeat(136_000);
    expect(await here.create(key, fits, 60)).toBe(true);
    expect((await there.get(key))?.value).toBe(fits);
    const error = await here.create(`${key}:2`, '丢'.repeat(137_000), 60).catch((e) => e);
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/at most 409600 bytes, not 411\d{3}$/);
    await expect(here.replace(key, 'x'.repeat(409_600), 1, 60)).rejects.toThrow(RangeError);
    await expect(here.create('', 'x', 60)).rejects.toThrow('a key has 1 to 2048 bytes');
    await expect(here.create('k'.repeat(2049), 'x', 60)).rejects.toThrow(RangeError);
  });
});

describe('DynamoDB over a bad line', () => {
  /** The first write arrives, its answer does not; `between` happens before it is sent again. */
  const losingFirstAnswer = (between: () => Promise<unknown> = async () => undefined) => {
    let sent = 0;
    const transport: Transport = async (signed) => {
      const answer = await fetch(signed.url, {
        method: 'POST',
        // `fetch` sets the host itself, to the same.
        headers: Object.fromEntries(
          Object.entries(signed.headers).filter(([header]) => header !== 'host'),
        ),
        body: signed.body,
      });
      const body = await answer.text();
      sent += 1;
      if (sent > 1) return { status: answer.status, body };
      await between();
      throw new Error('ECONNRESET');
    };
    return dynamoStore('records', dynamo.access, now, transport);
  };
  const sound = () => dynamoStore('records', dynamo.access, now);

  test('a create whose answer was lost is told as done, not as somebody else’s', async () => {
    expect(await losingFirstAnswer().create('lost:create', 'mine', 60)).toBe(true);
    expect(await sound().get('lost:create')).toEqual({ value: 'mine', version: 1 });
  });

  test('a replace whose answer was lost is told as done, and done once', async () => {
    await sound().create('lost:replace', 'a', 60);
    expect(await losingFirstAnswer().replace('lost:replace', 'b', 1, 60)).toBe(true);
    expect(await sound().get('lost:replace')).toEqual({ value: 'b', version: 2 });
  });

  test('sent again, it takes nothing from whoever wrote in between', async () => {
    await sound().create('lost:between', 'a', 60);
    const store = losingFirstAnswer(() => sound().replace('lost:between', 'theirs', 2, 60));
    expect(await store.replace('lost:between', 'mine', 1, 60)).toBe(false);
    expect(await sound().get('lost:between')).toEqual({ value: 'theirs', version: 3 });
  });

  test('an outage is an error, never "taken" and never "none"', async () => {
    const store = dynamoStore('elsewhere', dynamo.access, now);
    await expect(store.get('x')).rejects.toThrow('ResourceNotFoundException');
    await expect(store.create('x', 'y', 60)).rejects.toThrow('ResourceNotFoundException');
  });

  test('the end stands in the attribute that the table’s TTL watches, in whole epoch seconds', async () => {
    await sound().create('ttl', 'x', 60);
    const item = await dynamo.call('GetItem', { Key: { key: { S: 'ttl' } } });
    expect(item).toMatchObject({ Item: { expires: { N: String(nowMs / 1000 + 60) } } });
  });
});

describe('SQLite on one machine', () => {
  test('what has ended leaves the disk with a later write', async () => {
    const path = join(folder, 'swept.sqlite');
    const store = sqliteStore(path, now);
    await store.create('old', 'an address that nobody may find', 60);
    nowMs += 61_000;
    await store.create('new', 'x', 60);
    store.close();
    expect(readFileSync(path).includes('nobody may find')).toBe(false);
  });

  test('outlives the process, and belongs to its owner alone', async () => {
    const path = join(folder, 'kept.sqlite');
    const first = sqliteStore(path, now);
    await first.create('k', 'v', null);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
    first.close();
    expect(await sqliteStore(path, now).get('k')).toEqual({ value: 'v', version: 1 });
  });

  test('in memory, each store is alone', async () => {
    const store = sqliteStore(':memory:', now);
    expect(await store.create('k', 'v', null)).toBe(true);
    expect(await sqliteStore(':memory:', now).get('k')).toBeNull();
  });
});
