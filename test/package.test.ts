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
      Odd: { Type: 'AWS::SQS::Kew', Properties: {}, Condition: 'Never' },
      Bare: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {}, DependsOn: 'Nobody' },
      Lost: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [
            { Ref: 'Nowhere' },
            { 'Fn::GetAtt': ['JobQueue', 'Colour'] },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
            { 'Fn::Sub': '${AWS::Region} ${Elsewhere} ${JobQueue.Smell} ${!Literal}' },
            { 'Fn::If': ['Sometimes', 'a', 'b'] },
          ],
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
    'Ref to Elsewhere',
    'AWS::SQS::Queue has no attribute Smell',
    'no condition Sometimes',
    'Odd: no condition Never',
  ]) {
    expect(faults).toContain(fault);
  }
});

test('every function runs on the current runtime, on arm64, from a bundle that exists', async () => {
  const functions = ofType('AWS::Lambda::Function');
  expect(functions.map(([id]) => id).toSorted()).toEqual([
    'DiagnoseLambdaFunction',
    'InstallLambdaFunction',
    'RunbookLambdaFunction',
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
    ['slack', ['dist/slack/forms.cjs', 'dist/slack/index.cjs']],
    ['diagnose', ['dist/diagnose/catalogue.json', 'dist/diagnose/index.cjs']],
    ['install', ['dist/install/index.cjs']],
    ['runbook', ['dist/runbook/catalogue.json', 'dist/runbook/index.cjs']],
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

test('queues are encrypted, keep order, and what fails goes to the dead-letter queue', () => {
  const queues = ofType('AWS::SQS::Queue');
  expect(queues).toHaveLength(2);
  for (const [, { Properties: properties }] of queues) {
    expect(properties).toMatchObject({ SqsManagedSseEnabled: true, FifoQueue: true });
    // Each job names itself; two equal texts are two pastes.
    expect(properties).not.toHaveProperty('ContentBasedDeduplication');
  }
  expect(propertiesOf('JobQueue').RedrivePolicy).toEqual({
    deadLetterTargetArn: { 'Fn::GetAtt': ['DeadJobQueue', 'Arn'] },
    maxReceiveCount: Number(
      valuesOf(propertiesOf('DiagnoseLambdaFunction'), 'QUEUE_MOST_RECEIVES')[0],
    ),
  });
});

test('what was pasted is gone after a day: from both queues together, and from the table', () => {
  const kept = ofType('AWS::SQS::Queue').map(([, { Properties: properties }]) =>
    Number(properties?.MessageRetentionPeriod),
  );
  expect(kept[0]).toBeGreaterThan(0);
  expect((kept[0] ?? 0) + (kept[1] ?? 0)).toBeLessThanOrEqual(86_400);
  expect(propertiesOf('RecordsTable')).toMatchObject({
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    SSESpecification: { SSEEnabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
  });
  expect(propertiesOf('RecordsTable')).not.toHaveProperty('StreamSpecification');
});

test('a job stays hidden six times as long as the worker may take', () => {
  const timeout = Number(propertiesOf('DiagnoseLambdaFunction').Timeout);
  expect(Number(propertiesOf('JobQueue').VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeout);
  const [mapping] = ofType('AWS::Lambda::EventSourceMapping');
  expect(mapping?.[1].Properties).toMatchObject({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
  expect(mapping?.[1].Properties).not.toHaveProperty('MaximumBatchingWindowInSeconds');
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

/** Every action that a role allows, with what it may be done to. */
const grantsOf = (role: string): readonly string[] => {
  const [statements = []] = valuesOf(propertiesOf(role).Policies, 'Statement') as [
    { readonly Action: readonly string[]; readonly Resource: unknown }[],
  ];
  return statements.flatMap(({ Action: actions, Resource: resource }) =>
    [resource].flat().flatMap((one) => actions.map((action) => `${action} ${nameIn(one)}`)),
  );
};

/** `JobQueue` of `{ "Fn::GetAtt": ["JobQueue", "Arn"] }`, `/netdx/dev/x` of a parameter's ARN. */
const nameIn = (resource: unknown): string => {
  const text = JSON.stringify(resource);
  return /parameter(\/[\w/-]+)/.exec(text)?.[1] ?? /\["(\w+)","Arn"\]/.exec(text)?.[1] ?? text;
};

test.each([
  [
    'Slack',
    [
      'sqs:SendMessage JobQueue',
      'dynamodb:GetItem RecordsTable',
      'dynamodb:PutItem RecordsTable',
      'ssm:GetParameter /netdx/dev/slack-signing-secret',
      'ssm:GetParameter /netdx/dev/slack-bot-token',
      'ssm:GetParameter /netdx/dev/slack-client-secret',
      'ssm:GetParameter /netdx/dev/encryption-key',
    ],
  ],
  [
    'Diagnose',
    [
      'sqs:ReceiveMessage JobQueue',
      'sqs:DeleteMessage JobQueue',
      'sqs:GetQueueAttributes JobQueue',
      'sqs:ChangeMessageVisibility JobQueue',
      'sqs:SendMessage DeadJobQueue',
      'dynamodb:GetItem RecordsTable',
      'dynamodb:PutItem RecordsTable',
      'dynamodb:DeleteItem RecordsTable',
      'ssm:GetParameter /netdx/dev/slack-bot-token',
      'ssm:GetParameter /netdx/dev/slack-client-secret',
      'ssm:GetParameter /netdx/dev/encryption-key',
    ],
  ],
  [
    'Install',
    [
      'dynamodb:GetItem RecordsTable',
      'dynamodb:PutItem RecordsTable',
      'ssm:GetParameter /netdx/dev/slack-client-secret',
      'ssm:GetParameter /netdx/dev/encryption-key',
    ],
  ],
  ['Runbook', []],
])('%s has a role of its own that can do its part only', (name, grants) => {
  expect(JSON.stringify(propertiesOf(`${name}LambdaFunction`).Role)).toContain(`${name}Role`);
  const log = [`logs:CreateLogStream ${name}LogGroup`, `logs:PutLogEvents ${name}LogGroup`];
  expect(grantsOf(`${name}Role`)).toEqual([...log, ...grants]);
});

test('there are no other roles', () => {
  expect(ofType('AWS::IAM::Role')).toHaveLength(ofType('AWS::Lambda::Function').length);
});

describe('alarms', () => {
  const alarms = () => ofType('AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties ?? {});
  const watched = (metric: string) =>
    alarms()
      .filter((alarm) => alarm.MetricName === metric)
      .map((alarm) => JSON.stringify(alarm.Dimensions));

  test('every function has one for its errors, and the front door one for what it turned away', () => {
    const functions = ofType('AWS::Lambda::Function').map(([id]) => id);
    const errors = watched('Errors');
    expect(errors).toHaveLength(functions.length);
    for (const id of functions) expect(errors.join()).toContain(`{"Ref":"${id}"}`);
    expect(watched('Throttles').join()).toContain('SlackLambdaFunction');
    expect(watched('Answers').join()).toContain('"failed"');
    expect(watched('5xx').join()).toContain('{"Ref":"HttpApi"}');
  });

  test('a job given up, and people who wait longer than a minute', () => {
    expect(watched('ApproximateNumberOfMessagesVisible').join()).toContain('DeadJobQueue');
    expect(watched('ApproximateAgeOfOldestMessage').join()).toContain('["JobQueue"');
    const age = alarms().find((alarm) => alarm.MetricName === 'ApproximateAgeOfOldestMessage');
    expect(age).toMatchObject({ Threshold: 60, ComparisonOperator: 'GreaterThanThreshold' });
  });

  test('silence is no alarm, and all go to the same topic, which is there when there is an address', () => {
    for (const alarm of alarms()) {
      expect(alarm).toMatchObject({ TreatMissingData: 'notBreaching' });
      expect(alarm.AlarmActions).toEqual({
        'Fn::If': ['AlarmsGoByMail', [{ Ref: 'AlarmTopic' }], { Ref: 'AWS::NoValue' }],
      });
    }
    expect(template.Resources.AlarmTopic?.Condition).toBe('AlarmsGoByMail');
    expect(template.Conditions?.AlarmsGoByMail).toEqual({
      'Fn::Not': [{ 'Fn::Equals': ['', ''] }],
    });
  });
});

test('the addresses to enter in Slack are told', () => {
  const outputs = template.Outputs as Readonly<Record<string, { readonly Value: unknown }>>;
  const told = (name: string) => JSON.stringify(outputs[name]?.Value);
  for (const [name, path] of [
    ['EventsUrl', '/slack/events'],
    ['InstallUrl', '/slack/install'],
    ['OAuthRedirectUrl', '/slack/oauth_redirect'],
    ['RunbookUrl', '/causes'],
  ] as const) {
    expect(told(name)).toContain(`"${path}"`);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
    expect(told(name)).toContain('https://${HttpApi}.execute-api.${AWS::Region}');
    expect(
      ofType('AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties?.RouteKey),
    ).toContain(`${name === 'EventsUrl' ? 'POST' : 'GET'} ${path}`);
  }
});

test('answers link to the pages that this very deployment serves', () => {
  const [base] = valuesOf(propertiesOf('DiagnoseLambdaFunction'), 'NETDX_RUNBOOK_BASE');
  expect(JSON.stringify(base)).toMatch(/\{HttpApi\}\.execute-api\..*\/causes/);
  const routes = ofType('AWS::ApiGatewayV2::Route').map(([, one]) => one.Properties?.RouteKey);
  expect(routes).toEqual(expect.arrayContaining(['GET /causes', 'GET /causes/{cause}']));
});

test('logs expire, and the front door is throttled', () => {
  const groups = ofType('AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThanOrEqual(1 + ofType('AWS::Lambda::Function').length);
  for (const [, { Properties: properties }] of groups)
    expect(properties).toMatchObject({ RetentionInDays: 30 });
  expect(propertiesOf('HttpApiStage').DefaultRouteSettings).toMatchObject({
    ThrottlingRateLimit: 20,
  });
});

test('no secret stands in the environment of a function', () => {
  for (const [, { Properties: properties }] of ofType('AWS::Lambda::Function')) {
    const [variables] = valuesOf(properties, 'Variables');
    expect(Object.keys((variables ?? {}) as object)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^(?:SLACK_(?:SIGNING_SECRET|BOT_TOKEN|CLIENT_SECRET)|NETDX_ENCRYPTION_KEY)$/,
        ),
      ]),
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
