import { createHmac } from 'node:crypto';
import type { KeptMessage } from './fake-slack.ts';

/** The three shapes in which AWS hands an HTTP request to a Lambda. */
export type Shape = 'v1' | 'v2' | 'url';
export const shapes: readonly Shape[] = ['v1', 'v2', 'url'];

export interface SignOptions {
  readonly secret: string;
  readonly nowMs: number;
  readonly shape: Shape;
  readonly contentType: string;
  readonly base64?: boolean;
  /** Added to or set over the headers that a genuine request has; an empty text takes one away. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

export const FORM = 'application/x-www-form-urlencoded';
export const JSON_TYPE = 'application/json';

/** One signed request of Slack's in the shape of an AWS event (docs.slack.dev, "Verifying requests from Slack"). */
export function signedEvent(body: string, options: SignOptions): Readonly<Record<string, unknown>> {
  const stamp = String(Math.floor(options.nowMs / 1000));
  const signature = createHmac('sha256', options.secret)
    .update(`v0:${stamp}:${body}`)
    .digest('hex');
  const all = {
    'Content-Type': options.contentType,
    'X-Slack-Request-Timestamp': stamp,
    'X-Slack-Signature': `v0=${signature}`,
    'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    ...options.headers,
  };
  const kept = Object.entries(all).filter(([, value]) => value !== '');
  // API Gateway v2 and Function URLs lower-case header names, v1 does not.
  const headers = Object.fromEntries(
    kept.map(([name, value]) => [options.shape === 'v1' ? name : name.toLowerCase(), value]),
  );
  const base64 = options.base64 ?? false;
  const content = {
    headers,
    body: base64 ? Buffer.from(body, 'utf8').toString('base64') : body,
    isBase64Encoded: base64,
  };
  const method = options.method ?? 'POST';
  if (options.shape === 'v1') {
    return { resource: '/slack/events', path: '/slack/events', httpMethod: method, ...content };
  }
  const path = options.shape === 'v2' ? '/slack/events' : '/';
  return {
    version: '2.0',
    routeKey: options.shape === 'v2' ? `${method} ${path}` : '$default',
    rawPath: path,
    requestContext: { http: { method, path } },
    ...content,
  };
}

/** The form body of `/netdx TEXT`. */
export function commandBody(text: string, responseUrl: string, trigger = '1.2.3'): string {
  return new URLSearchParams({
    token: 'unused',
    team_id: 'T1',
    team_domain: 'example',
    channel_id: 'C1',
    channel_name: 'incidents',
    user_id: 'U1',
    user_name: 'ann',
    command: '/netdx',
    text,
    api_app_id: 'A1',
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: trigger,
  }).toString();
}

/** The JSON body of an event delivery; `type` is `app_mention` or `message`. */
export function eventBody(
  type: 'app_mention' | 'message',
  message: KeptMessage,
  channel: string,
  eventId: string,
  changes: Readonly<Record<string, unknown>> = {},
): string {
  const place = type === 'message' ? { channel_type: 'channel' } : {};
  const event = { ...message, type, channel, event_ts: message.ts, ...place, ...changes };
  return otherEventBody(event, eventId);
}

/** The same for any event: the envelope that Slack puts around it (docs.slack.dev, "Events API"). */
export function otherEventBody(event: Readonly<Record<string, unknown>>, eventId: string): string {
  return JSON.stringify({
    token: 'unused',
    team_id: 'T1',
    api_app_id: 'A1',
    type: 'event_callback',
    event_id: eventId,
    event_time: 1_700_000_000,
    authorizations: [{ enterprise_id: null, team_id: 'T1', user_id: 'UBOT', is_bot: true }],
    event,
  });
}

/** The form body of a pressed button. */
export function pressBody(
  action: Readonly<Record<string, unknown>>,
  place: { readonly channel: string; readonly ts: string; readonly threadTs?: string },
  privately?: string,
): string {
  const payload = {
    type: 'block_actions',
    team: { id: 'T1', domain: 'example' },
    user: { id: 'U1', team_id: 'T1' },
    api_app_id: 'A1',
    trigger_id: '4.5.6',
    container: {
      type: 'message',
      message_ts: place.ts,
      channel_id: place.channel,
      is_ephemeral: privately !== undefined,
    },
    channel: { id: place.channel, name: 'incidents' },
    message: {
      ts: place.ts,
      ...(place.threadTs === undefined ? {} : { thread_ts: place.threadTs }),
    },
    response_url: privately ?? 'https://hooks.slack.com/actions/T1/1/none',
    actions: [{ action_ts: '1700000500.000100', type: 'button', block_id: 'b1', ...action }],
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** An SQS event as Lambda hands it to the worker. */
export function queueEvent(bodies: readonly string[], receives = 1) {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m${index + 1}`,
      receiptHandle: 'r',
      body,
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '0',
        SenderId: 's',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:jobs',
      awsRegion: 'eu-central-1',
    })),
  };
}

/** A rich text block as Slack's composer makes it: paragraphs as text, code blocks as preformatted text. */
export function composed(
  ...parts: readonly (string | { readonly code: string })[]
): readonly unknown[] {
  const elements = parts.map((part) =>
    typeof part === 'string'
      ? { type: 'rich_text_section', elements: piecesOf(part) }
      : { type: 'rich_text_preformatted', elements: [{ type: 'text', text: part.code }] },
  );
  return [{ type: 'rich_text', block_id: 'x', elements }];
}

function piecesOf(text: string): readonly unknown[] {
  return text
    .split(/<@(U\w+)>/)
    .map((part, index) =>
      index % 2 === 0 ? { type: 'text', text: part } : { type: 'user', user_id: part },
    )
    .filter((one) => !('text' in one) || one.text !== '');
}

/** The form body of the message shortcut on a message (docs.slack.dev, "Message shortcut payload"). */
export function shortcutBody(
  message: object,
  channel: string,
  responseUrl: string,
  trigger = '7.8.9',
): string {
  const payload = {
    type: 'message_action',
    callback_id: 'diagnose',
    trigger_id: trigger,
    response_url: responseUrl,
    team: { id: 'T1', domain: 'example' },
    user: { id: 'U1', team_id: 'T1' },
    channel: { id: channel, name: 'incidents' },
    message_ts: '1.1',
    message,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** The form body of a submitted view; `values` are the texts of its fields by block id. */
export function submitBody(
  view: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, string>>,
  files: readonly unknown[] = [],
): string {
  const fields = Object.entries(values).map(([block, value]) => [
    block,
    { value: { type: 'plain_text_input', value } },
  ]);
  const attached = { files: { value: { type: 'file_input', files } } };
  const payload = {
    type: 'view_submission',
    team: { id: 'T1', domain: 'example' },
    user: { id: 'U1', team_id: 'T1' },
    view: { ...view, state: { values: { ...Object.fromEntries(fields), ...attached } } },
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}
