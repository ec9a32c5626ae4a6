import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { Source } from '../intake/paste.ts';
import { renderPage } from '../render/html.ts';
import { renderPasteForm } from '../render/paste-form.ts';
import { type Word, word } from '../render/words.ts';
import type { Language, Report } from '../report/schema.ts';
import { MOST_BYTES, readForm } from './local-form.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { isRunbookPath, runbookPage } from './runbook-page.ts';
import { wantedLanguage } from './wanted-language.ts';

/** What the local page needs from outside: the core, an example to show, and somebody to tell of a bug. */
export interface LocalPagePorts {
  readonly diagnose: (sources: readonly Source[], language: Language) => Promise<Report>;
  readonly example: readonly Source[];
  /** Whose causes have a page each, below `/causes`. */
  readonly catalogue: Catalogue;
  /** Told of bugs only; what was pasted is never passed on. */
  readonly failed: (error: unknown) => void;
}

interface Answer {
  readonly status: number;
  readonly page: string;
}

/** The local page: the form, and the report on what it sends. It keeps nothing and logs nothing. */
export function createLocalPage(ports: LocalPagePorts): Server {
  const server = createServer((request, response) => {
    void answer(request, ports)
      .catch((error: unknown) => {
        // Whoever hung up in the middle of a form met no bug of ours.
        if (!request.destroyed || request.complete) ports.failed(error);
        return refusal(500, languageOf(request), 'failedNotice');
      })
      .then((made) => send(request, response, made));
  });
  server.requestTimeout = 60_000;
  return server;
}

/** Listens on 127.0.0.1 at `port`, or at the first free port above it; gives the port. */
export async function listenLocally(server: Server, port: number): Promise<number> {
  for (let tried = port; tried < port + MOST_PORTS; tried += 1) {
    if (await listens(server, tried)) return tried;
  }
  throw new Error(`ports ${port} to ${port + MOST_PORTS - 1} are all taken`);
}

const MOST_PORTS = 50;

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      server.off('listening', accepted);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const accepted = () => {
      server.off('error', refused);
      resolve(true);
    };
    server.once('error', refused);
    server.once('listening', accepted);
    server.listen(port, '127.0.0.1');
  });
}

async function answer(request: IncomingMessage, ports: LocalPagePorts): Promise<Answer> {
  const language = languageOf(request);
  if (!isForUs(request)) return { status: 421, page: '' };
  const pathname = request.url?.split('?', 1)[0] ?? '';
  const example = ports.example.length === 0 ? {} : { example: `/example?lang=${language}` };
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (pathname === '/' && reads) return { status: 200, page: renderPasteForm(language, example) };
  if (pathname === '/' && request.method === 'POST') return answerForm(request, language, ports);
  if (pathname === '/example' && reads && ports.example.length > 0) {
    return {
      status: 200,
      page: renderPage(await ports.diagnose(ports.example, language), `/?lang=${language}`),
    };
  }
  if (isRunbookPath(pathname) && reads) return runbookPage(pathname, language, ports.catalogue);
  const known = pathname === '/' || pathname === '/example' || isRunbookPath(pathname);
  return refusal(known && !reads ? 405 : 404, language, 'notFoundNotice');
}

function languageOf({ url, headers }: IncomingMessage): Language {
  return wantedLanguage(url?.split('?', 2)[1] ?? '', headers['accept-language'] ?? '');
}

async function answerForm(
  request: IncomingMessage,
  spoken: Language,
  ports: LocalPagePorts,
): Promise<Answer> {
  const form = await readForm(request, spoken);
  if (!form.ok) {
    switch (form.error.code) {
      case 'too-large':
        return refusal(413, spoken, 'tooLargeNotice', { most: MOST_BYTES / 1_000_000 });
      case 'unreadable':
        return refusal(400, spoken, 'unreadableNotice');
      case 'not-a-form':
        return refusal(415, spoken, 'unreadableNotice');
    }
  }
  const { language, text, sources, binary, hostless } = form.value;
  const again = (status: number, name: Word, values: Readonly<Record<string, string>> = {}) => ({
    status,
    page: renderPasteForm(language, { text, notice: word(language, name, values) }),
  });
  if (binary.length > 0) return again(422, 'binaryNotice', { files: binary.join(', ') });
  if (hostless.length > 0) return again(422, 'hostlessNotice', { files: hostless.join(', ') });
  if (sources.length === 0) return again(422, 'emptyNotice');
  try {
    return {
      status: 200,
      page: renderPage(await ports.diagnose(sources, language), `/?lang=${language}`),
    };
  } catch (error) {
    ports.failed(error);
    return again(500, 'failedNotice');
  }
}

/**
 * Whether a request is meant for this page. Another name in Host is DNS rebinding: a foreign site whose name was
 * pointed at 127.0.0.1. Another Origin is a foreign site that posts here.
 */
function isForUs({ headers, socket }: IncomingMessage): boolean {
  const hosts = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`];
  const { host, origin } = headers;
  return (
    host !== undefined &&
    hosts.includes(host) &&
    (origin === undefined || origin === `http://${host}`)
  );
}

function refusal(
  status: number,
  language: Language,
  name: Word,
  values: Readonly<Record<string, string | number>> = {},
): Answer {
  return { status, page: renderPasteForm(language, { notice: word(language, name, values) }) };
}

function send(request: IncomingMessage, response: ServerResponse, { status, page }: Answer): void {
  const body = Buffer.from(page, 'utf8');
  response.writeHead(status, {
    ...PAGE_HEADERS,
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD, POST' } : {}),
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
