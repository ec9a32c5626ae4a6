import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';

const causes = z.array(z.string());

const frontMatter = z.strictObject({
  /** Root causes that the report names, whatever their confidence; confirmed and likely ones it may name no others. */
  expect: causes,
  contributing: z.optional(causes),
  resolved: z.optional(causes),
  refuted: z.optional(causes),
  /** What the report explains as alarming and harmless, among other things. */
  harmless: z.optional(z.array(z.string())),
  status: z.enum(['diagnosed', 'suspected', 'resolved', 'healthy']),
  /** Where the first packet vanished: `host interface` at both ends. */
  place: z.optional(
    z.strictObject({
      from: z.string(),
      to: z.string(),
      direction: z.enum(['request', 'response']),
    }),
  ),
  /** The hosts that the outputs are from, where the paste makes them hard to tell. */
  hosts: z.optional(z.array(z.string())),
  /** How the case was made. */
  source: z.string().min(1),
});

/** A paste with what is true of it: one file of `test/cases`. */
export interface Case {
  /** `conntrack/conntrack-race-plain.by-gap.near`. */
  readonly name: string;
  readonly isNear: boolean;
  readonly front: z.infer<typeof frontMatter>;
  readonly paste: string;
}

const folder = join(import.meta.dirname, '..', 'cases');

/** All cases, near misses among them. */
export function readCases(): readonly Case[] {
  const files = filesIn(folder, '.txt').filter((file) => !file.endsWith('.report.txt'));
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const [, front = '', paste = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
    const name = file.replace(/\.txt$/, '');
    return {
      name,
      isNear: name.endsWith('.near'),
      front: frontMatter.parse(parseYaml(front)),
      paste,
    };
  });
}

/** Files below a directory by their ending, without schemas and those that begin with `_`. */
export function filesIn(directory: string, ending: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !/(?:^|\/)_|\.schema\.json$/.test(file))
    .toSorted();
}
