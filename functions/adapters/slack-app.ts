import { createHash } from 'node:crypto';
import { App, AwsLambdaReceiver, LogLevel } from '@slack/bolt';
import { noticeWords } from '../render/slack/notices.ts';
import { type Job, readMessage } from './job.ts';
import { errorFields, type Log } from './log.ts';
import type { Queue } from './queue.ts';
import { slackLogger } from './slack-logger.ts';
import { admit, refusalStatus } from './slack-request.ts';

/** What the receiving side needs from the world. */
export interface IngestPorts {
  /** Current and, while a rotation lasts, previous. */
  readonly signingSecrets: readonly string[];
  readonly botId: string;
  readonly botUserId: string;
  readonly language: 'en' | 'zh';
  readonly queue: Queue;
  readonly log: Log;
  readonly now: () => number;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Subtypes of messages that a person writes; edits, joins and the like are none. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast']);

/** Answers Slack's requests: checks each at the front door, acknowledges, and queues what there is to do. */
export function createSlackApp(ports: IngestPorts): (event: unknown) => Promise<HttpAnswer> {
  const receiver = new AwsLambdaReceiver({
    // The front door has verified the raw bytes, against two secrets while one is being rotated; Bolt knows only one.
    signatureVerification: false,
    signingSecret: '',
    logger: slackLogger(ports.log),
  });
  const app = new App({
    receiver,
    // Without `authorize`, Bolt asks auth.test over the network at each cold start. No listener here calls Slack.
    authorize: async () => ({ botId: ports.botId, botUserId: ports.botUserId }),
    convoStore: false,
    logger: slackLogger(ports.log),
    logLevel: LogLevel.WARN,
  });
  listen(app, ports);
  const bolt = receiver.toHandler();
  return async (event) => {
    const request = admit(event, ports.signingSecrets, ports.now());
    if (!request.ok) {
      ports.log.info('refused', { code: request.error.code });
      return { statusCode: refusalStatus[request.error.code], body: '' };
    }
    const retry = request.value.headers['x-slack-retry-num'] ?? null;
    // A 500 makes Slack deliver an event again, which is what we want when the queue did not take it.
    const answer = await bolt(request.value as unknown as Parameters<typeof bolt>[0], {});
    ports.log.info('answered', { status: answer.statusCode, retry });
    return { statusCode: answer.statusCode, body: answer.body, headers: headersOf(answer.headers) };
  };
}

function listen(app: App, ports: IngestPorts): void {
  const words = noticeWords[ports.language];
  app.command('/netdx', async ({ command, ack }) => {
    const empty = command.text.trim() === '' || command.text.trim() === 'help';
    if (empty) return ack({ response_type: 'ephemeral', text: words.help });
    const job = {
      kind: 'command',
      team: command.team_id,
      channel: command.channel_id,
      user: command.user_id,
      text: command.text,
      responseUrl: command.response_url,
      trigger: command.trigger_id,
    } as const satisfies Job;
    const kept = await tryToSend(ports, job);
    return ack({ response_type: 'ephemeral', text: kept ?? words.reading });
  });
  app.event('app_mention', async ({ event, body }) => {
    await enqueueMention(ports, body.team_id, event);
  });
  app.event('message', async ({ event, body }) => {
    const written = 'subtype' in event ? event.subtype : undefined;
    if (!WRITTEN.has(written as 'file_share' | undefined)) return;
    const text = 'text' in event && typeof event.text === 'string' ? event.text : '';
    const direct = event.channel_type === 'im';
    if (!direct && !text.includes(`<@${ports.botUserId}`)) return;
    await enqueueMention(ports, body.team_id, event);
  });
  app.action(/^steps-/, async ({ ack, body, action }) => {
    await ack();
    const job = stepsJob(body, action);
    if (job !== null) await tryToSend(ports, job);
  });
  app.action('feedback', async ({ ack, action }) => {
    await ack();
    const value = 'value' in action && typeof action.value === 'string' ? action.value : '';
    const [verdict = '', report = '', cause = ''] = value.split(' ');
    ports.log.info('feedback', { verdict, report, cause });
  });
}

async function enqueueMention(ports: IngestPorts, team: string, event: unknown): Promise<void> {
  const from = event as Readonly<Record<string, unknown>>;
  const message = readMessage(event);
  const { channel, user, thread_ts: thread, bot_id: bot } = from;
  if (message === null || typeof channel !== 'string' || typeof user !== 'string') return;
  if (typeof bot === 'string') return;
  const threadTs = typeof thread === 'string' ? thread : null;
  const job = { kind: 'mention', team, channel, user, ts: message.ts, threadTs, message } as const;
  await ports.queue.send(job);
  ports.log.info('queued', { kind: 'mention' });
}

/** Commands and buttons are never delivered twice, so the person has to be told; null when all is well. */
async function tryToSend(ports: IngestPorts, job: Job): Promise<string | null> {
  try {
    await ports.queue.send(job);
    ports.log.info('queued', { kind: job.kind });
    return null;
  } catch (error) {
    const id = createHash('sha256').update(JSON.stringify(job)).digest('hex').slice(0, 8);
    ports.log.error('not queued', { id, kind: job.kind, ...errorFields(error) });
    return noticeWords[ports.language].notQueued(id);
  }
}

function stepsJob(body: unknown, action: unknown): Job | null {
  const from = body as {
    readonly team?: { readonly id?: string } | null;
    readonly container?: {
      readonly channel_id?: string;
      readonly message_ts?: string;
      readonly is_ephemeral?: boolean;
    };
    readonly message?: { readonly thread_ts?: string };
    readonly response_url?: string;
  };
  const { value, action_ts: pressed } = action as {
    readonly value?: string;
    readonly action_ts?: string;
  };
  const { channel_id: channel, message_ts: ts, is_ephemeral: alone } = from.container ?? {};
  const team = from.team?.id;
  if (value === undefined || pressed === undefined || team === undefined) return null;
  if (channel === undefined || ts === undefined) return null;
  return {
    kind: 'steps',
    team,
    channel,
    value,
    pressed,
    threadTs: from.message?.thread_ts ?? ts,
    responseUrl: alone === true ? (from.response_url ?? null) : null,
  };
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};
}
