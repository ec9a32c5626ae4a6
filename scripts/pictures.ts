import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { renderPage } from '../functions/render/html.ts';
import { renderSlack } from '../functions/render/slack.ts';
import { installedChromium, openChromium } from '../test/support/chromium.ts';
import { examine, foundingFiles, root } from '../test/support/examples.ts';
import { inThread, slackPage } from '../test/support/slack-page.ts';

// `npm run pictures`: the README's pictures of the founding incident, from the real report through the real faces.
const folder = join(root, 'docs');

interface Picture {
  readonly file: string;
  readonly html: string;
  readonly width: number;
  /** What is shown of a page that goes on, in pixels; null for all of it. */
  readonly height: number | null;
}

async function pictures(): Promise<readonly Picture[]> {
  const [english, chinese] = await Promise.all([
    examine(foundingFiles, 'en'),
    examine(foundingFiles, 'zh'),
  ]);
  return [
    {
      file: 'slack.en.png',
      html: slackPage([renderSlack(english, inThread)]),
      width: 860,
      height: null,
    },
    {
      file: 'slack.zh.png',
      html: slackPage([renderSlack(chinese, inThread)]),
      width: 860,
      height: null,
    },
    { file: 'page.en.png', html: renderPage(english), width: 860, height: 1180 },
  ];
}

async function take(browser: Browser, { file, html, width, height }: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height: height ?? 600 } });
  await page.setContent(html);
  await page.screenshot({ path: join(folder, file), fullPage: height === null });
  await page.close();
  process.stdout.write(`docs/${file}\n`);
}

if (installedChromium === null) {
  process.stderr.write('no Chromium here: apt-get install chromium fonts-noto-cjk\n');
  process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  const browser = await openChromium(installedChromium);
  for (const picture of await pictures()) await take(browser, picture);
  await browser.close();
}
