import { App, AwsLambdaReceiver, LogLevel, type Receiver } from '@slack/bolt';
import type { Workspace } from './installations.ts';
import type { Log } from './log.ts';
import type { Queue } from './queue.ts';
import type { SlackForms } from './slack-forms-api.ts';
import { listen } from './slack-listeners.ts';
import { slackLogger } from './slack-logger.ts';
import { admit, refusalStatus } from './slack-request.ts';

/** What the receiving side needs from the world, however requests reach it. */
export interface ListenerPorts {
  readonly language: 'en' | 'zh';
  readonly queue: Queue;
  readonly log: Log;
  /** Slack with little patience: a form has to open within three seconds. */
  readonly slackFor: (workspace: Workspace) => Promise<SlackForms>;
}

/** The same for requests over HTTP, which have to prove that they are Slack's. */
export interface IngestPorts extends ListenerPorts {
  /** Current and, while a rotation lasts, previous. */
  readonly signingSecrets: readonly string[];
  readonly now: () => number;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers Slack's requests: checks each at the front door, acknowledges, and queues what there is to do. */
export function createSlackApp(ports: IngestPorts): (event: unknown) => Promise<HttpAnswer> {
  const receiver = new AwsLambdaReceiver({
    // The front door has verified the raw bytes, against two secrets while one is being rotated; Bolt knows only one.
    signatureVerification: false,
    signingSecret: '',
    logger: slackLogger(ports.log),
  });
  boltApp(receiver, ports);
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

/** Bolt with our listeners behind any receiver. */
export function boltApp(receiver: Receiver, ports: ListenerPorts): App {
  const app = new App({
    receiver,
    // Without `authorize`, Bolt asks auth.test over the network at each cold start. Listeners get Slack from the ports.
    authorize: async () => ({}),
    // Our own messages are told by their `bot_id`; Bolt would have to know ours.
    ignoreSelf: false,
    convoStore: false,
    logger: slackLogger(ports.log),
    logLevel: LogLevel.WARN,
  });
  listen(app, ports);
  return app;
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  return typeof headers === 'object' && headers !== null ? (headers as Record<string, string>) : {};
}
