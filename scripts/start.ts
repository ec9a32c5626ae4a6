import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { casesIn } from '../functions/adapters/case.ts';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { coreOver } from '../functions/adapters/core.ts';
import { createLocalPage, listenLocally } from '../functions/adapters/local-page.ts';
import { createLog, errorFields } from '../functions/adapters/log.ts';
import { readLocalSettings } from '../functions/adapters/settings.ts';
import { serveSocketMode } from '../functions/adapters/socket-mode.ts';
import { sqliteStore } from '../functions/adapters/sqlite-store.ts';
import { reportOn } from '../functions/report/report.ts';

// `npm start`: the local page; with SLACK_BOT_TOKEN and SLACK_APP_TOKEN a bot in Slack besides. Nothing that is pasted goes
// anywhere but back to where it was pasted.
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
await serveSlack();

async function serveSlack(): Promise<void> {
  const settings = readLocalSettings();
  if (!settings.ok) {
    print(`netdx: not in Slack, set or mend ${settings.error.names.join(', ')}`);
    process.exitCode = 2;
    server.close();
    return;
  }
  const { slack, language, hours } = settings.value;
  if (slack === null) return;
  const store = sqliteStore(settings.value.store, Date.now);
  print('netdx: connecting to Slack …');
  const stopAt = await serveSocketMode({
    ...slack,
    fetch,
    core: coreOver(catalogue, process.env.NETDX_RUNBOOK_BASE || null),
    store,
    cases: casesIn(store, hours, Date.now),
    language,
    log,
    measure: { answer: (told) => log.info('answer', told) },
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }).catch((error: unknown) => {
    const { answer, code } = errorFields(error);
    print(`netdx: not in Slack: ${answer ?? code ?? 'no connection'}; the local page stays`);
    return null;
  });
  if (stopAt === null) return;
  print('netdx: in Slack, over Socket Mode');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      void stopAt.stop().then(() => process.exit(0));
    });
  }
}

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
