import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeliveryPorts, workThrough } from '../functions/adapters/deliveries.ts';
import { type Job, parseJob } from '../functions/adapters/job.ts';
import { groupOf } from '../functions/adapters/job-names.ts';
import { createLog } from '../functions/adapters/log.ts';
import {
  memoryQueue,
  type Postpone,
  sqsBury,
  sqsPostpone,
  sqsQueue,
} from '../functions/adapters/queue.ts';
import { access } from './support/dynamo.ts';
import { type JobQueues, type QueueServer, startQueues } from './support/queue-pump.ts';

let server: QueueServer;
beforeAll(async () => {
  server = await startQueues();
});
afterAll(() => server.stop());

/** One person's command; work of one person is one conversation. */
function command(user: string, trigger: string, text = 'x'): Job {
  const place = { team: 'T1', enterprise: null, channel: 'C1', user };
  return { kind: 'command', ...place, text, responseUrl: 'https://hooks.slack.com/x', trigger };
}

const written = (text: string) => ({
  kind: 'written' as const,
  ...{ team: 'T1', enterprise: null, channel: 'C1', user: 'U1', ts: '1.1', threadTs: '1.1' },
  ...{ asked: true, foreigners: false, direct: false, botUser: 'UBOT' },
  message: { ts: '1.1', text },
});

const triggerOf = (job: Job) => (job.kind === 'command' ? job.trigger : job.kind);

function worker(queues: JobQueues, changes: Partial<DeliveryPorts> = {}) {
  const done: string[] = [];
  const logged: string[] = [];
  const ports: DeliveryPorts = {
    work: async (job) => {
      done.push(triggerOf(job));
    },
    mostReceives: 3,
    // At once, so that no test waits.
    postpone: (handle) => sqsPostpone(queues.url, access, Date.now)(handle, 0),
    log: createLog((text) => logged.push(text)),
    ...changes,
  };
  return { done, logged, pump: () => queues.pump((event) => workThrough(event.Records, ports)) };
}

const sender = (queues: JobQueues) => sqsQueue(queues.url, access, Date.now);

test('jobs of one conversation come one at a time and in order; other conversations do not wait', async () => {
  const queues = server.jobQueues();
  for (const [user, trigger] of [
    ['U1', '1'],
    ['U1', '2'],
    ['U2', '3'],
    ['U1', '4'],
  ] as const) {
    await sender(queues).send(command(user, trigger));
  }
  const [first, other, ...none] = await queues.receive(queues.url);
  expect([first, other].map((one) => JSON.parse(one?.Body ?? '').trigger)).toEqual(['1', '3']);
  expect(none).toEqual([]);
  expect(await queues.receive(queues.url)).toEqual([]);
  await queues.call(queues.url, 'DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });
  const [second] = await queues.receive(queues.url);
  expect(JSON.parse(second?.Body ?? '').trigger).toBe('2');
});

test('the same piece of work sent again is dropped, another one is not', async () => {
  const queues = server.jobQueues();
  const { done, pump } = worker(queues);
  await sender(queues).send(command('U1', '1'));
  await sender(queues).send(command('U1', '1'));
  await pump();
  await sender(queues).send(command('U1', '1'));
  await sender(queues).send(command('U1', '2'));
  for (const _ of [1, 2, 3]) await pump();
  expect(done).toEqual(['1', '2']);
});

test('a job tells SQS neither names nor text beside its body', async () => {
  const queues = server.jobQueues();
  await sender(queues).send(command('U1', 'trigger', 'a secret'));
  const [message] = await queues.receive(queues.url);
  expect(message?.Attributes.MessageGroupId).toMatch(/^[0-9a-f]{16}$/);
  expect(message?.Attributes.MessageDeduplicationId).toMatch(/^[0-9a-f]{16}$/);
  expect(message?.MessageAttributes).toBeUndefined();
});

test('a job that fails three times goes to the dead, and the next of its conversation is done', async () => {
  const queues = server.jobQueues();
  const tries: [string, boolean][] = [];
  const { logged, pump } = worker(queues, {
    work: async (job, last) => {
      tries.push([triggerOf(job), last]);
      if (triggerOf(job) === 'bad') throw new Error('the paste');
    },
  });
  for (const trigger of ['good', 'bad', 'after']) {
    await sender(queues).send(command('U1', trigger, 'a secret'));
  }
  for (let round = 0; round < 8; round += 1) await pump();
  expect(tries).toEqual([
    ['good', false],
    ['bad', false],
    ['bad', false],
    ['bad', true],
    ['after', false],
  ]);
  const [dead, ...others] = await queues.receive(queues.deadUrl);
  expect(others).toEqual([]);
  expect(parseJob(dead?.Body ?? '')).toMatchObject({ ok: true, value: { trigger: 'bad' } });
  expect(logged).toHaveLength(3);
  expect(logged.join()).not.toMatch(/the paste|a secret/);
});

test('of one delivery only what failed comes again', async () => {
  const queues = server.jobQueues();
  const done: string[] = [];
  let healthy = false;
  const { pump } = worker(queues, {
    work: async (job) => {
      if (triggerOf(job) === 'bad' && !healthy) throw new Error('outage');
      done.push(triggerOf(job));
    },
  });
  for (const [index, trigger] of ['a', 'bad', 'c'].entries()) {
    await sender(queues).send(command(`U${index}`, trigger));
  }
  expect(await pump()).toBe(3);
  expect(done).toEqual(['a', 'c']);
  healthy = true;
  expect(await pump()).toBe(1);
  expect(done).toEqual(['a', 'c', 'bad']);
  expect(await pump()).toBe(0);
});

test('what stands behind a failed job of the same conversation does not overtake it', async () => {
  const done: string[] = [];
  const record = (id: string, group: string, trigger: string) => ({
    messageId: id,
    receiptHandle: id,
    body: JSON.stringify(command(group, trigger)),
    md5OfBody: '',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 's',
      ApproximateFirstReceiveTimestamp: '0',
      MessageGroupId: group,
    },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  });
  const answer = await workThrough(
    [record('m1', 'G1', 'bad'), record('m2', 'G1', 'later'), record('m3', 'G2', 'else')],
    {
      work: async (job) => {
        if (triggerOf(job) === 'bad') throw new Error('outage');
        done.push(triggerOf(job));
      },
      mostReceives: 3,
      postpone: async () => undefined,
      log: createLog(() => undefined),
    },
  );
  expect(answer.batchItemFailures.map((one) => one.itemIdentifier)).toEqual(['m1', 'm2']);
  expect(done).toEqual(['else']);
});

test('a failed job comes back after the pause and not when its visibility ends', async () => {
  const queues = server.jobQueues(360);
  const { done, pump } = worker(queues, {
    work: async (job) => {
      if (done.push(triggerOf(job)) === 1) throw new Error('outage');
    },
    postpone: (handle) => sqsPostpone(queues.url, access, Date.now)(handle, 1),
  });
  await sender(queues).send(command('U1', '1'));
  await pump();
  expect(await pump()).toBe(0);
  await expect.poll(pump, { timeout: 5000, interval: 200 }).toBe(1);
  expect(done).toEqual(['1', '1']);
});

test.each([
  ['5 s after the first try', new Error('x'), '1', 5],
  ['30 s after the second', new Error('x'), '2', 30],
  ['as long as the other side asked', Object.assign(new Error('x'), { seconds: 42 }), '1', 42],
  ['at least a second', Object.assign(new Error('x'), { seconds: 0 }), '1', 1],
  ['at most ten minutes', Object.assign(new Error('x'), { seconds: 86_400 }), '1', 600],
])('the pause is %s', async (_, error, receives, seconds) => {
  const queues = server.jobQueues(0);
  const asked: number[] = [];
  const postpone: Postpone = async (_handle, pause) => {
    asked.push(pause);
    throw new Error('not now');
  };
  const { pump } = worker(queues, {
    work: async () => {
      throw error;
    },
    postpone,
  });
  await sender(queues).send(command('U1', '1'));
  for (let round = 0; round < Number(receives); round += 1) await pump();
  expect(asked.at(-1)).toBe(seconds);
});

test('a job that will not be tried again is kept among the dead with the reason', async () => {
  const queues = server.jobQueues();
  const bury = sqsBury(queues.deadUrl, access, Date.now);
  await bury(command('U1', '1'), `channel_not_found ${'x'.repeat(300)}`);
  await bury(command('U2', '2'), '');
  const [dead, other] = await queues.receive(queues.deadUrl);
  expect(parseJob(dead?.Body ?? '')).toMatchObject({ ok: true, value: { trigger: '1' } });
  expect(dead?.MessageAttributes?.Reason?.StringValue).toMatch(/^channel_not_found x{182}$/);
  expect(other?.MessageAttributes?.Reason?.StringValue).toBe('unknown');
});

test('a message too large goes without its text; a command too large is refused, not cut', async () => {
  const queues = server.jobQueues();
  await sender(queues).send(written('é'.repeat(130_000)));
  const [message] = await queues.receive(queues.url);
  expect(parseJob(message?.Body ?? '')).toMatchObject({ ok: true, value: { message: null } });
  const job = command('U1', '1', 'x'.repeat(300_000));
  await expect(sender(queues).send(job)).rejects.toThrow(RangeError);
  const memory = memoryQueue();
  await expect(memory.send(job)).rejects.toThrow(RangeError);
  expect(memory.take()).toEqual([]);
});

test('characters that SQS refuses arrive all the same', async () => {
  const queues = server.jobQueues();
  const text = 'a\u0000b\ufffec\uffffd\ud800e\u001b[0m';
  await sender(queues).send(command('U1', '1', text));
  const [message] = await queues.receive(queues.url);
  expect(parseJob(message?.Body ?? '')).toMatchObject({ ok: true, value: { text } });
});

test('a conversation is a thread, or one person’s commands', () => {
  expect(groupOf(command('U1', '1'))).toBe(groupOf(command('U1', '2')));
  expect(groupOf(command('U1', '1'))).not.toBe(groupOf(command('U2', '1')));
});

test('a queue that is not there is an error', async () => {
  const queues = server.jobQueues();
  const lost = sqsQueue(`${queues.url}-not.fifo`, access, Date.now);
  await expect(lost.send(command('U1', '1'))).rejects.toThrow('QueueDoesNotExist');
});
