import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { createLocalPage, listenLocally } from '../functions/adapters/local-page.ts';
import { createLog, errorFields } from '../functions/adapters/log.ts';
import { reportOn } from '../functions/report/report.ts';

// `npm start`: the local page. Nothing that is pasted leaves this process.
const root = join(import.meta.dirname, '..');
const catalogue = readCatalogue(root, process.env.NETDX_CATALOGUE || null);

const log = createLog();
const server = createLocalPage({
  diagnose: async (sources, language) => reportOn(sources, catalogue, { language, runbookBase }),
  catalogue,
  example: exampleFiles(),
  failed: (error) => log.error('local page failed', errorFields(error)),
});
const port = await listenLocally(server, wantedPort());
const runbookBase = process.env.NETDX_RUNBOOK_BASE || `http://127.0.0.1:${port}/causes`;
print(`netdx: http://127.0.0.1:${port}/`);

function exampleFiles() {
  const folder = join(root, 'examples', 'founding');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

function wantedPort(): number {
  const given = process.env.PORT ?? '3000';
  const wanted = Number(given);
  if (Number.isInteger(wanted) && wanted > 0 && wanted < 65_486) return wanted;
  print(`netdx: PORT is no port: ${given}`);
  return process.exit(2);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
