import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, type CatalogueTexts, toCatalogue } from '../catalogue/catalogue.ts';
import { overlay } from '../catalogue/overlay.ts';

/**
 * Reads rules and pages, once per process: from `catalogue.json` where packaging has put them into one file, else from
 * the folders `rules/` and `knowledge/`; `own` is an organisation's folder, laid over them. Throws with every fault when
 * they do not fit: a broken catalogue must not judge.
 */
export function readCatalogue(directory: string, own: string | null = null): Catalogue {
  const read = toCatalogue(catalogueTexts(directory, own));
  if (!read.ok) throw new Error(`the catalogue does not fit:\n${read.error.detail.join('\n')}`);
  return read.value;
}

/** The texts of a catalogue as they stand on disk; packaging writes them into one file. */
export function catalogueTexts(directory: string, own: string | null = null): CatalogueTexts {
  const ours = packedTexts(directory) ?? {
    ...folderTexts(directory),
    kernelFixes: readFileSync(join(directory, 'knowledge', 'kernel-fixes.json'), 'utf8'),
    vantage: readFileSync(join(directory, 'knowledge', 'vantage.json'), 'utf8'),
  };
  return own === null ? ours : overlay(ours, folderTexts(own));
}

function packedTexts(directory: string): CatalogueTexts | undefined {
  const packed = join(directory, 'catalogue.json');
  if (!existsSync(packed)) return undefined;
  const { rules, pages, notes, runbooks, kernelFixes, vantage } = JSON.parse(
    readFileSync(packed, 'utf8'),
  );
  return {
    rules: new Map(Object.entries(rules)),
    pages: new Map(Object.entries(pages)),
    notes: new Map(Object.entries(notes)),
    runbooks,
    kernelFixes,
    vantage,
  };
}

function folderTexts(directory: string): Omit<CatalogueTexts, 'kernelFixes' | 'vantage'> {
  const runbooks = join(directory, 'runbooks.json');
  return {
    rules: texts(join(directory, 'rules'), '.json'),
    pages: texts(join(directory, 'knowledge', 'causes'), '.md'),
    notes: texts(join(directory, 'knowledge', 'harmless'), '.md'),
    runbooks: existsSync(runbooks) ? readFileSync(runbooks, 'utf8') : '',
  };
}

/** The files below a folder that end so, by relative path; templates and schemas apart. An absent folder holds none. */
export function texts(folder: string, ending: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return new Map(
    files
      .filter(
        (file) =>
          file.endsWith(ending) && !file.endsWith('.schema.json') && !/(?:^|[\\/])_/.test(file),
      )
      .toSorted()
      .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(folder, file), 'utf8')]),
  );
}
