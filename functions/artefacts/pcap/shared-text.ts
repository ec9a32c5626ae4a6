import { keep, type Recall, slotOf } from '../../primitives/recall.ts';

/** The text of the `width` bytes at `at`, written by `write` unless the file has shown the same bytes just before. */
export function textOf(
  shared: Recall<string>,
  bytes: Uint8Array,
  at: number,
  width: number,
  write: (bytes: Uint8Array, at: number) => string,
): string {
  let hash = 0;
  for (let next = at; next < at + width; next += 1)
    hash = (Math.imul(hash, 31) + (bytes[next] ?? 0)) | 0;
  const slot = slotOf(shared, hash);
  const from = (shared.from[slot] ?? 0) - 1;
  if (from >= 0 && areEqual(bytes, from, at, width)) return shared.values[slot] ?? '';
  const text = write(bytes, at);
  keep(shared, hash, at, text);
  return text;
}

export function areEqual(bytes: Uint8Array, one: number, other: number, width: number): boolean {
  for (let next = 0; next < width; next += 1)
    if (bytes[one + next] !== bytes[other + next]) return false;
  return true;
}
