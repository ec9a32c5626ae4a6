import { describe, expect, it } from 'vitest';
import { visibleText } from '../functions/primitives/visible-text.ts';
import { markdownCode, markdownFence, markdownText } from '../functions/render/markdown/escape.ts';
import { renderMarkdown } from '../functions/render/markdown.ts';
import { words } from '../functions/render/words.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { squeezed } from './support/markup-reader.ts';
import { everyReport, sampleReports, textsOf } from './support/sample-reports.ts';

describe('escaping', () => {
  it.each([
    [
      '*b* _e_ [x](y) <b> &lt; $m$ ~s~ a|b',
      '\\*b\\* \\_e\\_ \\[x\\](y) \\<b\\> \\&lt; \\$m\\$ \\~s\\~ a\\|b',
    ],
    ['insert_failed of a__b', 'insert_failed of a\\_\\_b'],
    ['# no heading', '\\# no heading'],
    ['- no list', '\\- no list'],
    ['1. no list', '1\\. no list'],
    ['4.9.210 is a version', '4.9.210 is a version'],
    ['---', '\\---'],
    ['===', '\\==='],
    ['https://x.example.com www.example.com', 'https\\://x.example.com www\\.example.com'],
    ['`*code*` and a ` alone', '`*code*` and a \\` alone'],
    ['```sh', '\\`\\`\\`sh'],
    ['two\nlines', 'two lines'],
  ])('%s', (text, escaped) => {
    expect(markdownText(text)).toBe(escaped);
  });

  it('fences with more backticks than stand inside', () => {
    expect(markdownFence('a ```` b', 'text')).toEqual(['`````text', 'a ```` b', '`````']);
    expect(markdownFence('plain', 'sh', '  ')).toEqual(['  ```sh', '  plain', '  ```']);
    expect(markdownCode('`a`')).toBe('`` `a` ``');
  });
});

describe.each(everyReport())('$name', ({ report }) => {
  it('shows every text of the report', () => {
    const shown = squeezed(renderMarkdown(report).replace(/\\([!-/:-@[-`{-~])/g, '$1'));
    const lost = textsOf(report).filter((text) => !shown.includes(squeezed(visibleText(text))));
    expect(lost).toEqual([]);
  });

  it('begins with the status and the headline', () => {
    const [first] = renderMarkdown(report).split('\n');
    expect(first?.startsWith(`# ${words[report.language][report.status]}`)).toBe(true);
  });

  it('gives commands unaltered in a block of their own', () => {
    const blocks = fences(renderMarkdown(report)).filter(({ language }) => language === 'sh');
    const given = blocks.flatMap(({ rows }) => rows);
    for (const { command } of report.ask) expect(given).toContain(command);
    const remedies = report.findings.flatMap((finding) => finding.remedies);
    for (const command of remedies.flatMap(({ commands }) => commands))
      expect(given).toContain(command);
  });

  it('sets headings with an empty row before and after', () => {
    const rows = renderMarkdown(report).split('\n');
    for (const [index, row] of rows.entries()) {
      if (!/^#+ /.test(row) || index === 0) continue;
      expect([row, rows[index - 1], rows[index + 1]]).toEqual([row, '', '']);
    }
  });
});

describe.each(['en', 'zh'] as const)('hostile evidence, %s', (language) => {
  const text = renderMarkdown(hostileReport(language));

  it('keeps every quoted line inside its fence', () => {
    const quoted = fences(text).flatMap(({ language: kind, rows }) =>
      kind === 'text' ? rows : [],
    );
    for (const line of hostileLines.slice(0, -1)) expect(quoted).toContain(visibleText(line));
    expect(quoted.filter((row) => row.startsWith('long ZZ') && row.endsWith('…'))).toHaveLength(3);
  });

  it('leaves outside of fences no tag, link, image or control character', () => {
    // Left to right as CommonMark scans: an escape is one character, a code span ends at a run of the same length.
    const inert = /\\[!-/:-@[-`{-~]|(`+)(?!`).*?(?<!`)\1(?!`)/g;
    const own = /^(?:- |\*\*[^*]+\*\* )<https?:\/\/[^<>\s]+>$/;
    const rows = outsideFences(text).filter((row) => !own.test(row));
    const live = rows.map((row) => row.replace(inert, ''));
    expect(live.filter((row) => /[<>[\]`]|:\/\/|www\.|&\w/.test(row))).toEqual([]);
    expect(text.replaceAll(/[\n\t]/g, '').match(/[\p{C}\p{Zl}\p{Zp}]/gu)).toBeNull();
  });

  it('says that a line of 60 KB is cut', () => {
    expect(text).toContain(
      language === 'zh' ? '仅显示前 2000 个字符，共 61440 个' : '2000 of 61440 characters shown',
    );
  });
});

it('has as many cells in every row of the table, whatever the counters are called', () => {
  const { diagnosed } = sampleReports('en');
  const rows = [{ counter: 'a|b `c|d` \\', before: 1, after: 2, change: 1 }];
  const text = renderMarkdown({
    ...diagnosed,
    compared: diagnosed.compared && { ...diagnosed.compared, rows },
  });
  const cells = text.split('\n').filter((row) => row.startsWith('| '));
  expect(cells.map((row) => row.replace(/\\[\\|]/g, '').split('|').length)).toEqual([6, 6, 6]);
});

interface Fence {
  readonly language: string;
  readonly rows: readonly string[];
}

/** The fenced blocks, read as CommonMark reads them: a fence ends at one at least as long, indented or not. */
function fences(text: string): readonly Fence[] {
  return blocks(text).flatMap((block) => ('rows' in block ? [block] : []));
}

function outsideFences(text: string): readonly string[] {
  return blocks(text).flatMap((block) => ('rows' in block ? [] : [block.row]));
}

function blocks(text: string): readonly (Fence | { readonly row: string })[] {
  const found: (Fence | { readonly row: string })[] = [];
  let open: { fence: string; indent: number; language: string; rows: string[] } | null = null;
  for (const row of text.split('\n')) {
    const mark = /^( *)(`{3,})([a-z]*)$/.exec(row);
    if (open === null && mark !== null) {
      const [, indent = '', fence = '', language = ''] = mark;
      open = { fence, indent: indent.length, language, rows: [] };
    } else if (open === null) found.push({ row });
    else if (mark !== null && mark[3] === '' && (mark[2] ?? '').length >= open.fence.length) {
      found.push({ language: open.language, rows: open.rows });
      open = null;
    } else open.rows.push(row.slice(open.indent));
  }
  if (open !== null) throw new Error(`a fence stays open: ${open.rows[0]}`);
  return found;
}
