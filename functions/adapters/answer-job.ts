import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Source } from '../intake/paste.ts';
import { noticeWords } from '../render/slack/notices.ts';
import { renderNotice, renderSteps } from '../render/slack/replies.ts';
import { renderSlack, renderTextOnly, type SlackMessage } from '../render/slack.ts';
import type { Report } from '../report/schema.ts';
import type { Answered } from './answered.ts';
import { type CommandJob, type Job, keyOf, type MentionJob, type StepsJob } from './job.ts';
import { errorFields, type Log } from './log.ts';
import type { SlackApi } from './slack-api.ts';
import { decodeMarkup, named } from './slack-evidence.ts';
import { evidenceIn, readThread } from './thread-evidence.ts';

type Language = Report['language'];

/** What the answering side needs from the world. */
export interface WorkerPorts {
  readonly slack: SlackApi;
  /** The core: evidence in, report out. */
  readonly examine: (sources: readonly Source[], language: Language) => Promise<Report>;
  readonly answered: Answered;
  readonly botUserId: string;
  readonly language: Language;
  readonly log: Log;
}

/** Where an answer goes: tries a message, and says with Slack's code why it was refused. */
type Send = (message: SlackMessage) => Promise<string | null>;

/**
 * Does one job and answers once. Rejects when it is worth trying again; `last` says that nobody will, so that the
 * reader is told instead of being left waiting.
 */
export async function answerJob(job: Job, ports: WorkerPorts, last: boolean): Promise<void> {
  const key = keyOf(job);
  const id = createHash('sha256').update(key).digest('hex').slice(0, 8);
  if (!(await ports.answered.claim(key))) {
    ports.log.info('already answered', { id, kind: job.kind });
    return;
  }
  try {
    await work(job, id, ports);
    ports.log.info('done', { id, kind: job.kind });
  } catch (error) {
    ports.log.error('failed', { id, kind: job.kind, last, ...errorFields(error) });
    await ports.answered.release(key);
    if (last) await tellFailure(job, id, ports);
    throw error;
  }
}

function work(job: Job, id: string, ports: WorkerPorts): Promise<void> {
  switch (job.kind) {
    case 'command':
      return answerCommand(job, id, ports);
    case 'mention':
      return answerMention(job, id, ports);
    case 'steps':
      return answerSteps(job, id, ports);
  }
}

async function answerCommand(job: CommandJob, id: string, ports: WorkerPorts): Promise<void> {
  const language = (await ports.slack.languageOf(job.user)) ?? ports.language;
  const sources = [{ name: null, text: decodeMarkup(job.text, ports.botUserId) }];
  await diagnose(sources, [], language, id, ports, toResponseUrl(job.responseUrl, ports));
}

/**
 * Memory of what was answered ends with one Lambda environment; the thread itself is the memory that all of them share,
 * so an answer found there is not given again.
 */
async function answerMention(job: MentionJob, id: string, ports: WorkerPorts): Promise<void> {
  const language = (await ports.slack.languageOf(job.user)) ?? ports.language;
  const words = noticeWords[language];
  const thread = job.threadTs ?? job.ts;
  const read = await readThread(job, id, language, ports.slack);
  if (read.answered) {
    ports.log.info('found answered', { id });
    return;
  }
  await ports.slack.status(job.channel, thread, words.reading);
  const evidence = await evidenceIn(read.messages, job.channel, language, ports);
  const notes = [...read.notes, ...evidence.notes];
  const send = toThread(job.channel, thread, ports);
  if (evidence.sources.length === 0) {
    await deliver([renderNotice(words.nothingToRead, notes, id)], send);
    return;
  }
  await diagnose(named(evidence.sources), notes, language, id, ports, send);
}

/** An error of the core is ours and would come again: it is told at once. Refusals and outages of Slack's are not. */
async function diagnose(
  sources: readonly Source[],
  notes: readonly string[],
  language: Language,
  id: string,
  ports: WorkerPorts,
  send: Send,
): Promise<void> {
  const report = await examined(sources, language, id, ports);
  if (report === null) {
    await deliver([renderNotice(noticeWords[language].failed(id), [], id)], send);
    return;
  }
  const lines = report.coverage.lines;
  ports.log.info('diagnosed', {
    id,
    status: report.status,
    cause: report.findings[0]?.cause ?? null,
    lines,
  });
  await deliver(
    [
      renderSlack(report, { id, notes, collapsible: true }),
      renderSlack(report, { id, notes, collapsible: false }),
      renderTextOnly(report),
    ],
    send,
  );
}

async function examined(
  sources: readonly Source[],
  language: Language,
  id: string,
  ports: WorkerPorts,
): Promise<Report | null> {
  try {
    return await ports.examine(sources, language);
  } catch (error) {
    ports.log.error('core failed', { id, ...errorFields(error) });
    return null;
  }
}

const carried = z.object({
  language: z.enum(['en', 'zh']),
  key: z.string(),
  title: z.string(),
  steps: z.array(z.string()),
  commands: z.array(z.string()),
  variants: z.array(z.string()),
  preferWhen: z.string(),
  cost: z.string(),
  risk: z.string(),
  verify: z.string(),
  rollback: z.string(),
});

async function answerSteps(job: StepsJob, id: string, ports: WorkerPorts): Promise<void> {
  const steps = carried.parse(JSON.parse(job.value));
  const send =
    job.responseUrl === null
      ? toThread(job.channel, job.threadTs, ports)
      : toResponseUrl(job.responseUrl, ports);
  await deliver([renderSteps(steps, id)], send);
}

/** Tries ever plainer forms of one answer while Slack refuses the blocks; any other refusal is final. */
async function deliver(forms: readonly SlackMessage[], send: Send): Promise<void> {
  let refusal: string | null = null;
  for (const form of forms) {
    refusal = await send(form);
    if (refusal === null) return;
    if (refusal !== 'invalid_blocks' && refusal !== 'msg_blocks_too_long') break;
  }
  throw new DeliveryRefused(refusal ?? 'nothing to send');
}

class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function toThread(channel: string, threadTs: string, ports: WorkerPorts): Send {
  return async (message) => {
    const posted = await ports.slack.post(channel, threadTs, message);
    return posted.ok ? null : posted.error.code;
  };
}

function toResponseUrl(url: string, ports: WorkerPorts): Send {
  return async (message) => {
    const posted = await ports.slack.respond(url, message);
    return posted.ok ? null : posted.error.code;
  };
}

/** The last try of a job failed. If telling fails as well, the first failure is the one to report. */
async function tellFailure(job: Job, id: string, ports: WorkerPorts): Promise<void> {
  const message = renderNotice(noticeWords[ports.language].failed(id), [], id);
  const address = job.kind === 'mention' ? null : job.responseUrl;
  const thread = job.kind === 'command' ? '' : (job.threadTs ?? ('ts' in job ? job.ts : ''));
  const send =
    address === null ? toThread(job.channel, thread, ports) : toResponseUrl(address, ports);
  try {
    await send(message);
  } catch (error) {
    ports.log.error('could not tell', { id, ...errorFields(error) });
  }
}
