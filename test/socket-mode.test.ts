import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { casesIn } from '../functions/adapters/case.ts';
import { createLog } from '../functions/adapters/log.ts';
import { serveSocketMode } from '../functions/adapters/socket-mode.ts';
import { sqliteStore } from '../functions/adapters/sqlite-store.ts';
import { COUNTERS, recorder } from './support/bot.ts';
import { fakeSlack } from './support/fake-slack.ts';
import { commandBody, eventBody } from './support/slack-events.ts';
import { type SocketServer, startSockets } from './support/socket-server.ts';

const BOT_TOKEN = 'xoxb-not-a-token';
let sockets: SocketServer;
let served: Awaited<ReturnType<typeof serveSocketMode>>;
const slack = fakeSlack({ token: BOT_TOKEN, botUserId: 'UBOT', botId: 'BBOT' });
const logged: string[] = [];

const serve = (appToken: string) => {
  const store = sqliteStore(':memory:', Date.now);
  return serveSocketMode({
    appToken,
    botToken: BOT_TOKEN,
    fetch: slack.fetch,
    slackApiUrl: sockets.apiUrl,
    core: recorder().core,
    store,
    cases: casesIn(store, 24, Date.now),
    language: 'en',
    log: createLog((text) => logged.push(text)),
    measure: { answer: () => undefined },
    now: Date.now,
    wait: setTimeout,
  });
};

beforeAll(async () => {
  sockets = await startSockets();
  served = await serve('xapp-not-a-token');
});
afterAll(async () => {
  await served.stop();
  await sockets.stop();
});

/** Waits for what a worker in this process does after it acknowledged. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const seen = look();
    if (seen !== undefined) return seen;
    await setTimeout(20);
  }
  throw new Error(`nothing came; the log says ${logged.join('\n')}`);
}

test('a mention over the socket is acknowledged and answered in its thread', async () => {
  const kept = slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  const payload = JSON.parse(eventBody('app_mention', kept, 'C1', 'Ev1'));
  expect(await sockets.deliver('events_api', payload)).toMatchObject({
    envelope_id: expect.any(String),
  });
  const answer = await until(() => slack.thread('C1', kept.ts).find((one) => one.bot_id));
  expect(answer.text).toContain('Root cause');
});

test('a command over the socket gets its acknowledgement with the envelope, and its answer after', async () => {
  const body = commandBody(COUNTERS, slack.responseUrl('r'));
  const acknowledged = await sockets.deliver(
    'slash_commands',
    Object.fromEntries(new URLSearchParams(body)),
  );
  expect(acknowledged).toMatchObject({ payload: { text: 'Reading your paste…' } });
  const [answer] = await until(() => {
    const seen = slack.privately('r');
    return seen.length === 0 ? undefined : seen;
  });
  expect(answer).toMatchObject({ response_type: 'ephemeral' });
});

test('a token that Slack does not know ends the attempt with Slack’s word for it', async () => {
  await expect(serve('xapp-of-nobody')).rejects.toMatchObject({ data: { error: 'invalid_auth' } });
});
