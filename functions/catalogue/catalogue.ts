import { factTable } from '../facts/index.ts';
import { type KernelFixes, parseKernelFixes } from '../facts/kernel-fixes.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import { type Note, readNote } from './note.ts';
import { type Page, placeholders, readPage } from './page.ts';
import { type HarmlessRule, leavesOf, type Rule, readRule } from './rule.ts';
import { readRunbooks } from './runbooks.ts';
import { readVantageRule, type VantageRule } from './vantage-rule.ts';

/** Rules and pages that fit together, ready to judge by. */
export interface Catalogue {
  readonly rules: readonly Rule[];
  readonly pages: ReadonlyMap<string, Page>;
  /** The folder that each cause's page lies in, such as `dns`; empty for a page outside any. */
  readonly areas: ReadonlyMap<string, string>;
  /** Rules for what alarms people and proves nothing, and the notes that say why, by name. */
  readonly harmless: readonly HarmlessRule[];
  readonly notes: ReadonlyMap<string, Note>;
  /** An organisation's own runbooks by cause; other causes link to the page of the cause. */
  readonly runbooks: ReadonlyMap<string, string>;
  readonly kernelFixes: KernelFixes;
  readonly vantage: VantageRule;
}

/** The texts a catalogue is made of: relative paths and their contents. */
export interface CatalogueTexts {
  readonly rules: ReadonlyMap<string, string>;
  readonly pages: ReadonlyMap<string, string>;
  readonly notes: ReadonlyMap<string, string>;
  /** JSON: addresses by cause; empty for none. */
  readonly runbooks: string;
  readonly kernelFixes: string;
  readonly vantage: string;
}

export interface CatalogueFault {
  readonly code: 'catalogue-invalid';
  /** Every fault, with the file it is in. */
  readonly detail: readonly string[];
}

/** Brings rules and pages together; lists everything that does not fit, then refuses. */
export function toCatalogue(texts: CatalogueTexts): Result<Catalogue, CatalogueFault> {
  const faults: string[] = [];
  const rules: Rule[] = [];
  const harmless: HarmlessRule[] = [];
  for (const [path, text] of [...texts.rules].toSorted(byPath))
    addRule(path, text, { rules, harmless, faults });
  const pages = new Map(
    [...texts.pages].toSorted(byPath).flatMap(([path, text]) => toPage(path, text, faults)),
  );
  const notes = new Map(
    [...texts.notes].toSorted(byPath).flatMap(([path, text]) => toNote(path, text, faults)),
  );
  faults.push(...strayNotes(harmless, notes));
  const runbooks = readRunbooks(texts.runbooks, pages, faults);
  const fixes = parseKernelFixes(readJson(texts.kernelFixes));
  if (!fixes.ok) faults.push(`kernel-fixes.json: ${String(fixes.error.detail)}`);
  const vantage = readVantageRule(readJson(texts.vantage), pages);
  if ('faults' in vantage) faults.push(...vantage.faults.map((fault) => `vantage.json: ${fault}`));
  for (const [cause, page] of pages) faults.push(...misfits(cause, page, rules));
  for (const rule of rules)
    if (!pages.has(rule.cause)) faults.push(`rule ${rule.name}: no page for ${rule.cause}`);
  if (faults.length > 0 || !fixes.ok || 'faults' in vantage)
    return err({ code: 'catalogue-invalid', detail: faults });
  return ok({
    rules,
    pages,
    areas: new Map([...texts.pages.keys()].map(toArea)),
    harmless,
    notes,
    runbooks,
    kernelFixes: fixes.value,
    vantage: vantage.rule,
  });
}

function byPath(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

interface Rules {
  readonly rules: Rule[];
  readonly harmless: HarmlessRule[];
  readonly faults: string[];
}

function addRule(path: string, text: string, { rules, harmless, faults }: Rules): void {
  const read = readRule(readJson(text), factTable);
  if ('faults' in read) {
    faults.push(...read.faults.map((fault) => `${path}: ${fault}`));
    return;
  }
  const { name } = 'rule' in read ? read.rule : read.harmless;
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, '');
  if (file !== name) faults.push(`${path}: the name is ${name}`);
  if ('rule' in read) rules.push(read.rule);
  else harmless.push(read.harmless);
}

function toNote(
  path: string,
  text: string,
  faults: string[],
): readonly (readonly [string, Note])[] {
  const read = readNote(text);
  if ('note' in read) return [[path.replace(/\.md$/, ''), read.note]];
  faults.push(...read.faults.map((fault) => `${path}: ${fault}`));
  return [];
}

function strayNotes(
  rules: readonly HarmlessRule[],
  notes: ReadonlyMap<string, Note>,
): readonly string[] {
  const named = new Set(rules.map(({ name }) => name));
  const without = rules.filter(({ name }) => !notes.has(name));
  const unused = [...notes.keys()].filter((name) => !named.has(name));
  return [
    ...without.map(({ name }) => `harmless ${name}: no note`),
    ...unused.map((name) => `note ${name}: no rule`),
  ];
}

function toArea(path: string): readonly [string, string] {
  const [area, file] = [path.slice(0, path.lastIndexOf('/') + 1), path.split('/').at(-1) ?? ''];
  return [file.replace(/\.md$/, ''), area.slice(0, -1)];
}

function toPage(
  path: string,
  text: string,
  faults: string[],
): readonly (readonly [string, Page])[] {
  const read = readPage(text);
  if ('faults' in read) {
    faults.push(...read.faults.map((fault) => `${path}: ${fault}`));
    return [];
  }
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  if (file !== read.page.cause) faults.push(`${path}: the cause is ${read.page.cause}`);
  return [[read.page.cause, read.page]];
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { unreadable: String(error) };
  }
}

/** What a page and the rules of its cause do not agree on. */
function misfits(cause: string, page: Page, rules: readonly Rule[]): readonly string[] {
  const own = rules.filter((rule) => rule.cause === cause);
  if (own.length === 0) return [`page ${cause}: no rule`];
  const faults: string[] = [];
  const wanted = new Set(
    own.flatMap((rule) => [...leavesOf(rule.conditions), ...rule.supports].map(({ name }) => name)),
  );
  for (const slug of wanted)
    if (!page.en.evidence.has(slug))
      faults.push(`page ${cause}: evidence does not explain ${slug}`);
  for (const slug of page.en.evidence.keys())
    if (!wanted.has(slug)) faults.push(`page ${cause}: no rule says ${slug}`);
  for (const { name, clears } of own.flatMap((rule) => rule.unless)) {
    if (clears !== false && !page.en.ruledOut.has(name))
      faults.push(`page ${cause}: ruled out does not explain ${name}`);
    if (clears === false && page.en.ruledOut.has(name))
      faults.push(`page ${cause}: ruled out explains ${name}, which clears nothing`);
  }
  const known = new Set(['host', ...factTable.map(({ id }) => id)]);
  for (const id of placeholdersOf(page))
    if (!known.has(id)) faults.push(`page ${cause}: unknown placeholder {${id}}`);
  return faults;
}

function placeholdersOf(page: Page): readonly string[] {
  const texts = [page.en, page.zh].flatMap((half) => [
    half.summary,
    ...half.evidence.values(),
    ...half.ruledOut.values(),
    ...half.ask.values(),
    ...half.remedies.flatMap((remedy) => [
      remedy.prefer,
      remedy.cost,
      remedy.risk,
      ...remedy.steps,
      ...remedy.variants,
      remedy.verify,
      remedy.rollback,
    ]),
  ]);
  const asked = Object.values(page.commands ?? {});
  const commands = Object.values(page.remedies).flatMap(({ run, undo }) => [...run, ...undo]);
  return [...texts, ...asked, ...commands].flatMap(placeholders);
}
