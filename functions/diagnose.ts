import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { answerJob, type WorkerPorts } from './adapters/answer-job.ts';
import { answeredInMemory } from './adapters/answered.ts';
import { readCatalogue } from './adapters/catalogue-files.ts';
import { workThrough } from './adapters/deliveries.ts';
import type { Job } from './adapters/job.ts';
import { createLog } from './adapters/log.ts';
import { type Postpone, sqsPostpone } from './adapters/queue.ts';
import { secretReader } from './adapters/secrets.ts';
import { readWorkerSettings } from './adapters/settings.ts';
import { slackApi } from './adapters/slack-api.ts';
import { reportOn } from './report/report.ts';

/** Lambda behind the queue: diagnoses each job and posts one answer. A job that may be tried again is reported as failed. */
export async function handler(event: SQSEvent, _context?: unknown): Promise<SQSBatchResponse> {
  const settings = readWorkerSettings();
  if (!settings.ok) throw new Error(`settings: ${settings.error.names.join(', ')}`);
  const { aws, botToken, botUserId, language, mostReceives, queueUrl, runbookBase } =
    settings.value;
  if (botToken === null) throw new Error('settings: SLACK_BOT_TOKEN_PARAMETER');
  token ??= secretReader(botToken, aws, Date.now);
  const slack = slackApi({ token: await token(), fetch, log });
  const examine = examiner(import.meta.dirname, runbookBase);
  return diagnoseHandler(
    { slack, examine, answered, botUserId, language, log },
    mostReceives,
    sqsPostpone(queueUrl, aws, Date.now),
  )(event);
}

/** The same handler with other ends. Where nothing is given to postpone with, a failed job comes back when its visibility ends. */
export function diagnoseHandler(
  ports: WorkerPorts,
  mostReceives: number,
  postpone: Postpone = async () => undefined,
) {
  const work = (job: Job, last: boolean) => answerJob(job, ports, last);
  return (event: SQSEvent): Promise<SQSBatchResponse> =>
    workThrough(event.Records, { work, mostReceives, postpone, log: ports.log });
}

/** The core with the catalogue found in a directory that holds `rules/` and `knowledge/`; read once, at the first job. */
export function examiner(directory: string, runbookBase: string | null): WorkerPorts['examine'] {
  return async (sources, language) => {
    catalogue ??= readCatalogue(directory);
    return reportOn(sources, catalogue, { language, runbookBase });
  };
}

const log = createLog();
const answered = answeredInMemory(Date.now);
let catalogue: ReturnType<typeof readCatalogue> | undefined;
let token: (() => Promise<string>) | undefined;
