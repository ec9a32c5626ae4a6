import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../functions/primitives/visible-text.ts';
import { COPY_SCRIPT, COPY_SCRIPT_HASH } from '../functions/render/html/copy-script.ts';
import { PAGE_STYLE, PAGE_STYLE_HASH } from '../functions/render/html/style.ts';
import { renderPage } from '../functions/render/html.ts';
import { renderPasteForm } from '../functions/render/paste-form.ts';
import { words } from '../functions/render/words.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { readPage, squeezed } from './support/markup-reader.ts';
import { everyReport, sampleReports, textsOf } from './support/sample-reports.ts';

const languages = ['en', 'zh'] as const;

describe.each(everyReport())('$name', ({ report }) => {
  const page = renderPage(report);
  const { text, tags, faults } = readPage(page);

  it('is well formed and names its language', () => {
    expect(faults).toEqual([]);
    expect(page).toContain(`<html lang="${report.language === 'zh' ? 'zh-CN' : 'en'}">`);
  });

  it('shows every text of the report', () => {
    const shown = squeezed(text);
    expect(textsOf(report).filter((one) => !shown.includes(squeezed(visibleText(one))))).toEqual(
      [],
    );
  });

  it('says the status in words before anything else, and in the title', () => {
    const word = words[report.language][report.status];
    expect(page.split('<main>')[1]?.slice(0, 120)).toContain(`>${word}</span>`);
    expect(page).toMatch(new RegExp(`<title>${word}`));
  });

  it('lists every unread line it was given', () => {
    const shown = squeezed(text);
    for (const { quote } of report.coverage.unread) expect(shown).toContain(squeezed(quote));
  });

  it('loads nothing', () => {
    const sources = tags.filter(({ attributes }) =>
      / (?:src|action|style|on\w+)=/.test(attributes),
    );
    expect(sources).toEqual([]);
    const links = tags.filter(({ name }) => name === 'link').map(({ attributes }) => attributes);
    expect(links).toEqual([' rel="icon" href="data:,"']);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('gives headings in order', () => {
    const depths = tags
      .filter(({ name }) => /^h[1-6]$/.test(name))
      .map(({ name }) => Number(name[1]));
    expect(depths[0]).toBe(1);
    expect(depths.filter((depth) => depth === 1)).toHaveLength(1);
    for (const [index, depth] of depths.entries()) {
      expect(depth - (depths[index - 1] ?? depth)).toBeLessThanOrEqual(1);
    }
  });

  it('gives every command a button', () => {
    const commands = report.findings.flatMap(({ remedies }) =>
      remedies.flatMap((remedy) => remedy.commands),
    );
    const buttons = tags.filter(({ name }) => name === 'button');
    expect(buttons).toHaveLength(commands.length + report.ask.length);
  });
});

describe.each(languages)('hostile evidence, %s', (language) => {
  const page = renderPage(hostileReport(language));
  const { text, tags, faults } = readPage(page);

  it('makes no tag and no attribute', () => {
    expect(faults).toEqual([]);
    const clean = readPage(renderPage(sampleReports(language).diagnosed));
    const known = new Set(clean.tags.map(({ name }) => name));
    expect(tags.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
    expect(tags.filter(({ name }) => name === 'script')).toHaveLength(1);
    expect(tags.filter(({ attributes }) => / on\w+=|javascript:/i.test(attributes))).toEqual([]);
  });

  it('shows each quoted line as the characters it holds', () => {
    for (const line of hostileLines.slice(0, -1)) expect(text).toContain(visibleText(line));
    expect(text.replaceAll(/[\n\t]/g, '').match(/[\p{C}\p{Zl}\p{Zp}]/gu)).toBeNull();
  });

  it('cuts a line of 60 KB and says so', () => {
    expect(text).toContain(language === 'zh' ? '共 61440 个' : 'of 61440 characters shown');
    expect(page.length).toBeLessThan(100_000);
  });
});

it('allows just the style sheet and the script that stand in the page', () => {
  const hash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  expect(PAGE_STYLE_HASH).toBe(hash(PAGE_STYLE));
  expect(COPY_SCRIPT_HASH).toBe(hash(COPY_SCRIPT));
  const page = renderPage(sampleReports('en').healthy);
  expect(page).toContain(`<style>${PAGE_STYLE}</style>`);
  expect(page).toContain(`<script>${COPY_SCRIPT}</script>`);
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
});

it('links no address but http and https', () => {
  const { diagnosed } = sampleReports('en');
  const [finding] = diagnosed.findings;
  if (finding === undefined) throw new Error('the sample has a finding');
  const page = renderPage({
    ...diagnosed,
    findings: [{ ...finding, runbook: 'javascript:alert(1)' }],
  });
  expect(page).toContain('<code>javascript:alert(1)</code>');
  expect(page).not.toContain('href="javascript:');
});

describe.each(languages)('the form, %s', (language) => {
  it('is well formed, and every field has a name for those who cannot see it', () => {
    const { tags, faults } = readPage(renderPasteForm(language, { example: '/example' }));
    expect(faults).toEqual([]);
    const fields = tags.filter(({ name }) => name === 'input');
    expect(fields).toHaveLength(18);
    for (const { attributes } of fields) expect(attributes).toMatch(/ aria-label="[^"]+"/);
  });

  it('gives a refused paste back unaltered', () => {
    const paste = `\n${hostileLines.slice(1, 5).join('\n')}\t\u202eend`;
    const page = renderPasteForm(language, { text: paste, notice: words[language].emptyNotice });
    const { text, faults } = readPage(page);
    expect(faults).toEqual([]);
    expect(text).toContain(`\n${paste}`);
    expect(text).toContain(words[language].emptyNotice);
  });
});
