import * as z from 'zod/mini';
import { err, ok, type Result } from '../primitives/result.ts';
import { readMessage, type SlackMessageIn } from './slack-message.ts';

const text = z.string();

const message = z.custom<SlackMessageIn>((value) => readMessage(value) !== null);

/** Whose workspace it is: what a token is looked up by. */
const workspace = { team: text, enterprise: z.nullable(text) };

/** A conversation: a thread of a channel where people see the answer. */
const thread = { channel: text, threadTs: text };

/** `/netdx …`: a paste, or a question such as `causes`. */
const command = z.object({
  kind: z.literal('command'),
  ...workspace,
  channel: text,
  user: text,
  text,
  responseUrl: text,
  /** Slack's `trigger_id`: unique for each time the command was typed. */
  trigger: text,
});

/** Somebody wrote: to the app (a mention, a direct message), or in a thread where it may have answered. */
const written = z.object({
  kind: z.literal('written'),
  ...workspace,
  ...thread,
  user: text,
  ts: text,
  /** The message as the event carried it; null when it was too large to queue and has to be read again. */
  message: z.nullable(message),
  /** Whether the app was addressed; otherwise it answers only where it has answered before. */
  asked: z.boolean(),
  /** Whether people of another organisation are in the channel: then the asker alone sees the answer. */
  foreigners: z.boolean(),
  /** Whether it is a direct message that stands by itself: a long paste arrives there in several. */
  direct: z.boolean(),
  /** The app's own user, as the event names it. */
  botUser: text,
});

/** The message shortcut: evidence without any right to read the channel. */
const shortcut = z.object({
  kind: z.literal('shortcut'),
  ...workspace,
  ...thread,
  user: text,
  message: z.nullable(message),
  responseUrl: text,
  trigger: text,
});

/** What one group of fields of the form said. */
const place = z.object({ host: z.nullable(text), interface: z.nullable(text), output: text });

/** A submitted form. Where it came from a thread's answer the evidence joins that thread; else one person is answered. */
const form = z.object({
  kind: z.literal('form'),
  ...workspace,
  user: text,
  /** Null for the global shortcut: the answer comes as a direct message. */
  channel: z.nullable(text),
  threadTs: z.nullable(text),
  /** The private case that the evidence joins. */
  case: z.nullable(text),
  responseUrl: z.nullable(text),
  places: z.array(place),
  files: z.array(z.unknown()),
  /** Slack's id of the view: unique for each form. */
  view: text,
});

/** A message is gone from its channel. */
const deleted = z.object({ kind: z.literal('deleted'), ...workspace, ...thread, ts: text });

/** A pressed button. */
const pressed = {
  ...workspace,
  ...thread,
  user: text,
  /** The message that has the button. */
  ts: text,
  responseUrl: text,
  /** Whether one person only sees the message with the button. */
  alone: z.boolean(),
  /** Slack's `action_ts`: unique for each press. */
  pressed: text,
};
const steps = z.object({ kind: z.literal('steps'), ...pressed, value: text });
const share = z.object({ kind: z.literal('share'), ...pressed, case: text });
const forget = z.object({ kind: z.literal('forget'), ...pressed, case: text });
const kept = z.object({ kind: z.literal('kept'), ...pressed });

/** What the person says was the cause, after "wrong cause". */
const label = z.object({
  kind: z.literal('label'),
  ...workspace,
  user: text,
  answer: text,
  said: text,
  cause: text,
  comment: text,
  view: text,
});

/** Somebody opened the app's home. */
const home = z.object({ kind: z.literal('home'), ...workspace, user: text, event: text });

/** The app was taken out of a workspace, or its token revoked. */
const removed = z.object({ kind: z.literal('removed'), ...workspace, event: text });

const job = z.discriminatedUnion('kind', [
  command,
  written,
  shortcut,
  form,
  deleted,
  steps,
  share,
  forget,
  kept,
  label,
  home,
  removed,
]);

/** One piece of work for the worker. */
export type Job = z.infer<typeof job>;
export type JobOf<Kind extends Job['kind']> = Extract<Job, { readonly kind: Kind }>;
export type FormPlace = z.infer<typeof place>;

/** Reads a job off the queue. */
export function parseJob(body: string): Result<Job, { readonly code: 'not-a-job' }> {
  try {
    const read = job.safeParse(JSON.parse(body));
    return read.success ? ok(read.data) : err({ code: 'not-a-job' });
  } catch {
    return err({ code: 'not-a-job' });
  }
}
