import { createHash } from 'node:crypto';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { renderCauseFailure } from '../render/html/cause-list.ts';
import { errorFields, type Log } from './log.ts';
import { PAGE_HEADERS } from './page-headers.ts';
import { runbookPage } from './runbook-page.ts';
import type { HttpAnswer } from './slack-app.ts';
import { wantedLanguage } from './wanted-language.ts';

export interface RunbookPorts {
  readonly catalogue: () => Catalogue;
  readonly log: Log;
}

/**
 * Answers GET and HEAD of a cause's page in the shape of API Gateway v1 or v2 or of a Function URL; a browser that has
 * the page already is told so. Never throws, whatever the event holds.
 */
export function answerRunbook(event: unknown, ports: RunbookPorts): HttpAnswer {
  const { method, path, query, headers } = readEvent(event);
  const language = wantedLanguage(query, headers.get('accept-language') ?? '');
  if (method !== 'GET' && method !== 'HEAD') {
    return {
      statusCode: 405,
      headers: { allow: 'GET, HEAD', 'cache-control': 'no-store' },
      body: '',
    };
  }
  try {
    const { status, page } = runbookPage(path, language, ports.catalogue());
    const etag = `"${createHash('sha256').update(page).digest('base64url').slice(0, 27)}"`;
    const about = {
      etag,
      vary: 'accept-language',
      'cache-control': 'public, max-age=300',
    };
    if (status === 200 && matches(headers.get('if-none-match') ?? '', etag)) {
      return { statusCode: 304, headers: about, body: '' };
    }
    const body = method === 'HEAD' ? '' : page;
    return {
      statusCode: status,
      headers: { ...PAGE_HEADERS, ...about, ...spoken(language) },
      body,
    };
  } catch (error) {
    ports.log.error('page of a cause failed', errorFields(error));
    const body = method === 'HEAD' ? '' : renderCauseFailure(language);
    return { statusCode: 500, headers: { ...PAGE_HEADERS, 'cache-control': 'no-store' }, body };
  }
}

function spoken(language: 'en' | 'zh'): Readonly<Record<string, string>> {
  return { 'content-language': language === 'zh' ? 'zh-CN' : 'en' };
}

/** RFC 9110, 13.1.2: any of a list of tags, compared weakly, or `*`. */
function matches(wanted: string, etag: string): boolean {
  const tags = wanted.slice(0, 1000).split(',');
  return tags.some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function readEvent(event: unknown) {
  const from = record(event);
  const http = record(record(from.requestContext).http);
  const method = text(from.httpMethod ?? http.method).toUpperCase();
  const lang = text(record(from.queryStringParameters).lang);
  const headers = new Map(
    Object.entries(record(from.headers)).map(([name, value]) => [name.toLowerCase(), text(value)]),
  );
  return { method, path: text(from.path ?? from.rawPath), query: `lang=${lang}`, headers };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
