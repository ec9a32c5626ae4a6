import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';
import { err, ok, type Result } from '../primitives/result.ts';

/** A bot token and, where the app rotates its tokens, when it ends (milliseconds since 1970) and what renews it. */
export interface Tokens {
  readonly botToken: string;
  readonly refreshToken: string | null;
  readonly expiresAt: number | null;
}

/** What a workspace, or a whole organisation, granted. */
export interface Grant extends Tokens {
  /** Null for an installation in the whole organisation. */
  readonly team: string | null;
  readonly enterprise: string | null;
  /** Of the workspace or organisation, for people. */
  readonly title: string;
  readonly botUser: string;
  readonly scopes: readonly string[];
}

/** Slack's own code. */
export interface OAuthRefusal {
  readonly code: string;
}

/** Slack's side of an installation. Slack's no is a value; an outage rejects. */
export interface SlackOAuth {
  /** Turns the code of a redirect into a grant; works once for each code. */
  readonly exchange: (code: string, redirectUri: string) => Promise<Result<Grant, OAuthRefusal>>;
  /** Turns a refresh token into new tokens; works once for each. The old bot token lives on until its end. */
  readonly refresh: (refreshToken: string) => Promise<Result<Tokens, OAuthRefusal>>;
  /** Whether a bot token still gives access. */
  readonly works: (botToken: string) => Promise<boolean>;
}

export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

const TIMEOUT_MS = 8000;
/** Codes with which `auth.test` says that a token is gone (docs.slack.dev, auth.test). */
const GONE = new Set(['invalid_auth', 'account_inactive', 'token_revoked', 'token_expired']);
/** Codes of any method that say nothing of what was sent. */
const OUTAGES = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'ratelimited']);

const shapes = once(() => {
  const text = z.string().check(z.minLength(1));
  const owner = z.optional(z.nullable(z.object({ id: text, name: z.optional(z.string()) })));
  const tokens = z.object({
    access_token: text,
    refresh_token: z.optional(text),
    expires_in: z.optional(z.number().check(z.positive())),
  });
  const grant = z.object({
    ...tokens.shape,
    token_type: z.literal('bot'),
    scope: z.string(),
    bot_user_id: text,
    team: owner,
    enterprise: owner,
    is_enterprise_install: z.optional(z.boolean()),
  });
  const refusal = z.object({ ok: z.literal(false), error: text });
  return { tokens, grant, refusal };
});

type Shapes = ReturnType<typeof shapes>;

/** Speaks `oauth.v2.access` and `auth.test` (docs.slack.dev, "Installing with OAuth", "Using token rotation"). */
export function slackOAuth(client: OAuthClient): SlackOAuth {
  const ask = async (
    method: string,
    authorization: string,
    form: Readonly<Record<string, string>>,
  ): Promise<unknown> => {
    const answer = await client.fetch(`https://slack.com/api/${method}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    if (!answer.ok) throw new Error(`Slack answered ${answer.status}`);
    const body: unknown = await answer.json();
    const refused = shapes().refusal.safeParse(body);
    if (refused.success && OUTAGES.has(refused.data.error)) throw new Error(refused.data.error);
    return body;
  };
  const access = async (form: Readonly<Record<string, string>>) => {
    const pair = `${client.clientId}:${await client.clientSecret()}`;
    return ask('oauth.v2.access', `Basic ${Buffer.from(pair).toString('base64')}`, form);
  };
  return {
    exchange: async (code, redirectUri) => {
      const body = await access({ code, redirect_uri: redirectUri });
      const read = shapes().grant.safeParse(body);
      if (!read.success) return err({ code: codeOf(body) });
      return grantOf(read.data, client.now());
    },
    refresh: async (refreshToken) => {
      const body = await access({ grant_type: 'refresh_token', refresh_token: refreshToken });
      const read = shapes().tokens.safeParse(body);
      return read.success ? ok(tokensOf(read.data, client.now())) : err({ code: codeOf(body) });
    },
    works: async (botToken) => {
      const refused = shapes().refusal.safeParse(await ask('auth.test', `Bearer ${botToken}`, {}));
      return !(refused.success && GONE.has(refused.data.error));
    },
  };
}

function grantOf(from: z.infer<Shapes['grant']>, nowMs: number): Result<Grant, OAuthRefusal> {
  const team = from.is_enterprise_install === true ? null : (from.team ?? null);
  const enterprise = from.enterprise ?? null;
  const holder = team ?? enterprise;
  if (holder === null) return err({ code: 'nobody' });
  return ok({
    ...tokensOf(from, nowMs),
    team: team?.id ?? null,
    enterprise: enterprise?.id ?? null,
    title: holder.name ?? holder.id,
    botUser: from.bot_user_id,
    scopes: from.scope.split(',').filter((scope) => scope !== ''),
  });
}

function tokensOf(from: z.infer<Shapes['tokens']>, nowMs: number): Tokens {
  return {
    botToken: from.access_token,
    refreshToken: from.refresh_token ?? null,
    expiresAt: from.expires_in === undefined ? null : nowMs + from.expires_in * 1000,
  };
}

function codeOf(body: unknown): string {
  const refused = shapes().refusal.safeParse(body);
  return refused.success ? refused.data.error : 'unexpected_answer';
}
