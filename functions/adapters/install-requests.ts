import { createHash } from 'node:crypto';
import { type InstallOutcome, renderInstallPage } from '../render/install-page.ts';
import type { Language } from '../report/schema.ts';
import { type InstallState, NO_COOKIE, STATE_SECONDS } from './install-state.ts';
import type { Installations } from './installations.ts';
import { errorFields, type Log } from './log.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import type { HttpAnswer } from './slack-app.ts';
import type { SlackOAuth } from './slack-oauth.ts';
import { BOT_SCOPES } from './slack-scopes.ts';
import type { Store } from './store.ts';
import { wantedLanguage } from './wanted-language.ts';

/** The part of an HTTP API's event (payload format 2.0) that is read here. */
export interface InstallRequest {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[] | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** What a deployment offers that others may install. */
export interface InstallApp {
  readonly clientId: string;
  /** `https://…` of this deployment. */
  readonly publicUrl: string;
  readonly oauth: Pick<SlackOAuth, 'exchange'>;
  readonly state: InstallState;
  /** Remembers which states were used. */
  readonly store: Pick<Store, 'create'>;
  readonly installations: Pick<Installations, 'keep'>;
}

export interface InstallPorts {
  /** Null where the app is not meant to be installed by others. */
  readonly app: InstallApp | null;
  readonly log: Log;
}

export const INSTALL_PATH = '/slack/install';
export const REDIRECT_PATH = '/slack/oauth_redirect';

const STATUS: Readonly<Record<InstallOutcome['code'], number>> = {
  installed: 200,
  denied: 403,
  'not-offered': 404,
  'not-begun-here': 400,
  'refused-by-slack': 502,
  failed: 500,
};

/** What Slack's codes look like; anything else is not worth a call. */
const CODE = /^[\w.-]{1,512}$/;
const LONGEST_QUERY = 4096;

/** Answers a browser: sends it to Slack to be asked, and keeps what was granted when it comes back. */
export async function answerInstall(
  request: InstallRequest,
  ports: InstallPorts,
): Promise<HttpAnswer> {
  const language = wantedLanguage('', request.headers['accept-language'] ?? '');
  const { app } = ports;
  if (request.requestContext.http.method !== 'GET') return { statusCode: 405, body: '' };
  if (app === null) return page({ code: 'not-offered' }, language);
  if (request.rawPath.endsWith(INSTALL_PATH)) return toSlack(app);
  if (!request.rawPath.endsWith(REDIRECT_PATH)) return page({ code: 'not-offered' }, language);
  try {
    const outcome = await outcomeOf(request, app, ports.log);
    ports.log.info('install', { outcome: outcome.code });
    return page(outcome, language);
  } catch (error) {
    ports.log.error('install failed', errorFields(error));
    return page({ code: 'failed' }, language);
  }
}

async function toSlack(app: InstallApp): Promise<HttpAnswer> {
  const { state, cookie } = await app.state.begin();
  const query = new URLSearchParams({
    client_id: app.clientId,
    scope: BOT_SCOPES.join(','),
    redirect_uri: redirectUri(app),
    state,
  });
  const location = `https://slack.com/oauth/v2/authorize?${query}`;
  const headers = { location, 'set-cookie': cookie, 'cache-control': 'no-store' };
  return { statusCode: 302, headers, body: '' };
}

async function outcomeOf(
  request: InstallRequest,
  app: InstallApp,
  log: Log,
): Promise<InstallOutcome> {
  const query = new URLSearchParams(request.rawQueryString.slice(0, LONGEST_QUERY));
  const state = only(query, 'state');
  if (state === null || !(await app.state.holds(state, request.cookies ?? []))) {
    return { code: 'not-begun-here' };
  }
  if (query.has('error')) return { code: 'denied' };
  const code = only(query, 'code');
  if (code === null || !CODE.test(code)) return { code: 'not-begun-here' };
  if (!(await app.store.create(usedName(state), '-', STATE_SECONDS + 60))) {
    return { code: 'not-begun-here' };
  }
  const grant = await app.oauth.exchange(code, redirectUri(app));
  if (!grant.ok) {
    log.error('install refused', { code: grant.error.code });
    return { code: 'refused-by-slack' };
  }
  await app.installations.keep(grant.value);
  return { code: 'installed', title: grant.value.title };
}

/** A parameter that stands there once; twice is nobody's honest redirect. */
function only(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

function usedName(state: string): string {
  return `state:${createHash('sha256').update(state).digest('base64url')}`;
}

function redirectUri(app: InstallApp): string {
  return `${app.publicUrl}${REDIRECT_PATH}`;
}

function page(outcome: InstallOutcome, language: Language): HttpAnswer {
  return {
    statusCode: STATUS[outcome.code],
    headers: {
      ...PAGE_HEADERS,
      'content-language': language === 'zh' ? 'zh-CN' : 'en',
      'cache-control': 'no-store',
      // The address holds the code and the state.
      'referrer-policy': 'no-referrer',
      'set-cookie': NO_COOKIE,
    },
    body: renderInstallPage(outcome, language),
  };
}
