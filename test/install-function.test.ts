import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';

const values = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  NETDX_TABLE: 'records',
  NETDX_PUBLIC_URL: 'https://api.example',
};
const app = {
  SLACK_CLIENT_ID: '1.2',
  SLACK_CLIENT_SECRET: 'not-a-secret',
  NETDX_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};
let built: BuiltLambdas;
beforeAll(async () => {
  built = await builtLambdas();
});
afterAll(() => built.remove());
afterEach(() => vi.unstubAllEnvs());

/** Another environment of the Lambda, asked over the HTTP API (payload format 2.0). */
const ask = (path: string, environment: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const file = join(built.directory, '..', 'install', 'index.cjs');
  const load = createRequire(file);
  delete load.cache[file];
  const loaded: typeof import('../functions/install.ts') = load(file);
  return loaded.handler({
    rawPath: path,
    rawQueryString: '',
    headers: {},
    requestContext: { http: { method: 'GET' } },
  });
};

test('without a client id it offers nothing, whatever else is set', async () => {
  const answer = await ask('/slack/install', { ...values, ...app, SLACK_CLIENT_ID: '' });
  expect(answer).toMatchObject({ statusCode: 404, body: expect.stringContaining('Not found') });
});

test('with one it sends to Slack', async () => {
  const answer = await ask('/slack/install', { ...values, ...app });
  expect(answer.statusCode).toBe(302);
  expect(answer.headers?.location).toMatch(/^https:\/\/slack\.com\/oauth\/v2\/authorize\?/);
});

test('an end without a beginning is refused before anything is asked of AWS or Slack', async () => {
  expect((await ask('/slack/oauth_redirect', { ...values, ...app })).statusCode).toBe(400);
});

test.each([
  ['a setting is missing', { NETDX_TABLE: '' }],
  ['the key is none', { NETDX_ENCRYPTION_KEY: 'c2hvcnQ=' }],
])('says 500 and nothing else where %s', async (_, wrong) => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const answer = await ask('/slack/install', { ...values, ...app, ...wrong });
  const log = written.mock.calls.join();
  written.mockRestore();
  expect(answer).toEqual({ statusCode: 500, body: '' });
  expect(log).toMatch(/"level":"error"/);
  expect(log).not.toMatch(/not-a-secret|c2hvcnQ/);
});
