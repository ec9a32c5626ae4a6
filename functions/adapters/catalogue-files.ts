import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, type CatalogueTexts, toCatalogue } from '../catalogue/catalogue.ts';

/**
 * Reads rules and pages, once per process: from `catalogue.json` where packaging has put them into one file, else from
 * the folders `rules/` and `knowledge/`. Throws with every fault when they do not fit: a broken catalogue is a bug.
 */
export function readCatalogue(directory: string): Catalogue {
  const read = toCatalogue(catalogueTexts(directory));
  if (!read.ok) throw new Error(`the catalogue does not fit:\n${read.error.detail.join('\n')}`);
  return read.value;
}

/** The texts of a catalogue as they stand on disk; packaging writes them into one file. */
export function catalogueTexts(directory: string): CatalogueTexts {
  const packed = join(directory, 'catalogue.json');
  if (existsSync(packed)) {
    const { rules, pages, notes, kernelFixes, vantage } = JSON.parse(readFileSync(packed, 'utf8'));
    return {
      rules: new Map(Object.entries(rules)),
      pages: new Map(Object.entries(pages)),
      notes: new Map(Object.entries(notes)),
      kernelFixes,
      vantage,
    };
  }
  return {
    rules: texts(join(directory, 'rules'), '.json'),
    pages: texts(join(directory, 'knowledge', 'causes'), '.md'),
    notes: texts(join(directory, 'knowledge', 'harmless'), '.md'),
    kernelFixes: readFileSync(join(directory, 'knowledge', 'kernel-fixes.json'), 'utf8'),
    vantage: readFileSync(join(directory, 'knowledge', 'vantage.json'), 'utf8'),
  };
}

function texts(folder: string, ending: string): ReadonlyMap<string, string> {
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
