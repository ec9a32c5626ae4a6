import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderCauseList } from '../functions/render/html/cause-list.ts';
import { renderCausePage } from '../functions/render/html/cause-page.ts';
import { renderPage } from '../functions/render/html.ts';
import { renderPasteForm } from '../functions/render/paste-form.ts';
import { renderSlack, type SlackMessage } from '../functions/render/slack.ts';
import { causesIn, explain } from '../functions/report/explanation.ts';
import type { Report } from '../functions/report/schema.ts';
import { valuesOf } from './support/block-kit.ts';
import { installedChromium, openChromium } from './support/chromium.ts';
import { catalogue, examine, foundingFiles } from './support/examples.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { squeezed } from './support/markup-reader.ts';
import { everyReport } from './support/sample-reports.ts';
import { inThread, slackPage } from './support/slack-page.ts';

const NEEDED = 'needs Chromium (apt-get install chromium, or its path in CHROMIUM)';
const languages = ['en', 'zh'] as const;
// Started with the file: read from a cold disk, the browser alone takes some eight seconds.
const opened = installedChromium === null ? null : await openChromium(installedChromium);
let browser: Browser;
if (installedChromium === null) process.stderr.write(`pictures: skipped; this ${NEEDED}\n`);

describe.skipIf(installedChromium === null)(`seen in a browser; ${NEEDED}`, () => {
  beforeAll(() => {
    if (opened === null) throw new Error(NEEDED);
    browser = opened;
  });
  afterAll(() => browser.close());

  describe.each(languages)('the answer to the founding incident in Slack, %s', (language) => {
    let report: Report;
    let message: SlackMessage;
    let page: Page;
    beforeAll(async () => {
      report = await examine(foundingFiles, language);
      message = renderSlack(report, { ...inThread, audience: 'person' });
      page = await show(slackPage([message]), 860);
    });
    afterAll(() => page.close());

    test('begins with the verdict and the place', async () => {
      const shown = (await page.locator('.slack_blocks_to_jsx--blocks').innerText()).split('\n');
      const first = shown.find((line) => line.trim() !== '') ?? '';
      const { title, where } = report.findings[0] ?? {};
      expect(first).toContain(title);
      expect(first).toContain(where?.from?.interface);
    });

    test('shows every button with its label, inside the window', async () => {
      const labels = buttonsIn(message.blocks).map(({ text }) => text);
      expect(labels.length).toBeGreaterThanOrEqual(4);
      for (const label of labels) {
        const button = page.locator('button:visible', { hasText: label }).first();
        expect(await button.isVisible()).toBe(true);
        const box = await button.boundingBox();
        expect((box?.x ?? 0) + (box?.width ?? 9999)).toBeLessThanOrEqual(860);
      }
    });

    test('keeps each quoted line and each row of the drawing on one line', async () => {
      const quoted = valuesOf(message.blocks, 'elements')
        .flat()
        .filter((part) => typeOf(part) === 'rich_text_preformatted')
        .flatMap((part) => valuesOf(part, 'text').join('').split('\n'));
      const drawn = (await page.locator('pre').allInnerTexts()).join('\n').split('\n');
      expect(quoted.filter((line) => !drawn.includes(line))).toEqual([]);
      expect(await page.evaluate<readonly string[]>(WRAPPED_LINES)).toEqual([]);
    });

    test('does not scroll sideways', async () => {
      expect(await overflow(page)).toBe(0);
    });
  });

  test.each(languages)('hostile evidence stays text in Slack, %s', async (language) => {
    const page = await show(slackPage([renderSlack(hostileReport(language), inThread)]), 860);
    const links = await page.locator('.slack_blocks_to_jsx--blocks a').count();
    expect(links).toBeLessThanOrEqual(1);
    expect(await page.locator('.slack_blocks_to_jsx--blocks img, script').count()).toBe(0);
    const shown = await page.locator('pre').first().innerText();
    expect(shown.split('\n')).toContain(hostileLines[1]);
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  test.each(everyReport())(
    'in Slack, the first line says how it stands: $name',
    async ({ report }) => {
      const message = renderSlack(report, inThread);
      const page = await show(slackPage([message]), 700);
      const blocks = page.locator('.slack_blocks_to_jsx--blocks');
      const [first = ''] = (await blocks.innerText()).trim().split('\n');
      // What is read aloud begins with the same words.
      const [said = ''] = message.text.split(/[:：]/);
      expect(said.length).toBeGreaterThan(1);
      expect(squeezed(first)).toContain(squeezed(said));
      expect(await overflow(page)).toBe(0);
      await page.close();
    },
  );

  describe.each(languages)('our own pages on a phone, %s', (language) => {
    test.each([360, 400])('the report fits %i px', async (width) => {
      const page = await show(renderPage(await examine(foundingFiles, language)), width);
      expect(await overflow(page)).toBe(0);
      expect(await page.locator('h1').isVisible()).toBe(true);
      await page.close();
    });

    test('every page of a cause fits 360 px, and the first screen says what to do', async () => {
      const page = await show('', 360);
      for (const { cause } of causesIn(catalogue, language)) {
        const told = explain(cause, catalogue, { language, runbookBase: null });
        if (told === undefined) throw new Error(cause);
        await page.setContent(renderCausePage(told, '../causes'));
        expect([cause, await overflow(page)]).toEqual([cause, 0]);
        const act = await page.locator('a[href="#a"]').boundingBox();
        expect([cause, (act?.y ?? 9999) < 800]).toEqual([cause, true]);
      }
      await page.close();
    });

    test('the list of causes and the form fit 360 px', async () => {
      for (const html of [
        renderCauseList(causesIn(catalogue, language), language, 'causes'),
        renderPasteForm(language),
      ]) {
        const page = await show(html, 360);
        expect(await overflow(page)).toBe(0);
        await page.close();
      }
    });
  });

  test('the checks see what is wrong', async () => {
    const page = await show(
      `<main><p style="color:#999">faint</p><pre style="white-space:pre-wrap">${'x '.repeat(200)}</pre><p>plain</p></main>`,
      360,
    );
    expect(await page.evaluate<readonly string[]>(FAINT_TEXTS)).toEqual(['faint']);
    expect(await page.evaluate<readonly string[]>(WRAPPED_LINES)).toHaveLength(1);
    await page.setContent('<p style="width:500px">wide</p>');
    expect(await overflow(page)).toBeGreaterThan(0);
    await page.close();
  });

  test('the style sheet and the copy script run under the policy of the page', async () => {
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (said) => refused.push(said.text()));
    page.on('pageerror', (error) => refused.push(error.message));
    await page.setContent(renderPage(await examine(foundingFiles)));
    const copy = page.locator('button.copy').first();
    expect(await copy.isVisible()).toBe(true);
    await copy.click();
    expect(await copy.innerText()).not.toBe('Copy');
    expect(refused).toEqual([]);
    await page.close();
  });

  test.each(['light', 'dark'] as const)('text stands out from its ground, %s', async (scheme) => {
    const page = await browser.newPage({ colorScheme: scheme });
    await page.setContent(renderPage(await examine(foundingFiles)));
    // WCAG 2.2, success criterion 1.4.3.
    expect(await page.evaluate<readonly string[]>(FAINT_TEXTS)).toEqual([]);
    await page.close();
  });
});

async function show(html: string, width: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  await page.setContent(html);
  return page;
}

/** How far a page goes beyond its window, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
}

/** Buttons with a text of their own, without what a closed container hides and without the two thumbs. */
function buttonsIn(blocks: SlackMessage['blocks']): readonly { readonly text: string }[] {
  return blocks.flatMap((block) => {
    const held = [valuesOf(block, 'accessory'), valuesOf(block, 'elements')].flat(2);
    if (typeOf(block) !== 'section' && typeOf(block) !== 'actions') return [];
    return held
      .filter((one) => typeOf(one) === 'button')
      .map((one) => ({ text: String(valuesOf(valuesOf(one, 'text')[0], 'text')[0]) }));
  });
}

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : null;
}

/** In the browser: lines of preformatted text that stand on more than one row. */
const WRAPPED_LINES = `[...document.querySelectorAll('pre')].flatMap((pre) => {
  const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
  const wrapped = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let from = 0;
    for (const line of node.data.split('\\n')) {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, from + line.length);
      const rows = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ y }) => Math.round(y / 8)));
      if (rows.size > 1) wrapped.push(line);
      from += line.length + 1;
    }
  }
  return wrapped;
})`;

/** In the browser: texts whose contrast with what lies behind them is below 4.5. */
const FAINT_TEXTS = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('main *:not(svg *)')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
    .filter((element) => {
      const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05) < 4.5;
    })
    .map((element) => element.textContent.slice(0, 60));
})()`;
