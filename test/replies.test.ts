import { afterAll, beforeAll, expect, test } from 'vitest';
import { valuesOf } from './support/block-kit.ts';
import { type BotOptions, bot, COUNTERS, recorder } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { sampleReports } from './support/sample-reports.ts';
import { commandBody, eventBody, pressBody, queueEvent } from './support/slack-events.ts';

let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

const start = (options: Partial<BotOptions> = {}, core = recorder().core) =>
  bot(lambdas, core, options);

const ask = async (it: ReturnType<typeof start>) => {
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  return mention;
};

test('a rate limit is waited out', async () => {
  const it = start();
  const mention = await ask(it);
  it.slack.interrupt('chat.postMessage', { status: 429, headers: { 'retry-after': '1' } });
  expect((await it.work()).batchItemFailures).toEqual([]);
  expect(it.slack.thread('C1', mention.ts)).toHaveLength(2);
});

test('a workspace that refuses containers gets the details open, one that refuses blocks gets text', async () => {
  for (const [refused, types] of [
    [['container'], ['rich_text', 'section']],
    [['rich_text'], []],
  ] as const) {
    const it = start({ refused });
    const mention = await ask(it);
    expect((await it.work()).batchItemFailures).toEqual([]);
    const reply = it.slack.thread('C1', mention.ts)[1];
    expect(valuesOf(reply?.blocks, 'type')).toEqual(expect.arrayContaining([...types]));
    expect(valuesOf(reply?.blocks, 'type')).not.toContain(refused[0]);
    expect(reply?.text).toContain('Root cause');
  }
});

test('an outage is left to the queue, and the last try tells the thread', async () => {
  const it = start();
  const mention = await ask(it);
  const [body = ''] = it.queue.take();
  const outage = Array.from({ length: 3 }, () => ({ status: 503 }));
  it.slack.interrupt('chat.postMessage', ...outage);
  expect((await it.worker(queueEvent([body]))).batchItemFailures).toHaveLength(1);
  expect(it.slack.thread('C1', mention.ts)).toHaveLength(1);
  it.slack.interrupt('chat.postMessage', ...outage);
  expect((await it.worker(queueEvent([body], 3))).batchItemFailures).toEqual([]);
  expect(it.dead).toMatchObject([{ job: { kind: 'written' }, reason: expect.any(String) }]);
  expect(it.slack.thread('C1', mention.ts)[1]?.text).toMatch(
    /broke in netdx itself.*Id of the failure: [0-9a-f]{8}/,
  );
  expect((await it.worker(queueEvent([body]))).batchItemFailures).toEqual([]);
});

test('an error of the core is told at once, and its words stay out of Slack and the log', async () => {
  const it = start(
    {},
    {
      ...recorder().core,
      examine: async () => {
        throw new Error('very secret paste');
      },
    },
  );
  const mention = await ask(it);
  expect((await it.work()).batchItemFailures).toEqual([]);
  const id = /Id of the failure: ([0-9a-f]{8})/.exec(
    it.slack.thread('C1', mention.ts)[1]?.text ?? '',
  )?.[1];
  const log = it.logged.join('\n');
  expect(log).toContain(`"id":"${id}"`);
  expect(log).not.toContain('very secret paste');
  expect(JSON.stringify(it.slack.thread('C1', mention.ts).slice(1))).not.toContain(
    'very secret paste',
  );
});

test('one bad job does not spoil the others', async () => {
  const it = start();
  const mention = await ask(it);
  const bodies = ['not json', '{"kind":"other"}', ...it.queue.take()];
  const { batchItemFailures } = await it.worker(queueEvent(bodies));
  expect(batchItemFailures.map((one) => one.itemIdentifier)).toEqual(['m1', 'm2']);
  expect(it.slack.thread('C1', mention.ts)).toHaveLength(2);
});

test('nothing pasted and no token is ever logged', async () => {
  const it = start();
  await ask(it);
  await it.request(commandBody(`xoxb-1-2 ${COUNTERS}`, it.slack.responseUrl('r')));
  await it.work();
  const log = it.logged.join('\n');
  expect(log).toContain('diagnosed');
  expect(log).not.toMatch(/insert_failed|xoxb|hooks\.slack/);
});

test('Steps shows the commands of its remedy as a reply, once', async () => {
  const it = start();
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  const reply = it.slack.thread('C1', mention.ts)[1];
  const value = valuesOf(reply?.blocks, 'value').find((one) => String(one).startsWith('{'));
  const press = pressBody(
    { action_id: 'steps-a', value },
    { channel: 'C1', ts: reply?.ts ?? '', threadTs: mention.ts },
  );
  expect((await it.request(press)).statusCode).toBe(200);
  await it.request(press);
  await it.work();
  const replies = it.slack.thread('C1', mention.ts).slice(2);
  expect(replies).toHaveLength(1);
  const commands = sampleReports('en').diagnosed.findings[0]?.remedies[0]?.commands ?? [];
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(valuesOf(replies[0]?.blocks, 'text')).toContain(command);
});

test('under a private answer the steps stay private', async () => {
  const it = start();
  await it.request(commandBody(COUNTERS, it.slack.responseUrl('r')));
  await it.work();
  const value = valuesOf(it.slack.privately('r'), 'value').find((one) =>
    String(one).startsWith('{'),
  );
  const place = { channel: 'C1', ts: '1700000400.000100' };
  await it.request(pressBody({ action_id: 'steps-a', value }, place, it.slack.responseUrl('s')));
  await it.work();
  expect(it.slack.privately('s')).toHaveLength(1);
  expect(it.slack.calls.map((call) => call.method)).not.toContain('chat.postMessage');
});

test('feedback is logged with the cause', async () => {
  const it = start();
  const place = { channel: 'C1', ts: '1.1' };
  const answer = await it.request(
    pressBody(
      { type: 'feedback_buttons', action_id: 'feedback', value: 'wrong ab12 some-cause' },
      place,
    ),
  );
  expect(answer.statusCode).toBe(200);
  expect(it.logged.map((line) => JSON.parse(line))).toContainEqual({
    level: 'info',
    event: 'feedback',
    verdict: 'wrong',
    report: 'ab12',
    cause: 'some-cause',
  });
});
