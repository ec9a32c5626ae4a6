import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type Job, parseJob } from './job.ts';
import { errorFields, type Log } from './log.ts';
import type { Postpone } from './queue.ts';

export interface DeliveryPorts {
  /** Does one job; rejects when it is worth trying again. `last` says that nobody will. */
  readonly work: (job: Job, last: boolean) => Promise<void>;
  /** Deliveries of one job before the queue gives it up. */
  readonly mostReceives: number;
  readonly postpone: Postpone;
  readonly log: Log;
}

/** Seconds until the next try after the first, the second, … failed one; an error that knows better says so itself. */
const PAUSES = [5, 30, 120];
const DELAY_KNOWN = { least: 1, most: 600 };

/**
 * Does what SQS delivered, in its order. Jobs that failed are named in the answer and stay on the queue; so do those
 * behind them in the same conversation, which must not overtake (AWS Lambda Developer Guide, "Handling errors for an SQS
 * event source", FIFO queues).
 */
export async function workThrough(
  records: readonly SQSRecord[],
  ports: DeliveryPorts,
): Promise<SQSBatchResponse> {
  const failed: string[] = [];
  const stopped = new Set<string>();
  for (const record of records) {
    const group = record.attributes.MessageGroupId;
    if (group !== undefined && stopped.has(group)) {
      failed.push(record.messageId);
      continue;
    }
    if (await done(record, ports)) continue;
    failed.push(record.messageId);
    if (group !== undefined) stopped.add(group);
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function done(record: SQSRecord, ports: DeliveryPorts): Promise<boolean> {
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const job = parseJob(record.body);
  try {
    if (!job.ok) throw new Error(job.error.code);
    await ports.work(job.value, receives >= ports.mostReceives);
    return true;
  } catch (error) {
    const seconds = pauseAfter(error, receives);
    const fields = { message: record.messageId, receives, seconds, ...errorFields(error) };
    ports.log.error('job failed', fields);
    await comeBack(record, seconds, ports);
    return false;
  }
}

/** Where the pause cannot be set, the job comes back all the same, when its visibility ends. */
async function comeBack(record: SQSRecord, seconds: number, ports: DeliveryPorts): Promise<void> {
  try {
    await ports.postpone(record.receiptHandle, seconds);
  } catch (error) {
    ports.log.error('not postponed', { message: record.messageId, ...errorFields(error) });
  }
}

function pauseAfter(error: unknown, receives: number): number {
  if (error instanceof Error && 'seconds' in error && typeof error.seconds === 'number') {
    return Math.min(Math.max(error.seconds, DELAY_KNOWN.least), DELAY_KNOWN.most);
  }
  return PAUSES[Math.min(receives, PAUSES.length) - 1] ?? PAUSES[0] ?? 0;
}
