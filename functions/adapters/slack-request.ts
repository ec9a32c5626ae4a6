import { createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../primitives/result.ts';

/**
 * The front door: decides whether a request is Slack's before anything reads its body. Bolt's own receiver parses
 * first and verifies later, throws on malformed bodies, accepts timestamps from the future, and compares the media type
 * to the letter; what comes out of here is a request that it reads safely.
 */
export interface Admitted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
  readonly path: string;
}

export type RefusalCode =
  | 'method'
  | 'too-large'
  | 'unsigned'
  | 'stale'
  | 'media-type'
  | 'malformed';

/** The HTTP status for each refusal. */
export const refusalStatus = {
  method: 405,
  'too-large': 413,
  unsigned: 401,
  stale: 401,
  'media-type': 415,
  malformed: 400,
} as const satisfies Record<RefusalCode, number>;

/** Slack's largest requests are a few hundred kilobytes; API Gateway itself lets 10 MB through. */
const LARGEST_BYTES = 1024 * 1024;
/** Slack asks to refuse anything more than five minutes from now; we mean both directions. */
const WINDOW_SECONDS = 300;

/**
 * Checks method, size, signature, time, media type and form of a request in the shape of API Gateway v1 or v2 or of a
 * Function URL. Never throws, whatever the event holds.
 */
export function admit(
  event: unknown,
  signingSecrets: readonly string[],
  nowMs: number,
): Result<Admitted, { readonly code: RefusalCode }> {
  const request = readEvent(event);
  if (request.method !== 'POST') return err({ code: 'method' });
  if (request.bytes.length > LARGEST_BYTES) return err({ code: 'too-large' });
  const stamp = request.headers['x-slack-request-timestamp'] ?? '';
  const signature = request.headers['x-slack-signature'] ?? '';
  if (!/^\d{1,12}$/.test(stamp)) return err({ code: 'unsigned' });
  if (Math.abs(nowMs / 1000 - Number(stamp)) > WINDOW_SECONDS) return err({ code: 'stale' });
  const genuine = signingSecrets.some((secret) => matches(secret, stamp, request.bytes, signature));
  if (!genuine) return err({ code: 'unsigned' });
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const body = request.bytes.toString('utf8');
  if (mediaType !== 'application/json' && mediaType !== 'application/x-www-form-urlencoded') {
    return err({ code: 'media-type' });
  }
  if (!isReadable(mediaType, body)) return err({ code: 'malformed' });
  return ok({
    headers: { ...request.headers, 'content-type': mediaType },
    body,
    isBase64Encoded: false,
    path: request.path,
  });
}

function matches(secret: string, stamp: string, body: Buffer, signature: string): boolean {
  const wanted = createHmac('sha256', secret).update(`v0:${stamp}:`).update(body).digest('hex');
  const given = Buffer.from(signature);
  const expected = Buffer.from(`v0=${wanted}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether Bolt can take the body apart: an object in JSON, or a form whose `payload`, if any, is one. */
function isReadable(mediaType: string, body: string): boolean {
  if (mediaType === 'application/json') return isJsonObject(body);
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  if (payload !== null) return isJsonObject(payload);
  return form.has('command') || form.has('ssl_check');
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

function readEvent(event: unknown) {
  const from = isRecord(event) ? event : {};
  const context = isRecord(from.requestContext) ? from.requestContext : {};
  const http = isRecord(context.http) ? context.http : {};
  const method = from.httpMethod ?? http.method;
  const path = from.path ?? from.rawPath;
  const body = typeof from.body === 'string' ? from.body : '';
  return {
    method: typeof method === 'string' ? method.toUpperCase() : '',
    path: typeof path === 'string' ? path : '/',
    headers: lowerCased(from.headers),
    bytes: Buffer.from(body, from.isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function lowerCased(headers: unknown): Readonly<Record<string, string>> {
  if (!isRecord(headers)) return {};
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), value]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
