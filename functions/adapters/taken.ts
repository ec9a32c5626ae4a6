import { digest } from './job-names.ts';
import type { Store } from './store.ts';

/** Remembers which work has been taken on and which is done, so that a second delivery of it is not answered again. */
export interface Taken {
  /** `mine`: do it; `done`: it is done; `busy`: another worker is at it, or was and may have died. */
  readonly claim: (key: string) => Promise<'mine' | 'done' | 'busy'>;
  readonly finish: (key: string) => Promise<void>;
  /** Gives it back when it failed and may be tried again. */
  readonly release: (key: string) => Promise<void>;
}

/** A worker has a minute; whoever holds work longer than this is dead. */
const LEASE_SECONDS = 90;
/** Slack delivers again within minutes; a queue keeps a job for hours. */
const DONE_SECONDS = 86_400;

/** Over a store that all workers share. */
export function takenIn(store: Store): Taken {
  const nameOf = (key: string) => `work:${digest(key)}`;
  return {
    claim: async (key) => {
      if (await store.create(nameOf(key), 'taken', LEASE_SECONDS)) return 'mine';
      return (await store.get(nameOf(key)))?.value === 'done' ? 'done' : 'busy';
    },
    finish: async (key) => {
      const name = nameOf(key);
      const held = await store.get(name);
      if (held === null) await store.create(name, 'done', DONE_SECONDS);
      else await store.replace(name, 'done', held.version, DONE_SECONDS);
    },
    release: (key) => store.remove(nameOf(key)),
  };
}
