import { keep, type Recall, recalled } from '../../primitives/recall.ts';

/** The text of the `width` bytes at `at`, written by `write` unless the file has shown the same bytes before. */
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
  const known = recalled(shared, hash, bytes, at, width);
  if (known !== undefined) return known;
  const text = write(bytes, at);
  keep(shared, hash, bytes, at, width, text);
  return text;
}
