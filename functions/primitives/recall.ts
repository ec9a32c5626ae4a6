/**
 * What stands for a piece of a file or text (the piece as a string, its number), with the place where the piece stood last:
 * one that comes again is not written anew. A table without chains, so that nobody can choose pieces that make it slow: two
 * that fall into one slot take turns in it, and it grows while many do.
 */
export interface Recall<T> {
  readonly none: T;
  bits: number;
  /** By slot: the offset of the piece plus one, zero for none; its hash; and what stands for it. */
  from: Float64Array;
  hashes: Int32Array;
  values: T[];
  /** How many pieces were not found since the table grew. */
  misses: number;
}

const FIRST_BITS = 12;
const MOST_BITS = 17;

export function newRecall<T>(none: T): Recall<T> {
  return { none, misses: 0, ...slots(none, FIRST_BITS) };
}

/** Which slot a hash falls into: the high bits of a product, which depend on all bits of the hash (Fibonacci hashing). */
export function slotOf({ bits }: { readonly bits: number }, hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
}

/** Keeps what stands for the piece at `at`, which has this hash. */
export function keep<T>(recall: Recall<T>, hash: number, at: number, value: T): void {
  recall.misses += 1;
  if (recall.misses > recall.values.length / 2 && recall.bits < MOST_BITS) grow(recall);
  put(recall, hash, at + 1, value);
}

function grow<T>(recall: Recall<T>): void {
  const { from, hashes, values } = recall;
  Object.assign(recall, slots(recall.none, recall.bits + 1));
  recall.misses = 0;
  for (const [slot, value] of values.entries())
    if (from[slot] !== 0) put(recall, hashes[slot] ?? 0, from[slot] ?? 0, value);
}

function put<T>(recall: Recall<T>, hash: number, from: number, value: T): void {
  const slot = slotOf(recall, hash);
  recall.from[slot] = from;
  recall.hashes[slot] = hash;
  recall.values[slot] = value;
}

function slots<T>(none: T, bits: number) {
  const count = 1 << bits;
  return {
    bits,
    from: new Float64Array(count),
    hashes: new Int32Array(count),
    values: new Array<T>(count).fill(none),
  };
}
