import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Keys, keysFrom, SealBroken, sealer } from '../functions/adapters/sealed.ts';
import type { Store } from '../functions/adapters/store.ts';
import { TokenEnded } from '../functions/adapters/token-renewal.ts';
import { NotInstalled, workspaceTokens } from '../functions/adapters/workspace-tokens.ts';
import { access } from './support/dynamo.ts';
import { CLIENT } from './support/fake-oauth.ts';
import {
  acme,
  type InstallWorld,
  inOrganisation,
  installWorld,
  wholeOrganisation,
} from './support/install-world.ts';

let it: InstallWorld;
beforeEach(() => {
  it = installWorld();
});

describe('installations', () => {
  test('an organisation’s token serves its workspaces, and a workspace’s own goes first', async () => {
    await it.install(wholeOrganisation);
    const whole = await it.installations.tokenFor({ team: 'T2', enterprise: 'E1' });
    expect(whole).toMatch(/^xoxb-/);
    await it.install(inOrganisation);
    const own = await it.installations.tokenFor({ team: 'T2', enterprise: 'E1' });
    expect(own).not.toBe(whole);
    expect(await it.installations.tokenFor({ team: 'T7', enterprise: 'E1' })).toBe(whole);
    expect(await it.installations.tokenFor({ team: 'T7', enterprise: null })).toBeNull();
  });

  test('a second installation takes the place of the first', async () => {
    await it.install(acme);
    const first = await it.installations.tokenFor({ team: 'T1', enterprise: null });
    await it.install(acme);
    expect(await it.installations.tokenFor({ team: 'T1', enterprise: null })).not.toBe(first);
  });

  test('nothing readable is kept', async () => {
    await it.install(acme, true);
    const kept = JSON.stringify(await it.store.get('installation:T1'));
    expect(kept).toMatch(/v1\.[\w-]{100}/);
    expect(kept).not.toMatch(/xox|Acme|UBOT|chat:write/);
  });

  test('a sealed record is worth nothing under another name, altered, or with another key', async () => {
    const sealed = await sealer(it.keys).seal('xoxb-1', 'installation:T1');
    expect(await sealer(it.keys).open(sealed, 'installation:T1')).toBe('xoxb-1');
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const [text, name] of [
      [sealed, 'installation:T2'],
      [altered, 'installation:T1'],
      ['v1.', 'installation:T1'],
      ['', 'installation:T1'],
      [sealed.slice(3), 'installation:T1'],
    ] as const) {
      await expect(sealer(it.keys).open(text, name)).rejects.toThrow(SealBroken);
    }
    const others: Keys = async () => [randomBytes(32)];
    await expect(sealer(others).open(sealed, 'installation:T1')).rejects.toThrow(SealBroken);
  });

  test('while keys are being changed both open, and the first seals', async () => {
    const [next, previous] = [randomBytes(32), it.key].map((one) => one.toString('base64'));
    const both = sealer(keysFrom(async () => ` ${next} , ${previous}`));
    expect(await both.open(await sealer(it.keys).seal('x', 'n'), 'n')).toBe('x');
    await expect(sealer(it.keys).open(await both.seal('x', 'n'), 'n')).rejects.toThrow(SealBroken);
    for (const wrong of ['', 'c2hvcnQ=', `${next},`, randomBytes(31).toString('base64')]) {
      await expect(keysFrom(async () => wrong)()).rejects.toThrow('32 bytes in base64');
    }
  });

  test('the same text is never sealed to the same record', async () => {
    const made = [1, 2].map(() => sealer(it.keys).seal('x', 'n'));
    expect(new Set(await Promise.all(made)).size).toBe(2);
  });
});

describe('removal', () => {
  const here = { team: 'T1', enterprise: null };

  test('forgets a workspace whose token is dead', async () => {
    await it.install(acme);
    it.slack.revoke((await it.installations.tokenFor(here)) ?? '');
    await it.installations.remove(here);
    expect(await it.store.get('installation:T1')).toBeNull();
    await it.installations.remove(here);
  });

  test('spares a workspace that was installed anew before the word of its end arrived', async () => {
    await it.install(acme);
    it.slack.revoke((await it.installations.tokenFor(here)) ?? '');
    await it.install(acme);
    await it.installations.remove(here);
    expect(await it.installations.tokenFor(here)).toMatch(/^xoxb-/);
  });

  test('is tried again after an outage, which proves nothing', async () => {
    await it.install(acme);
    it.slack.outages.push(503);
    await expect(it.installations.remove(here)).rejects.toThrow('503');
    expect(await it.installations.tokenFor(here)).toMatch(/^xoxb-/);
  });
});

describe('a token that ends', () => {
  const here = { team: 'T1', enterprise: null };
  const MINUTES = 60_000;
  const refreshes = () => it.slack.calls.filter((call) => call === 'oauth.v2.access').length - 1;

  beforeEach(async () => {
    await it.install(acme, true);
  });

  test('is used until half an hour before, and then renewed once', async () => {
    const first = await it.installations.tokenFor(here);
    it.advance(689 * MINUTES);
    expect(await it.installations.tokenFor(here)).toBe(first);
    expect(refreshes()).toBe(0);
    it.advance(2 * MINUTES);
    const second = await it.installations.tokenFor(here);
    expect(second).not.toBe(first);
    expect(await it.installations.tokenFor(here)).toBe(second);
    expect(refreshes()).toBe(1);
  });

  test('is renewed again and again, each time with the newest refresh token', async () => {
    const seen = new Set<string | null>();
    for (let day = 0; day < 6; day += 1) {
      it.advance(700 * MINUTES);
      seen.add(await it.installations.tokenFor(here));
    }
    expect(seen.size).toBe(6);
    expect(refreshes()).toBe(6);
  });

  test('of twenty environments one renews, and the others lose nothing meanwhile', async () => {
    const first = await it.installations.tokenFor(here);
    it.advance(700 * MINUTES);
    const environments = Array.from({ length: 20 }, () => it.environment());
    const tokens = await Promise.all(environments.map((one) => one.tokenFor(here)));
    expect(refreshes()).toBe(1);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens.filter((token) => token === first)).toHaveLength(19);
  });

  test('where it has ended, those that did not renew wait for the new one', async () => {
    it.advance(800 * MINUTES);
    const environments = Array.from({ length: 5 }, () => it.environment());
    const tokens = await Promise.all(environments.map((one) => one.tokenFor(here)));
    expect(refreshes()).toBe(1);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^xoxe\.xoxb-/);
  });

  test('an outage of Slack’s costs nothing while the old token lives, and tries are spaced', async () => {
    const first = await it.installations.tokenFor(here);
    it.advance(700 * MINUTES);
    it.slack.outages.push('down');
    expect(await it.installations.tokenFor(here)).toBe(first);
    expect(await it.installations.tokenFor(here)).toBe(first);
    expect(refreshes()).toBe(1);
    it.advance(31_000);
    expect(await it.installations.tokenFor(here)).not.toBe(first);
  });

  test('a refresh whose answer was lost leaves the old token to its end, then says that it has ended', async () => {
    const first = await it.installations.tokenFor(here);
    it.advance(700 * MINUTES);
    it.slack.outages.push('lost');
    expect(await it.installations.tokenFor(here)).toBe(first);
    it.advance(60 * MINUTES);
    await expect(it.installations.tokenFor(here)).rejects.toThrow(TokenEnded);
    expect(it.logged.join()).toContain('invalid_refresh_token');
    await it.install(acme, true);
    expect(await it.installations.tokenFor(here)).toMatch(/^xoxe\.xoxb-/);
  });

  test('an outage of the store while writing is sat out, because the refresh token is spent', async () => {
    it.advance(700 * MINUTES);
    let failures = 2;
    const flaky: Store = {
      ...it.store,
      replace: (...args) =>
        failures-- > 0 ? Promise.reject(new Error('ECONNRESET')) : it.store.replace(...args),
    };
    const renewed = await it.environment(flaky).tokenFor(here);
    expect(await it.installations.tokenFor(here)).toBe(renewed);
    expect(refreshes()).toBe(1);
  });

  test('an installation made anew during a renewal stands', async () => {
    it.advance(700 * MINUTES);
    const renewal = it.installations.tokenFor(here);
    await it.install(acme, true);
    await renewal;
    const calls = refreshes();
    it.advance(60 * MINUTES);
    expect(await it.installations.tokenFor(here)).toMatch(/^xoxe\.xoxb-/);
    expect(refreshes()).toBe(calls);
  });
});

describe('the token for a workspace', () => {
  const value = (text: string) => ({ kind: 'value', value: text }) as const;
  const oauth = () => ({
    clientId: CLIENT.id,
    clientSecret: value(CLIENT.secret),
    encryptionKeys: value(it.key.toString('base64')),
  });
  const here = { team: 'T1', enterprise: null };

  test('is the deployment’s own where it serves one workspace', async () => {
    const tokens = workspaceTokens(
      { botToken: value('xoxb-own'), oauth: null },
      { store: it.store, aws: access, log: it.log },
    );
    expect(await tokens.tokenFor(here)).toBe('xoxb-own');
    await tokens.remove(here);
  });

  test('is what that workspace granted, and the deployment’s own for the rest', async () => {
    await it.install(acme);
    const tokens = workspaceTokens(
      { botToken: value('xoxb-own'), oauth: oauth() },
      { store: it.store, aws: access, log: it.log },
    );
    expect(await tokens.tokenFor(here)).toBe(await it.installations.tokenFor(here));
    expect(await tokens.tokenFor({ team: 'T9', enterprise: null })).toBe('xoxb-own');
  });

  test('is nobody’s where nobody gave access', async () => {
    const tokens = workspaceTokens(
      { botToken: null, oauth: oauth() },
      { store: it.store, aws: access, log: it.log },
    );
    await expect(tokens.tokenFor(here)).rejects.toThrow(NotInstalled);
  });
});
