import { callAws, type Transport } from './aws-call.ts';
import type { Job } from './job.ts';
import type { AwsAccess } from './settings.ts';

/** The queue between the two Lambdas. */
export interface Queue {
  /** Resolves once the job is safely kept; `delaySeconds` (0 to 900) holds it back from the worker. */
  readonly send: (job: Job, delaySeconds: number) => Promise<void>;
}

/** SQS refuses messages above 256 KiB in some regions still; the rest is room for its own envelope. */
const LARGEST_BYTES = 240 * 1024;

/** Puts jobs on an SQS queue. */
export function sqsQueue(
  url: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): Queue {
  return {
    send: async (job, delaySeconds) => {
      const body = JSON.stringify({
        QueueUrl: url,
        MessageBody: bodyOf(job),
        DelaySeconds: delaySeconds,
      });
      await callAws(
        {
          service: 'sqs',
          endpoint: `https://${new URL(url).host}/`,
          target: 'AmazonSQS.SendMessage',
          contentType: 'application/x-amz-json-1.0',
          body,
        },
        access,
        now,
        transport,
      );
    },
  };
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

/** A mention too large for the queue goes without its text: the worker reads the thread anyway. */
function bodyOf(job: Job): string {
  const whole = JSON.stringify(job);
  if (Buffer.byteLength(whole) <= LARGEST_BYTES) return whole;
  if (job.kind !== 'mention') throw new RangeError('job larger than the queue takes');
  return JSON.stringify({ ...job, message: null } satisfies Job);
}
