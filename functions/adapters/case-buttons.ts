import * as z from 'zod/mini';
import { homeView } from '../render/slack/home.ts';
import { noticeWords } from '../render/slack/notices.ts';
import { renderKept, renderNotice, renderSteps } from '../render/slack/replies.ts';
import { deliver, toResponseUrl, toThread } from './deliver.ts';
import type { Desk } from './desk.ts';
import type { JobOf } from './job.ts';

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

/** "Steps a": the steps that the button carried, where the answer is seen. */
export async function showSteps(job: JobOf<'steps'>, desk: Desk): Promise<void> {
  const steps = carried.parse(JSON.parse(job.value));
  const send = job.alone
    ? toResponseUrl(desk.slack, job.responseUrl)
    : toThread(desk.slack, job.channel, job.threadTs);
  await deliver([renderSteps(steps, desk.id, job.alone ? null : job.user)], send);
}

/** "Forget this": the record goes, our answer goes, and the person is told. */
export async function forget(job: JobOf<'forget'>, desk: Desk): Promise<void> {
  const { slack } = desk;
  await desk.cases.forget(job.case);
  if (job.alone) await slack.respond(job.responseUrl, 'delete', 'person');
  else await slack.remove({ channel: job.channel, ts: job.ts });
  const language = await desk.languageOf(job.user);
  const told = renderNotice(noticeWords[language].forgotten, [], desk.id);
  await deliver([told], toResponseUrl(slack, job.responseUrl));
}

/** "What is kept". */
export async function tellKept(job: JobOf<'kept'>, desk: Desk): Promise<void> {
  const language = await desk.languageOf(job.user);
  const message = renderKept(language, desk.cases.hours, desk.id);
  await deliver([message], toResponseUrl(desk.slack, job.responseUrl));
}

const LABEL_SECONDS = 90 * 86_400;

/** What a person says the cause was. Their words are kept with the answer's id and never logged. */
export async function keepLabel(job: JobOf<'label'>, desk: Desk): Promise<void> {
  const { answer, said, cause, comment } = job;
  const known = desk.core.explain(cause, 'en') !== undefined;
  desk.log.info('label', { answer, said, cause: known ? cause : cause === '' ? null : 'other' });
  if (desk.cases.hours === 0) return;
  const value = JSON.stringify({ answer, said, cause, comment });
  await desk.store.create(`label:${answer}:${job.view}`, value, LABEL_SECONDS);
}

/** The app's home in the language of whoever opens it. */
export async function publishHome(job: JobOf<'home'>, desk: Desk): Promise<void> {
  const language = await desk.languageOf(job.user);
  const shown = await desk.slack.publishHome(job.user, homeView(language, desk.cases.hours));
  if (!shown.ok) desk.log.info('no home', { id: desk.id, code: shown.error.code });
}
