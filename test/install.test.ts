import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerInstall, type InstallPorts } from '../functions/adapters/install-requests.ts';
import { installState } from '../functions/adapters/install-state.ts';
import { type Installations, installationsIn } from '../functions/adapters/installations.ts';
import { createLog } from '../functions/adapters/log.ts';
import { type Keys, keysFrom, SealBroken, sealer } from '../functions/adapters/sealed.ts';
import { readInstallSettings } from '../functions/adapters/settings.ts';
import { BOT_SCOPES, slackOAuth } from '../functions/adapters/slack-oauth.ts';
import { sqliteStore } from '../functions/adapters/sqlite-store.ts';
import { TokenEnded } from '../functions/adapters/token-renewal.ts';
import { NotInstalled, workspaceTokens } from '../functions/adapters/workspace-tokens.ts';
import { access } from './support/dynamo.ts';
import { CLIENT, type FakeOAuth, fakeOAuth, type Granting } from './support/fake-oauth.ts';

const URL_HERE = 'https://api.example';
const REDIRECT = `${URL_HERE}/slack/oauth_redirect`;
const acme: Granting = { team: { id: 'T1', name: 'Acme' }, enterprise: null };
const inOrganisation: Granting = {
  team: { id: 'T2', name: 'Lab' },
  enterprise: { id: 'E1', name: 'Org' },
};
const wholeOrganisation: Granting = { team: null, enterprise: { id: 'E1', name: 'Org' } };

let nowMs: number;
let slack: FakeOAuth;
let store: ReturnType<typeof sqliteStore>;
let installations: Installations;
let ports: InstallPorts;
let logged: string[];
const now = () => nowMs;
const key = randomBytes(32);
const keys: Keys = async () => [key];

beforeEach(() => {
  nowMs = Date.UTC(2026, 10, 26, 12);
  logged = [];
  slack = fakeOAuth(REDIRECT, now);
  store = sqliteStore(':memory:', now);
  installations = installationsHere();
  ports = portsHere();
});

const oauthHere = (secret = CLIENT.secret) =>
  slackOAuth({ clientId: CLIENT.id, clientSecret: async () => secret, fetch: slack.fetch, now });
const log = createLog((row) => logged.push(row));

function installationsHere(clientSecret?: string): Installations {
  const oauth = oauthHere(clientSecret);
  const wait = async (ms: number) => {
    nowMs += ms;
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return installationsIn({ store, sealer: sealer(keys), oauth, now, wait, log });
}

function portsHere(clientSecret?: string): InstallPorts {
  const oauth = oauthHere(clientSecret);
  const state = installState(keys, now);
  const app = { clientId: CLIENT.id, publicUrl: URL_HERE, oauth, state, store, installations };
  return { app, language: 'en', log };
}

interface Browser {
  readonly cookies?: readonly string[];
  readonly language?: string;
  readonly method?: string;
}

function get(path: string, query = '', browser: Browser = {}) {
  return answerInstall(
    {
      rawPath: path,
      rawQueryString: query,
      cookies: browser.cookies,
      headers: { 'accept-language': browser.language },
      requestContext: { http: { method: browser.method ?? 'GET' } },
    },
    ports,
  );
}

/** Begins an installation: what Slack is sent, and the cookie that the browser keeps. */
async function begin() {
  const { statusCode, headers = {} } = await get('/slack/install');
  expect(statusCode).toBe(302);
  const location = new URL(headers.location ?? '');
  const cookie = headers['set-cookie'] ?? '';
  return {
    location,
    cookie,
    state: location.searchParams.get('state') ?? '',
    cookies: [cookie.split(';')[0] ?? ''],
  };
}

const back = (query: Readonly<Record<string, string>>, browser: Browser) =>
  get('/slack/oauth_redirect', new URLSearchParams(query).toString(), browser);

async function install(who: Granting, rotates = false) {
  const { state, cookies } = await begin();
  return back({ code: slack.allow(who, rotates), state }, { cookies });
}

const everythingKept = async (...names: readonly string[]) =>
  JSON.stringify(await Promise.all(names.map((name) => store.get(name))));

describe('a browser that wants to install', () => {
  test('is sent to Slack with what the app asks for, and a cookie that only comes back here', async () => {
    const { location, cookie } = await begin();
    expect(location.origin + location.pathname).toBe('https://slack.com/oauth/v2/authorize');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      client_id: CLIENT.id,
      scope: BOT_SCOPES.join(','),
      redirect_uri: REDIRECT,
      state: expect.stringMatching(/^\d{10}\.[\w-]{43}$/),
    });
    expect(cookie).toMatch(
      /^__Host-netdx-install=[\w-]{43}; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect((await begin()).state).not.toBe(location.searchParams.get('state'));
  });

  test('comes back, is told so, and the workspace’s token is there', async () => {
    const answer = await install(acme);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('netdx is installed');
    expect(answer.body).toContain('Acme');
    expect(answer.headers?.['set-cookie']).toMatch(/^__Host-netdx-install=; .*Max-Age=0/);
    expect(answer.headers?.['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(await installations.tokenFor({ team: 'T1', enterprise: null })).toMatch(/^xoxb-/);
    expect(await installations.tokenFor({ team: 'T9', enterprise: null })).toBeNull();
  });

  test.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'netdx 已安装'],
    ['en-GB,zh;q=0.5', 'netdx is installed'],
    ['fr', 'netdx is installed'],
    [undefined, 'netdx is installed'],
  ])('is spoken to in its language: %s', async (language, title) => {
    const { state, cookies } = await begin();
    const browser = language === undefined ? { cookies } : { cookies, language };
    const answer = await back({ code: slack.allow(acme), state }, browser);
    expect(answer.body).toContain(`<h1>${title}</h1>`);
  });

  test('may decline', async () => {
    const { state, cookies } = await begin();
    const answer = await back({ error: 'access_denied', state }, { cookies });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('Nothing was installed');
    expect(slack.calls).toEqual([]);
  });

  test('a workspace’s name cannot write into the page', async () => {
    const { body } = await install({
      team: { id: 'T1', name: '<script>alert(1)</script>&' },
      enterprise: null,
    });
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
  });

  test('no token and no code reaches the log or the page', async () => {
    const { body } = await install(acme, true);
    expect(body + logged.join()).not.toMatch(/xox|code\.|not-a-client-secret/);
    expect(logged.length).toBeGreaterThan(0);
  });
});

describe('a redirect that is not the end of what began here', () => {
  const refused = async (answer: Awaited<ReturnType<typeof get>>) => {
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('not begun here');
    expect(slack.calls).toEqual([]);
    expect(await installations.tokenFor({ team: 'T1', enterprise: null })).toBeNull();
  };

  test('without the cookie, as when somebody else’s link was followed', async () => {
    const { state } = await begin();
    await refused(await back({ code: slack.allow(acme), state }, {}));
  });

  test('with the cookie of another beginning', async () => {
    const { state } = await begin();
    const { cookies } = await begin();
    await refused(await back({ code: slack.allow(acme), state }, { cookies }));
  });

  test('with two such cookies, of which one was planted', async () => {
    const { state, cookies } = await begin();
    const two = [...cookies, `__Host-netdx-install=${'A'.repeat(43)}`];
    await refused(await back({ code: slack.allow(acme), state }, { cookies: two }));
  });

  test('after ten minutes, and from the future', async () => {
    const { state, cookies } = await begin();
    nowMs += 601_000;
    await refused(await back({ code: slack.allow(acme), state }, { cookies }));
    nowMs -= 1_200_000;
    await refused(await back({ code: slack.allow(acme), state }, { cookies }));
  });

  test('with a state that was signed by another deployment', async () => {
    const { cookies } = await begin();
    const foreign = installState(async () => [randomBytes(32)], now);
    const { state, cookie } = await foreign.begin();
    await refused(await back({ code: slack.allow(acme), state }, { cookies }));
    const own = [cookie.split(';')[0] ?? ''];
    await refused(await back({ code: slack.allow(acme), state }, { cookies: own }));
  });

  test.each([
    '',
    '&'.repeat(50_000),
    'code=%00&state=%ff%fe',
    'state=0.x&code=1',
    `state=${'9'.repeat(10)}.${'é'.repeat(43)}&code=1`,
    `state=${'9'.repeat(10)}.${'A'.repeat(43)}&code=1`,
    '__proto__=1&constructor=2&state[]=1&code[]=2',
    'error=%3Cscript%3Ealert(1)%3C/script%3E',
    'state=%E0%A4%A',
  ])('with a hostile query: %j', async (query) => {
    const { cookies } = await begin();
    const answer = await get('/slack/oauth_redirect', query, { cookies });
    await refused(answer);
    expect(answer.body).not.toContain('alert(1)');
  });

  test.each(['', 'a b', 'x'.repeat(513), '<script>', '../../x'])(
    'with a code that is none of Slack’s: %j',
    async (code) => {
      const { state, cookies } = await begin();
      await refused(await back({ code, state }, { cookies }));
    },
  );

  test('with a parameter twice', async () => {
    const { state, cookies } = await begin();
    const twice = `state=${state}&state=${state}&code=${slack.allow(acme)}`;
    await refused(await get('/slack/oauth_redirect', twice, { cookies }));
  });

  test('a state ends one installation only, also with another code', async () => {
    const { state, cookies } = await begin();
    const first = await back({ code: slack.allow(acme), state }, { cookies });
    expect(first.statusCode).toBe(200);
    const replayed = await back({ code: slack.allow(inOrganisation), state }, { cookies });
    expect(replayed.statusCode).toBe(400);
    expect(await installations.tokenFor({ team: 'T2', enterprise: 'E1' })).toBeNull();
  });

  test('other paths and methods are nobody’s', async () => {
    expect((await get('/slack/else')).statusCode).toBe(404);
    expect((await get('/slack/install', '', { method: 'POST' })).statusCode).toBe(405);
  });
});

describe('Slack does not confirm', () => {
  test.each([
    ['a used code', () => 'code.99', undefined, 502, 'invalid_code'],
    ['a wrong secret', () => slack.allow(acme), 'wrong', 502, 'bad_client_secret'],
  ])('%s', async (_, code, secret, status, said) => {
    ports = portsHere(secret);
    const { state, cookies } = await begin();
    const answer = await back({ code: code(), state }, { cookies });
    expect(answer.statusCode).toBe(status);
    expect(logged.join()).toContain(said);
  });

  test.each(['down', 503] as const)('an outage: %s', async (outage) => {
    slack.outages.push(outage);
    const answer = await install(acme);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toContain('The installation failed');
  });
});

test('a deployment for one workspace offers no installation, and says so in one sentence', async () => {
  ports = { app: null, language: 'zh', log };
  for (const path of ['/slack/install', '/slack/oauth_redirect']) {
    const answer = await get(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain('不对外提供安装。');
    expect(answer.headers).not.toHaveProperty('location');
  }
});

describe('installations', () => {
  test('an organisation’s token serves its workspaces, and a workspace’s own goes first', async () => {
    await install(wholeOrganisation);
    const whole = await installations.tokenFor({ team: 'T2', enterprise: 'E1' });
    expect(whole).toMatch(/^xoxb-/);
    await install(inOrganisation);
    const own = await installations.tokenFor({ team: 'T2', enterprise: 'E1' });
    expect(own).not.toBe(whole);
    expect(await installations.tokenFor({ team: 'T7', enterprise: 'E1' })).toBe(whole);
    expect(await installations.tokenFor({ team: 'T7', enterprise: null })).toBeNull();
  });

  test('a second installation takes the place of the first', async () => {
    await install(acme);
    const first = await installations.tokenFor({ team: 'T1', enterprise: null });
    await install(acme);
    expect(await installations.tokenFor({ team: 'T1', enterprise: null })).not.toBe(first);
  });

  test('nothing readable is kept', async () => {
    await install(acme, true);
    const kept = await everythingKept('installation:T1');
    expect(kept).toMatch(/v1\.[\w-]{100}/);
    expect(kept).not.toMatch(/xox|Acme|UBOT|chat:write/);
  });

  test('a sealed record is worth nothing under another name, altered, or with another key', async () => {
    const sealed = await sealer(keys).seal('xoxb-1', 'installation:T1');
    expect(await sealer(keys).open(sealed, 'installation:T1')).toBe('xoxb-1');
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const [text, name] of [
      [sealed, 'installation:T2'],
      [altered, 'installation:T1'],
      ['v1.', 'installation:T1'],
      ['', 'installation:T1'],
      [sealed.slice(3), 'installation:T1'],
    ] as const) {
      await expect(sealer(keys).open(text, name)).rejects.toThrow(SealBroken);
    }
    const others: Keys = async () => [randomBytes(32)];
    await expect(sealer(others).open(sealed, 'installation:T1')).rejects.toThrow(SealBroken);
  });

  test('while keys are being changed both open, and the first seals', async () => {
    const [next, previous] = [randomBytes(32), key].map((one) => one.toString('base64'));
    const both = sealer(keysFrom(async () => ` ${next} , ${previous}`));
    expect(await both.open(await sealer(keys).seal('x', 'n'), 'n')).toBe('x');
    await expect(sealer(keys).open(await both.seal('x', 'n'), 'n')).rejects.toThrow(SealBroken);
    for (const wrong of ['', 'c2hvcnQ=', `${next},`, randomBytes(31).toString('base64')]) {
      await expect(keysFrom(async () => wrong)()).rejects.toThrow('32 bytes in base64');
    }
  });

  test('the same text is never sealed to the same record', async () => {
    const made = [1, 2].map(() => sealer(keys).seal('x', 'n'));
    expect(new Set(await Promise.all(made)).size).toBe(2);
  });
});

describe('removal', () => {
  const here = { team: 'T1', enterprise: null };

  test('forgets a workspace whose token is dead', async () => {
    await install(acme);
    slack.revoke((await installations.tokenFor(here)) ?? '');
    await installations.remove(here);
    expect(await store.get('installation:T1')).toBeNull();
    await installations.remove(here);
  });

  test('spares a workspace that was installed anew before the word of its end arrived', async () => {
    await install(acme);
    slack.revoke((await installations.tokenFor(here)) ?? '');
    await install(acme);
    await installations.remove(here);
    expect(await installations.tokenFor(here)).toMatch(/^xoxb-/);
  });

  test('is tried again after an outage, which proves nothing', async () => {
    await install(acme);
    slack.outages.push(503);
    await expect(installations.remove(here)).rejects.toThrow('503');
    expect(await installations.tokenFor(here)).toMatch(/^xoxb-/);
  });
});

describe('a token that ends', () => {
  const here = { team: 'T1', enterprise: null };
  const MINUTES = 60_000;
  const refreshes = () => slack.calls.filter((call) => call === 'oauth.v2.access').length - 1;

  beforeEach(async () => {
    await install(acme, true);
  });

  test('is used until half an hour before, and then renewed once', async () => {
    const first = await installations.tokenFor(here);
    nowMs += 689 * MINUTES;
    expect(await installations.tokenFor(here)).toBe(first);
    expect(refreshes()).toBe(0);
    nowMs += 2 * MINUTES;
    const second = await installations.tokenFor(here);
    expect(second).not.toBe(first);
    expect(await installations.tokenFor(here)).toBe(second);
    expect(refreshes()).toBe(1);
  });

  test('is renewed again and again, each time with the newest refresh token', async () => {
    const seen = new Set<string | null>();
    for (let day = 0; day < 6; day += 1) {
      nowMs += 700 * MINUTES;
      seen.add(await installations.tokenFor(here));
    }
    expect(seen.size).toBe(6);
    expect(refreshes()).toBe(6);
  });

  test('of twenty environments one renews, and the others lose nothing meanwhile', async () => {
    const first = await installations.tokenFor(here);
    nowMs += 700 * MINUTES;
    const environments = Array.from({ length: 20 }, () => installationsHere());
    const tokens = await Promise.all(environments.map((one) => one.tokenFor(here)));
    expect(refreshes()).toBe(1);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.filter((token) => token === first)).toHaveLength(19);
  });

  test('where it has ended, those that did not renew wait for the new one', async () => {
    nowMs += 800 * MINUTES;
    const environments = Array.from({ length: 5 }, () => installationsHere());
    const tokens = await Promise.all(environments.map((one) => one.tokenFor(here)));
    expect(refreshes()).toBe(1);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^xoxe\.xoxb-/);
  });

  test('an outage of Slack’s costs nothing while the old token lives, and tries are spaced', async () => {
    const first = await installations.tokenFor(here);
    nowMs += 700 * MINUTES;
    slack.outages.push('down');
    expect(await installations.tokenFor(here)).toBe(first);
    expect(await installations.tokenFor(here)).toBe(first);
    expect(refreshes()).toBe(1);
    nowMs += 31_000;
    expect(await installations.tokenFor(here)).not.toBe(first);
  });

  test('a refresh whose answer was lost leaves the old token to its end, then says that it has ended', async () => {
    const first = await installations.tokenFor(here);
    nowMs += 700 * MINUTES;
    slack.outages.push('lost');
    expect(await installations.tokenFor(here)).toBe(first);
    nowMs += 60 * MINUTES;
    await expect(installations.tokenFor(here)).rejects.toThrow(TokenEnded);
    expect(logged.join()).toContain('invalid_refresh_token');
    await install(acme, true);
    expect(await installations.tokenFor(here)).toMatch(/^xoxe\.xoxb-/);
  });

  test('an outage of the store while writing is sat out, because the refresh token is spent', async () => {
    nowMs += 700 * MINUTES;
    let failures = 2;
    const flaky = {
      ...store,
      replace: (...args: Parameters<typeof store.replace>) =>
        failures-- > 0 ? Promise.reject(new Error('ECONNRESET')) : store.replace(...args),
    };
    const oauth = oauthHere();
    const wait = async () => undefined;
    const here_ = installationsIn({ store: flaky, sealer: sealer(keys), oauth, now, wait, log });
    const renewed = await here_.tokenFor(here);
    expect(await installations.tokenFor(here)).toBe(renewed);
    expect(refreshes()).toBe(1);
  });

  test('an installation made anew during a renewal stands', async () => {
    nowMs += 700 * MINUTES;
    const renewal = installations.tokenFor(here);
    await install(acme, true);
    await renewal;
    const calls = refreshes();
    nowMs += 60 * MINUTES;
    expect(await installations.tokenFor(here)).toMatch(/^xoxe\.xoxb-/);
    expect(refreshes()).toBe(calls);
  });
});

describe('the token for a workspace', () => {
  const value = (text: string) => ({ kind: 'value', value: text }) as const;
  const oauth = {
    clientId: CLIENT.id,
    clientSecret: value(CLIENT.secret),
    encryptionKeys: value(key.toString('base64')),
  };
  const here = { team: 'T1', enterprise: null };

  test('is the deployment’s own where it serves one workspace', async () => {
    const tokens = workspaceTokens(
      { botToken: value('xoxb-own'), oauth: null },
      { store, aws: access, log },
    );
    expect(await tokens.tokenFor(here)).toBe('xoxb-own');
    await tokens.remove(here);
  });

  test('is what that workspace granted, and the deployment’s own for the rest', async () => {
    await install(acme);
    const tokens = workspaceTokens(
      { botToken: value('xoxb-own'), oauth },
      { store, aws: access, log },
    );
    expect(await tokens.tokenFor(here)).toBe(await installations.tokenFor(here));
    expect(await tokens.tokenFor({ team: 'T9', enterprise: null })).toBe('xoxb-own');
  });

  test('is nobody’s where nobody gave access', async () => {
    const tokens = workspaceTokens({ botToken: null, oauth }, { store, aws: access, log });
    await expect(tokens.tokenFor(here)).rejects.toThrow(NotInstalled);
  });
});

describe('settings of the installation', () => {
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    NETDX_TABLE: 'records',
    NETDX_PUBLIC_URL: 'https://api.example/',
  };

  test('without a client id there is none', () => {
    const read = readInstallSettings({ ...environment, SLACK_CLIENT_ID: '' });
    expect(read).toMatchObject({ ok: true, value: { oauth: null, publicUrl: URL_HERE } });
  });

  test('with one, what belongs to it is asked for by name', () => {
    expect(readInstallSettings({ ...environment, SLACK_CLIENT_ID: '1.2' })).toEqual({
      ok: false,
      error: {
        code: 'settings',
        names: ['SLACK_CLIENT_SECRET_PARAMETER', 'NETDX_ENCRYPTION_KEY_PARAMETER'],
      },
    });
  });

  test('an address without TLS is refused', () => {
    expect(readInstallSettings({ ...environment, NETDX_PUBLIC_URL: 'http://api.example' })).toEqual(
      { ok: false, error: { code: 'settings', names: ['NETDX_PUBLIC_URL'] } },
    );
  });
});
