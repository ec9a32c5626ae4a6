import { LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { FetchFunction } from '@slack/web-api';
import { answerJob } from './answer-job.ts';
import type { WorkerPorts } from './desk.ts';
import { errorFields } from './log.ts';
import { ownQueue } from './own-queue.ts';
import { slackApi } from './slack-api.ts';
import { boltApp } from './slack-app.ts';
import { slackForms } from './slack-forms-api.ts';
import { slackLogger } from './slack-logger.ts';
import { slackOfWorkspaces } from './slack-of-workspaces.ts';

export interface SocketPorts extends Omit<WorkerPorts, 'slackFor' | 'dead' | 'uninstalled'> {
  /** `xapp-…`: opens the connection. */
  readonly appToken: string;
  /** `xoxb-…`: speaks for the app. */
  readonly botToken: string;
  readonly fetch: FetchFunction;
  /** Where the connection is asked for, when that is not slack.com. */
  readonly slackApiUrl?: string;
}

/**
 * Serves one workspace from this process over a WebSocket that Slack's own client keeps open: the same listeners and the
 * same worker as on AWS, with a queue in memory. Resolves once connected; `stop` ends it after the work at hand.
 */
export async function serveSocketMode(
  ports: SocketPorts,
): Promise<{ readonly stop: () => Promise<void> }> {
  const { fetch, log, botToken } = ports;
  const token = async () => botToken;
  const worker: WorkerPorts = {
    ...ports,
    slackFor: slackOfWorkspaces(token, (one) => slackApi({ token: one, fetch, log })),
    dead: async (job, reason) => log.error('given up', { kind: job.kind, reason }),
    uninstalled: async () => log.info('uninstalled'),
  };
  const work = (job: Parameters<typeof answerJob>[0], last: boolean) =>
    answerJob(job, worker, last);
  const queue = ownQueue({ work, wait: ports.wait, log });
  const receiver = new SocketModeReceiver({
    appToken: ports.appToken,
    logger: slackLogger(log),
    logLevel: LogLevel.WARN,
    ...(ports.slackApiUrl === undefined
      ? {}
      : { installerOptions: { clientOptions: { slackApiUrl: ports.slackApiUrl } } }),
  });
  const app = boltApp(receiver, {
    language: ports.language,
    queue,
    log,
    slackFor: slackOfWorkspaces(token, (one) => slackForms({ token: one, fetch, log })),
  });
  app.error(async (error) => log.error('listener failed', errorFields(error)));
  await app.start();
  return {
    stop: async () => {
      await app.stop();
      await queue.idle();
    },
  };
}
