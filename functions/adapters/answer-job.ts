import { noticeWords } from '../render/slack/notices.ts';
import { renderNotice } from '../render/slack/replies.ts';
import type { Language } from '../report/schema.ts';
import { answerCommand, answerForm, share } from './answer-person.ts';
import { answerThread, forgetMessage } from './answer-thread.ts';
import { toCaseMessage } from './case.ts';
import { forget, keepLabel, publishHome, showSteps, tellKept } from './case-buttons.ts';
import { DeliveryRefused, type Send, toResponseUrl, toThread } from './deliver.ts';
import type { Desk, WorkerPorts } from './desk.ts';
import type { Job, JobOf } from './job.ts';
import { digest, keyOf } from './job-names.ts';
import { errorFields } from './log.ts';
import type { SlackApi } from './slack-api.ts';
import { TryLater } from './slack-call.ts';
import { takenIn } from './taken.ts';

/** A worker that died may still hold the work; this is when to look again. */
const BUSY_SECONDS = 30;

/**
 * Does one job and answers once. Rejects when it is worth trying again; `last` says that nobody will: then the reader is
 * told, and the job stands among the dead with the reason.
 */
export async function answerJob(job: Job, ports: WorkerPorts, last: boolean): Promise<void> {
  const key = keyOf(job);
  const id = digest(key).slice(0, 8);
  const { log } = ports;
  const taken = takenIn(ports.store);
  const claim = await taken.claim(key);
  if (claim === 'done') {
    log.info('already answered', { id, kind: job.kind });
    return;
  }
  if (claim === 'busy') throw new TryLater(BUSY_SECONDS);
  try {
    await work(job, id, ports);
    await taken.finish(key);
    log.info('done', { id, kind: job.kind });
  } catch (error) {
    const final = last || error instanceof DeliveryRefused;
    log.error('failed', { id, kind: job.kind, last: final, ...errorFields(error) });
    await taken.release(key);
    if (!final) throw error;
    await tellFailure(job, id, error, ports);
    await ports.dead(job, reasonOf(error));
  }
}

async function work(job: Job, id: string, ports: WorkerPorts): Promise<void> {
  if (job.kind === 'removed') {
    await ports.uninstalled(job);
    return;
  }
  const slack = await ports.slackFor(job);
  const desk: Desk = { ...ports, slack, id, languageOf: (user) => languageOf(user, slack, ports) };
  switch (job.kind) {
    case 'command':
      return answerCommand(job, desk);
    case 'form':
      return answerForm(job, desk);
    case 'written':
      return answerWritten(job, desk);
    case 'shortcut':
      return answerShortcut(job, desk);
    case 'deleted':
      return forgetMessage({ ...job, ...nobody }, desk);
    case 'steps':
      return showSteps(job, desk);
    case 'share':
      return share(job, desk);
    case 'forget':
      return forget(job, desk);
    case 'kept':
      return tellKept(job, desk);
    case 'label':
      return keepLabel(job, desk);
    case 'home':
      return publishHome(job, desk);
  }
}

const nobody = { asked: false, foreigners: false, botUser: null, responseUrl: null } as const;

/** A long paste reaches a direct conversation as several messages: those within this time are one case. */
const ONE_PASTE_SECONDS = 120;

async function answerWritten(job: JobOf<'written'>, desk: Desk): Promise<void> {
  const { team, channel, user, ts, asked, foreigners, botUser } = job;
  const fresh = job.message === null ? [] : [toCaseMessage(job.message, Number(job.ts) * 1000)];
  const threadTs = job.direct ? await openThread(job, desk) : job.threadTs;
  await answerThread(
    {
      team,
      channel,
      threadTs,
      user,
      to: ts,
      fresh,
      asked,
      foreigners,
      botUser,
      responseUrl: null,
    },
    desk,
  );
}

/** The thread under which the direct message before this one is being answered, while it is fresh; else this one's own. */
async function openThread(job: JobOf<'written'>, desk: Desk): Promise<string> {
  const key = `paste:${job.team}:${job.channel}`;
  const before = await desk.store.get(key);
  if (before !== null) return before.value;
  await desk.store.create(key, job.threadTs, ONE_PASTE_SECONDS);
  return job.threadTs;
}

async function answerShortcut(job: JobOf<'shortcut'>, desk: Desk): Promise<void> {
  const { team, channel, threadTs, user, responseUrl } = job;
  const fresh =
    job.message === null ? [] : [toCaseMessage(job.message, Number(job.message.ts) * 1000)];
  await answerThread(
    {
      team,
      channel,
      threadTs,
      user,
      to: job.message?.ts ?? job.trigger,
      fresh,
      asked: true,
      foreigners: false,
      botUser: null,
      responseUrl,
    },
    desk,
  );
}

async function languageOf(user: string, slack: SlackApi, ports: WorkerPorts): Promise<Language> {
  return (await slack.languageOf(user)) ?? ports.language;
}

function reasonOf(error: unknown): string {
  const { error: name, code, answer } = errorFields(error);
  return [name, code, answer].filter((part) => typeof part === 'string').join(' ');
}

/** The last try failed. If telling fails as well, the first failure is the one to report. */
async function tellFailure(
  job: Job,
  id: string,
  error: unknown,
  ports: WorkerPorts,
): Promise<void> {
  const words = noticeWords[ports.language];
  const needed = error instanceof DeliveryRefused ? error.needed : null;
  const text = needed === null ? words.failed(id) : words.lacks(needed);
  try {
    const send = addressOf(job, await ports.slackFor(job));
    await send?.(renderNotice(text, [], id));
  } catch (second) {
    ports.log.error('could not tell', { id, ...errorFields(second) });
  }
}

/** Where to say that something failed; null where nobody waits for an answer. */
function addressOf(job: Job, slack: SlackApi): Send | null {
  if ('responseUrl' in job && job.responseUrl !== null)
    return toResponseUrl(slack, job.responseUrl);
  if (job.kind === 'written' && job.asked) return toThread(slack, job.channel, job.threadTs);
  if (job.kind === 'form') return toThread(slack, job.channel ?? job.user, job.threadTs);
  return null;
}
