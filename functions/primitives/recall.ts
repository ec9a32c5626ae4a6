/**
 * What stands for a piece of bytes (the piece as a string, its number), so that one that comes again is not written anew. Few
 * slots are looked at for each piece, so that nobody can choose pieces that make this slow; and it starts anew when it has
 * grown large, so that nobody can make it larger.
 */
export interface Recall<T> {
  bits: number;
  /** How many pieces it holds, and how many bytes of `pieces` they fill. */
  count: number;
  used: number;
  pieces: Uint8Array;
  /** By slot: where its piece begins in `pieces`; how long it is, zero in an empty slot; its hash; and what stands for it. */
  from: Uint32Array;
  widths: Uint32Array;
  hashes: Int32Array;
  values: (T | undefined)[];
}

const FIRST_BITS = 9;
const MOST_BITS = 17;
const FIRST_BYTES = 4096;
const MOST_BYTES = 1 << 23;
/** Slots in a row that a piece may stand in. */
const REACH = 4;

export function newRecall<T>(): Recall<T> {
  return { count: 0, used: 0, pieces: new Uint8Array(FIRST_BYTES), ...slots<T>(FIRST_BITS) };
}

/** What stands for the `width` bytes at `at`, which have this hash; undefined when they are not known. */
export function recalled<T>(
  { bits, pieces, from, widths, hashes, values }: Recall<T>,
  hash: number,
  bytes: Uint8Array,
  at: number,
  width: number,
): T | undefined {
  const first = slotOf(bits, hash);
  for (let slot = first; slot < first + REACH && widths[slot] !== 0; slot += 1) {
    if (hashes[slot] !== hash || widths[slot] !== width) continue;
    const piece = from[slot] ?? 0;
    let same = 0;
    while (same < width && pieces[piece + same] === bytes[at + same]) same += 1;
    if (same === width) return values[slot];
  }
  return undefined;
}

/** Keeps what stands for the `width` bytes at `at`, which have this hash. */
export function keep<T>(
  recall: Recall<T>,
  hash: number,
  bytes: Uint8Array,
  at: number,
  width: number,
  value: T,
): void {
  if (recall.count >> (recall.bits - 1) > 0 || recall.used + width > MOST_BYTES) makeRoom(recall);
  while (recall.used + width > recall.pieces.length) {
    const larger = new Uint8Array(recall.pieces.length * 4);
    larger.set(recall.pieces);
    recall.pieces = larger;
  }
  recall.pieces.set(bytes.subarray(at, at + width), recall.used);
  put(recall, hash, recall.used, width, value);
  recall.used += width;
}

/** More slots, or where there are enough, all of them empty. */
function makeRoom<T>(recall: Recall<T>): void {
  const { bits, from, widths, hashes, values } = recall;
  const isLarge = bits === MOST_BITS || recall.used > MOST_BYTES / 2;
  Object.assign(recall, slots<T>(isLarge ? bits : bits + 2), { count: 0 });
  if (isLarge) recall.used = 0;
  else
    for (const [slot, value] of values.entries())
      if (value !== undefined)
        put(recall, hashes[slot] ?? 0, from[slot] ?? 0, widths[slot] ?? 0, value);
}

function put<T>(recall: Recall<T>, hash: number, from: number, width: number, value: T): void {
  const first = slotOf(recall.bits, hash);
  let slot = first;
  while (slot < first + REACH && recall.widths[slot] !== 0) slot += 1;
  // Where all are taken, two pieces take turns.
  if (slot === first + REACH) slot = first;
  recall.count += 1;
  recall.from[slot] = from;
  recall.widths[slot] = width;
  recall.hashes[slot] = hash;
  recall.values[slot] = value;
}

/** The first slot of a hash: the high bits of a product, which depend on all bits of the hash (Fibonacci hashing). */
function slotOf(bits: number, hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
}

function slots<T>(bits: number) {
  const count = (1 << bits) + REACH - 1;
  return {
    bits,
    from: new Uint32Array(count),
    widths: new Uint32Array(count),
    hashes: new Int32Array(count),
    values: new Array<T | undefined>(count).fill(undefined),
  };
}
