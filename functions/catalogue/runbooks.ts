import * as z from 'zod';
import type { Page } from './page.ts';

const schema = z.record(z.string(), z.url({ protocol: /^https$/ }));

/** Reads `runbooks.json`: `{ "cause-id": "https://…" }`. Faults are added in words. */
export function readRunbooks(
  text: string,
  pages: ReadonlyMap<string, Page>,
  faults: string[],
): ReadonlyMap<string, string> {
  if (text === '') return new Map();
  const read = schema.safeParse(parse(text));
  if (!read.success) {
    faults.push(
      ...read.error.issues.map(
        ({ path, message }) => `runbooks.json: ${path.join('.')} ${message}`,
      ),
    );
    return new Map();
  }
  const runbooks = new Map(Object.entries(read.data));
  for (const cause of runbooks.keys())
    if (!pages.has(cause)) faults.push(`runbooks.json: no cause is called ${cause}`);
  return runbooks;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return String(error);
  }
}
