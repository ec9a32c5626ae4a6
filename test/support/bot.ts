import { casesIn } from '../../functions/adapters/case.ts';
import type { Core } from '../../functions/adapters/core.ts';
import type { WorkerPorts } from '../../functions/adapters/desk.ts';
import type { Job } from '../../functions/adapters/job.ts';
import { createLog } from '../../functions/adapters/log.ts';
import { memoryQueue, type Postpone, type Queue } from '../../functions/adapters/queue.ts';
import { slackApi } from '../../functions/adapters/slack-api.ts';
import { slackForms } from '../../functions/adapters/slack-forms-api.ts';
import { sqliteStore } from '../../functions/adapters/sqlite-store.ts';
import type { BuiltLambdas } from './built.ts';
import { type FakeSlackOptions, fakeSlack } from './fake-slack.ts';
import { sampleReports } from './sample-reports.ts';
import { FORM, JSON_TYPE, queueEvent, type SignOptions, signedEvent } from './slack-events.ts';

export const SECRET = 'not-a-secret-0123456789abcdef';
const TOKEN = 'xoxb-not-a-token';

export interface BotOptions extends FakeSlackOptions {
  /** Hours that pasted text is kept. */
  readonly hours: number;
  /** Another queue than the one in memory; `work` then has nothing to do. */
  readonly queue: Queue;
}

/** The built handlers wired to a fake Slack and a queue in memory: requests go in signed, answers land in the fake. */
export function bot(
  lambdas: Pick<BuiltLambdas, 'slack' | 'diagnose'>,
  core: Core,
  options: Partial<BotOptions> = {},
) {
  const slack = fakeSlack({ token: TOKEN, botUserId: 'UBOT', botId: 'BBOT', ...options });
  const queue = memoryQueue();
  const logged: string[] = [];
  const measured: unknown[] = [];
  const dead: { readonly job: Job; readonly reason: string }[] = [];
  const log = createLog((text) => logged.push(text));
  const clock = { ms: 1_700_000_300_000 };
  const now = () => clock.ms;
  const store = sqliteStore(':memory:', now);
  const ingest = lambdas.slack.slackHandler({
    signingSecrets: [SECRET],
    language: 'en',
    queue: options.queue ?? queue,
    slackFor: async () => slackForms({ token: TOKEN, fetch: slack.fetch, log }),
    log,
    now,
  });
  const freshWorker = (changes: Partial<WorkerPorts> = {}, postpone?: Postpone) => {
    const api = slackApi({ token: TOKEN, fetch: slack.fetch, log });
    const ports: WorkerPorts = {
      slackFor: async () => api,
      core,
      store,
      cases: casesIn(store, options.hours ?? 24, now),
      dead: async (job, reason) => {
        dead.push({ job, reason });
      },
      uninstalled: async (workspace) => log.info('uninstalled', { ...workspace }),
      language: 'en',
      log,
      measure: { answer: (told) => measured.push(told) },
      now,
      wait: async () => undefined,
      ...changes,
    };
    return lambdas.diagnose.diagnoseHandler(ports, 3, postpone);
  };
  const worker = freshWorker();
  const signed = (body: string, changes: Partial<SignOptions> = {}) =>
    signedEvent(body, {
      secret: SECRET,
      nowMs: clock.ms,
      shape: 'v2',
      contentType: body.startsWith('{') ? JSON_TYPE : FORM,
      ...changes,
    });
  return {
    slack,
    queue,
    store,
    logged,
    measured,
    dead,
    clock,
    nowMs: clock.ms,
    ingest,
    worker,
    /** Another environment of the same Lambda. */
    freshWorker,
    signed,
    /** Sends one request in. */
    request: (body: string, changes: Partial<SignOptions> = {}) => ingest(signed(body, changes)),
    /** Lets the worker do all that is queued. */
    work: (receives = 1) => worker(queueEvent(queue.take(), receives)),
  };
}

/** One row of `conntrack -S` (conntrack-tools src/conntrack.c), on which the recording core says "diagnosed". */
export const COUNTERS =
  'cpu=0   \tfound=1 invalid=2 insert=0 insert_failed=5 drop=5 early_drop=0 error=0 search_restart=3 ';

/** A core that remembers what it was given; the real one has tests of its own. */
export function recorder() {
  const given: (readonly { name: string | null; text: string }[])[] = [];
  const core: Core = {
    examine: async (sources, language) => {
      given.push(sources);
      const known = sources.some((one) => one.text.includes('insert_failed'));
      const routes = sources.some((one) => one.text.includes('default via'));
      const reports = sampleReports(language);
      return known ? reports.diagnosed : routes ? reports.healthy : reports.unrecognised;
    },
    causes: () => [],
    explain: () => undefined,
    like: () => [],
  };
  return { given, core };
}

/** A core for tests that never come to it. */
export const noCore: Core = {
  examine: () => Promise.reject(new Error('nothing here reaches the core')),
  causes: () => [],
  explain: () => undefined,
  like: () => [],
};
