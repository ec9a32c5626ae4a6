import type { WorkerPorts } from '../../functions/adapters/answer-job.ts';
import { answeredInMemory } from '../../functions/adapters/answered.ts';
import { createLog } from '../../functions/adapters/log.ts';
import { memoryQueue } from '../../functions/adapters/queue.ts';
import { slackApi } from '../../functions/adapters/slack-api.ts';
import type { BuiltLambdas } from './built.ts';
import { type FakeSlackOptions, fakeSlack } from './fake-slack.ts';
import { sampleReports } from './sample-reports.ts';
import { FORM, JSON_TYPE, queueEvent, type SignOptions, signedEvent } from './slack-events.ts';

export const SECRET = 'not-a-secret-0123456789abcdef';
const TOKEN = 'xoxb-not-a-token';

/** The built handlers wired to a fake Slack and a queue in memory: requests go in signed, answers land in the fake. */
export function bot(
  lambdas: Pick<BuiltLambdas, 'slack' | 'diagnose'>,
  examine: WorkerPorts['examine'],
  options: Partial<FakeSlackOptions> = {},
) {
  const slack = fakeSlack({ token: TOKEN, botUserId: 'UBOT', botId: 'BBOT', ...options });
  const queue = memoryQueue();
  const logged: string[] = [];
  const log = createLog((text) => logged.push(text));
  const nowMs = 1_700_000_300_000;
  const ingest = lambdas.slack.slackHandler({
    signingSecrets: [SECRET],
    botId: 'BBOT',
    botUserId: 'UBOT',
    language: 'en',
    queue,
    log,
    now: () => nowMs,
  });
  const freshWorker = () =>
    lambdas.diagnose.diagnoseHandler(
      {
        slack: slackApi({ token: TOKEN, fetch: slack.fetch, log }),
        examine,
        answered: answeredInMemory(() => nowMs),
        botUserId: 'UBOT',
        language: 'en',
        log,
      },
      3,
    );
  const worker = freshWorker();
  const signed = (body: string, changes: Partial<SignOptions> = {}) =>
    signedEvent(body, {
      secret: SECRET,
      nowMs,
      shape: 'v2',
      contentType: body.startsWith('{') ? JSON_TYPE : FORM,
      ...changes,
    });
  return {
    slack,
    queue,
    logged,
    nowMs,
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

/** A core that remembers what it was given; the real one has tests of its own, and one below. */
export function recorder() {
  const given: (readonly { name: string | null; text: string }[])[] = [];
  const examine: WorkerPorts['examine'] = async (sources, language) => {
    given.push(sources);
    return sampleReports(language)[
      sources.some((one) => one.text.includes('insert_failed')) ? 'diagnosed' : 'unrecognised'
    ];
  };
  return { given, examine };
}
