import { createHash, createHmac } from 'node:crypto';
import { request as overPlainHttp } from 'node:http';
import { request as overTls } from 'node:https';
import type { AwsAccess } from './settings.ts';

/**
 * One call to an AWS service that speaks JSON over POST, signed by Signature Version 4. The AWS SDK would add 60 to 90 ms
 * to a cold start for the few calls that this app makes.
 */
export interface AwsCall {
  readonly service: 'dynamodb' | 'sqs' | 'ssm';
  /** Of the service; plain http for a local server that speaks the same protocol. */
  readonly endpoint: string;
  /** `AmazonSQS.SendMessage`, `AmazonSSM.GetParameter`, `DynamoDB_20120810.GetItem`. */
  readonly target: string;
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  readonly body: string;
}

export interface SignedRequest {
  readonly method: 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request and gives status and body; the seam where tests stand in for the network. */
export type Transport = (
  signed: SignedRequest,
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly body: string }>;

/** The service refused, with its own error code (`AccessDenied`, `QueueDoesNotExist`). */
export class AwsRefusal extends Error {
  override readonly name = 'AwsRefusal';
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const ATTEMPTS = 2;
const TIMEOUT_MS = 1000;

/** Signs and sends; a network failure, a 5xx or a throttled call is tried once more. Two attempts stay under Slack's 3 s. */
export async function callAws(
  call: AwsCall,
  access: AwsAccess,
  now: () => number,
  transport: Transport = overNetwork,
): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt === ATTEMPTS;
    try {
      const answer = await transport(sign(call, access, now()), TIMEOUT_MS);
      if (answer.status < 300) return JSON.parse(answer.body === '' ? '{}' : answer.body);
      const code = codeIn(answer.body);
      if (last || (answer.status < 500 && !/Throttl|RequestLimit|ThroughputExceeded/.test(code))) {
        throw new AwsRefusal(code);
      }
    } catch (error) {
      if (last || error instanceof AwsRefusal) throw error;
    }
  }
}

/** Adds the headers of Signature Version 4 (AWS General Reference, "Create a signed AWS API request"). */
export function sign(call: AwsCall, access: AwsAccess, nowMs: number): SignedRequest {
  const url = new URL(call.endpoint);
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'content-type': call.contentType,
    host: url.host,
    'x-amz-date': stamp,
    ...(access.sessionToken === null ? {} : { 'x-amz-security-token': access.sessionToken }),
    'x-amz-target': call.target,
  };
  const scope = `${stamp.slice(0, 8)}/${access.region}/${call.service}/aws4_request`;
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(call.body),
  ].join('\n');
  const key = [access.region, call.service, 'aws4_request'].reduce(
    hmac,
    hmac(`AWS4${access.secretAccessKey}`, stamp.slice(0, 8)),
  );
  const signature = hmac(
    key,
    ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n'),
  ).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${access.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { method: 'POST', url, headers: { ...headers, authorization }, body: call.body };
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function codeIn(body: string): string {
  const code = /"__type"\s*:\s*"(?:[^"#]{0,200}#)?([\w.]{1,100})"/.exec(body);
  return code?.[1] ?? 'unknown';
}

function overNetwork(
  signed: SignedRequest,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body } = signed;
    const signal = AbortSignal.timeout(timeoutMs);
    const request = url.protocol === 'http:' ? overPlainHttp : overTls;
    const outgoing = request(url, { method, headers, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
