/**
 * Small records by key, each with an end: what was answered, a thread's case, an installation. One interface over
 * DynamoDB on AWS and SQLite on one machine.
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
