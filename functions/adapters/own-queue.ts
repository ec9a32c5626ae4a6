import type { Job } from './job.ts';
import { groupOf } from './job-names.ts';
import { errorFields, type Log } from './log.ts';
import type { Queue } from './queue.ts';
import { TryLater } from './slack-call.ts';

export interface OwnQueuePorts {
  /** Does one job; rejects when it is worth trying again. `last` says that nobody will. */
  readonly work: (job: Job, last: boolean) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

const MOST_TRIES = 5;
const PAUSE_SECONDS = 5;

/**
 * The queue of one machine, in its memory: the work of one conversation one piece at a time and in the order sent, a
 * failed piece again after a pause. What is waiting when the process ends is lost, and Slack says nothing of it.
 */
export function ownQueue(ports: OwnQueuePorts): Queue & { readonly idle: () => Promise<void> } {
  const tails = new Map<string, Promise<void>>();
  return {
    send: async (job) => {
      const group = groupOf(job);
      const tail = (tails.get(group) ?? Promise.resolve()).then(() => tried(job, ports));
      tails.set(group, tail);
      void tail.then(() => {
        if (tails.get(group) === tail) tails.delete(group);
      });
    },
    idle: async () => {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}

/** Never rejects: the worker has said what failed, in the log and to the reader. */
async function tried(job: Job, ports: OwnQueuePorts): Promise<void> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
    try {
      await ports.work(job, attempt === MOST_TRIES);
      return;
    } catch (error) {
      ports.log.error('job failed', { kind: job.kind, attempt, ...errorFields(error) });
      const seconds = error instanceof TryLater ? error.seconds : PAUSE_SECONDS * attempt;
      if (attempt < MOST_TRIES) await ports.wait(seconds * 1000);
    }
  }
}
