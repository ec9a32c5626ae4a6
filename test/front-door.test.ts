import { afterAll, beforeAll, expect, test } from 'vitest';
import { bot, noCore, SECRET } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { commandBody, eventBody, FORM, shapes } from './support/slack-events.ts';

let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

const start = () => bot(lambdas, noCore);

test.each(shapes)(
  'a signed command is acknowledged in the shape %s, plain and base64',
  async (shape) => {
    for (const base64 of [false, true]) {
      const it = start();
      const answer = await it.request(commandBody('cpu=0 found=1', it.slack.responseUrl('r')), {
        shape,
        base64,
      });
      expect(answer.statusCode).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({
        response_type: 'ephemeral',
        text: 'Reading your paste…',
      });
      expect(it.queue.take()).toHaveLength(1);
    }
  },
);

test.each(shapes)('an event in raw UTF-8 survives base64 in the shape %s', async (shape) => {
  const it = start();
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT> é — 日本' });
  const answer = await it.request(eventBody('app_mention', kept, 'C1', 'Ev1'), {
    shape,
    base64: true,
  });
  expect(answer.statusCode).toBe(200);
  expect(it.queue.take()[0]).toContain('é — 日本');
});

test('the URL that Slack verifies gets its challenge back', async () => {
  const it = start();
  const answer = await it.request(JSON.stringify({ type: 'url_verification', challenge: 'c-1' }));
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body)).toEqual({ challenge: 'c-1' });
});

test('a charset behind the media type makes no difference', async () => {
  const it = start();
  const contentType = `${FORM}; charset=utf-8`;
  const answer = await it.request(commandBody('x', it.slack.responseUrl('r')), { contentType });
  expect(answer.statusCode).toBe(200);
  expect(it.queue.take()).toHaveLength(1);
});

test.each([
  ['five minutes old', -299, 200],
  ['six minutes old', -360, 401],
  ['four minutes ahead', 240, 200],
  ['an hour ahead', 3600, 401],
])('a request %s gets %i → %i', async (_, seconds, status) => {
  const it = start();
  const body = commandBody('x', it.slack.responseUrl('r'));
  const answer = await it.request(body, { nowMs: it.nowMs + seconds * 1000 });
  expect(answer.statusCode).toBe(status);
  expect(it.queue.take()).toHaveLength(status === 200 ? 1 : 0);
});

test('what is not signed is refused before anything reads it', async () => {
  const bodies = [
    '{',
    '',
    'payload=%7Bbad',
    'ssl_check=1',
    commandBody('x', 'https://hooks.slack.com/x'),
  ];
  for (const body of bodies) {
    for (const headers of [
      { 'X-Slack-Signature': '' },
      { 'X-Slack-Signature': 'v0=00' },
      { 'X-Slack-Signature': `v0=${'é'.repeat(64)}` },
      { 'X-Slack-Request-Timestamp': '' },
      { 'X-Slack-Request-Timestamp': 'NaN' },
      { 'Content-Type': '', 'X-Slack-Signature': '', 'X-Slack-Request-Timestamp': '' },
    ]) {
      const it = start();
      const answer = await it.request(body, { headers });
      expect(answer.statusCode).toBe(401);
      expect(it.queue.take()).toEqual([]);
    }
  }
  const it = start();
  expect((await it.request(commandBody('x', 'y'), { secret: `${SECRET}x` })).statusCode).toBe(401);
});

test('an event that is no request at all is refused', async () => {
  const it = start();
  for (const event of [
    null,
    undefined,
    7,
    'x',
    [],
    {},
    { headers: 3, body: {} },
    { httpMethod: 'POST' },
  ]) {
    const answer = await it.ingest(event);
    expect([401, 405]).toContain(answer.statusCode);
  }
});

test.each([
  ['{"type":', 'application/json', 400],
  ['null', 'application/json', 400],
  ['[1]', 'application/json', 400],
  ['', 'application/json', 400],
  ['payload=%7Bbad', FORM, 400],
  ['payload=null', FORM, 400],
  ['a=b', FORM, 400],
  ['{}', 'text/plain', 415],
])('a signed but malformed body %j as %s gets %i', async (body, contentType, status) => {
  const it = start();
  expect((await it.request(body, { contentType })).statusCode).toBe(status);
});

test('other methods and huge bodies are refused', async () => {
  const it = start();
  expect((await it.request(commandBody('x', 'y'), { method: 'GET' })).statusCode).toBe(405);
  expect((await it.request(`{"a":"${'x'.repeat(1024 * 1024)}"}`)).statusCode).toBe(413);
});

test('a signed request from a certificate probe is answered and does nothing', async () => {
  const it = start();
  expect((await it.request('ssl_check=1&token=x')).statusCode).toBe(200);
  expect(it.queue.take()).toEqual([]);
});

test('Lambda can call both handlers: two arguments at most', () => {
  expect(lambdas.slack.handler.length).toBeLessThanOrEqual(2);
  expect(lambdas.diagnose.handler.length).toBeLessThanOrEqual(2);
});

test('the bundles are what a Lambda can start quickly', () => {
  expect(lambdas.built.faults).toEqual([]);
  const worker = lambdas.built.bundles.find((bundle) => bundle.file.includes('diagnose'));
  expect(worker?.packages).not.toContain('@slack/bolt');
  expect(worker?.packages).not.toContain('jsonpath-plus');
});
