import { noticeWords } from '../render/slack/notices.ts';
import type { Language } from '../report/schema.ts';
import type { MentionJob, SlackMessageIn } from './job.ts';
import type { SlackApi } from './slack-api.ts';
import { bodyOf, filesOf, type PastedText, type RemoteFile } from './slack-evidence.ts';

/** What a thread gave: texts to examine, and what could not be read, in the reader's language. */
export interface ThreadEvidence {
  readonly sources: readonly PastedText[];
  readonly notes: readonly string[];
}

const MOST_FILES = 20;

/**
 * Everything people wrote and attached in the thread of a mention. The thread is read anew rather than taken from the
 * event, because the event may have come without its files; where it may not be read, the event is all there is.
 */
export async function readThreadEvidence(
  job: MentionJob,
  language: Language,
  ports: { readonly slack: SlackApi; readonly botUserId: string },
): Promise<ThreadEvidence> {
  const words = noticeWords[language];
  const notes: string[] = [];
  const thread = await ports.slack.thread(job.channel, job.threadTs ?? job.ts);
  const own = job.message === null ? [] : [job.message];
  if (!thread.ok) notes.push(words.threadUnreadable);
  else if (!thread.value.complete) notes.push(words.threadTooLong(thread.value.messages.length));
  const all = thread.ok ? merged(thread.value.messages, own) : own;
  const messages = all.filter((message) => message.bot_id === undefined);
  const files = messages.flatMap(filesOf);
  const { texts, refusals } = await readFiles(files, job.channel, language, ports.slack);
  const bodies = messages
    .map((message) => bodyOf(message, ports.botUserId))
    .filter((text) => text.trim() !== '');
  const several = bodies.length > 1;
  return {
    sources: [
      ...texts,
      ...bodies.map((text, index) => ({ name: several ? words.message(index + 1) : null, text })),
    ],
    notes: [...notes, ...refusals],
  };
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
): Promise<{ readonly texts: readonly PastedText[]; readonly refusals: readonly string[] }> {
  const words = noticeWords[language];
  const texts: PastedText[] = [];
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
