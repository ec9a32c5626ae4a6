import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keys } from './sealed.ts';

/** Ties the end of an installation to the browser that began it, against forged redirects (RFC 6749, section 10.12). */
export interface InstallState {
  /** The `state` to send to Slack, and the cookie to leave with the browser. */
  readonly begin: () => Promise<{ readonly state: string; readonly cookie: string }>;
  /** Whether a redirect's `state` was made here for the browser that sends these cookies, at most ten minutes ago. */
  readonly holds: (state: string, cookies: readonly string[]) => Promise<boolean>;
}

const COOKIE = '__Host-netdx-install';
const SECONDS = 600;
const FORM = /^(\d{10})\.([\w-]{43})$/;

/** Takes the cookie away again. */
export const NO_COOKIE = cookieOf('', 0);

/** How long a state holds: what was used is remembered as long. */
export const STATE_SECONDS = SECONDS;

/** Signs with the first of the deployment's keys, by a key of its own made from it. */
export function installState(keys: Keys, now: () => number): InstallState {
  const signature = async (issued: string, nonce: string) => {
    const [key] = await keys();
    const own = Buffer.from(hkdfSync('sha256', key, '', 'netdx install state', 32));
    return createHmac('sha256', own).update(`${issued}.${nonce}`).digest('base64url');
  };
  return {
    begin: async () => {
      const issued = String(Math.floor(now() / 1000));
      const nonce = randomBytes(32).toString('base64url');
      const state = `${issued}.${await signature(issued, nonce)}`;
      return { state, cookie: cookieOf(nonce, SECONDS) };
    },
    holds: async (state, cookies) => {
      const [, issued = '', given = ''] = FORM.exec(state) ?? [];
      const age = now() / 1000 - Number(issued);
      const nonce = nonceIn(cookies);
      if (issued === '' || nonce === null || age < 0 || age > SECONDS) return false;
      const wanted = await signature(issued, nonce);
      return timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
    },
  };
}

/** `Lax`, because the browser comes back from Slack by a link; `__Host-` keeps other hosts from setting it. */
function cookieOf(nonce: string, seconds: number): string {
  return `${COOKIE}=${nonce}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;
}

function nonceIn(cookies: readonly string[]): string | null {
  const own = cookies.filter((one) => one.startsWith(`${COOKIE}=`));
  const nonce = own[0]?.slice(COOKIE.length + 1) ?? '';
  return own.length === 1 && /^[\w-]{43}$/.test(nonce) ? nonce : null;
}
