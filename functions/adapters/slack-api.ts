import type { FetchFunction } from '@slack/web-api';
import type { Source } from '../intake/paste.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import type { FileRefusalCode } from '../render/slack/notices.ts';
import type { SlackMessage } from '../render/slack.ts';
import type { Log } from './log.ts';
import { record } from './slack-bodies.ts';
import { type Refusal, type SlackCall, slackCall, TryLater } from './slack-call.ts';
import type { RemoteFile } from './slack-evidence.ts';
import { attachText, downloadFile } from './slack-files.ts';
import { formsOver, type SlackForms } from './slack-forms-api.ts';
import { readMessage, type SlackMessageIn } from './slack-message.ts';

/** A message's place. */
export interface At {
  readonly channel: string;
  readonly ts: string;
}

/** The few things the worker asks of Slack. */
export interface SlackApi extends SlackForms {
  /** Posts into a thread, or with `threadTs` null into the channel; gives where it stands. */
  readonly post: (
    channel: string,
    threadTs: string | null,
    message: SlackMessage,
  ) => Promise<Result<At, Refusal>>;
  /** Puts another message in the place of one of ours. */
  readonly update: (at: At, message: SlackMessage) => Promise<Result<null, Refusal>>;
  /** The address of a message; null where Slack does not give it. */
  readonly linkTo: (at: At) => Promise<string | null>;
  /** Takes one of our messages away. */
  readonly remove: (at: At) => Promise<Result<null, Refusal>>;
  /** Shows a message in a thread to one person. */
  readonly postTo: (
    user: string,
    channel: string,
    threadTs: string,
    message: SlackMessage,
  ) => Promise<Result<null, Refusal>>;
  /** Answers a slash command, a shortcut or a button, within 30 minutes and at most five times. */
  readonly respond: (
    url: string,
    message: SlackMessage | 'delete',
    audience: 'person' | 'channel',
  ) => Promise<Result<null, Refusal>>;
  /** All messages of a thread, oldest first; refused when the app may not read them. */
  readonly thread: (channel: string, ts: string) => Promise<Result<Thread, Refusal>>;
  readonly file: (
    file: RemoteFile,
    channel: string | null,
  ) => Promise<Result<Source, { readonly code: FileRefusalCode }>>;
  /** Shares a text file in a thread. */
  readonly attach: (
    at: { readonly channel: string; readonly threadTs: string },
    file: { readonly name: string; readonly text: string },
  ) => Promise<Result<null, Refusal>>;
  /** "is reading…" under the thread; gone by itself when the answer comes. Never stands in the way of the answer. */
  readonly status: (channel: string, threadTs: string, text: string) => Promise<void>;
  readonly publishHome: (user: string, view: object) => Promise<Result<null, Refusal>>;
}

interface Thread {
  readonly messages: readonly SlackMessageIn[];
  readonly complete: boolean;
}

export interface ApiOptions {
  readonly token: string;
  readonly fetch: FetchFunction;
  readonly log: Log;
}

/** The worker takes its time. */
const PATIENCE = { timeoutMs: 10_000, retries: 2 };
const MOST_PAGES = 5;
const RESPONSE_HOSTS = new Set(['hooks.slack.com', 'hooks.slack-gov.com']);

/** Talks to Slack over an injected `fetch`; every call has a timeout and few tries. */
export function slackApi(options: ApiOptions): SlackApi {
  const call = slackCall({ ...options, ...PATIENCE });
  const files = { call, token: options.token, fetch: options.fetch };
  const done = async (...[method, args]: Parameters<SlackCall>) => {
    const answer = await call(method, args);
    return answer.ok ? ok(null) : answer;
  };
  return {
    ...formsOver(call),
    post: async (channel, threadTs, message) => {
      const thread = threadTs === null ? {} : { thread_ts: threadTs };
      const answer = await call('chat.postMessage', { channel, ...thread, ...sent(message) });
      if (!answer.ok) return answer;
      // A message to a person (`U…`) lands in a channel of its own (`D…`).
      const landed = answer.value.channel;
      return ok({
        channel: typeof landed === 'string' ? landed : channel,
        ts: String(answer.value.ts ?? ''),
      });
    },
    update: ({ channel, ts }, message) =>
      done('chat.update', {
        channel,
        ts,
        text: message.text,
        // Without the field the old blocks would stay.
        blocks: message.blocks,
      }),
    linkTo: async ({ channel, ts }) => {
      const answer = await call('chat.getPermalink', { channel, message_ts: ts });
      const link = answer.ok ? answer.value.permalink : null;
      return typeof link === 'string' && URL.canParse(link) ? link : null;
    },
    remove: ({ channel, ts }) => done('chat.delete', { channel, ts }),
    postTo: (user, channel, threadTs, message) =>
      done('chat.postEphemeral', { user, channel, thread_ts: threadTs, ...sent(message) }),
    respond: (url, message, audience) => respond(options.fetch, url, message, audience),
    thread: (channel, ts) => readThread(call, channel, ts),
    file: (file, channel) => downloadFile(files, file, channel),
    attach: (at, file) => attachText(files, at, file),
    status: async (channel, threadTs, status) => {
      const args = { channel_id: channel, thread_ts: threadTs, status };
      await call('assistant.threads.setStatus', args).catch(() => undefined);
    },
    publishHome: (user, view) => done('views.publish', { user_id: user, view }),
  };
}

function sent(message: SlackMessage): Readonly<Record<string, unknown>> {
  return {
    text: message.text,
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    unfurl_links: false,
    unfurl_media: false,
  };
}

async function respond(
  fetch: FetchFunction,
  url: string,
  message: SlackMessage | 'delete',
  audience: 'person' | 'channel',
): Promise<Result<null, Refusal>> {
  const address = URL.canParse(url) ? new URL(url) : null;
  if (address?.protocol !== 'https:' || !RESPONSE_HOSTS.has(address.hostname)) {
    return err({ code: 'foreign-response-address', needed: null });
  }
  const body =
    message === 'delete'
      ? { delete_original: true }
      : {
          response_type: audience === 'channel' ? 'in_channel' : 'ephemeral',
          replace_original: false,
          text: message.text,
          ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
        };
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE.timeoutMs),
  });
  if (answer.status < 300) return ok(null);
  if (answer.status === 429) throw new TryLater(Number(answer.headers.get('retry-after') ?? '5'));
  if (answer.status >= 500) throw new Error(`response address answered ${answer.status}`);
  const said = await answer.text();
  const code = ['invalid_blocks', 'expired_url', 'used_url'].find((one) => said.includes(one));
  return err({ code: code ?? `http-${answer.status}`, needed: null });
}

async function readThread(
  call: SlackCall,
  channel: string,
  ts: string,
): Promise<Result<Thread, Refusal>> {
  const messages: SlackMessageIn[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call('conversations.replies', {
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
