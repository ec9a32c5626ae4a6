/**
 * Strings that a capture shows again and again, each kept with the place where its bytes first stood: the same bytes give
 * the same string without writing it anew. A table without chains: two texts that fall into one slot take turns in it.
 */
export interface SharedText {
  /** Offset of the bytes plus one; zero is an empty slot. */
  readonly from: Float64Array;
  readonly texts: string[];
}

const SLOT_BITS = 12;

export function newSharedText(): SharedText {
  const slots = 1 << SLOT_BITS;
  return { from: new Float64Array(slots), texts: new Array<string>(slots).fill('') };
}

/** The text of the `width` bytes at `at`, written by `write` when they are met for the first time. */
export function textOf(
  shared: SharedText,
  bytes: Uint8Array,
  at: number,
  width: number,
  write: (bytes: Uint8Array, at: number) => string,
): string {
  let hash = 0;
  for (let next = at; next < at + width; next += 1)
    hash = (Math.imul(hash, 31) + (bytes[next] ?? 0)) | 0;
  const slot = slotOf(hash);
  const from = (shared.from[slot] ?? 0) - 1;
  if (from >= 0 && areEqual(bytes, from, at, width)) return shared.texts[slot] ?? '';
  const text = write(bytes, at);
  shared.from[slot] = at + 1;
  shared.texts[slot] = text;
  return text;
}

/** Which slot a hash falls into: the high bits of a product, which depend on all bits of the hash (Fibonacci hashing). */
export function slotOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - SLOT_BITS);
}

export function areEqual(bytes: Uint8Array, one: number, other: number, width: number): boolean {
  for (let next = 0; next < width; next += 1)
    if (bytes[one + next] !== bytes[other + next]) return false;
  return true;
}
