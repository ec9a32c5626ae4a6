/** Writes JSON with whatever fits on one line of 120 columns on one line, so that a person can read a snapshot. */
export function compactJson(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= 120)
    return flat;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const parts = value.map((part) => deeper + compactJson(part, deeper));
    return `[\n${parts.join(',\n')}\n${indent}]`;
  }
  const parts = Object.entries(value).map(
    ([key, part]) => `${JSON.stringify(key)}: ${compactJson(part, deeper)}`,
  );
  return `{\n${filled(parts, deeper)}\n${indent}}`;
}

/** Puts short parts beside each other as long as they fit. */
function filled(parts: readonly string[], indent: string): string {
  const rows: string[] = [];
  for (const part of parts) {
    const row = rows.at(-1);
    const fits = row !== undefined && part.length < 30 && row.length + part.length <= 116;
    if (fits && !row.includes('\n')) rows[rows.length - 1] = `${row}, ${part}`;
    else rows.push(indent + part);
  }
  return rows.join(',\n');
}

/** Turns Maps into objects, Sets into arrays and bigints into text, so that JSON shows what they hold. */
export function jsonable(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  if (value instanceof Map) return jsonable(Object.fromEntries(value));
  if (value instanceof Set) return [...value].map(jsonable);
  if (Array.isArray(value)) return value.map(jsonable);
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(pairs.map(([key, part]) => [key, jsonable(part)]));
}
