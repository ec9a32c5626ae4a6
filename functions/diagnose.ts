import { setTimeout } from 'node:timers/promises';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { answerJob } from './adapters/answer-job.ts';
import { casesIn } from './adapters/case.ts';
import { readCatalogue } from './adapters/catalogue-files.ts';
import { type Core, coreOver } from './adapters/core.ts';
import { workThrough } from './adapters/deliveries.ts';
import type { WorkerPorts } from './adapters/desk.ts';
import { dynamoStore } from './adapters/dynamo-store.ts';
import type { Job } from './adapters/job.ts';
import { createLog } from './adapters/log.ts';
import { embeddedMetrics } from './adapters/metrics.ts';
import { type Postpone, sqsBury, sqsPostpone } from './adapters/queue.ts';
import { readWorkerSettings } from './adapters/settings.ts';
import { slackApi } from './adapters/slack-api.ts';
import { slackOfWorkspaces } from './adapters/slack-of-workspaces.ts';
import { workspaceTokens } from './adapters/workspace-tokens.ts';

/** Lambda behind the queue: diagnoses each job and posts one answer. A job that may be tried again is reported as failed. */
export async function handler(event: SQSEvent, _context?: unknown): Promise<SQSBatchResponse> {
  wired ??= production();
  return wired(event);
}

let wired: ReturnType<typeof diagnoseHandler> | undefined;

/** The same handler with other ends. Where nothing is given to postpone with, a failed job comes back when its visibility ends. */
export function diagnoseHandler(
  ports: WorkerPorts,
  mostReceives: number,
  postpone: Postpone = async () => undefined,
) {
  const work = (job: Job, last: boolean) => answerJob(job, ports, last);
  const by = { work, mostReceives, postpone, log: ports.log };
  return (event: SQSEvent): Promise<SQSBatchResponse> => workThrough(event.Records, by);
}

/** The core with the catalogue found in a directory that holds `rules/` and `knowledge/`, or both packed into one file. */
export function coreIn(directory: string, runbookBase: string | null): Core {
  return coreOver(readCatalogue(directory), runbookBase);
}

/** Wired once in each environment; a broken setting fails every job, and the alarm of errors tells. */
function production(): ReturnType<typeof diagnoseHandler> {
  const log = createLog();
  const settings = readWorkerSettings();
  if (!settings.ok) throw new Error(`settings: ${settings.error.names.join(', ')}`);
  const { aws, language, ...own } = settings.value;
  const store = dynamoStore(own.table, aws, Date.now);
  const tokens = workspaceTokens(settings.value, { store, aws, log });
  return diagnoseHandler(
    {
      slackFor: slackOfWorkspaces(tokens.tokenFor, (token) => slackApi({ token, fetch, log })),
      core: coreIn(import.meta.dirname, own.runbookBase),
      store,
      cases: casesIn(store, own.hours, Date.now),
      dead: sqsBury(own.deadQueueUrl, aws, Date.now),
      uninstalled: tokens.remove,
      measure: embeddedMetrics(),
      now: Date.now,
      wait: setTimeout,
      language,
      log,
    },
    own.mostReceives,
    sqsPostpone(own.queueUrl, aws, Date.now),
  );
}
