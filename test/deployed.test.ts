import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { COUNTERS, SECRET } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { type Dynamo, startDynamo } from './support/dynamo.ts';
import { fakeSlack } from './support/fake-slack.ts';
import { type QueueServer, startQueues } from './support/queue-pump.ts';
import { commandBody, eventBody, FORM, JSON_TYPE, signedEvent } from './support/slack-events.ts';

// The functions as Lambda runs them: told by nothing but their environment, with DynamoDB and SQS behind their protocols.

const TOKEN = 'xoxb-not-a-token';
let built: BuiltLambdas;
let dynamo: Dynamo;
let queueServer: QueueServer;
beforeAll(async () => {
  [built, dynamo, queueServer] = await Promise.all([builtLambdas(), startDynamo(), startQueues()]);
});
afterAll(() => Promise.all([built.remove(), dynamo.stop(), queueServer.stop()]));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

type Lambda = { readonly handler: (event: unknown) => Promise<unknown> };

function deployed() {
  const queues = queueServer.jobQueues();
  const slack = fakeSlack({ token: TOKEN, botUserId: 'UBOT', botId: 'BBOT' });
  const environment = {
    AWS_REGION: dynamo.access.region,
    AWS_ACCESS_KEY_ID: dynamo.access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: dynamo.access.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.access.dynamoEndpoint,
    NETDX_TABLE: 'records',
    QUEUE_URL: queues.url,
    DEAD_QUEUE_URL: queues.deadUrl,
    SLACK_SIGNING_SECRET: SECRET,
    SLACK_BOT_TOKEN: TOKEN,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubGlobal('fetch', slack.fetch);
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const load = createRequire(join(built.directory, 'x.cjs'));
  /** Another environment of a function. */
  const fresh = (name: string): Lambda['handler'] => {
    const file = join(built.directory, '..', name, 'index.cjs');
    delete load.cache[file];
    return (load(file) as Lambda).handler;
  };
  const send = (body: string) => {
    const contentType = body.startsWith('{') ? JSON_TYPE : FORM;
    const event = signedEvent(body, {
      secret: SECRET,
      nowMs: Date.now(),
      shape: 'v2',
      contentType,
    });
    return fresh('slack')(event) as ReturnType<BuiltLambdas['slack']['handler']>;
  };
  const work = () => queues.pump((event) => fresh('diagnose')(event) as never);
  return {
    slack,
    queues,
    send,
    work,
    logged: () => written.mock.calls.map(([row]) => String(row)),
  };
}

test('a command goes in signed and its diagnosis comes out, once', async () => {
  const it = deployed();
  const body = commandBody(COUNTERS, it.slack.responseUrl('r'), `t${Date.now()}`);
  expect((await it.send(body)).statusCode).toBe(200);
  expect((await it.send(body)).statusCode).toBe(200);
  expect(await it.work()).toBe(1);
  expect(await it.work()).toBe(0);
  expect(it.slack.privately('r')).toHaveLength(1);
  expect(JSON.stringify(it.slack.privately('r'))).toContain('insert_failed=5');
  expect(await it.queues.receive(it.queues.deadUrl)).toEqual([]);
  for (const row of it.logged()) expect(row).not.toMatch(/insert_failed|xoxb/);
});

test('a mention is answered in its thread by whichever environment takes it', async () => {
  const it = deployed();
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  await it.send(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.send(eventBody('message', mention, 'C1', 'Ev2'));
  for (let round = 0; round < 3; round += 1) await it.work();
  const answers = it.slack.thread('C1', mention.ts).filter((one) => one.bot_id === 'BBOT');
  expect(answers).toHaveLength(1);
  expect(await it.queues.receive(it.queues.deadUrl)).toEqual([]);
});

test('the command alone opens the form, with a client that a start does not load', async () => {
  const it = deployed();
  const ingest = built.built.bundles.find(({ file }) => file.endsWith('slack/index.cjs'));
  expect(ingest?.packages).toContain('@slack/bolt');
  expect(ingest?.packages).not.toContain('@slack/web-api');
  const { statusCode, body } = await it.send(commandBody('', it.slack.responseUrl('r')));
  expect({ statusCode, body }).toEqual({ statusCode: 200, body: '' });
  expect(it.slack.views).toMatchObject([{ type: 'modal', callback_id: 'paste' }]);
});

test('a queue that is down is told to Slack, which delivers again', async () => {
  const it = deployed();
  vi.stubEnv('QUEUE_URL', `${it.queues.url}-gone.fifo`);
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT> look' });
  expect((await it.send(eventBody('app_mention', mention, 'C1', 'Ev1'))).statusCode).toBe(500);
});
