import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { err, ok, type Result } from '../primitives/result.ts';

const text = z.string();

/** The parts of a Slack message that may hold evidence; everything else in it is left behind. */
const message = z.object({
  ts: text,
  user: z.optional(text),
  bot_id: z.optional(text),
  text: z.optional(text),
  blocks: z.optional(z.array(z.unknown())),
  files: z.optional(z.array(z.unknown())),
  attachments: z.optional(z.array(z.unknown())),
});

const command = z.object({
  kind: z.literal('command'),
  team: text,
  channel: text,
  user: text,
  text,
  responseUrl: text,
  /** Slack's `trigger_id`: unique for each time the command was typed. */
  trigger: text,
});

const mention = z.object({
  kind: z.literal('mention'),
  team: text,
  channel: text,
  user: text,
  ts: text,
  threadTs: z.nullable(text),
  /** The message as the event carried it; null when it was too large to queue and has to be read again. */
  message: z.nullable(message),
});

const steps = z.object({
  kind: z.literal('steps'),
  team: text,
  channel: text,
  /** What the button carried. */
  value: text,
  threadTs: text,
  /** Set when the message with the button is seen by one person only. */
  responseUrl: z.nullable(text),
  /** Slack's `action_ts`: unique for each press. */
  pressed: text,
});

const job = z.discriminatedUnion('kind', [command, mention, steps]);

/** One piece of work for the worker. */
export type Job = z.infer<typeof job>;
export type CommandJob = z.infer<typeof command>;
export type MentionJob = z.infer<typeof mention>;
export type StepsJob = z.infer<typeof steps>;
export type SlackMessageIn = z.infer<typeof message>;

/** Reads a job off the queue. */
export function parseJob(body: string): Result<Job, { readonly code: 'not-a-job' }> {
  try {
    const read = job.safeParse(JSON.parse(body));
    return read.success ? ok(read.data) : err({ code: 'not-a-job' });
  } catch {
    return err({ code: 'not-a-job' });
  }
}

/** The evidence-bearing part of a message event or of a message of a thread; null when it is no message. */
export function readMessage(value: unknown): SlackMessageIn | null {
  const read = message.safeParse(value);
  return read.success ? read.data : null;
}

/**
 * What makes two deliveries the same work. A mention reaches an app as `app_mention` and again as `message`, with
 * different event ids; only team, channel and time agree.
 */
export function keyOf(one: Job): string {
  switch (one.kind) {
    case 'command':
      return `command:${one.team}:${one.channel}:${one.trigger}`;
    case 'mention':
      return `message:${one.team}:${one.channel}:${one.ts}`;
    case 'steps':
      return `steps:${one.team}:${one.channel}:${one.pressed}`;
  }
}

/** The conversation that a piece of work belongs to: its work is done one piece at a time, in order. */
export function groupOf(one: Job): string {
  switch (one.kind) {
    case 'command':
      return `${one.team}:${one.user}`;
    case 'mention':
      return `${one.team}:${one.channel}:${one.threadTs ?? one.ts}`;
    case 'steps':
      return `${one.team}:${one.channel}:${one.threadTs}`;
  }
}

/** Sixteen hexadecimal digits that stand for a text and say nothing of it. */
export function digest(of: string): string {
  return createHash('sha256').update(of).digest('hex').slice(0, 16);
}
