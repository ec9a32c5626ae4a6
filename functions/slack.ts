import { createLog, errorFields } from './adapters/log.ts';
import { sqsQueue } from './adapters/queue.ts';
import { secretReader } from './adapters/secrets.ts';
import { readIngestSettings } from './adapters/settings.ts';
import { createSlackApp, type HttpAnswer, type IngestPorts } from './adapters/slack-app.ts';
import { once } from './primitives/once.ts';

/**
 * Lambda behind the HTTP API: checks that a request is Slack's, acknowledges it within three seconds, opens forms, and
 * queues the work. It reads no paste.
 */
export async function handler(event: unknown, _context?: unknown): Promise<HttpAnswer> {
  try {
    return await (await production())(event);
  } catch (error) {
    log.error('ingest failed', errorFields(error));
    return { statusCode: 500, body: '' };
  }
}

/** The same handler with other ends: a queue in memory, another clock. */
export function slackHandler(ports: IngestPorts): (event: unknown) => Promise<HttpAnswer> {
  return createSlackApp(ports);
}

const log = createLog();
let wired: { readonly secret: string; readonly app: ReturnType<typeof createSlackApp> } | undefined;
let signingSecret: (() => Promise<string>) | undefined;

/** Wired at the first request and again when the secret has been rotated; several secrets stand apart by commas. */
async function production(): Promise<ReturnType<typeof createSlackApp>> {
  const settings = readIngestSettings();
  if (!settings.ok) {
    log.error('settings', { missing: settings.error.names.join(', ') });
    throw new Error('settings');
  }
  const { aws, language, queueUrl } = settings.value;
  signingSecret ??= secretReader(settings.value.signingSecret, aws, Date.now);
  const secret = await signingSecret();
  if (wired?.secret === secret) return wired.app;
  const forms = once(async () => {
    const { formsOfWorkspaces } = await import('./adapters/forms-of-workspaces.ts');
    return formsOfWorkspaces(settings.value, log);
  });
  const app = createSlackApp({
    signingSecrets: secret.split(',').map((part) => part.trim()),
    language,
    queue: sqsQueue(queueUrl, aws, Date.now),
    slackFor: async (workspace) => (await forms())(workspace),
    log,
    now: Date.now,
  });
  wired = { secret, app };
  return app;
}
