import type { IncomingMessage } from 'node:http';
import { fileContent } from '../intake/file-content.ts';
import type { Source } from '../intake/paste.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import { FILE_ROWS } from '../render/paste-form.ts';
import type { Language } from '../report/schema.ts';
import { unpacked } from './unpacked.ts';

/** What the form of the local page sent. */
export interface SentForm {
  readonly language: Language;
  /** The textarea, to show it again. */
  readonly text: string;
  readonly sources: readonly Source[];
  /** Names of files that hold neither text nor a capture. */
  readonly binary: readonly string[];
  /** Names of files with an interface and no host to look for it on. */
  readonly hostless: readonly string[];
}

/** The largest form that is read, in bytes. */
export const MOST_BYTES = 20_000_000;

/** Reads a form sent as multipart or urlencoded; what is too large is read to its end and dropped. */
export async function readForm(
  request: IncomingMessage,
  spoken: Language,
): Promise<Result<SentForm, { readonly code: 'too-large' | 'unreadable' | 'not-a-form' }>> {
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)\s*(?:;|$)/i.test(type)) {
    return err({ code: 'not-a-form' });
  }
  if (body === null) return err({ code: 'too-large' });
  const form = await parsed(body, type);
  return form === null ? err({ code: 'unreadable' }) : ok(await sentForm(form, spoken));
}

/** The body, or null when it is larger than the most that is read. Dropping the rest lets the browser see the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > MOST_BYTES) chunks.length = 0;
    else chunks.push(part);
  }
  return bytes > MOST_BYTES ? null : Buffer.concat(chunks);
}

async function parsed(body: Buffer<ArrayBuffer>, type: string): Promise<FormData | null> {
  try {
    return await new Response(body, { headers: { 'content-type': type } }).formData();
  } catch (error) {
    // The parser says so with a TypeError; anything else is a bug of ours.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function sentForm(form: FormData, spoken: Language): Promise<SentForm> {
  const text = fieldOf(form, 'text').replace(/\r\n?/g, '\n');
  const lang = fieldOf(form, 'lang');
  const sent = {
    language: lang === 'en' || lang === 'zh' ? lang : spoken,
    text,
    sources: text.trim() === '' ? [] : [{ name: null, text }],
    binary: [],
    hostless: [],
  };
  for (let row = 1; row <= FILE_ROWS; row += 1) await addFiles(sent, form, row);
  return sent;
}

interface Growing {
  readonly sources: Source[];
  readonly binary: string[];
  readonly hostless: string[];
}

async function addFiles(sent: Growing, form: FormData, row: number): Promise<void> {
  const host = fieldOf(form, `host-${row}`).trim();
  const device = fieldOf(form, `interface-${row}`).trim();
  const at = host === '' ? {} : { at: { host, interface: device === '' ? null : device } };
  for (const file of form.getAll(`file-${row}`)) {
    if (typeof file === 'string' || file.size === 0) continue;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const plain = unpacked({ name: file.name, bytes });
    const decoded = plain.ok ? fileContent(plain.value.bytes) : plain;
    const name = plain.ok ? plain.value.name : file.name;
    if (!decoded.ok) sent.binary.push(file.name);
    else if (host === '' && device !== '') sent.hostless.push(file.name);
    else sent.sources.push({ name, ...decoded.value, ...at });
  }
}

function fieldOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
