import { type FetchFunction, WebClient } from '@slack/web-api';
import { err, ok, type Result } from '../primitives/result.ts';
import type { Log } from './log.ts';
import { record } from './slack-bodies.ts';
import { slackLogger } from './slack-logger.ts';
import type { slackMethods } from './slack-methods.ts';

/** Slack said no: its own code and, where a permission is lacking, which. */
export interface Refusal {
  readonly code: string;
  readonly needed: string | null;
}

type Answer = Readonly<Record<string, unknown>>;

/** Calls one Web API method. Slack's no is a value; a network failure, an outage or a full minute of rate limits rejects. */
export type SlackCall = (
  method: keyof typeof slackMethods,
  args: Readonly<Record<string, unknown>>,
) => Promise<Result<Answer, Refusal>>;

/** Slack wants to be left alone for so long: the work is to be taken up again then. */
export class TryLater extends Error {
  override readonly name = 'TryLater';
  readonly code = 'rate-limited';
  readonly seconds: number;
  constructor(seconds: number) {
    super(`again in ${seconds} s`);
    this.seconds = seconds;
  }
}

export interface CallOptions {
  readonly token: string;
  readonly fetch: FetchFunction;
  readonly log: Log;
  /** For one try, in milliseconds. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
}

/** A wait of this many seconds is sat out; a longer one goes back to the queue. */
const LONGEST_WAIT_SECONDS = 2;

/** Talks to slack.com over an injected `fetch`. */
export function slackCall(options: CallOptions): SlackCall {
  const client = new WebClient(options.token, {
    fetch: options.fetch,
    logger: slackLogger(options.log),
    timeout: options.timeoutMs,
    retryConfig: { retries: options.retries, minTimeout: 200, maxTimeout: 2000 },
    rejectRateLimitedCalls: true,
  });
  const call: SlackCall = async (method, args) => {
    try {
      return ok(record(await client.apiCall(method, args)));
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== null) return err(refusal);
      throw error;
    }
  };
  return async (method, args) => {
    try {
      return await call(method, args);
    } catch (error) {
      const seconds = record(error).retryAfter;
      if (typeof seconds !== 'number') throw error;
      if (seconds > LONGEST_WAIT_SECONDS || options.retries === 0) throw new TryLater(seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
    try {
      return await call(method, args);
    } catch (error) {
      const seconds = record(error).retryAfter;
      throw typeof seconds === 'number' ? new TryLater(seconds) : error;
    }
  };
}

/** Slack's outages also answer with `ok: false` (docs.slack.dev, errors of every method): those are worth another try. */
const OUTAGES = new Set([
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'request_timeout',
]);

function refusalIn(error: unknown): Refusal | null {
  const data = record(record(error).data);
  if (typeof data.error !== 'string' || OUTAGES.has(data.error)) return null;
  return { code: data.error, needed: typeof data.needed === 'string' ? data.needed : null };
}
