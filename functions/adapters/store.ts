/**
 * Small records by key, each with an end: what was answered, a thread's case, an installation. One interface over
 * DynamoDB on AWS and SQLite on one machine. A record whose time is over is absent for every operation, whether or not
 * it has been deleted yet.
 */
export interface Store {
  /** The record under a key; null where there is none or its time is over. */
  readonly get: (key: string) => Promise<Kept | null>;
  /** Keeps a record under a key that holds none; false where it holds one. `seconds` null: until it is removed. */
  readonly create: (key: string, value: string, seconds: number | null) => Promise<boolean>;
  /** Takes the place of exactly the version that was read; false where it was changed or removed meanwhile. */
  readonly replace: (
    key: string,
    value: string,
    version: number,
    seconds: number | null,
  ) => Promise<boolean>;
  readonly remove: (key: string) => Promise<void>;
}

export interface Kept {
  readonly value: string;
  /** Counts the writes of this record, from 1. */
  readonly version: number;
}

/**
 * DynamoDB's own limit for one record, names included; SQLite refuses the same, so that what works on one machine works
 * on AWS (Amazon DynamoDB Developer Guide, "Quotas": item size 400 KB, partition key 2,048 bytes).
 */
const MOST_BYTES = 400 * 1024;
const MOST_KEY_BYTES = 2048;
/** Names of the attributes, two numbers of at most 21 bytes and the mark of the writer. */
const AROUND_BYTES = 128;

/** Throws a RangeError for a record that would not be kept; its message says sizes, never the content. */
export function refuseTooLarge(key: string, value: string): void {
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes === 0 || keyBytes > MOST_KEY_BYTES) {
    throw new RangeError(`a key has 1 to ${MOST_KEY_BYTES} bytes, not ${keyBytes}`);
  }
  const bytes = keyBytes + Buffer.byteLength(value) + AROUND_BYTES;
  if (bytes > MOST_BYTES) {
    throw new RangeError(`a record has at most ${MOST_BYTES} bytes, not ${bytes}`);
  }
}

/** The second of the epoch in which a record written now ends: never before its time, at most one second after. */
export function endOf(seconds: number | null, nowMs: number): number | null {
  return seconds === null ? null : Math.ceil(nowMs / 1000) + seconds;
}
