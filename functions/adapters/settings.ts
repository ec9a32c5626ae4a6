import { err, ok, type Result } from '../primitives/result.ts';
import {
  anyText,
  type Environment,
  httpUrl,
  like,
  readVariables,
  type SettingsFailure,
  type Variables,
} from './environment.ts';

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

const given: Environment = process.env;

const language = like(/^(?:en|zh)$/);
/** `none`, or hours up to a day. */
const retention = like(/^(?:none|\d|1\d|2[0-4])$/);

const aws = {
  AWS_REGION: anyText,
  AWS_ACCESS_KEY_ID: anyText,
  AWS_SECRET_ACCESS_KEY: anyText,
  NETDX_TABLE: anyText,
};
const awsOptions = {
  AWS_SESSION_TOKEN: anyText,
  // The SDKs' own name for it (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
  AWS_ENDPOINT_URL_DYNAMODB: httpUrl,
};
const oauthOptions = {
  SLACK_CLIENT_ID: anyText,
  SLACK_CLIENT_SECRET: anyText,
  SLACK_CLIENT_SECRET_PARAMETER: anyText,
  NETDX_ENCRYPTION_KEY: anyText,
  NETDX_ENCRYPTION_KEY_PARAMETER: anyText,
};
const sharedOptions = {
  ...awsOptions,
  ...oauthOptions,
  SLACK_BOT_TOKEN: anyText,
  SLACK_BOT_TOKEN_PARAMETER: anyText,
  NETDX_LANGUAGE: language,
};

/** Reads the environment of `functions/slack.ts`. */
export function readIngestSettings(
  environment: Environment = given,
): Result<IngestSettings, SettingsFailure> {
  const read = readVariables(
    environment,
    { ...aws, QUEUE_URL: httpUrl },
    { ...sharedOptions, SLACK_SIGNING_SECRET: anyText, SLACK_SIGNING_SECRET_PARAMETER: anyText },
  );
  if (!read.ok) return read;
  const from = read.value;
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
  const read = readVariables(
    environment,
    { ...aws, QUEUE_URL: httpUrl, DEAD_QUEUE_URL: httpUrl },
    {
      ...sharedOptions,
      NETDX_RETENTION: retention,
      NETDX_RUNBOOK_BASE: httpUrl,
      QUEUE_MOST_RECEIVES: like(/^[1-9]\d{0,2}$/),
    },
  );
  if (!read.ok) return read;
  const from = read.value;
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
  const isSecure = (value: string) => URL.parse(value)?.protocol === 'https:';
  const options = { ...awsOptions, ...oauthOptions };
  const read = readVariables(environment, { ...aws, NETDX_PUBLIC_URL: isSecure }, options);
  if (!read.ok) return read;
  const from = read.value;
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
  const read = readVariables(
    environment,
    {},
    {
      SLACK_BOT_TOKEN: like(/^xoxb-/),
      SLACK_APP_TOKEN: like(/^xapp-/),
      NETDX_STORE: anyText,
      NETDX_RETENTION: retention,
      NETDX_LANGUAGE: language,
    },
  );
  if (!read.ok) return read;
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, ...from } = read.value;
  if ((botToken === undefined) !== (appToken === undefined)) {
    const missing = botToken === undefined ? 'SLACK_BOT_TOKEN' : 'SLACK_APP_TOKEN';
    return err({ code: 'settings', names: [missing] });
  }
  return ok({
    slack: botToken === undefined || appToken === undefined ? null : { botToken, appToken },
    store: from.NETDX_STORE ?? ':memory:',
    hours: hoursOf(from.NETDX_RETENTION),
    language: from.NETDX_LANGUAGE === 'zh' ? 'zh' : 'en',
  });
}

function sharedOf(
  from: Variables<typeof aws, typeof sharedOptions>,
): Result<SharedSettings, SettingsFailure> {
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
    language: from.NETDX_LANGUAGE === 'zh' ? 'zh' : 'en',
    aws: accessOf(from),
  });
}

/** Null without a client id; the names of what is missing beside one. */
function oauthOf(
  from: Variables<Record<never, never>, typeof oauthOptions>,
): Result<OAuthSettings | null, SettingsFailure> {
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

function accessOf(from: Variables<typeof aws, typeof awsOptions>): AwsAccess {
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
