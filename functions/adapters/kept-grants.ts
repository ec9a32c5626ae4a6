import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';
import type { Sealer } from './sealed.ts';
import type { Grant } from './slack-oauth.ts';
import type { Store } from './store.ts';

/** A grant as it was read: to be written over only where nobody else did. */
export interface KeptGrant {
  readonly name: string;
  readonly version: number;
  readonly grant: Grant;
}

/** Grants in a store, each sealed under its own name and without an end. */
export interface KeptGrants {
  readonly read: (name: string) => Promise<KeptGrant | null>;
  /** Keeps a grant whatever stands there. */
  readonly put: (name: string, grant: Grant) => Promise<void>;
  /** Writes over what was read; where another one was put meanwhile, that one stands. */
  readonly renew: (held: KeptGrant, grant: Grant) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
}

const MOST_TRIES = 5;

const shape = once(() => {
  const text = z.string();
  return z.object({
    botToken: text,
    refreshToken: z.nullable(text),
    expiresAt: z.nullable(z.number()),
    team: z.nullable(text),
    enterprise: z.nullable(text),
    title: text,
    botUser: text,
    scopes: z.array(text),
  });
});

/** The name of a workspace's installation (`installation:T…`) or of an organisation's (`installation:E…`). */
export function nameOf(id: string): string {
  return `installation:${id}`;
}

/** Keeps grants in a store; nothing readable stands there. */
export function keptGrants(store: Store, sealer: Sealer): KeptGrants {
  const sealed = (name: string, grant: Grant) => sealer.seal(JSON.stringify(grant), name);
  return {
    read: async (name) => {
      const kept = await store.get(name);
      if (kept === null) return null;
      const grant = shape().parse(JSON.parse(await sealer.open(kept.value, name)));
      return { name, version: kept.version, grant };
    },
    put: async (name, grant) => {
      const value = await sealed(name, grant);
      for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
        const before = await store.get(name);
        const done =
          before === null
            ? await store.create(name, value, null)
            : await store.replace(name, value, before.version, null);
        if (done) return;
      }
      throw new Error('grant not kept');
    },
    renew: async (held, grant) => {
      await store.replace(held.name, await sealed(held.name, grant), held.version, null);
    },
    remove: (name) => store.remove(name),
  };
}
