import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog, errorFields } from '../functions/adapters/log.ts';
import type { Queue } from '../functions/adapters/queue.ts';
import { bot, recorder } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { commandBody, eventBody, queueEvent } from './support/slack-events.ts';

let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

/** Stands in each line of the paste. */
const MARK = 'QX7SECRET';
const PASTE = [
  `${MARK} xoxb-1-2-abc xapp-1-A Bearer abc.def`,
  `    at ${MARK} (/srv/10.9.8.7/index.js:1:1)`,
  `    at file:///${MARK}:1:1`,
  `{"level":"error","event":"${MARK}"}`,
  `{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"${MARK}","Dimensions":[[]],"Metrics":[]}]}}`,
  `START RequestId: ${MARK} Version: $LATEST`,
  `\u001b[31m${MARK}\u001b[0m\r\u2028${MARK}\u0085${MARK}\ufeff\ufffe\uffff\ud800`,
  `__proto__ constructor ${MARK} %s %j %o \${jndi:ldap://${MARK}}`,
  `cpu=0 found=1 insert_failed=5 ${MARK}`,
].join('\n');

/** A paste in an error's words and stack, as a parser's own error would quote it. */
const quoting = () => {
  const error = new SyntaxError(`Unexpected token in ${PASTE}`);
  return Object.assign(error, { cause: new Error(PASTE), input: PASTE, body: PASTE });
};

function expectSilent(rows: readonly string[]) {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row).not.toMatch(/[\r\n\u2028\u2029\u0085]/);
    expect(row).not.toMatch(/QX7SECRET|xox[a-z]|xapp|abc\.def|10\.9\.8\.7/);
    expect(JSON.parse(row)).toMatchObject({ event: expect.any(String) });
  }
}

const start = (core = recorder().core) => bot(lambdas, core);

test('a pasted command, from the request to the answer', async () => {
  const it = start();
  await it.request(commandBody(PASTE, it.slack.responseUrl('r')));
  await it.work();
  expectSilent(it.logged);
});

test('a mention with the paste as text and as a file whose name is hostile too', async () => {
  const it = start();
  const file = it.slack.upload(`${MARK} xoxb-1-2-abc\n.txt`, PASTE, 'C1');
  const about = { channel: 'C1', user: 'U1', text: `<@UBOT> ${PASTE}`, files: [file] };
  const mention = it.slack.write(about);
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  expectSilent(it.logged);
});

test('a core that fails over the paste and quotes it', async () => {
  const it = start({
    ...recorder().core,
    examine: async () => {
      throw quoting();
    },
  });
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${PASTE}` });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.request(commandBody(PASTE, it.slack.responseUrl('r')));
  await it.work(1);
  expectSilent(it.logged);
});

test('an answer that cannot be delivered, to the last try', async () => {
  for (const receives of [1, 2, 3]) {
    const it = start();
    await it.request(commandBody(PASTE, 'https://hooks.slack.com/commands/T1/gone'));
    await it.work(receives);
    expectSilent(it.logged);
  }
});

test('jobs that are none', async () => {
  const it = start();
  await it.worker(queueEvent([PASTE, JSON.stringify({ kind: MARK, text: PASTE }), '{', '']));
  expectSilent(it.logged);
});

test('requests that are not Slack’s, or not what they say', async () => {
  const it = start();
  const body = commandBody(PASTE, it.slack.responseUrl('r'));
  await it.ingest({ ...it.signed(body), body: `${body}${MARK}` });
  await it.request(`{"${MARK}`);
  await it.request(JSON.stringify({ type: MARK, event: { type: MARK, text: PASTE } }));
  await it.request(new URLSearchParams({ payload: PASTE }).toString());
  expectSilent(it.logged);
});

test('a queue that refuses and quotes what it refused', async () => {
  const it = start();

  const broken: Queue = { send: () => Promise.reject(quoting()) };
  Object.assign(it.queue, broken);
  await it.request(commandBody(PASTE, it.slack.responseUrl('r')));
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${PASTE}` });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  expectSilent(it.logged);
});

test('an error is told by its place, never by a line of its message that looks like one', () => {
  const rows: string[] = [];
  const log = createLog((row) => rows.push(row));
  const changed = quoting();
  // From here on the stack stands.
  expect(changed.stack).toContain(MARK);
  changed.message = 'other';
  const bare = quoting();
  delete bare.stack;
  for (const error of [quoting(), changed, bare, PASTE, null, { message: PASTE }]) {
    log.error('x', errorFields(error));
  }
  expectSilent(rows);
  expect(errorFields(quoting()).at).toMatch(/silent-log\.test\.ts/);
  expect(errorFields(new Error()).at).toMatch(/silent-log\.test\.ts/);
  expect(errorFields(changed).at).toBeNull();
});
