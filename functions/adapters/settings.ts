import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';
import { err, ok, type Result } from '../primitives/result.ts';

/** A secret given outright (local runs) or the name of the SSM parameter that holds it. */
export type Secret =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'parameter'; readonly name: string };

export interface AwsAccess {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly dynamoEndpoint: string;
}

/** What access to workspaces and the records about them hang on. */
export interface SharedSettings {
  /** Null where each workspace installs the app and has a token of its own. */
  readonly botToken: Secret | null;
  /** Null where the app serves one workspace. */
  readonly oauth: OAuthSettings | null;
  /** Of DynamoDB. */
  readonly table: string;
  readonly language: 'en' | 'zh';
  readonly aws: AwsAccess;
}

/** What the Lambda that receives requests needs. */
export interface IngestSettings extends SharedSettings {
  readonly signingSecret: Secret;
  readonly queueUrl: string;
}

/** What the Lambda that answers needs. */
export interface WorkerSettings extends SharedSettings {
  /** Hours that pasted text is kept; 0 keeps none. */
  readonly hours: number;
  readonly runbookBase: string | null;
  /** Deliveries of one job before the queue gives it up; the last one tells the reader. */
  readonly mostReceives: number;
  /** Where its jobs come from, so that a failed one can be taken up again soon. */
  readonly queueUrl: string;
  /** Where jobs go that will not be tried again. */
  readonly deadQueueUrl: string;
}

/** What an app needs that several workspaces may install; one workspace needs none of it. */
export interface OAuthSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Keys of 32 bytes in base64, apart by commas: the first seals what is kept, the others still open it. */
  readonly encryptionKeys: Secret;
}

/** What the Lambda behind `/slack/install` needs. */
export interface InstallSettings {
  /** Null where the app is not meant to be installed by others. */
  readonly oauth: OAuthSettings | null;
  /** `https://…` of this deployment, without a slash at its end. */
  readonly publicUrl: string;
  readonly table: string;
  readonly aws: AwsAccess;
}

/** What `npm start` needs besides the local page. */
export interface LocalSettings {
  /** Null where no token is given: then there is the page alone. */
  readonly slack: { readonly botToken: string; readonly appToken: string } | null;
  /** Where the SQLite file stands; `:memory:` for none. */
  readonly store: string;
  readonly hours: number;
  readonly language: 'en' | 'zh';
}

/** Every variable that is missing or wrong, by name and never by value. */
export interface SettingsFailure {
  readonly code: 'settings';
  readonly names: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const given: Environment = process.env;

/** Made when the environment is read and not when the code is loaded, which every cold start waits for. */
const shapes = once(() => {
  const text = z.string().check(z.minLength(1));
  const language = z.optional(z.enum(['en', 'zh']));
  /** `none`, or hours up to a day. */
  const retention = z.optional(z.string().check(z.regex(/^(?:none|\d|1\d|2[0-4])$/)));
  const aws = {
    AWS_REGION: text,
    AWS_ACCESS_KEY_ID: text,
    AWS_SECRET_ACCESS_KEY: text,
    AWS_SESSION_TOKEN: z.optional(z.string()),
    // The SDKs' own name for it (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
    AWS_ENDPOINT_URL_DYNAMODB: z.optional(z.url()),
  };

  const oauth = {
    SLACK_CLIENT_ID: z.optional(text),
    SLACK_CLIENT_SECRET: z.optional(text),
    SLACK_CLIENT_SECRET_PARAMETER: z.optional(text),
    NETDX_ENCRYPTION_KEY: z.optional(text),
    NETDX_ENCRYPTION_KEY_PARAMETER: z.optional(text),
  };
  const shared = {
    ...aws,
    ...oauth,
    SLACK_BOT_TOKEN: z.optional(text),
    SLACK_BOT_TOKEN_PARAMETER: z.optional(text),
    NETDX_TABLE: text,
    NETDX_LANGUAGE: language,
  };
  const ingest = z.object({
    ...shared,
    SLACK_SIGNING_SECRET: z.optional(text),
    SLACK_SIGNING_SECRET_PARAMETER: z.optional(text),
    QUEUE_URL: z.url(),
  });

  const worker = z.object({
    ...shared,
    NETDX_RETENTION: retention,
    NETDX_RUNBOOK_BASE: z.optional(z.url()),
    QUEUE_URL: z.url(),
    DEAD_QUEUE_URL: z.url(),
    QUEUE_MOST_RECEIVES: z.optional(z.string().check(z.regex(/^[1-9]\d{0,2}$/))),
  });

  const install = z.object({
    ...aws,
    ...oauth,
    NETDX_TABLE: text,
    NETDX_PUBLIC_URL: z.url({ protocol: /^https$/ }),
  });
  const local = z.object({
    SLACK_BOT_TOKEN: z.optional(z.string().check(z.regex(/^xoxb-/))),
    SLACK_APP_TOKEN: z.optional(z.string().check(z.regex(/^xapp-/))),
    NETDX_STORE: z.optional(text),
    NETDX_RETENTION: retention,
    NETDX_LANGUAGE: language,
  });
  return { ingest, worker, install, local, shared: z.object(shared), oauth: z.object(oauth) };
});

type Shapes = ReturnType<typeof shapes>;
type OAuthVariables = { readonly [Name in keyof z.infer<Shapes['oauth']>]?: string | undefined };

/** Reads the environment of `functions/slack.ts`. */
export function readIngestSettings(
  environment: Environment = given,
): Result<IngestSettings, SettingsFailure> {
  const read = shapes().ingest.safeParse(withoutBlanks(environment));
  if (!read.success) return err({ code: 'settings', names: namesOf(read.error) });
  const from = read.data;
  const secret = secretOf(from.SLACK_SIGNING_SECRET, from.SLACK_SIGNING_SECRET_PARAMETER);
  if (secret === null) return err({ code: 'settings', names: ['SLACK_SIGNING_SECRET_PARAMETER'] });
  const common = sharedOf(from);
  if (!common.ok) return common;
  return ok({
    ...common.value,
    signingSecret: secret,
    queueUrl: from.QUEUE_URL,
  });
}

/** Reads the environment of `functions/diagnose.ts`. */
export function readWorkerSettings(
  environment: Environment = given,
): Result<WorkerSettings, SettingsFailure> {
  const read = shapes().worker.safeParse(withoutBlanks(environment));
  if (!read.success) return err({ code: 'settings', names: namesOf(read.error) });
  const from = read.data;
  const common = sharedOf(from);
  if (!common.ok) return common;
  return ok({
    ...common.value,
    hours: hoursOf(from.NETDX_RETENTION),
    runbookBase: from.NETDX_RUNBOOK_BASE ?? null,
    mostReceives: Number(from.QUEUE_MOST_RECEIVES ?? '3'),
    queueUrl: from.QUEUE_URL,
    deadQueueUrl: from.DEAD_QUEUE_URL,
  });
}

/** Reads the environment of `functions/install.ts`. */
export function readInstallSettings(
  environment: Environment = given,
): Result<InstallSettings, SettingsFailure> {
  const read = shapes().install.safeParse(withoutBlanks(environment));
  if (!read.success) return err({ code: 'settings', names: namesOf(read.error) });
  const from = read.data;
  const app = oauthOf(from);
  if (!app.ok) return app;
  return ok({
    oauth: app.value,
    publicUrl: from.NETDX_PUBLIC_URL.replace(/\/$/, ''),
    table: from.NETDX_TABLE,
    aws: accessOf(from),
  });
}

/** Reads the environment of `npm start`. */
export function readLocalSettings(
  environment: Environment = given,
): Result<LocalSettings, SettingsFailure> {
  const read = shapes().local.safeParse(withoutBlanks(environment));
  if (!read.success) return err({ code: 'settings', names: namesOf(read.error) });
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, ...from } = read.data;
  if ((botToken === undefined) !== (appToken === undefined)) {
    const missing = botToken === undefined ? 'SLACK_BOT_TOKEN' : 'SLACK_APP_TOKEN';
    return err({ code: 'settings', names: [missing] });
  }
  return ok({
    slack: botToken === undefined || appToken === undefined ? null : { botToken, appToken },
    store: from.NETDX_STORE ?? ':memory:',
    hours: hoursOf(from.NETDX_RETENTION),
    language: from.NETDX_LANGUAGE ?? 'en',
  });
}

function sharedOf(from: z.infer<Shapes['shared']>): Result<SharedSettings, SettingsFailure> {
  const app = oauthOf(from);
  if (!app.ok) return app;
  const botToken = secretOf(from.SLACK_BOT_TOKEN, from.SLACK_BOT_TOKEN_PARAMETER);
  if (botToken === null && app.value === null) {
    return err({ code: 'settings', names: ['SLACK_BOT_TOKEN_PARAMETER'] });
  }
  return ok({
    botToken,
    oauth: app.value,
    table: from.NETDX_TABLE,
    language: from.NETDX_LANGUAGE ?? 'en',
    aws: accessOf(from),
  });
}

/** Null without a client id; the names of what is missing beside one. */
function oauthOf(from: OAuthVariables): Result<OAuthSettings | null, SettingsFailure> {
  if (from.SLACK_CLIENT_ID === undefined) return ok(null);
  const clientSecret = secretOf(from.SLACK_CLIENT_SECRET, from.SLACK_CLIENT_SECRET_PARAMETER);
  const encryptionKeys = secretOf(from.NETDX_ENCRYPTION_KEY, from.NETDX_ENCRYPTION_KEY_PARAMETER);
  if (clientSecret !== null && encryptionKeys !== null) {
    return ok({ clientId: from.SLACK_CLIENT_ID, clientSecret, encryptionKeys });
  }
  const names = [
    ...(clientSecret === null ? ['SLACK_CLIENT_SECRET_PARAMETER'] : []),
    ...(encryptionKeys === null ? ['NETDX_ENCRYPTION_KEY_PARAMETER'] : []),
  ];
  return err({ code: 'settings', names });
}

function secretOf(value: string | undefined, name: string | undefined): Secret | null {
  if (value !== undefined) return { kind: 'value', value };
  return name === undefined ? null : { kind: 'parameter', name };
}

function accessOf(from: {
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN?: string | undefined;
  readonly AWS_ENDPOINT_URL_DYNAMODB?: string | undefined;
}): AwsAccess {
  return {
    region: from.AWS_REGION,
    accessKeyId: from.AWS_ACCESS_KEY_ID,
    secretAccessKey: from.AWS_SECRET_ACCESS_KEY,
    sessionToken: from.AWS_SESSION_TOKEN ?? null,
    dynamoEndpoint:
      from.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${from.AWS_REGION}.amazonaws.com/`,
  };
}

/** A day unless it is said otherwise. */
function hoursOf(retention: string | undefined): number {
  return retention === 'none' ? 0 : Number(retention ?? '24');
}

/** serverless.yml passes an unset option on as an empty text; both mean "not set". */
function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}

function namesOf(error: z.core.$ZodError): readonly string[] {
  return [...new Set(error.issues.map((one) => String(one.path[0] ?? 'environment')))];
}
