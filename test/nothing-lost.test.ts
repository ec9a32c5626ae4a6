import { afterAll, beforeAll, expect, test } from 'vitest';
import { casesIn } from '../functions/adapters/case.ts';
import { sqsPostpone, sqsQueue } from '../functions/adapters/queue.ts';
import type { Store } from '../functions/adapters/store.ts';
import { bot, COUNTERS, recorder } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { access } from './support/dynamo.ts';
import type { Interruption, KeptMessage } from './support/fake-slack.ts';
import { type QueueServer, startQueues } from './support/queue-pump.ts';
import { eventBody } from './support/slack-events.ts';

let lambdas: BuiltLambdas;
let server: QueueServer;
beforeAll(async () => {
  [lambdas, server] = await Promise.all([builtLambdas(), startQueues()]);
});
afterAll(() => Promise.all([lambdas.remove(), server.stop()]));

const EVENTS = 500;
const DUPLICATES = 100;
const WORKERS = 24;
const KILLS = 8;
/** The app was taken out of this channel. */
const OUTSIDE = 'C9';

/** A small generator (mulberry32), so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('500 events, a fifth of them twice, a tenth out of order, every call failing once, workers killed: one right answer each', async () => {
  const next = random(20_261_126);
  const queues = server.jobQueues();
  const it = bot(lambdas, recorder().core, {
    queue: sqsQueue(queues.url, access, Date.now),
    outside: [OUTSIDE],
  });
  const failed = new Set<string>();
  it.slack.disturb((method, args) => {
    const call = `${method} ${JSON.stringify(args)}`;
    if (failed.has(call)) return null;
    failed.add(call);
    return trouble(next());
  });

  const asked: {
    readonly message: KeptMessage;
    readonly channel: string;
    readonly says: string;
  }[] = [];
  const bodies: string[] = [];
  for (let index = 0; index < EVENTS - DUPLICATES; index += 1) {
    const channel = index % 50 === 49 ? OUTSIDE : `C${index % 5}`;
    const counters = index % 2 === 0;
    const text = `<@UBOT> ${index} ${counters ? COUNTERS : 'default via 10.0.0.1 dev eth0'}`;
    const message = it.slack.write({ channel, user: `U${index % 7}`, text });
    asked.push({ message, channel, says: counters ? 'Root cause' : 'Healthy' });
    bodies.push(eventBody('app_mention', message, channel, `Ev${index}`));
    if (index < DUPLICATES) {
      // Half of the doubles are Slack's own retries, half the twin of the mention.
      bodies.push(
        index % 2 === 0
          ? eventBody('app_mention', message, channel, `Ev${index}`)
          : eventBody('message', message, channel, `EvTwin${index}`),
      );
    }
  }
  for (let swap = 0; swap < EVENTS / 20; swap += 1) {
    const [from, to] = [Math.floor(next() * EVENTS), Math.floor(next() * EVENTS)];
    [bodies[from], bodies[to]] = [bodies[to] ?? '', bodies[from] ?? ''];
  }
  for (const body of bodies) expect((await it.request(body)).statusCode).toBe(200);

  let kills = 0;
  const postpone = (handle: string) => sqsPostpone(queues.url, access, Date.now)(handle, 0);
  /** In turns: dead after it posted, and dead after it wrote that down. */
  const killed = (number: number) => {
    const store = dying(it.store);
    return number % 2 === 0 ? { store } : { store, cases: casesIn(store, 24, () => it.clock.ms) };
  };
  const pumpOnce = (): Promise<number> => {
    const dies = kills < KILLS && next() < 0.1;
    if (dies) kills += 1;
    return queues.pump(it.freshWorker(dies ? killed(kills) : {}, postpone), 1);
  };
  for (let round = 0, empty = 0; round < 2000 && empty < 2; round += 1) {
    const received = await Promise.all(Array.from({ length: WORKERS }, pumpOnce));
    empty = received.every((count) => count === 0) ? empty + 1 : 0;
    // Whoever died holds its work for the length of a lease.
    it.clock.ms += 20_000;
  }

  expect(kills).toBe(KILLS);
  const wrong = asked.filter(({ message, channel, says }) => {
    const answers = it.slack.thread(channel, message.ts).filter((one) => one.bot_id !== undefined);
    if (channel === OUTSIDE) return answers.length > 0;
    return answers.length !== 1 || !answers[0]?.text.startsWith(says);
  });
  expect(wrong).toEqual([]);
  const unanswerable = asked.filter(({ channel }) => channel === OUTSIDE).length;
  const reasons = Map.groupBy(it.dead, (one) => one.reason);
  expect([...reasons].map(([reason, jobs]) => [reason, jobs.length])).toEqual([
    ['DeliveryRefused not_in_channel', unanswerable],
  ]);
  // Nothing is left behind, on the queue or among what SQS itself gave up.
  expect(await queues.receive(queues.url)).toEqual([]);
  expect(await queues.receive(queues.deadUrl)).toEqual([]);
}, 240_000);

/** An outage, a lost connection, or a rate limit that is too long to sit out. */
function trouble(chance: number): Interruption {
  if (chance < 0.1) return { status: 429, headers: { 'retry-after': '30' } };
  return { status: chance < 0.5 ? 500 : 503 };
}

/** A store as a worker sees it that is killed right after it took on a job: nothing it writes from then on gets through. */
function dying(store: Store): Store {
  let writes = 0;
  const dead = async (): Promise<never> => {
    throw new Error('killed');
  };
  return {
    get: store.get,
    create: (...args) => {
      writes += 1;
      return writes === 1 ? store.create(...args) : dead();
    },
    replace: dead,
    remove: dead,
  };
}
