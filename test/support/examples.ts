import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '../../functions/adapters/catalogue-files.ts';
import type { Source } from '../../functions/intake/paste.ts';
import { reportOn } from '../../functions/report/report.ts';
import type { Language, Report } from '../../functions/report/schema.ts';

export const root = join(import.meta.dirname, '../..');

/** The project's own rules and pages, read once. */
export const catalogue = readCatalogue(root);

const folder = join(root, 'examples/founding');

/** One file of the founding incident, as a source with its name. */
export function founding(name: string): Source {
  return { name, text: readFileSync(join(folder, name), 'utf8') };
}

/** The founding incident's output as separate files, without the article and the ssh complaint. */
export const foundingFiles: readonly Source[] = readdirSync(folder)
  .filter(
    (name) => name !== 'article.zh.txt' && name !== 'ssh-timeout.zh.txt' && name.endsWith('.txt'),
  )
  .toSorted()
  .map(founding);

/** The report on sources, in English unless said otherwise. */
export function examine(sources: readonly Source[], language: Language = 'en'): Promise<Report> {
  return reportOn(sources, catalogue, { language, runbookBase: null });
}
