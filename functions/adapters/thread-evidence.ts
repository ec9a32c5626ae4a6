import type { Source } from '../intake/paste.ts';
import { noticeWords } from '../render/slack/notices.ts';
import type { Language } from '../report/schema.ts';
import type { MentionJob, SlackMessageIn } from './job.ts';
import type { SlackApi } from './slack-api.ts';
import { bodyOf, filesOf, type RemoteFile } from './slack-evidence.ts';

/** The messages of a mention's thread as far as they may be read, and what could not be, in the reader's language. */
export interface ThreadRead {
  readonly messages: readonly SlackMessageIn[];
  readonly notes: readonly string[];
  /** Whether an answer with this id stands in the thread already. */
  readonly answered: boolean;
}

/** What people wrote and attached: texts to examine, and files that could not serve. */
export interface ThreadEvidence {
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

const MOST_FILES = 20;

/**
 * Reads the thread of a mention anew rather than trusting the event, which may have come without its files; where the
 * thread may not be read, the event is all there is.
 */
export async function readThread(
  job: MentionJob,
  id: string,
  language: Language,
  slack: SlackApi,
): Promise<ThreadRead> {
  const words = noticeWords[language];
  const own = job.message === null ? [] : [job.message];
  const thread = await slack.thread(job.channel, job.threadTs ?? job.ts);
  if (!thread.ok) return { messages: own, notes: [words.threadUnreadable], answered: false };
  const { messages, complete } = thread.value;
  return {
    messages: merged(messages, own).filter((message) => message.bot_id === undefined),
    notes: complete ? [] : [words.threadTooLong(messages.length)],
    answered: messages.some((message) => carries(message, id)),
  };
}

/** Everything to examine in those messages: files first, then bodies in the order they were written. */
export async function evidenceIn(
  messages: readonly SlackMessageIn[],
  channel: string,
  language: Language,
  ports: { readonly slack: SlackApi; readonly botUserId: string },
): Promise<ThreadEvidence> {
  const files = messages.flatMap(filesOf);
  const { texts, refusals } = await readFiles(files, channel, language, ports.slack);
  const bodies = messages
    .map((message) => bodyOf(message, ports.botUserId))
    .filter((text) => text.trim() !== '');
  const several = bodies.length > 1;
  const nameOf = (index: number) => (several ? noticeWords[language].message(index + 1) : null);
  return {
    sources: [...texts, ...bodies.map((text, index) => ({ name: nameOf(index), text }))],
    notes: refusals,
  };
}

/** Our answers bear their id in the ids of their blocks, which Slack keeps. */
function carries(message: SlackMessageIn, id: string): boolean {
  return (message.blocks ?? []).some((block) => {
    const name =
      typeof block === 'object' && block !== null && 'block_id' in block ? block.block_id : '';
    return typeof name === 'string' && name.startsWith(`${id}-`);
  });
}

/** The mention itself may be missing from a thread read back too early, or lack the files that its event brought. */
function merged(
  thread: readonly SlackMessageIn[],
  own: readonly SlackMessageIn[],
): readonly SlackMessageIn[] {
  const missing = own.filter((message) => !thread.some((other) => other.ts === message.ts));
  const known = thread.map((message) => {
    const twin = own.find((other) => other.ts === message.ts);
    const files = message.files ?? twin?.files;
    return files === undefined ? message : { ...message, files };
  });
  return [...known, ...missing];
}

/** Files first, and untouched: Slack changes pasted text but not the bytes of a snippet. */
async function readFiles(
  files: readonly RemoteFile[],
  channel: string,
  language: Language,
  slack: SlackApi,
): Promise<{ readonly texts: readonly Source[]; readonly refusals: readonly string[] }> {
  const words = noticeWords[language];
  const texts: Source[] = [];
  const refusals: string[] = [];
  for (const [index, file] of files.entries()) {
    if (index >= MOST_FILES) {
      refusals.push(words.refused(file.name, 'too-many'));
      continue;
    }
    const read = await slack.file(file, channel);
    if (read.ok) texts.push(read.value);
    else refusals.push(words.refused(file.name, read.error.code));
  }
  return { texts, refusals };
}
