import { createHash } from 'node:crypto';
import type { Source } from '../intake/paste.ts';
import { atOnceWords } from '../render/slack/at-once-words.ts';
import { noticeWords } from '../render/slack/notices.ts';
import {
  renderForgotten,
  renderNotice,
  renderRestUnread,
  renderSuperseded,
} from '../render/slack/replies.ts';
import type { Language } from '../report/schema.ts';
import { type Case, type CaseAnswer, type CaseMessage, freshAnswer, threadCase } from './case.ts';
import {
  DeliveryRefused,
  deliver,
  inPlaceOf,
  type Send,
  toPerson,
  toResponseUrl,
  toThread,
} from './deliver.ts';
import type { Desk } from './desk.ts';
import { diagnosed, noticeReply, type Reply } from './diagnosed.ts';
import { errorFields } from './log.ts';
import type { At } from './slack-api.ts';
import { evidenceIn, readThread, type ThreadRead } from './thread-evidence.ts';

/** New evidence in a thread, or a question about the thread. */
export interface ThreadQuestion {
  readonly team: string;
  readonly channel: string;
  readonly threadTs: string;
  readonly user: string;
  /** What is answered: the time of a message, or the id of a form's view. */
  readonly to: string;
  /** What this question brought, as its event or form carried it. */
  readonly fresh: readonly CaseMessage[];
  /** Whether the app was addressed; else it answers only where it has answered before, and only to evidence. */
  readonly asked: boolean;
  readonly foreigners: boolean;
  readonly botUser: string | null;
  /** Another way to answer, where the app is not in the channel. */
  readonly responseUrl: string | null;
}

/** An answer this young, or with so few messages below it, is still in sight: it is edited rather than repeated. */
const IN_SIGHT_MS = 15 * 60_000;
const IN_SIGHT_MESSAGES = 10;
/** The files of a message may reach Slack's own record of it a moment later than the event. */
const LATE_FILES_MS = 1500;

/** Answers once for what `question.to` brought: by editing the answer that stands while it stays the same, else anew. */
export async function answerThread(question: ThreadQuestion, desk: Desk): Promise<void> {
  const { team, channel, threadTs, asked } = question;
  const one = await desk.cases.open(threadCase(team, channel, threadTs));
  if (!asked && one.answer === null) return;
  const language = await languageFor(question, one.answer, desk);
  if (asked) await desk.slack.status(channel, threadTs, atOnceWords[language].reading);
  const { read, sources, notes } = await gathered(one, question, language, desk);
  const evidence = evidenceDigest(sources);
  const answer = adopted(one.answer, read, { evidence, channel, language }, desk);
  const known = one.answer?.to.includes(question.to) === true;
  if (known && one.answer?.evidence === evidence) return;
  if (!asked && !known && !(await bringsEvidence(question, language, desk))) return;
  const caseId = one.id;
  const reply =
    sources.length === 0
      ? noticeReply('nothing', noticeWords[language].nothingToRead, notes, desk)
      : await diagnosed(
          sources,
          {
            language,
            caseId,
            audience: question.foreigners ? 'person' : 'thread',
            notes,
            edits: answer?.edits ?? 0,
          },
          desk,
        );
  const next: Case = { id: caseId, channel, threadTs, answer: one.answer, messages: read.messages };
  const edits = stays(answer, reply, question, read, desk);
  if (answer !== null && edits !== null && edits.evidence === evidence) {
    await nothingNew(question, language, desk);
    return;
  }
  const at =
    edits === null
      ? await give(reply, question, desk)
      : await edit(reply, edits.at, question, desk);
  await desk.cases.keep({
    ...next,
    answer: {
      at,
      given: edits === null ? desk.now() : edits.given,
      verdict: reply.verdict,
      evidence,
      to: edits === null ? [question.to] : [...new Set([...edits.to, question.to])],
      edits: edits === null ? 1 : edits.edits + 1,
      language,
    },
  });
  if (edits === null && answer !== null)
    await supersede(answer, { verdict: reply.verdict, at }, language, desk);
}

/** A message is gone: what it brought is forgotten, and the answer says what the rest shows, or that nothing is left. */
export async function forgetMessage(
  question: Omit<ThreadQuestion, 'fresh' | 'to' | 'user'> & { readonly ts: string },
  desk: Desk,
): Promise<void> {
  const { team, channel, threadTs, ts } = question;
  const one = await desk.cases.open(threadCase(team, channel, threadTs));
  const { answer } = one;
  if (answer === null) return;
  if (answer.at?.ts === ts) {
    await desk.cases.forget(one.id);
    return;
  }
  const rest = { ...one, messages: one.messages.filter((message) => message.ts !== ts) };
  const { language } = answer;
  const asking = { ...question, user: '', to: '', fresh: [] };
  const { read, sources, notes } = await gathered(rest, asking, language, desk);
  const left = read.messages.filter((message) => message.ts !== ts);
  const evidence = evidenceDigest(sources);
  if (evidence === answer.evidence) return;
  if (sources.length === 0) {
    const isLeft = notes.length > read.notes.length;
    if (isLeft)
      await desk.cases.keep({ ...rest, messages: left, answer: { ...answer, verdict: '' } });
    else await desk.cases.forget(one.id);
    const told = isLeft
      ? renderRestUnread(language, notes, desk.id)
      : renderForgotten(language, desk.id);
    if (answer.at !== null) await desk.slack.update(answer.at, told);
    return;
  }
  const audience = 'thread' as const;
  const options = { language, caseId: one.id, audience, notes, edits: answer.edits };
  const reply = await diagnosed(sources, options, desk);
  const at = answer.at === null ? null : await edit(reply, answer.at, asking, desk);
  await desk.cases.keep({
    ...rest,
    messages: left,
    answer: { ...answer, at, verdict: reply.verdict, evidence, edits: answer.edits + 1 },
  });
}

/** Whoever asks is answered in their language; what comes unasked is answered in that of the answer that stands. */
async function languageFor(
  { asked, user }: ThreadQuestion,
  answer: CaseAnswer | null,
  desk: Desk,
): Promise<Language> {
  return asked || answer === null ? desk.languageOf(user) : answer.language;
}

interface Gathered {
  readonly read: ThreadRead;
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

/** The evidence of the thread; where a question brought none, once more a moment later. */
async function gathered(
  one: Case,
  question: ThreadQuestion,
  language: Language,
  desk: Desk,
): Promise<Gathered> {
  const known = { kept: one.messages, fresh: question.fresh };
  for (let attempt = 1; ; attempt += 1) {
    const read = await readThread(question, desk.id, known, language, desk.slack);
    const evidence = await evidenceIn(read.messages, question.channel, language, {
      slack: desk.slack,
      botUser: question.botUser,
    });
    const empty = evidence.sources.length === 0 && evidence.notes.length === 0;
    if (!empty || attempt === 2 || !question.asked) {
      return { read, sources: evidence.sources, notes: [...read.notes, ...evidence.notes] };
    }
    await desk.wait(LATE_FILES_MS);
  }
}

/** An answer of ours that stands in the thread though no record says so: the worker died between the two. */
function adopted(
  answer: CaseAnswer | null,
  read: ThreadRead,
  {
    evidence,
    channel,
    language,
  }: Record<'evidence' | 'channel', string> & { readonly language: Language },
  desk: Desk,
): CaseAnswer | null {
  if (read.answeredAt === null || answer?.at?.ts === read.answeredAt) return answer;
  const at = { channel, ts: read.answeredAt };
  return freshAnswer({ at, verdict: '', evidence: `${evidence}?`, language }, desk.now());
}

/** The answer that this reply takes the place of; null where it is given anew. */
function stays(
  answer: CaseAnswer | null,
  reply: Reply,
  question: ThreadQuestion,
  read: ThreadRead,
  desk: Desk,
): (CaseAnswer & { readonly at: At }) | null {
  if (answer?.at == null || question.foreigners) return null;
  const standing = { ...answer, at: answer.at };
  if (answer.to.includes(question.to) || answer.at.ts === read.answeredAt) return standing;
  if (answer.verdict !== reply.verdict) return null;
  const young = desk.now() - answer.given < IN_SIGHT_MS;
  const near = (read.after?.(answer.at.ts) ?? Number.POSITIVE_INFINITY) <= IN_SIGHT_MESSAGES;
  return young || near ? standing : null;
}

async function bringsEvidence(
  question: ThreadQuestion,
  language: Language,
  desk: Desk,
): Promise<boolean> {
  const { slack } = desk;
  const { botUser, channel } = question;
  const own = await evidenceIn(question.fresh, channel, language, { slack, botUser });
  if (own.sources.length === 0) return false;
  const report = await desk.core.examine(own.sources, language);
  return report.artefacts.length > 0;
}

async function give(reply: Reply, question: ThreadQuestion, desk: Desk): Promise<At | null> {
  const { slack } = desk;
  const { channel, threadTs, user, foreigners, responseUrl } = question;
  const send: Send = foreigners
    ? toPerson(slack, user, { channel, threadTs })
    : toThread(slack, channel, threadTs);
  try {
    const { at } = await deliver(reply.forms, send);
    if (at !== null) await attach(reply, at, question, desk);
    return at;
  } catch (error) {
    const outside = error instanceof DeliveryRefused && NOT_THERE.has(error.code);
    if (!outside || responseUrl === null) throw error;
  }
  await deliver(reply.unattached, toResponseUrl(slack, responseUrl));
  return null;
}

const NOT_THERE = new Set(['not_in_channel', 'channel_not_found']);

async function edit(
  reply: Reply,
  at: At,
  question: Pick<ThreadQuestion, 'channel' | 'threadTs'>,
  desk: Desk,
): Promise<At> {
  await deliver(reply.forms, inPlaceOf(desk.slack, at));
  await attach(reply, at, question, desk);
  return at;
}

/** What does not fit a message goes with it as a file; where that is refused, the message says so instead. */
async function attach(
  reply: Reply,
  at: At,
  { channel, threadTs }: Pick<ThreadQuestion, 'channel' | 'threadTs'>,
  desk: Desk,
): Promise<void> {
  if (reply.whole === null) return;
  const file = { name: 'netdx-report.md', text: reply.whole };
  const why = await desk.slack
    .attach({ channel, threadTs }, file)
    .then((attached) => (attached.ok ? null : { code: attached.error.code }), errorFields);
  if (why === null) return;
  desk.log.info('not attached', { id: desk.id, ...why });
  await deliver(reply.unattached, inPlaceOf(desk.slack, at));
}

/** People may have acted on the old answer: it says that it no longer stands. */
async function supersede(
  old: CaseAnswer,
  present: Pick<CaseAnswer, 'verdict' | 'at'>,
  language: Language,
  desk: Desk,
): Promise<void> {
  if (old.at === null || old.verdict === present.verdict) return;
  const link = present.at === null ? null : await desk.slack.linkTo(present.at).catch(() => null);
  const done =
    old.verdict === 'nothing'
      ? await desk.slack.remove(old.at)
      : await desk.slack.update(old.at, renderSuperseded(language, desk.id, link));
  if (!done.ok) desk.log.info('not superseded', { id: desk.id, code: done.error.code });
}

async function nothingNew(question: ThreadQuestion, language: Language, desk: Desk): Promise<void> {
  if (!question.asked) return;
  const message = renderNotice(noticeWords[language].nothingNew, [], desk.id);
  const { user, channel, threadTs } = question;
  const told = await desk.slack.postTo(user, channel, threadTs, message);
  if (!told.ok) desk.log.info('not told', { id: desk.id, code: told.error.code });
}

/** Stands for texts and bytes alike; says nothing of them. */
function evidenceDigest(sources: readonly Source[]): string {
  const hash = createHash('sha256');
  for (const { name, text, capture, at } of sources) {
    hash.update(JSON.stringify([name, text.length, at ?? null])).update(text);
    if (capture !== undefined) hash.update(capture);
  }
  return hash.digest('hex').slice(0, 16);
}
