import { randomBytes } from 'node:crypto';
import { answerInstall, type InstallPorts } from '../../functions/adapters/install-requests.ts';
import { installState } from '../../functions/adapters/install-state.ts';
import { type Installations, installationsIn } from '../../functions/adapters/installations.ts';
import { createLog } from '../../functions/adapters/log.ts';
import { type Keys, sealer } from '../../functions/adapters/sealed.ts';
import { slackOAuth } from '../../functions/adapters/slack-oauth.ts';
import { sqliteStore } from '../../functions/adapters/sqlite-store.ts';
import type { Store } from '../../functions/adapters/store.ts';
import { CLIENT, fakeOAuth, type Granting } from './fake-oauth.ts';

export const HERE = 'https://api.example';
export const REDIRECT = `${HERE}/slack/oauth_redirect`;

export const acme: Granting = { team: { id: 'T1', name: 'Acme' }, enterprise: null };
export const inOrganisation: Granting = {
  team: { id: 'T2', name: 'Lab' },
  enterprise: { id: 'E1', name: 'Org' },
};
export const wholeOrganisation: Granting = { team: null, enterprise: { id: 'E1', name: 'Org' } };

export interface Browser {
  readonly cookies?: readonly string[];
  readonly language?: string;
  readonly method?: string;
}

/** A deployment that others may install, with a Slack of its own and a clock that is set by hand. */
export function installWorld() {
  let nowMs = Date.UTC(2026, 10, 26, 12);
  const now = () => nowMs;
  const slack = fakeOAuth(REDIRECT, now);
  const store = sqliteStore(':memory:', now);
  const key = randomBytes(32);
  const keys: Keys = async () => [key];
  const logged: string[] = [];
  const log = createLog((row) => logged.push(row));
  const oauthHere = (secret = CLIENT.secret) =>
    slackOAuth({ clientId: CLIENT.id, clientSecret: async () => secret, fetch: slack.fetch, now });

  /** Waiting moves the clock, and lets others go on. */
  const wait = async (ms: number) => {
    nowMs += ms;
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  /** What one environment of a function has. */
  const environment = (over: Store = store): Installations =>
    installationsIn({ store: over, sealer: sealer(keys), oauth: oauthHere(), now, wait, log });
  const installations = environment();
  const portsWith = (clientSecret?: string): InstallPorts => {
    const oauth = oauthHere(clientSecret);
    const state = installState(keys, now);
    const app = { clientId: CLIENT.id, publicUrl: HERE, oauth, state, store, installations };
    return { app, log };
  };

  const get = (path: string, query = '', browser: Browser = {}, ports = portsWith()) =>
    answerInstall(
      {
        rawPath: path,
        rawQueryString: query,
        cookies: browser.cookies,
        headers: { 'accept-language': browser.language },
        requestContext: { http: { method: browser.method ?? 'GET' } },
      },
      ports,
    );
  /** Begins an installation: what Slack is sent, and the cookie that the browser keeps. */
  const begin = async () => {
    const { statusCode, headers = {} } = await get('/slack/install');
    if (statusCode !== 302) throw new Error(`not sent to Slack but answered ${statusCode}`);
    const location = new URL(headers.location ?? '');
    const cookie = headers['set-cookie'] ?? '';
    const state = location.searchParams.get('state') ?? '';
    return { location, cookie, state, cookies: [cookie.split(';')[0] ?? ''] };
  };
  /** The browser comes back from Slack. */
  const back = (
    query: Readonly<Record<string, string>>,
    browser: Browser,
    ports: InstallPorts = portsWith(),
  ) => get('/slack/oauth_redirect', new URLSearchParams(query).toString(), browser, ports);
  const install = async (who: Granting, rotates = false) => {
    const { state, cookies } = await begin();
    return back({ code: slack.allow(who, rotates), state }, { cookies });
  };

  return {
    ...{ slack, store, key, keys, logged, log, now, environment, installations },
    ...{ portsWith, get, begin, back, install },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

export type InstallWorld = ReturnType<typeof installWorld>;
