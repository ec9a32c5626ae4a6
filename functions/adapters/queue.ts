import { callAws, type Transport } from './aws-call.ts';
import type { Job } from './job.ts';
import { digest, groupOf, keyOf } from './job-names.ts';
import type { AwsAccess } from './settings.ts';

/** The queue between the two Lambdas. */
export interface Queue {
  /**
   * Resolves once the job is safely kept. The work of one conversation is handed out one piece at a time and in the order
   * sent; the same piece sent again within five minutes is dropped.
   */
  readonly send: (job: Job) => Promise<void>;
}

/** Keeps a job that will not be tried again, with the reason. */
export type BuryJob = (job: Job, reason: string) => Promise<void>;

/** Hands a received job out again after so many seconds, instead of when its visibility ends. */
export type Postpone = (receiptHandle: string, seconds: number) => Promise<void>;

/** SQS refuses messages above 256 KiB in some regions still; the rest is room for its own envelope. */
const LARGEST_BYTES = 240 * 1024;
/** SQS's own limit of a visibility, counted from when the job was received; less what has passed of it. */
const LONGEST_SECONDS = 43_200 - 360;
const LONGEST_REASON = 200;

/** Puts jobs on an SQS FIFO queue. */
export function sqsQueue(
  url: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): Queue {
  const call = sqsCaller(url, access, now, transport);
  return { send: async (job) => call('SendMessage', messageOf(job)) };
}

/** Puts dead jobs on the FIFO queue where SQS itself puts those that failed too often; the reason is an attribute. */
export function sqsBury(
  url: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): BuryJob {
  const call = sqsCaller(url, access, now, transport);
  return async (job, reason) => {
    // An attribute may not be empty.
    const StringValue = reason.slice(0, LONGEST_REASON).trim() || 'unknown';
    await call('SendMessage', {
      ...messageOf(job),
      MessageAttributes: { Reason: { DataType: 'String', StringValue } },
    });
  };
}

/** Changes the visibility of messages received from an SQS queue. */
export function sqsPostpone(
  url: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): Postpone {
  const call = sqsCaller(url, access, now, transport);
  return (receiptHandle, seconds) =>
    call('ChangeMessageVisibility', {
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.ceil(Math.min(Math.max(seconds, 0), LONGEST_SECONDS)),
    });
}

/** A queue in memory, for the demo and the tests: `take` gives what SQS would hand to the worker. */
export function memoryQueue(): Queue & { readonly take: () => readonly string[] } {
  const bodies: string[] = [];
  return {
    send: async (job) => {
      bodies.push(bodyOf(job));
    },
    take: () => bodies.splice(0),
  };
}

function sqsCaller(
  url: string,
  access: AwsAccess,
  now: () => number,
  transport: Transport | undefined,
): (operation: string, input: object) => Promise<void> {
  return async (operation, input) => {
    await callAws(
      {
        service: 'sqs',
        endpoint: new URL('/', url).href,
        target: `AmazonSQS.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body: JSON.stringify({ QueueUrl: url, ...input }),
      },
      access,
      now,
      transport,
    );
  };
}

/** Digests, because SQS takes no long names nor every character, and shows them in its console. */
function messageOf(job: Job): object {
  return {
    MessageBody: bodyOf(job),
    MessageGroupId: digest(groupOf(job)),
    MessageDeduplicationId: digest(keyOf(job)),
  };
}

/** A message too large for the queue goes without its text: the worker reads the thread anyway. */
function bodyOf(job: Job): string {
  const whole = textOf(job);
  if (Buffer.byteLength(whole) <= LARGEST_BYTES) return whole;
  if (!('message' in job)) throw new RangeError('job larger than the queue takes');
  return textOf({ ...job, message: null });
}

/** SQS refuses U+FFFE and U+FFFF (API reference, SendMessage), and anybody may paste them; JSON may spell them out. */
function textOf(job: Job): string {
  return JSON.stringify(job).replace(/[\ufffe\uffff]/g, (one) =>
    one === '\ufffe' ? '\\ufffe' : '\\uffff',
  );
}
