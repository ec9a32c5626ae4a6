import * as z from 'zod';
import { err, ok, type Result } from '../primitives/result.ts';

const version = z.string().regex(/^\d+(?:[.-]\d+)*$/);

/** Known to have the fix from a version on, known to lack it up to one; without a version the whole row. */
const bounds = z.strictObject({
  lacks: z.optional(z.strictObject({ upTo: z.optional(version), source: z.string() })),
  has: z.optional(z.strictObject({ from: z.optional(version), source: z.string() })),
});

const row = z.strictObject({
  from: version,
  before: z.nullable(version),
  clashFix: bounds,
  natClashFix: bounds,
  insertClashFix: bounds,
});

const commit = z.strictObject({ commit: z.string().regex(/^[0-9a-f]{12}$/), subject: z.string() });

const stream = z.strictObject({
  stream: z.string(),
  /** Whether the version stands in `uname -r` or in `uname -v`. */
  of: z.enum(['release', 'version']),
  /** A regular expression whose first group is the version. */
  pattern: z.string().refine(hasOneGroup, 'not a regular expression with one group'),
  series: z.string(),
  /** False where the name gives only the series (Debian's ABI names): then only whole rows answer. */
  sublevel: z.boolean(),
});

const table = z
  .strictObject({
    fixes: z.strictObject({ clashFix: commit, natClashFix: commit, insertClashFix: commit }),
    sources: z.record(z.string(), z.url({ protocol: /^https$/ })),
    streams: z.array(stream).min(1),
    series: z.record(z.string(), z.array(row).min(1)),
  })
  .superRefine((value, context) => {
    for (const message of danglingNames(value)) context.addIssue({ code: 'custom', message });
  });

/** Which kernels have which correction of the insertion race, by stream of releases. */
export type KernelFixes = z.infer<typeof table>;
export type KernelFix = keyof KernelFixes['fixes'];

/** What the table says of one kernel: `because` shows the comparison, `source` is a URL. */
export interface FixAnswer {
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly because: string;
  readonly source: string | null;
}

type Row = z.infer<typeof row>;
type Named = { readonly stream: string; readonly version: string; readonly sublevel: boolean };

/** Reads knowledge/kernel-fixes.json; every fault is in `detail`, one a line. */
export function parseKernelFixes(
  json: unknown,
): Result<KernelFixes, { readonly code: 'bad-kernel-fixes'; readonly detail: string }> {
  const parsed = table.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  return err({ code: 'bad-kernel-fixes', detail: z.prettifyError(parsed.error) });
}

/**
 * Whether a kernel has a fix. Vendors backport without changing the base version, so each stream is judged by the
 * number that its vendor counts, and what lies between the known bounds is unknown.
 */
export function hasFix(
  fixes: KernelFixes,
  kernel: { readonly release: string; readonly version: string | null },
  name: KernelFix,
): FixAnswer {
  for (const one of fixes.streams) {
    const text = one.of === 'release' ? kernel.release : (kernel.version ?? '');
    const found = new RegExp(one.pattern).exec(text)?.[1];
    if (found === undefined) continue;
    const rows = fixes.series[one.series] ?? [];
    const named = { stream: one.stream, version: found, sublevel: one.sublevel };
    const match = rows.find((candidate) => covers(candidate, found));
    if (match === undefined) return unknown(`${one.stream} ${found}: no bounds known`);
    const { answer, because, source } = judge(match, named, name);
    return { answer, because, source: source === null ? null : (fixes.sources[source] ?? null) };
  }
  return unknown(`${kernel.release}: no stream known`);
}

function judge(match: Row, { stream, version, sublevel }: Named, name: KernelFix): FixAnswer {
  const { has, lacks } = match[name];
  const whole = `${stream} ${version} in ${match.from} .. ${match.before ?? ''}`.trimEnd();
  if (has !== undefined && has.from === undefined) return yes(whole, has.source);
  if (lacks !== undefined && lacks.upTo === undefined) return no(whole, lacks.source);
  if (sublevel && has?.from !== undefined && compare(version, has.from) >= 0) {
    return yes(`${stream} ${version} >= ${has.from}`, has.source);
  }
  if (sublevel && lacks?.upTo !== undefined && compare(version, lacks.upTo) <= 0) {
    return no(`${stream} ${version} <= ${lacks.upTo}`, lacks.source);
  }
  const between = `${lacks?.upTo ?? match.from} < ? < ${has?.from ?? match.before ?? ''}`.trimEnd();
  return unknown(`${stream} ${version}: ${between}`);
}

function yes(because: string, source: string): FixAnswer {
  return { answer: 'yes', because, source };
}

function no(because: string, source: string): FixAnswer {
  return { answer: 'no', because, source };
}

function unknown(because: string): FixAnswer {
  return { answer: 'unknown', because, source: null };
}

function covers({ from, before }: Row, version: string): boolean {
  return compare(version, from) >= 0 && (before === null || compare(version, before) < 0);
}

/** Compares `4.15.0-54` number by number; a number that is missing counts as 0. */
function compare(a: string, b: string): number {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersIn(version: string): readonly number[] {
  return version.split(/[.-]/).map(Number);
}

function hasOneGroup(pattern: string): boolean {
  try {
    return new RegExp(`${pattern}|`).exec('')?.length === 2;
  } catch {
    return false;
  }
}

/** Names that the table uses and does not define. */
function danglingNames(value: {
  readonly sources: Readonly<Record<string, string>>;
  readonly streams: readonly { readonly series: string }[];
  readonly series: Readonly<Record<string, readonly Row[]>>;
}): readonly string[] {
  const series = value.streams.map((one) => one.series).filter((name) => !(name in value.series));
  const sources = Object.values(value.series)
    .flat()
    .flatMap(({ clashFix, natClashFix, insertClashFix }) => [clashFix, natClashFix, insertClashFix])
    .flatMap(({ has, lacks }) => [has?.source, lacks?.source])
    .filter((name) => name !== undefined && !(name in value.sources));
  return [
    ...series.map((name) => `no series ${name}`),
    ...sources.map((name) => `no source ${name}`),
  ];
}
