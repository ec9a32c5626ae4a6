import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLambdas } from '../scripts/build.ts';
import { valuesOf } from './support/block-kit.ts';
import { type Template, type TemplateResource, templateFaults } from './support/cloudformation.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
let template: Template;
let place: string;
let packed: string;

// In a directory of its own: `dist/` may be in use by another test or a developer's demo.
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'netdx-package-'));
  await buildLambdas(join(place, 'dist'));
  for (const name of ['serverless.yml', 'package.json']) {
    await copyFile(join(root, name), join(place, name));
  }
  packed = join(place, 'packed');
  const osls = join(root, 'node_modules', 'osls', 'bin', 'serverless.js');
  const environment = { PATH: '/usr/bin:/bin', HOME: place, SLS_NOTIFICATIONS_MODE: 'off' };
  await run(process.execPath, [osls, 'package', '--package', packed], {
    cwd: place,
    env: environment,
  });
  template = JSON.parse(
    await readFile(join(packed, 'cloudformation-template-update-stack.json'), 'utf8'),
  );
}, 120_000);
afterAll(() => rm(place, { recursive: true }));

const ofType = (type: string): readonly (readonly [string, TemplateResource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const propertiesOf = (id: string): Readonly<Record<string, unknown>> =>
  template.Resources[id]?.Properties ?? {};
const actionsOf = (role: string): readonly string[] =>
  valuesOf(propertiesOf(role).Policies, 'Action').flat().map(String);

test('CloudFormation would take the template', async () => {
  expect(await templateFaults(template)).toEqual([]);
});

test('the check of the template sees what is wrong', async () => {
  const queue = propertiesOf('JobQueue');
  const broken: Template = {
    ...template,
    Resources: {
      ...template.Resources,
      JobQueue: {
        Type: 'AWS::SQS::Queue',
        Properties: { ...queue, VisibilityTimeot: 1, DelaySeconds: {} },
      },
      Odd: { Type: 'AWS::SQS::Kew', Properties: {} },
      Bare: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {}, DependsOn: 'Nobody' },
      Lost: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Nowhere' }, { 'Fn::GetAtt': ['JobQueue', 'Colour'] }],
          PolicyDocument: {},
        },
      },
    },
  };
  const faults = (await templateFaults(broken)).join('\n');
  for (const fault of [
    'JobQueue (AWS::SQS::Queue).VisibilityTimeot: no such property',
    'JobQueue (AWS::SQS::Queue).DelaySeconds: expected integer, got object',
    'Odd: unknown type AWS::SQS::Kew',
    'Bare (AWS::Lambda::EventSourceMapping).FunctionName: required',
    'Bare: depends on Nobody',
    'Ref to Nowhere',
    'AWS::SQS::Queue has no attribute Colour',
  ]) {
    expect(faults).toContain(fault);
  }
});

test('both functions run on the current runtime, on arm64, from a bundle that exists', async () => {
  const functions = ofType('AWS::Lambda::Function');
  expect(functions.map(([id]) => id).toSorted()).toEqual([
    'DiagnoseLambdaFunction',
    'SlackLambdaFunction',
  ]);
  for (const [, { Properties: properties = {} }] of functions) {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    const [folder = ''] = String(properties.Handler).split('/index.handler');
    expect((await stat(join(packed, '..', folder, 'index.cjs'))).size).toBeGreaterThan(0);
  }
});

test('each package holds its bundle and nothing that does not belong to it', async () => {
  for (const [name, files] of [
    ['slack', ['dist/slack/index.cjs']],
    ['diagnose', ['dist/diagnose/catalogue.json', 'dist/diagnose/index.cjs']],
  ] as const) {
    expect(namesIn(await readFile(join(packed, `${name}.zip`)))).toEqual(files);
  }
});

describe('an organisation’s own catalogue', () => {
  const build = async (runbooks: string) => {
    const own = await mkdtemp(join(place, 'own-'));
    await writeFile(join(own, 'runbooks.json'), runbooks);
    const made = join(own, 'dist');
    const { faults } = await buildLambdas(made, own);
    return { faults, packed: await readFile(join(made, 'diagnose', 'catalogue.json'), 'utf8') };
  };

  test('is packed over the built-in one', async () => {
    const link = 'https://runbooks.example/table-full';
    const { faults, packed } = await build(JSON.stringify({ 'conntrack-table-full': link }));
    expect(faults).toEqual([]);
    expect(JSON.parse(packed).runbooks).toContain(link);
  });

  test('is refused with its faults before it is deployed', async () => {
    const { faults } = await build(
      JSON.stringify({ 'no-such-cause': 'https://runbooks.example/' }),
    );
    expect(faults.join('\n')).toContain('no-such-cause');
  });
});

test('queues are encrypted, and what fails goes to the dead-letter queue', () => {
  for (const [, { Properties: properties }] of ofType('AWS::SQS::Queue')) {
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true });
  }
  expect(propertiesOf('JobQueue').RedrivePolicy).toEqual({
    deadLetterTargetArn: { 'Fn::GetAtt': ['DeadJobQueue', 'Arn'] },
    maxReceiveCount: Number(
      valuesOf(propertiesOf('DiagnoseLambdaFunction'), 'QUEUE_MOST_RECEIVES')[0],
    ),
  });
});

test('a job stays hidden six times as long as the worker may take', () => {
  const timeout = Number(propertiesOf('DiagnoseLambdaFunction').Timeout);
  expect(Number(propertiesOf('JobQueue').VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeout);
  const [mapping] = ofType('AWS::Lambda::EventSourceMapping');
  expect(mapping?.[1].Properties).toMatchObject({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});

test('no policy that allows something names everything', () => {
  for (const [, { Properties: properties }] of ofType('AWS::IAM::Role')) {
    const granted = [
      ...valuesOf(properties?.Policies, 'Action').flat(),
      ...valuesOf(properties?.Policies, 'Resource')
        .flat()
        .map((one) => JSON.stringify(one)),
    ];
    expect(granted.length).toBeGreaterThan(0);
    for (const one of granted) expect(String(one)).not.toContain('*');
    expect(properties).not.toHaveProperty('ManagedPolicyArns');
  }
});

test('each function has a role of its own that can do its part only', () => {
  const roleOf = (id: string) => JSON.stringify(propertiesOf(id).Role);
  expect(roleOf('SlackLambdaFunction')).toContain('SlackRole');
  expect(roleOf('DiagnoseLambdaFunction')).toContain('DiagnoseRole');
  expect(ofType('AWS::IAM::Role')).toHaveLength(2);
  expect(actionsOf('SlackRole').filter((action) => action.startsWith('sqs:'))).toEqual([
    'sqs:SendMessage',
  ]);
  expect(actionsOf('DiagnoseRole').filter((action) => action.startsWith('sqs:'))).toEqual([
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibility',
  ]);
  const secretsOf = (role: string) =>
    JSON.stringify(propertiesOf(role)).match(/parameter\/[\w/-]+/g);
  expect(secretsOf('SlackRole')).toEqual(['parameter/netdx/dev/slack-signing-secret']);
  expect(secretsOf('DiagnoseRole')).toEqual(['parameter/netdx/dev/slack-bot-token']);
});

test('logs expire, and the front door is throttled', () => {
  const groups = ofType('AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThanOrEqual(3);
  for (const [, { Properties: properties }] of groups)
    expect(properties).toMatchObject({ RetentionInDays: 30 });
  expect(propertiesOf('HttpApiStage').DefaultRouteSettings).toMatchObject({
    ThrottlingRateLimit: 20,
  });
});

test('no secret stands in the environment of a function', () => {
  for (const [, { Properties: properties }] of ofType('AWS::Lambda::Function')) {
    const [variables] = valuesOf(properties, 'Variables');
    expect(Object.keys(variables as object)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^SLACK_(?:SIGNING_SECRET|BOT_TOKEN)$/)]),
    );
  }
});

/** Names in a zip's central directory (PKWARE APPNOTE 4.3.12). */
function namesIn(zip: Buffer): readonly string[] {
  const names: string[] = [];
  for (
    let at = zip.indexOf('PK\u0001\u0002');
    at >= 0;
    at = zip.indexOf('PK\u0001\u0002', at + 46)
  ) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.toSorted();
}
