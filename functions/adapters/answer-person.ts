import { noticeWords } from '../render/slack/notices.ts';
import type { Language } from '../report/schema.ts';
import { answerThread } from './answer-thread.ts';
import { type Case, type CaseMessage, freshAnswer, privateCase, threadCase } from './case.ts';
import { deliver, type Send, toResponseUrl, toThread } from './deliver.ts';
import type { Desk } from './desk.ts';
import { diagnosed, noticeReply, type Reply } from './diagnosed.ts';
import type { JobOf } from './job.ts';
import { questionIn, renderQuestion } from './questions.ts';
import { evidenceIn } from './thread-evidence.ts';

/** `/netdx …`: a question about causes, or a paste that one person sees the answer to. */
export async function answerCommand(job: JobOf<'command'>, desk: Desk): Promise<void> {
  const language = await desk.languageOf(job.user);
  const send = toResponseUrl(desk.slack, job.responseUrl);
  const question = questionIn(job.text);
  if (question !== null) {
    await deliver([renderQuestion(question, language, desk)], send);
    return;
  }
  const brought = { ts: job.trigger, since: desk.now(), text: job.text };
  const id = privateCase(job.team, job.user, job.trigger);
  await answerPrivately({ id, brought, language, send }, desk);
}

/** A form: evidence for the thread or the private case that it was opened from, or for a case of its own. */
export async function answerForm(job: JobOf<'form'>, desk: Desk): Promise<void> {
  const { team, user, channel, threadTs, responseUrl } = job;
  const brought: CaseMessage = {
    ts: job.view,
    since: desk.now(),
    places: job.places,
    files: job.files,
  };
  if (channel !== null && threadTs !== null && job.case === null) {
    await answerThread(
      {
        team,
        channel,
        threadTs,
        user,
        to: job.view,
        fresh: [brought],
        asked: true,
        foreigners: false,
        botUser: null,
        responseUrl,
      },
      desk,
    );
    return;
  }
  const language = await desk.languageOf(user);
  const id = job.case ?? privateCase(team, user, job.view);
  if (responseUrl !== null) {
    const send = toResponseUrl(desk.slack, responseUrl);
    await answerPrivately({ id, brought, language, send }, desk);
    return;
  }
  await answerDirectly(team, user, brought, language, desk);
}

interface PrivateQuestion {
  readonly id: string;
  readonly brought: CaseMessage;
  readonly language: Language;
  readonly send: Send;
}

async function answerPrivately(
  { id, brought, language, send }: PrivateQuestion,
  desk: Desk,
): Promise<void> {
  const one = await desk.cases.open(id);
  const messages = [...one.messages.filter(({ ts }) => ts !== brought.ts), brought];
  const { reply, evidence } = await replyTo(messages, id, 'person', language, desk);
  const { at } = await deliver(reply.forms, send);
  const answer = freshAnswer({ at, verdict: reply.verdict, evidence, language }, desk.now());
  await desk.cases.keep({ ...one, messages, answer });
}

/** The global shortcut knows no channel: the answer is a direct message, and its thread the case. */
async function answerDirectly(
  team: string,
  user: string,
  brought: CaseMessage,
  language: Language,
  desk: Desk,
): Promise<void> {
  const messages = [brought];
  const id = privateCase(team, user, brought.ts);
  const { reply, evidence } = await replyTo(messages, id, 'thread', language, desk);
  const send = toThread(desk.slack, user, null);
  await post({ team, messages, reply, evidence, language, send }, desk);
}

/** Posts an answer that starts a thread, and makes the thread's case of it. */
async function post(
  {
    team,
    messages,
    reply,
    evidence,
    language,
    send,
  }: {
    readonly team: string;
    readonly messages: readonly CaseMessage[];
    readonly reply: Reply;
    readonly evidence: string;
    readonly language: Language;
    readonly send: Send;
  },
  desk: Desk,
): Promise<void> {
  const { at } = await deliver(reply.unattached, send);
  if (at === null) return;
  const { channel, ts } = at;
  const answer = freshAnswer({ at, verdict: reply.verdict, evidence, language }, desk.now());
  const id = threadCase(team, channel, ts);
  await desk.cases.keep({ id, channel, threadTs: ts, messages, answer });
}

/** Shows a private answer to everybody in the conversation; from then on it is a thread like any other. */
export async function share(job: JobOf<'share'>, desk: Desk): Promise<void> {
  const language = await desk.languageOf(job.user);
  const { slack } = desk;
  const one: Case = await desk.cases.open(job.case);
  if (one.messages.length === 0) {
    const words = noticeWords[language];
    const reply = noticeReply('gone', words.shareGone(desk.cases.hours), [], desk);
    await deliver(reply.forms, toResponseUrl(slack, job.responseUrl));
    return;
  }
  const { messages } = one;
  const { reply, evidence } = await replyTo(messages, job.case, 'thread', language, desk);
  const send: Send = async (message) => {
    const posted = await slack.post(job.channel, null, message);
    if (posted.ok || !/^(?:not_in_channel|channel_not_found)$/.test(posted.error.code)) {
      return posted;
    }
    // A response address speaks where the app itself is not a member.
    return slack.respond(job.responseUrl, message, 'channel');
  };
  await post({ team: job.team, messages, reply, evidence, language, send }, desk);
}

async function replyTo(
  messages: readonly CaseMessage[],
  caseId: string,
  audience: 'thread' | 'person',
  language: Language,
  desk: Desk,
): Promise<{ readonly reply: Reply; readonly evidence: string }> {
  const { slack } = desk;
  const { sources, notes } = await evidenceIn(messages, null, language, { slack, botUser: null });
  const evidence = messages.map((message) => message.ts).join(' ');
  const reply =
    sources.length === 0
      ? noticeReply('nothing', noticeWords[language].nothingToRead, notes, desk)
      : await diagnosed(sources, { language, caseId, audience, notes, edits: 0 }, desk);
  return { reply, evidence };
}
