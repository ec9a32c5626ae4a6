import type { FetchFunction } from '@slack/web-api';
import { fileContent } from '../intake/file-content.ts';
import type { Source } from '../intake/paste.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import type { FileRefusalCode } from '../render/slack/notices.ts';
import { record } from './slack-bodies.ts';
import type { Refusal, SlackCall } from './slack-call.ts';
import { type RemoteFile, readFile } from './slack-evidence.ts';
import { unpacked } from './unpacked.ts';

/** What files need besides the Web API: the token goes with each download, and only to Slack's own file hosts. */
export interface FileAccess {
  readonly call: SlackCall;
  readonly token: string;
  readonly fetch: FetchFunction;
}

type FileResult = Result<Source, { readonly code: FileRefusalCode }>;

const TIMEOUT_MS = 10_000;
const LARGEST_FILE_BYTES = 5 * 1024 * 1024;
const FILE_HOSTS = new Set(['files.slack.com', 'slack-files.com']);

/** Reads a file that stands in a message of `channel`, or that a form brought (`channel` null). */
export async function downloadFile(
  access: FileAccess,
  file: RemoteFile,
  channel: string | null,
): Promise<FileResult> {
  const known = file.url === null ? await lookUp(access.call, file, channel) : ok(file);
  if (!known.ok) return known;
  const { name, url, bytes } = known.value;
  if ((bytes ?? 0) > LARGEST_FILE_BYTES) return err({ code: 'too-large' });
  const address = url !== null && URL.canParse(url) ? new URL(url) : null;
  if (address?.protocol !== 'https:' || !FILE_HOSTS.has(address.hostname)) {
    return err({ code: 'no-access' });
  }
  const answer = await getFile(access, address);
  if (answer === null || answer.status === 429 || answer.status >= 500) {
    return err({ code: 'unavailable' });
  }
  if (!answer.ok) return err({ code: 'no-access' });
  if (Number(answer.headers.get('content-length') ?? '0') > LARGEST_FILE_BYTES) {
    return err({ code: 'too-large' });
  }
  const content = new Uint8Array(await answer.arrayBuffer());
  if (content.length > LARGEST_FILE_BYTES) return err({ code: 'too-large' });
  const plain = unpacked({ name, bytes: content });
  if (!plain.ok) return plain;
  const read = fileContent(plain.value.bytes);
  if (!read.ok) return read;
  // Without a token or a scope Slack answers 200 with a page to log in, not with an error.
  const page = (answer.headers.get('content-type') ?? '').startsWith('text/html');
  return page || /^\s{0,20}<(?:!doctype html|html)/i.test(read.value.text)
    ? err({ code: 'no-access' })
    : ok({ name: plain.value.name, ...read.value });
}

/** One unreadable file must not cost the answer to all the others: no answer, after a second try, is null. */
async function getFile(
  { fetch, token }: FileAccess,
  address: URL,
): Promise<Awaited<ReturnType<FetchFunction>> | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(address, {
        headers: { authorization: `Bearer ${token}` },
        // A redirect would carry the token to wherever it points.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (attempt === 2 || (answer.status !== 429 && answer.status < 500)) return answer;
    } catch {
      if (attempt === 2) return null;
    }
  }
}

/** Shared channels name files by id only; one that was never shared here must not be read for whoever names it. */
async function lookUp(
  call: SlackCall,
  file: RemoteFile,
  channel: string | null,
): Promise<Result<RemoteFile, { readonly code: FileRefusalCode }>> {
  const answer = await call('files.info', { file: file.id });
  if (!answer.ok) return err({ code: 'no-access' });
  const about = record(answer.value.file);
  const shares = record(about.shares);
  const here = channel !== null && Object.values(shares).some((kind) => channel in record(kind));
  if (!here) return err({ code: 'not-shared-here' });
  const read = readFile(about);
  return read === null ? err({ code: 'unavailable' }) : ok(read);
}

/** Uploads a text and shares it in a thread (files.getUploadURLExternal, then the bytes, then completeUploadExternal). */
export async function attachText(
  { call, fetch }: FileAccess,
  place: { readonly channel: string; readonly threadTs: string },
  file: { readonly name: string; readonly text: string },
): Promise<Result<null, Refusal>> {
  const bytes = Buffer.byteLength(file.text);
  const asked = await call('files.getUploadURLExternal', { filename: file.name, length: bytes });
  if (!asked.ok) return asked;
  const { upload_url: url, file_id: id } = asked.value;
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
  if (address?.protocol !== 'https:' || !FILE_HOSTS.has(address.hostname)) {
    return err({ code: 'foreign-upload-address', needed: null });
  }
  const sent = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'text/markdown; charset=utf-8' },
    body: file.text,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!sent.ok) return err({ code: `http-${sent.status}`, needed: null });
  const done = await call('files.completeUploadExternal', {
    files: [{ id, title: file.name }],
    channel_id: place.channel,
    thread_ts: place.threadTs,
  });
  return done.ok ? ok(null) : done;
}
