import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import type { RunbookPorts } from '../functions/adapters/runbook-requests.ts';
import { answerRunbook } from '../functions/adapters/runbook-requests.ts';
import { renderCausePage } from '../functions/render/html/cause-page.ts';
import { causeWords } from '../functions/render/html/cause-words.ts';
import { words } from '../functions/render/words.ts';
import { causesIn, explain } from '../functions/report/explanation.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { readPage, squeezed } from './support/markup-reader.ts';
import { type Shape, shapes } from './support/slack-events.ts';

const languages = ['en', 'zh'] as const;
const catalogue = readCatalogue(join(import.meta.dirname, '..'));
let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
}, 60_000);
afterAll(() => lambdas.remove());

interface Asked {
  readonly method?: string;
  readonly lang?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly shape?: Shape;
}

/** A browser's request as AWS hands it to a Lambda; a stage of a REST API stands in front of the path. */
function requestFor(path: string, asked: Asked = {}): Readonly<Record<string, unknown>> {
  const { method = 'GET', lang, headers = {}, shape = 'v2' } = asked;
  const query = lang === undefined ? null : { lang };
  if (shape === 'v1') {
    return { httpMethod: method, path, headers, queryStringParameters: query, body: null };
  }
  return {
    version: '2.0',
    rawPath: path,
    rawQueryString: lang === undefined ? '' : `lang=${lang}`,
    ...(query === null ? {} : { queryStringParameters: query }),
    headers,
    requestContext: { http: { method, path } },
    isBase64Encoded: false,
  };
}

const get = (path: string, asked: Asked = {}) => lambdas.runbook.handler(requestFor(path, asked));

describe.each(shapes)('in the shape %s', (shape) => {
  test('a page in the language asked for', async () => {
    const page = catalogue.pages.get('mtu-blackhole');
    const english = await get('/causes/mtu-blackhole', { shape });
    expect(english.statusCode).toBe(200);
    expect(readPage(english.body).text).toContain(page?.en.title);
    expect(english.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'content-language': 'en',
      vary: 'accept-language',
    });
    const chinese = await get('/causes/mtu-blackhole', { shape, lang: 'zh' });
    expect(readPage(chinese.body).text).toContain(page?.zh.title);
    const wished = { 'Accept-Language': 'fr, en;q=0.3, zh-CN;q=0.8' };
    const liked = await get('/dev/causes/mtu-blackhole', { shape, headers: wished });
    expect(liked.body).toBe(chinese.body);
  });

  test('the list, and nothing again for whoever has it', async () => {
    const first = await get('/causes', { shape });
    expect(first.statusCode).toBe(200);
    const etag = first.headers?.etag ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await get('/causes', { shape, headers: { 'if-none-match': tag } });
      expect(again).toMatchObject({ statusCode: 304, body: '', headers: { etag } });
    }
    const changed = await get('/causes', { shape, headers: { 'if-none-match': '"other"' } });
    expect(changed.statusCode).toBe(200);
    const other = await get('/causes', { shape, lang: 'zh', headers: { 'if-none-match': etag } });
    expect(other.statusCode).toBe(200);
  });

  test('the head of a page, and no other method', async () => {
    const head = await get('/causes/mtu-blackhole', { shape, method: 'HEAD' });
    const whole = await get('/causes/mtu-blackhole', { shape });
    expect(head).toEqual({ ...whole, body: '' });
    const post = await get('/causes', { shape, method: 'POST' });
    expect(post).toMatchObject({ statusCode: 405, headers: { allow: 'GET, HEAD' }, body: '' });
  });
});

test('a cause that does not exist names those that are like it', async () => {
  const answer = await get('/causes/mtu-hole');
  expect(answer.statusCode).toBe(404);
  expect(answer.body).toContain('href="../causes/mtu-blackhole?lang=en"');
  expect(answer.body).toContain('<code>mtu-hole</code>');
  expect((await get('/elsewhere')).statusCode).toBe(404);
});

test('an address full of markup stays text', async () => {
  const answer = await get(`/causes/<script>alert(1)<\u2028script>"'${'x'.repeat(5000)}`);
  expect(answer.statusCode).toBe(404);
  expect(answer.body.length).toBeLessThan(40_000);
  const { tags, faults } = readPage(answer.body);
  expect(faults).toEqual([]);
  expect(tags.filter(({ name }) => name === 'script')).toHaveLength(1);
});

test.each([
  [undefined],
  [null],
  ['x'],
  [{}],
  [{ httpMethod: 7, path: {}, headers: [], queryStringParameters: 'lang' }],
  [{ httpMethod: 'GET', path: '/causes/__proto__', headers: { a: null } }],
])('no event makes it throw: %j', async (event) => {
  const { statusCode } = await lambdas.runbook.handler(event);
  expect([404, 405]).toContain(statusCode);
});

test('a catalogue that cannot be read is our fault, said without its text', () => {
  const logged: unknown[] = [];
  const log = { info: () => {}, error: (...entry: unknown[]) => logged.push(entry) };
  const ports: RunbookPorts = {
    catalogue: () => {
      throw new Error('secret');
    },
    log,
  };
  const answer = answerRunbook(requestFor('/causes', { lang: 'zh' }), ports);
  expect(answer).toMatchObject({ statusCode: 500, headers: { 'cache-control': 'no-store' } });
  expect(answer.body).toContain(causeWords.zh.failed);
  expect(JSON.stringify([answer, logged])).not.toContain('secret');
  expect(logged).toHaveLength(1);
});

describe.each(languages)('in %s', (language) => {
  test('the list holds every cause as text, with its impact, below its area', async () => {
    const { body } = await get('/causes', { lang: language });
    const { text, faults, tags } = readPage(body);
    expect(faults).toEqual([]);
    for (const { cause, title, impact, area } of causesIn(catalogue, language)) {
      expect(text).toContain(cause);
      expect(text).toContain(title);
      expect(text).toContain(words[language][`impact-${impact}`]);
      expect(Object.keys(causeWords[language].areas)).toContain(area);
    }
    const linked = tags.flatMap(
      ({ attributes }) => / href="causes\/([^"?]+)/.exec(attributes)?.[1] ?? [],
    );
    expect(linked.toSorted()).toEqual([...catalogue.pages.keys()].toSorted());
  });

  test.each([...catalogue.pages.keys()])('the page of %s', (cause) => {
    const page = explain(cause, catalogue, { language, runbookBase: null });
    if (page === undefined) throw new Error(cause);
    const { text, tags, faults } = readPage(renderCausePage(page, '../causes'));
    expect(faults).toEqual([]);
    const shown = squeezed(text);
    const texts = [
      page.title,
      page.summary,
      ...page.happens,
      ...page.evidence,
      ...page.not_this_when,
      ...page.ruled_out_when,
      ...page.ask.flatMap(({ command, why }) => [command, why]),
      ...page.remedies.flatMap(({ key: _, ...remedy }) => Object.values(remedy).flat()),
      ...page.sources,
    ];
    expect(texts.filter((one) => !shown.includes(squeezed(one)))).toEqual([]);
    // The first screen: what it is, how to make sure, what to do.
    const [, head = ''] = text.split(words[language][`impact-${page.impact}`]);
    expect(head.trimStart().startsWith(page.title)).toBe(true);
    const before = squeezed(head.split(words[language].provedBy)[0] ?? '');
    expect(before).toContain(squeezed(page.ask[0]?.command ?? 'nothing to ask'));
    expect(before).toContain(squeezed(page.remedies[0]?.title ?? 'nothing to do'));
    // What the first screen links to stands below.
    const anchors = tags.flatMap(
      ({ attributes }) => / href="#([^"]+)"/.exec(attributes)?.[1] ?? [],
    );
    expect(anchors).toEqual(page.remedies.map(({ key }) => key));
    for (const one of anchors) {
      expect(tags.filter(({ attributes }) => attributes.includes(` id="${one}"`))).toHaveLength(1);
    }
    const commands =
      page.remedies.flatMap(({ commands, undo }) => [...commands, ...undo]).length +
      page.ask.length +
      1;
    expect(tags.filter(({ name }) => name === 'button')).toHaveLength(commands);
    const other = language === 'en' ? 'zh' : 'en';
    expect(
      tags.filter(({ attributes }) => attributes.startsWith(` href="?lang=${other}"`)),
    ).toHaveLength(1);
  });
});
