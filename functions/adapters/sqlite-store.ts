import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { endOf, refuseTooLarge, type Store } from './store.ts';

const SWEPT_EVERY_MS = 60_000;
const LOCK_WAIT_MS = 5000;

const row = z.object({ value: z.string(), version: z.number() });

/**
 * Records in one SQLite file for a single machine; several processes may share it. `:memory:` keeps nothing. What has
 * ended is overwritten on disk (`secure_delete`), within a minute of the next write. The file is its owner's alone.
 */
export function sqliteStore(
  path: string,
  now: () => number,
): Store & { readonly close: () => void } {
  const database = openDatabase(path);
  const read = database.prepare(
    'SELECT value, version FROM records WHERE key = ? AND (expires IS NULL OR expires > ?)',
  );
  const create = database.prepare(`
    INSERT INTO records (key, value, version, expires) VALUES (:key, :value, 1, :expires)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = 1, expires = excluded.expires
    WHERE records.expires <= :now`);
  const replace = database.prepare(`
    UPDATE records SET value = :value, version = version + 1, expires = :expires
    WHERE key = :key AND version = :version AND (expires IS NULL OR expires > :now)`);
  const remove = database.prepare('DELETE FROM records WHERE key = ?');
  const sweep = database.prepare('DELETE FROM records WHERE expires <= ?');
  let swept = Number.NEGATIVE_INFINITY;
  const sweepNowAndThen = () => {
    if (now() - swept < SWEPT_EVERY_MS) return;
    swept = now();
    sweep.run(now() / 1000);
  };
  sweepNowAndThen();

  return {
    get: async (key) => {
      const found = read.get(key, now() / 1000);
      return found === undefined ? null : row.parse(found);
    },
    create: async (key, value, seconds) => {
      refuseTooLarge(key, value);
      sweepNowAndThen();
      const expires = endOf(seconds, now());
      return create.run({ key, value, expires, now: now() / 1000 }).changes === 1;
    },
    replace: async (key, value, version, seconds) => {
      refuseTooLarge(key, value);
      sweepNowAndThen();
      const expires = endOf(seconds, now());
      return replace.run({ key, value, version, expires, now: now() / 1000 }).changes === 1;
    },
    remove: async (key) => {
      remove.run(key);
    },
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true });
    // SQLite would make it readable to all; its journal takes the rights of the file.
    closeSync(openSync(path, 'a', 0o600));
  }
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS records (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL, expires INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS records_by_end ON records (expires) WHERE expires IS NOT NULL;`);
  return database;
}
