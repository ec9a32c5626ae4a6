import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { installState } from '../functions/adapters/install-state.ts';
import { readInstallSettings } from '../functions/adapters/settings.ts';
import { BOT_SCOPES } from '../functions/adapters/slack-scopes.ts';
import { CLIENT } from './support/fake-oauth.ts';
import {
  acme,
  HERE,
  type InstallWorld,
  inOrganisation,
  installWorld,
  REDIRECT,
} from './support/install-world.ts';

let it: InstallWorld;
beforeEach(() => {
  it = installWorld();
});

describe('a browser that wants to install', () => {
  test('is sent to Slack with what the app asks for, and a cookie that only comes back here', async () => {
    const { location, cookie } = await it.begin();
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
    expect((await it.begin()).state).not.toBe(location.searchParams.get('state'));
  });

  test('comes back, is told so, and the workspace’s token is there', async () => {
    const answer = await it.install(acme);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('netdx is installed');
    expect(answer.body).toContain('Acme');
    expect(answer.headers?.['set-cookie']).toMatch(/^__Host-netdx-install=; .*Max-Age=0/);
    expect(answer.headers?.['content-security-policy']).toContain("frame-ancestors 'none'");
    // The address holds the code and the state.
    expect(answer.headers?.['referrer-policy']).toBe('no-referrer');
    expect(answer.headers?.['cache-control']).toBe('no-store');
    expect(await it.installations.tokenFor({ team: 'T1', enterprise: null })).toMatch(/^xoxb-/);
    expect(await it.installations.tokenFor({ team: 'T9', enterprise: null })).toBeNull();
  });

  test.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'netdx 已安装'],
    ['en-GB,zh;q=0.5', 'netdx is installed'],
    ['fr,zh;q=0.5', 'netdx 已安装'],
    ['fr', 'netdx is installed'],
    [undefined, 'netdx is installed'],
  ])('is spoken to in its language: %s', async (language, title) => {
    const { state, cookies } = await it.begin();
    const browser = language === undefined ? { cookies } : { cookies, language };
    const answer = await it.back({ code: it.slack.allow(acme), state }, browser);
    expect(answer.body).toContain(`<h1>${title}</h1>`);
  });

  test('may decline', async () => {
    const { state, cookies } = await it.begin();
    const answer = await it.back({ error: 'access_denied', state }, { cookies });
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('Nothing was installed');
    expect(it.slack.calls).toEqual([]);
  });

  test('a workspace’s name cannot write into the page', async () => {
    const { body } = await it.install({
      team: { id: 'T1', name: '<script>alert(1)</script>&' },
      enterprise: null,
    });
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&amp;');
  });

  test('no token and no code reaches the log or the page', async () => {
    const { body } = await it.install(acme, true);
    expect(body + it.logged.join()).not.toMatch(/xox|code\.|not-a-client-secret/);
    expect(it.logged.length).toBeGreaterThan(0);
  });
});

describe('a redirect that is not the end of what began here', () => {
  const refused = async (answer: Awaited<ReturnType<InstallWorld['get']>>) => {
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('not begun here');
    expect(it.slack.calls).toEqual([]);
    expect(await it.installations.tokenFor({ team: 'T1', enterprise: null })).toBeNull();
  };

  test('without the cookie, as when somebody else’s link was followed', async () => {
    const { state } = await it.begin();
    await refused(await it.back({ code: it.slack.allow(acme), state }, {}));
  });

  test('with the cookie of another beginning', async () => {
    const { state } = await it.begin();
    const { cookies } = await it.begin();
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies }));
  });

  test('with two such cookies, of which one was planted', async () => {
    const { state, cookies } = await it.begin();
    const two = [...cookies, `__Host-netdx-install=${'A'.repeat(43)}`];
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies: two }));
  });

  test('after ten minutes, and from the future', async () => {
    const { state, cookies } = await it.begin();
    it.advance(601_000);
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies }));
    it.advance(-1_200_000);
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies }));
  });

  test('with a state that was signed by another deployment', async () => {
    const { cookies } = await it.begin();
    const foreign = installState(async () => [randomBytes(32)], it.now);
    const { state, cookie } = await foreign.begin();
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies }));
    const own = [cookie.split(';')[0] ?? ''];
    await refused(await it.back({ code: it.slack.allow(acme), state }, { cookies: own }));
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
    const { cookies } = await it.begin();
    const answer = await it.get('/slack/oauth_redirect', query, { cookies });
    await refused(answer);
    expect(answer.body).not.toContain('alert(1)');
  });

  test.each(['', 'a b', 'x'.repeat(513), '<script>', '../../x'])(
    'with a code that is none of Slack’s: %j',
    async (code) => {
      const { state, cookies } = await it.begin();
      await refused(await it.back({ code, state }, { cookies }));
    },
  );

  test('with a parameter twice', async () => {
    const { state, cookies } = await it.begin();
    const twice = `state=${state}&state=${state}&code=${it.slack.allow(acme)}`;
    await refused(await it.get('/slack/oauth_redirect', twice, { cookies }));
  });

  test('a state ends one installation only, also with another code', async () => {
    const { state, cookies } = await it.begin();
    const first = await it.back({ code: it.slack.allow(acme), state }, { cookies });
    expect(first.statusCode).toBe(200);
    const replayed = await it.back({ code: it.slack.allow(inOrganisation), state }, { cookies });
    expect(replayed.statusCode).toBe(400);
    expect(await it.installations.tokenFor({ team: 'T2', enterprise: 'E1' })).toBeNull();
  });

  test('other paths and methods are nobody’s', async () => {
    expect((await it.get('/slack/else')).statusCode).toBe(404);
    expect((await it.get('/slack/install', '', { method: 'POST' })).statusCode).toBe(405);
  });
});

describe('Slack does not confirm', () => {
  test.each([
    ['a used code', () => 'code.99', undefined, 502, 'invalid_code'],
    ['a wrong secret', () => it.slack.allow(acme), 'wrong', 502, 'bad_client_secret'],
  ])('%s', async (_, code, secret, status, said) => {
    const { state, cookies } = await it.begin();
    const answer = await it.back({ code: code(), state }, { cookies }, it.portsWith(secret));
    expect(answer.statusCode).toBe(status);
    expect(it.logged.join()).toContain(said);
  });

  test.each(['down', 503] as const)('an outage: %s', async (outage) => {
    it.slack.outages.push(outage);
    const answer = await it.install(acme);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toContain('The installation failed');
  });
});

test('a deployment for one workspace offers no installation, and says so in one sentence', async () => {
  const ports = { app: null, log: it.log };
  for (const path of ['/slack/install', '/slack/oauth_redirect']) {
    const answer = await it.get(path, '', { language: 'zh' }, ports);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain('不对外提供安装。');
    expect(answer.headers).not.toHaveProperty('location');
  }
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
    expect(read).toMatchObject({ ok: true, value: { oauth: null, publicUrl: HERE } });
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
