/** One workspace or organisation that grants, as `oauth.v2.access` tells of it. */
export interface Granting {
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly enterprise: { readonly id: string; readonly name: string } | null;
}

export interface FakeOAuth {
  readonly fetch: typeof fetch;
  /** A person allows the app: the code that Slack's redirect carries. */
  readonly allow: (who: Granting, rotates?: boolean) => string;
  /** The app is taken out: its tokens end at once. */
  readonly revoke: (token: string) => void;
  readonly calls: string[];
  /** What the next calls meet instead of an answer. */
  readonly outages: ('lost' | 'down' | 503)[];
}

export const CLIENT = { id: '1.2', secret: 'not-a-client-secret' };
const ACCESS_SECONDS = 43_200;

/**
 * Slack's side of OAuth v2 with token rotation (docs.slack.dev, "Installing with OAuth" and "Using token rotation"): a
 * code works once, with the redirect URI it was made for; a refresh token works once; a bot token lives twelve hours and
 * is not ended by its successor.
 */
export function fakeOAuth(redirectUri: string, now: () => number): FakeOAuth {
  const codes = new Map<string, { who: Granting; rotates: boolean }>();
  const refreshTokens = new Map<string, { who: Granting; rotates: boolean }>();
  const tokens = new Map<string, number>();
  const calls: string[] = [];
  const outages: FakeOAuth['outages'] = [];
  let made = 0;

  const granted = (of: { who: Granting; rotates: boolean }) => {
    made += 1;
    const plain = { ok: true, token_type: 'bot', app_id: 'A1', scope: 'commands,chat:write' };
    const { team, enterprise } = of.who;
    const who = { team, enterprise, is_enterprise_install: team === null, bot_user_id: 'UBOT' };
    const token = of.rotates ? `xoxe.xoxb-1-${made}` : `xoxb-${made}`;
    tokens.set(token, of.rotates ? now() + ACCESS_SECONDS * 1000 : Number.POSITIVE_INFINITY);
    if (!of.rotates) return { ...plain, ...who, access_token: token };
    const refresh = `xoxe-1-${made}`;
    refreshTokens.set(refresh, of);
    const rotating = { refresh_token: refresh, expires_in: ACCESS_SECONDS };
    return { ...plain, ...who, access_token: token, ...rotating };
  };

  const access = (form: URLSearchParams, authorization: string) => {
    const pair = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
    if (pair !== `${CLIENT.id}:${CLIENT.secret}`) return no('bad_client_secret');
    const from = form.get('grant_type') === 'refresh_token' ? refreshTokens : codes;
    const key = form.get(from === codes ? 'code' : 'refresh_token') ?? '';
    const of = from.get(key);
    if (of === undefined) return no(from === codes ? 'invalid_code' : 'invalid_refresh_token');
    if (from === codes && form.get('redirect_uri') !== redirectUri) return no('bad_redirect_uri');
    from.delete(key);
    return granted(of);
  };

  const answer = async (url: URL, init: RequestInit): Promise<Response> => {
    const authorization = new Headers(init.headers).get('authorization') ?? '';
    const method = url.pathname.replace('/api/', '');
    calls.push(method);
    // Others may run while this one is under way.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const outage = outages.shift();
    if (outage === 'down') throw new TypeError('fetch failed');
    if (outage === 503) return new Response('', { status: 503 });
    const body =
      method === 'auth.test'
        ? tested(authorization.replace('Bearer ', ''))
        : access(new URLSearchParams(String(init.body)), authorization);
    if (outage === 'lost') throw new TypeError('fetch failed');
    return Response.json(body);
  };

  const tested = (token: string) => {
    const end = tokens.get(token);
    if (end === undefined) return no('account_inactive');
    return end <= now() ? no('token_expired') : { ok: true };
  };

  return {
    fetch: (input, init = {}) => answer(new URL(String(input)), init),
    allow: (who, rotates = false) => {
      made += 1;
      codes.set(`code.${made}`, { who, rotates });
      return `code.${made}`;
    },
    revoke: (token) => {
      tokens.delete(token);
    },
    calls,
    outages,
  };
}

function no(error: string) {
  return { ok: false, error };
}
