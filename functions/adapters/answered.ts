/** Remembers which work has been taken on, so that a second delivery of it is not answered again. */
export interface Answered {
  /** True for the first to ask; false while the key is held. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Gives a key back when the work failed and may be tried again. */
  readonly release: (key: string) => Promise<void>;
}

const KEPT_MS = 60 * 60_000;
const MOST_KEYS = 10_000;

/** In memory of one Lambda environment: catches Slack's retries and twins while it stays warm, and nothing across environments. */
export function answeredInMemory(now: () => number): Answered {
  const taken = new Map<string, number>();
  return {
    claim: async (key) => {
      const at = taken.get(key);
      if (at !== undefined && now() - at < KEPT_MS) return false;
      taken.delete(key);
      taken.set(key, now());
      const oldest = taken.keys().next().value;
      if (taken.size > MOST_KEYS && oldest !== undefined) taken.delete(oldest);
      return true;
    },
    release: async (key) => {
      taken.delete(key);
    },
  };
}
