/** One object of a list in JSON. */
export interface JsonObject {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly fields: Fields;
  /** The object as printed, on one line: iproute2 may print one name twice, and `fields` keep the last. */
  readonly text: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Braces, and strings whole, for a brace in a string is none. */
const TOKEN = /"(?:[^"\\]|\\.){0,4000}"|[{}]/gs;

/**
 * The outermost objects of lines in JSON, whole lists of them or cut ones, and the lines that belong to none that could be
 * read. Never throws, linear in time.
 */
export function jsonObjectsIn(lines: readonly string[]) {
  const objects: JsonObject[] = [];
  const lost = new Set<number>();
  const text = lines.join('\n');
  let depth = 0;
  let start = 0;
  let line = 1;
  let counted = 0;
  const lineOf = (offset: number) => {
    for (let feed = text.indexOf('\n', counted); feed >= 0 && feed < offset; ) {
      line += 1;
      counted = feed + 1;
      feed = text.indexOf('\n', counted);
    }
    return line;
  };
  const take = (end: number) => {
    const own = text.slice(start, end);
    const fields = fieldsOf(own);
    const first = lineOf(start);
    if (fields !== undefined) objects.push({ line: first, fields, text: own });
    else for (let at = first; at <= lineOf(end); at += 1) lost.add(at);
  };
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' && depth === 0) start = index;
    if (token === '{') depth += 1;
    else if (token === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) take(index + 1);
    }
  }
  if (depth > 0) take(text.length);
  // What is cut stands on the line of others where nothing parts them.
  for (const object of objects) lost.delete(object.line);
  return { objects, lost: [...lost].filter((at) => lines[at - 1]?.trim() !== '') };
}

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    // What was mangled is listed as unread.
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text or number of an object as text; undefined when it is none. */
export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The objects of a list within an object. */
export function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The texts of a list within an object. */
export function textsAt(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** The words that the object has values for, each with its value: `dev eth0`. */
export function wordsFor(
  fields: Fields,
  names: readonly (readonly [name: string, word: string])[],
): readonly string[] {
  return names.flatMap(([name, word]) => {
    const value = textAt(fields, name);
    return value === undefined ? [] : [word, value];
  });
}
