import { readCatalogue } from './adapters/catalogue-files.ts';
import { createLog } from './adapters/log.ts';
import { answerRunbook } from './adapters/runbook-requests.ts';
import type { HttpAnswer } from './adapters/slack-app.ts';

/** Lambda behind `GET /causes` and `GET /causes/{cause}`: the pages that answers in Slack link to. */
export async function handler(event: unknown, _context?: unknown): Promise<HttpAnswer> {
  return answerRunbook(event, { catalogue: () => readOnce(), log });
}

const log = createLog();
let catalogue: ReturnType<typeof readCatalogue> | undefined;

function readOnce() {
  catalogue ??= readCatalogue(import.meta.dirname);
  return catalogue;
}
