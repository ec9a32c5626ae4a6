import { type FetchFunction, WebClient } from '@slack/web-api';
import { fileContent } from '../intake/file-content.ts';
import type { Source } from '../intake/paste.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import type { FileRefusalCode } from '../render/slack/notices.ts';
import type { SlackMessage } from '../render/slack.ts';
import { readMessage, type SlackMessageIn } from './job.ts';
import type { Log } from './log.ts';
import { type RemoteFile, readFile } from './slack-evidence.ts';
import { slackLogger } from './slack-logger.ts';

/** The few things the worker asks of Slack. */
export interface SlackApi {
  /** Posts into a thread; fails with Slack's own code. */
  readonly post: (
    channel: string,
    threadTs: string,
    message: SlackMessage,
  ) => Promise<Result<string, PostFailure>>;
  /** Answers a slash command or a message that one person sees, within 30 minutes of it. */
  readonly respond: (url: string, message: SlackMessage) => Promise<Result<null, PostFailure>>;
  /** All messages of a thread, oldest first; refused when the app may not read them. */
  readonly thread: (channel: string, ts: string) => Promise<Result<Thread, PostFailure>>;
  readonly file: (
    file: RemoteFile,
    channel: string,
  ) => Promise<Result<Source, { readonly code: FileRefusalCode }>>;
  readonly languageOf: (user: string) => Promise<'en' | 'zh' | null>;
  /** "is reading…" under the thread; gone by itself when the answer comes. */
  readonly status: (channel: string, threadTs: string, text: string) => Promise<void>;
}

interface Thread {
  readonly messages: readonly SlackMessageIn[];
  readonly complete: boolean;
}

interface PostFailure {
  readonly code: string;
}

export interface ApiOptions {
  readonly token: string;
  readonly fetch: FetchFunction;
  readonly log: Log;
}

const TIMEOUT_MS = 10_000;
const LARGEST_FILE_BYTES = 5 * 1024 * 1024;
const MOST_PAGES = 5;
/** Only these hosts ever see the token beside the API itself. */
const FILE_HOSTS = new Set(['files.slack.com', 'slack-files.com']);
const RESPONSE_HOSTS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** Talks to Slack over an injected `fetch`; every call has a timeout and is tried at most three times. */
export function slackApi(options: ApiOptions): SlackApi {
  const client = new WebClient(options.token, {
    fetch: options.fetch,
    logger: slackLogger(options.log),
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 3000 },
  });
  return {
    post: async (channel, threadTs, message) => {
      const answer = await call(client, 'chat.postMessage', {
        channel,
        thread_ts: threadTs,
        text: message.text,
        ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
        unfurl_links: false,
        unfurl_media: false,
      });
      return answer.ok ? ok(String(answer.value.ts ?? '')) : answer;
    },
    respond: (url, message) => respond(options.fetch, url, message),
    thread: (channel, ts) => readThread(client, channel, ts),
    file: (file, channel) => download(client, options, file, channel),
    languageOf: async (user) => {
      const answer = await call(client, 'users.info', { user, include_locale: true });
      const about = answer.ok ? record(answer.value.user) : {};
      const locale = about.locale;
      if (typeof locale !== 'string') return null;
      return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
    },
    status: async (channel, threadTs, text) => {
      await call(client, 'assistant.threads.setStatus', {
        channel_id: channel,
        thread_ts: threadTs,
        status: text,
      });
    },
  };
}

/** An answer of Slack's that says no is a value; the network failing is not, and lets the queue try again. */
async function call(
  client: WebClient,
  method: string,
  options: Readonly<Record<string, unknown>>,
): Promise<Result<Readonly<Record<string, unknown>>, PostFailure>> {
  try {
    return ok(record(await client.apiCall(method, options)));
  } catch (error) {
    const code = platformCode(error);
    if (code === null) throw error;
    return err({ code });
  }
}

function platformCode(error: unknown): string | null {
  const answer = record(record(error).data);
  return typeof answer.error === 'string' ? answer.error : null;
}

async function respond(
  fetch: FetchFunction,
  url: string,
  message: SlackMessage,
): Promise<Result<null, PostFailure>> {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address?.protocol !== 'https:' || !RESPONSE_HOSTS.has(address.hostname)) {
    return err({ code: 'foreign-response-address' });
  }
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      response_type: 'ephemeral',
      replace_original: false,
      text: message.text,
      ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (answer.status < 300) return ok(null);
  if (answer.status >= 500 || answer.status === 429) {
    throw new Error(`response address answered ${answer.status}`);
  }
  const said = await answer.text();
  return err({
    code: said.includes('invalid_blocks') ? 'invalid_blocks' : `http-${answer.status}`,
  });
}

async function readThread(
  client: WebClient,
  channel: string,
  ts: string,
): Promise<Result<Thread, PostFailure>> {
  const messages: SlackMessageIn[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(client, 'conversations.replies', {
      channel,
      ts,
      limit: 200,
      ...(cursor === '' ? {} : { cursor }),
    });
    if (!answer.ok) return answer;
    const found = Array.isArray(answer.value.messages) ? answer.value.messages : [];
    messages.push(...found.map(readMessage).filter((message) => message !== null));
    const next = record(answer.value.response_metadata).next_cursor;
    cursor = typeof next === 'string' ? next : '';
    if (cursor === '') return ok({ messages, complete: true });
  }
  return ok({ messages, complete: false });
}

async function download(
  client: WebClient,
  options: ApiOptions,
  file: RemoteFile,
  channel: string,
): Promise<Result<Source, { readonly code: FileRefusalCode }>> {
  const known = file.url === null ? await lookUp(client, file, channel) : ok(file);
  if (!known.ok) return known;
  const { name, url, bytes } = known.value;
  if ((bytes ?? 0) > LARGEST_FILE_BYTES) return err({ code: 'too-large' });
  const address = url !== null && URL.canParse(url) ? new URL(url) : null;
  if (address?.protocol !== 'https:' || !FILE_HOSTS.has(address.hostname)) {
    return err({ code: 'no-access' });
  }
  const answer = await getFile(options, address);
  if (answer === null || answer.status === 429 || answer.status >= 500) {
    return err({ code: 'unavailable' });
  }
  if (!answer.ok) return err({ code: 'no-access' });
  if (Number(answer.headers.get('content-length') ?? '0') > LARGEST_FILE_BYTES) {
    return err({ code: 'too-large' });
  }
  const content = new Uint8Array(await answer.arrayBuffer());
  if (content.length > LARGEST_FILE_BYTES) return err({ code: 'too-large' });
  const read = fileContent(content);
  if (!read.ok) return read;
  // Without a token or a scope Slack answers 200 with a page to log in, not with an error.
  const page = (answer.headers.get('content-type') ?? '').startsWith('text/html');
  return page || /^\s{0,20}<(?:!doctype html|html)/i.test(read.value.text)
    ? err({ code: 'no-access' })
    : ok({ name, ...read.value });
}

/** One unreadable file must not cost the answer to all the others: no answer is null. */
async function getFile(
  options: ApiOptions,
  address: URL,
): Promise<Awaited<ReturnType<FetchFunction>> | null> {
  try {
    // A redirect would carry the token to wherever it points.
    return await options.fetch(address, {
      headers: { authorization: `Bearer ${options.token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    return null;
  }
}

/** Shared channels name files by id only; one that was never shared here must not be read for whoever names it. */
async function lookUp(
  client: WebClient,
  file: RemoteFile,
  channel: string,
): Promise<Result<RemoteFile, { readonly code: FileRefusalCode }>> {
  const answer = await call(client, 'files.info', { file: file.id });
  if (!answer.ok) return err({ code: 'no-access' });
  const about = record(answer.value.file);
  const shares = record(about.shares);
  const here = Object.values(shares).some((kind) => channel in record(kind));
  if (!here) return err({ code: 'not-shared-here' });
  const read = readFile(about);
  return read === null ? err({ code: 'unavailable' }) : ok(read);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
