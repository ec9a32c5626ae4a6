import type { KeptGrant, KeptGrants } from './kept-grants.ts';
import { errorFields, type Log } from './log.ts';
import type { Grant, SlackOAuth, Tokens } from './slack-oauth.ts';
import type { Store } from './store.ts';

export interface RenewalPorts {
  readonly grants: KeptGrants;
  readonly store: Pick<Store, 'create'>;
  readonly oauth: Pick<SlackOAuth, 'refresh'>;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** The token of a workspace has ended, and a new one could not be had. */
export class TokenEnded extends Error {
  override readonly name = 'TokenEnded';
}

const RENEWED_BEFORE_MS = 30 * 60_000;
/** Longer than a renewal takes. It is never given back: after a failure it also spaces the tries. */
const LEASE_SECONDS = 30;
const LOOKS = 20;
const MOST_WRITES = 5;
const PAUSE_MS = 500;

/**
 * Gives the bot token of a grant, a new one where less than half an hour of it is left; null where the grant was removed
 * meanwhile.
 *
 * A refresh token works once, so among all environments only one may use it: the one that creates the lease record. The
 * others go on with the old token, which Slack honours to its end, or wait for the new one where it has ended. What
 * Slack hands out is written before it is used; were the writing to fail for good, the workspace would have to install
 * again, so it is tried several times.
 */
export async function liveToken(held: KeptGrant, ports: RenewalPorts): Promise<string | null> {
  if (!isDue(held.grant, ports.now())) return held.grant.botToken;
  if (await ports.store.create(`renewal:${held.name}`, '-', LEASE_SECONDS)) {
    return renewed(held.name, ports);
  }
  return hasEnded(held.grant, ports.now()) ? waitedFor(held.name, ports) : held.grant.botToken;
}

/** Reads anew: whoever had the lease before may have renewed it already. */
async function renewed(name: string, ports: RenewalPorts): Promise<string | null> {
  const held = await ports.grants.read(name);
  if (held === null) return null;
  const { refreshToken, botToken } = held.grant;
  if (!isDue(held.grant, ports.now()) || refreshToken === null) return botToken;
  const fresh = await refreshed(refreshToken, ports);
  if (fresh !== null) {
    await write(held, { ...held.grant, ...fresh }, ports);
    ports.log.info('token renewed');
    return fresh.botToken;
  }
  if (hasEnded(held.grant, ports.now())) throw new TokenEnded();
  return botToken;
}

async function refreshed(refreshToken: string, ports: RenewalPorts): Promise<Tokens | null> {
  try {
    const fresh = await ports.oauth.refresh(refreshToken);
    if (fresh.ok) return fresh.value;
    ports.log.error('token not renewed', { code: fresh.error.code });
  } catch (error) {
    ports.log.error('token not renewed', errorFields(error));
  }
  return null;
}

async function write(held: KeptGrant, grant: Grant, ports: RenewalPorts): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ports.grants.renew(held, grant);
    } catch (error) {
      if (attempt === MOST_WRITES) throw error;
      await ports.wait(PAUSE_MS);
    }
  }
}

async function waitedFor(name: string, ports: RenewalPorts): Promise<string | null> {
  for (let look = 1; look <= LOOKS; look += 1) {
    await ports.wait(PAUSE_MS);
    const held = await ports.grants.read(name);
    if (held === null) return null;
    if (!hasEnded(held.grant, ports.now())) return held.grant.botToken;
  }
  throw new TokenEnded();
}

function isDue({ expiresAt, refreshToken }: Grant, nowMs: number): boolean {
  return refreshToken !== null && expiresAt !== null && expiresAt - nowMs < RENEWED_BEFORE_MS;
}

function hasEnded({ expiresAt }: Grant, nowMs: number): boolean {
  return expiresAt !== null && expiresAt <= nowMs;
}
