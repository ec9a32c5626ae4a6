import { expect, test } from 'vitest';
import { callAws, sign, type Transport } from '../functions/adapters/aws-call.ts';
import { createLog, errorFields } from '../functions/adapters/log.ts';
import { secretReader } from '../functions/adapters/secrets.ts';
import { readIngestSettings, readWorkerSettings } from '../functions/adapters/settings.ts';
import { readMessage } from '../functions/adapters/slack-message.ts';
import { sqliteStore } from '../functions/adapters/sqlite-store.ts';
import { takenIn } from '../functions/adapters/taken.ts';
import { fileContent } from '../functions/intake/file-content.ts';

const NOW = Date.UTC(2026, 10, 22, 3, 4, 5);
const access = {
  region: 'eu-central-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
  dynamoEndpoint: 'https://dynamodb.eu-central-1.amazonaws.com/',
};
const call = {
  service: 'sqs',
  endpoint: 'https://sqs.eu-central-1.amazonaws.com/',
  target: 'AmazonSQS.SendMessage',
  contentType: 'application/x-amz-json-1.0',
  body: '{"QueueUrl":"https://sqs.eu-central-1.amazonaws.com/000000000000/jobs","MessageBody":"héllo"}',
} as const;

type Answer = number | Error | { readonly status: number; readonly body: string };

/** Answers in turn, and keeps what was sent. */
function answering(...answers: readonly (number | Error | { status: number; body: string })[]) {
  const sent: Parameters<Transport>[0][] = [];
  const transport: Transport = async (signed) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)] ?? 200;
    sent.push(signed);
    if (answer instanceof Error) throw answer;
    return typeof answer === 'number' ? { status: answer, body: '{}' } : answer;
  };
  return { sent, transport };
}

// The signatures were computed with @smithy/signature-v4 over the same request.
test.each([
  [null, '06ca59b104f3406a42df2ea790ab08e1398d72aa69ebf171bcd3bfe12342333d'],
  ['session-token-example', '3af6af0425753b9ae5e5b53fc04e8492cc10aa407ad51358e40b3d77a440e90c'],
])('signs as the AWS SDK does, with session token %s', (sessionToken, signature) => {
  const { headers } = sign(call, { ...access, sessionToken }, NOW);
  expect(headers.authorization).toMatch(new RegExp(`Signature=${signature}$`));
  expect(headers['x-amz-security-token']).toBe(sessionToken ?? undefined);
});

test('tries once more after an outage, and not after a refusal', async () => {
  const cases: [readonly Answer[], number, string | null][] = [
    [[503, 200], 2, null],
    [[new Error('ECONNRESET'), 200], 2, null],
    [[{ status: 400, body: '{"__type":"com.amazonaws#ThrottlingException"}' }, 200], 2, null],
    [[{ status: 400, body: '{"__type":"com.amazonaws#AccessDenied"}' }], 1, 'AccessDenied'],
    [[500, 500], 2, 'unknown'],
    [[new Error('ECONNRESET')], 2, 'ECONNRESET'],
  ];
  for (const [answers, tries, refusal] of cases) {
    const { sent, transport } = answering(...answers);
    const done = callAws(call, access, () => NOW, transport);
    if (refusal === null) await done;
    else await expect(done).rejects.toThrow(refusal);
    expect(sent).toHaveLength(tries);
  }
});

test('a parameter is asked for once in five minutes, and again after a failure', async () => {
  let now = NOW;
  const good = { status: 200, body: '{"Parameter":{"Value":"s3"}}' };
  const { sent, transport } = answering(
    { status: 400, body: '{"__type":"ParameterNotFound"}' },
    good,
  );
  const read = secretReader({ kind: 'parameter', name: '/netdx/x' }, access, () => now, transport);
  await expect(read()).rejects.toThrow('ParameterNotFound');
  expect(await Promise.all([read(), read()])).toEqual(['s3', 's3']);
  expect(sent).toHaveLength(2);
  now += 5 * 60_000;
  expect(await read()).toBe('s3');
  expect(sent).toHaveLength(3);
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ Name: '/netdx/x', WithDecryption: true });
});

const environment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/000000000000/jobs.fifo',
  DEAD_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/000000000000/dead.fifo',
  NETDX_TABLE: 'records',
};

test('settings name every variable that is missing, and never a value', () => {
  expect(readIngestSettings({ ...environment, NETDX_TABLE: '', QUEUE_URL: 'not a url' })).toEqual({
    ok: false,
    error: { code: 'settings', names: ['NETDX_TABLE', 'QUEUE_URL'] },
  });
  expect(readWorkerSettings(environment)).toEqual({
    ok: false,
    error: { code: 'settings', names: ['SLACK_BOT_TOKEN_PARAMETER'] },
  });
});

test.each([
  ['NETDX_RETENTION', '25'],
  ['NETDX_RETENTION', '24 hours'],
  ['NETDX_LANGUAGE', 'fr'],
  ['NETDX_RUNBOOK_BASE', 'runbooks.example.com'],
  ['QUEUE_MOST_RECEIVES', '0'],
  ['DEAD_QUEUE_URL', 'ftp://queue.example.com/dead'],
])('a setting %s that reads %j is refused by name', (name, value) => {
  const read = readWorkerSettings({ ...environment, SLACK_BOT_TOKEN: 'xoxb-1', [name]: value });
  expect(read).toEqual({ ok: false, error: { code: 'settings', names: [name] } });
});

test('what is missing is named beside what is wrong', () => {
  const read = readIngestSettings({ ...environment, AWS_REGION: undefined, NETDX_LANGUAGE: 'fr' });
  const names = ['AWS_REGION', 'NETDX_LANGUAGE'];
  expect(read).toEqual({ ok: false, error: { code: 'settings', names } });
});

test.each([
  null,
  'text',
  {},
  { ts: 5 },
  { ts: '1.2', text: ['x'] },
  { ts: '1.2', blocks: 'x' },
  { ts: '1.2', files: { id: 'F1' } },
])('%j is no message', (value) => {
  expect(readMessage(value)).toBeNull();
});

test('of a message only what may hold evidence is taken along', () => {
  const message = { ts: '1.2', text: 'x', files: [{ id: 'F1' }], client_msg_id: 'c', team: 'T1' };
  expect(readMessage(message)).toEqual({ ts: '1.2', text: 'x', files: [{ id: 'F1' }] });
});

test('a token of one’s own is needed only where the app is not installed by workspaces', () => {
  const app = { SLACK_CLIENT_ID: '1.2', NETDX_ENCRYPTION_KEY_PARAMETER: '/netdx/key' };
  expect(readWorkerSettings({ ...environment, ...app })).toEqual({
    ok: false,
    error: { code: 'settings', names: ['SLACK_CLIENT_SECRET_PARAMETER'] },
  });
  const whole = { ...environment, ...app, SLACK_CLIENT_SECRET_PARAMETER: '/netdx/secret' };
  expect(readWorkerSettings(whole)).toMatchObject({
    ok: true,
    value: { botToken: null, oauth: { clientId: '1.2' } },
  });
});

test('an option left empty counts as not set', () => {
  const read = readWorkerSettings({
    ...environment,
    SLACK_BOT_TOKEN: '',
    SLACK_BOT_TOKEN_PARAMETER: '/netdx/bot-token',
    NETDX_RUNBOOK_BASE: '',
    NETDX_LANGUAGE: 'zh',
  });
  expect(read).toMatchObject({
    ok: true,
    value: {
      botToken: { kind: 'parameter', name: '/netdx/bot-token' },
      language: 'zh',
      runbookBase: null,
      mostReceives: 3,
    },
  });
});

test('the log keeps secrets out, whatever field they stand in', () => {
  const rows: string[] = [];
  const log = createLog((text) => rows.push(text));
  log.info('x', {
    a: 'xoxb-12-ab xapp-1-A',
    b: 'Authorization: Bearer abc.def',
    c: 'POST https://hooks.slack.com/commands/T1/2/3 failed',
    d: `v0=${'a'.repeat(64)}`,
    e: 'y'.repeat(400),
  });
  expect(rows).toHaveLength(1);
  expect(rows[0]).not.toMatch(/xox|xapp|abc\.def|hooks|a{16}/);
  expect(JSON.parse(rows[0] ?? '').e).toMatch(/^y{300}… \[\+100\]$/);
});

test('an error is logged by name and place, not by its words', () => {
  const fields = errorFields(Object.assign(new TypeError('the paste'), { code: 'E1' }));
  expect(fields).toMatchObject({ error: 'TypeError', code: 'E1' });
  expect(JSON.stringify(fields)).not.toContain('the paste');
});

test('work is claimed once, stays busy for a lease, and once done stays done for a day', async () => {
  let now = 0;
  const taken = takenIn(sqliteStore(':memory:', () => now));
  expect(await taken.claim('a')).toBe('mine');
  expect(await taken.claim('a')).toBe('busy');
  await taken.release('a');
  expect(await taken.claim('a')).toBe('mine');
  now += 91_000;
  expect(await taken.claim('a')).toBe('mine');
  await taken.finish('a');
  expect(await taken.claim('a')).toBe('done');
  now += 86_400_000;
  expect(await taken.claim('a')).toBe('mine');
});

test.each([
  ['UTF-8', Buffer.from('é', 'utf8'), 'é'],
  ['UTF-8 with a mark', Buffer.from('\ufeffé', 'utf8'), 'é'],
  ['UTF-16LE', Buffer.from('\ufeffé', 'utf16le'), 'é'],
  ['UTF-16BE', Buffer.from('\ufeffé', 'utf16le').swap16(), 'é'],
  ['nothing', Buffer.from(''), ''],
])('a text file is decoded by its mark: %s', (_, bytes, text) => {
  expect(fileContent(bytes)).toEqual({ ok: true, value: { text } });
});

test.each(['d4c3b2a1020004', '0a0d0d0a1c0000004d3c2b1a'])(
  'a capture file stays bytes: %s',
  (hex) => {
    const capture = Buffer.from(hex, 'hex');
    expect(fileContent(capture)).toEqual({ ok: true, value: { text: '', capture } });
  },
);

test('a binary file is refused', () => {
  expect(fileContent(Buffer.from('7f454c4600', 'hex'))).toEqual({
    ok: false,
    error: { code: 'binary' },
  });
});
