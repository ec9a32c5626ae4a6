import type { Source } from '../intake/paste.ts';
import { noticeWords } from '../render/slack/notices.ts';
import type { Language } from '../report/schema.ts';
import { type CaseMessage, toCaseMessage } from './case.ts';
import type { SlackApi } from './slack-api.ts';
import { bodyOf, filesOf, named, type RemoteFile } from './slack-evidence.ts';

/** The messages of a thread as far as they may be read, and what could not be, in the reader's language. */
export interface ThreadRead {
  /** What people wrote, oldest first, with what forms brought. */
  readonly messages: readonly CaseMessage[];
  readonly notes: readonly string[];
  /** Our message that answers the work `id`, where one stands in the thread already. */
  readonly answeredAt: string | null;
  /** How many messages came after a time; null when the thread may not be read. */
  readonly after: ((ts: string) => number) | null;
}

/** What people wrote and attached: texts to examine, and files that could not serve. */
export interface ThreadEvidence {
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

const MOST_FILES = 20;

/**
 * Reads a thread anew and lays over it what is known of it besides: a message too fresh to be read back, the files that
 * only its event brought, what forms said. Where the thread may not be read, what is known is all there is; where it
 * may, a message that is no longer in it is gone.
 */
export async function readThread(
  place: { readonly channel: string; readonly threadTs: string },
  id: string,
  known: { readonly kept: readonly CaseMessage[]; readonly fresh: readonly CaseMessage[] },
  language: Language,
  slack: SlackApi,
): Promise<ThreadRead> {
  const words = noticeWords[language];
  const thread = await slack.thread(place.channel, place.threadTs);
  const all = merged(known.fresh, known.kept);
  if (!thread.ok) {
    const scope = thread.error.needed;
    const notes = [scope === null ? words.threadUnreadable : words.threadScope(scope)];
    return { messages: all, notes, answeredAt: null, after: null };
  }
  const { messages, complete } = thread.value;
  const own = messages.filter((message) => message.bot_id !== undefined);
  const people = messages.filter((message) => message.bot_id === undefined);
  const read = people.map((message) => toCaseMessage(message, Number(message.ts) * 1000));
  const there = new Set(people.map((message) => message.ts));
  const fresh = new Set(known.fresh.map((message) => message.ts));
  const besides = all.filter(
    (one) => there.has(one.ts) || fresh.has(one.ts) || one.places !== undefined || !complete,
  );
  return {
    messages: merged(read, besides),
    notes: complete ? [] : [words.threadTooLong(messages.length)],
    answeredAt: own.findLast((message) => carries(message, id))?.ts ?? null,
    after: (ts) => messages.filter((message) => message.ts > ts).length,
  };
}

/** Everything to examine in those messages: files first, then bodies in the order they were written. */
export async function evidenceIn(
  messages: readonly CaseMessage[],
  channel: string | null,
  language: Language,
  ports: { readonly slack: SlackApi; readonly botUser: string | null },
): Promise<ThreadEvidence> {
  const words = noticeWords[language];
  const files: Source[] = [];
  const refusals: string[] = [];
  const remote = messages.flatMap((message) =>
    filesOf(message).map((file) => ({ file, from: message.places === undefined ? channel : null })),
  );
  for (const [index, { file, from }] of remote.entries()) {
    const read = await readOne(file, from, index, language, ports.slack);
    if (typeof read === 'string') refusals.push(read);
    else files.push(read);
  }
  const bodies = messages
    .map((message) => bodyOf(message, ports.botUser))
    .filter((text) => text.trim() !== '');
  const places = messages
    .flatMap((message) => message.places ?? [])
    .filter(({ output }) => output.trim() !== '');
  const single = bodies.length + places.length === 1;
  const texts: readonly Source[] = [
    ...bodies.map((text) => ({ text })),
    ...places.map(({ host, interface: name, output }) => ({
      text: output,
      ...(host === null ? {} : { at: { host, interface: name } }),
    })),
  ].map((one, index) => ({ name: single ? null : words.message(index + 1), ...one }));
  return { sources: named([...files, ...texts]), notes: refusals };
}

/** Our answers bear their id in the ids of their blocks, which Slack keeps. */
function carries(
  message: { readonly blocks?: readonly unknown[] | undefined },
  id: string,
): boolean {
  return (message.blocks ?? []).some((block) => {
    const name =
      typeof block === 'object' && block !== null && 'block_id' in block ? block.block_id : '';
    return typeof name === 'string' && name.startsWith(`${id}-`);
  });
}

/** Both by time: of a message in both the first one's text, and the files of either. */
function merged(
  first: readonly CaseMessage[],
  second: readonly CaseMessage[],
): readonly CaseMessage[] {
  const missing = second.filter((message) => !first.some((other) => other.ts === message.ts));
  const known = first.map((message) => {
    const twin = second.find((other) => other.ts === message.ts);
    const files = message.files ?? twin?.files;
    return files === undefined ? message : { ...message, files };
  });
  return [...known, ...missing].toSorted((a, b) => a.since - b.since);
}

/** A file as a source, or why not, in the reader's language. Slack changes pasted text but not the bytes of a file. */
async function readOne(
  file: RemoteFile,
  channel: string | null,
  index: number,
  language: Language,
  slack: SlackApi,
): Promise<Source | string> {
  const words = noticeWords[language];
  if (index >= MOST_FILES) return words.refused(file.name, 'too-many');
  const read = await slack.file(file, channel);
  return read.ok ? read.value : words.refused(file.name, read.error.code);
}
