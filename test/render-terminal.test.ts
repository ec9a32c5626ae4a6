import { describe, expect, it } from 'vitest';
import { columnsWidth } from '../functions/primitives/columns-width.ts';
import { visibleText } from '../functions/primitives/visible-text.ts';
import { breakQuote, wrapProse } from '../functions/primitives/wrap-text.ts';
import { renderTerminal } from '../functions/render/terminal.ts';
import { words } from '../functions/render/words.ts';
import type { Report } from '../functions/report/schema.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { everyReport, sampleReports, textsOf } from './support/sample-reports.ts';

const plain = { width: 80, color: false };

describe('columns', () => {
  it.each([
    ['drop=0', 6],
    ['丢包', 4],
    ['，', 2],
    ['ｗ', 2],
    ['e\u0301', 1],
    ['🔥', 2],
    ['한글', 4],
    ['… ±', 3],
  ])('%s takes %i', (text, columns) => {
    expect(columnsWidth(text)).toBe(columns);
  });

  it('breaks Chinese between characters and never before closing punctuation', () => {
    expect(wrapProse('内核丢弃报文，重试', 12)).toEqual(['内核丢弃报', '文，重试']);
  });

  it('breaks words at spaces, and a word longer than a row anywhere', () => {
    expect(wrapProse('one two abcdefghij', 7)).toEqual(['one two', 'abcdefg', 'hij']);
  });

  it('loses nothing of a quote', () => {
    for (const line of hostileLines) {
      const shown = visibleText(line);
      const rows = breakQuote(shown, 31);
      expect(rows.join('')).toBe(shown);
      expect(Math.max(...rows.map(columnsWidth))).toBeLessThanOrEqual(31);
    }
  });
});

describe.each(everyReport())('$name', ({ report }) => {
  it.each([80, 60, 120])('keeps every row but commands and addresses to %i columns', (width) => {
    const whole = new Set(wholeRows(report));
    const wide = renderTerminal(report, { width, color: false })
      .split('\n')
      .filter((row) => columnsWidth(row) > width && !whole.has(row));
    expect(wide).toEqual([]);
  });

  it('shows every text of the report', () => {
    const shown = unwrapped(renderTerminal(report, plain));
    const lost = textsOf(report).filter((text) => !shown.includes(squeezed(text)));
    expect(lost).toEqual([]);
  });

  it('puts each command on a row of its own, whole', () => {
    const rows = renderTerminal(report, plain).split('\n');
    for (const row of wholeRows(report)) expect(rows).toContain(row);
  });

  it('says the status first', () => {
    const [first] = renderTerminal(report, plain).split('\n');
    expect(first?.startsWith(`[ ${words[report.language][report.status]} ]`)).toBe(true);
  });

  it('colours without changing a character', () => {
    const coloured = renderTerminal(report, { width: 80, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: SGR codes are what is looked for.
    expect(coloured.replace(/\x1b\[[\d;]+m/g, '')).toBe(renderTerminal(report, plain));
    expect(coloured).not.toBe(renderTerminal(report, plain));
  });
});

describe.each(['en', 'zh'] as const)('hostile evidence, %s', (language) => {
  const report = hostileReport(language);
  const text = renderTerminal(report, plain);

  it('lets no control, bidirectional or invisible character reach the terminal', () => {
    expect(text.replaceAll('\n', '').match(/[\p{C}\p{Zl}\p{Zp}]/gu)).toBeNull();
    expect(text).toContain('\\x1b[2J');
    expect(text).toContain('\\u{202e}');
  });

  it('keeps to 80 columns', () => {
    const whole = new Set(wholeRows(report));
    expect(text.split('\n').filter((row) => columnsWidth(row) > 80 && !whole.has(row))).toEqual([]);
  });

  it('cuts a line of 60 KB and says how much of it is shown', () => {
    const { unrecognised } = sampleReports(language);
    const quote = 'Z'.repeat(61_440);
    const unread = [{ source: null, line: 1, quote }];
    const cut = renderTerminal(
      { ...unrecognised, coverage: { ...unrecognised.coverage, unread } },
      plain,
    );
    const note =
      language === 'zh' ? /仅显示前 (\d+) 个字符，共 61440 个/ : /(\d+) of 61440 characters shown/;
    expect(cut.match(/Z/g)).toHaveLength(Number(note.exec(cut)?.[1]));
    expect(cut.length).toBeLessThan(3000);
  });
});

it('asks before it proves when nothing is settled, and after when it is', () => {
  const { suspected, diagnosed } = sampleReports('en');
  const at = (report: Report, heading: string) =>
    renderTerminal(report, plain).indexOf(`\n${heading}\n`);
  expect(at(suspected, words.en.ask)).toBeLessThan(at(suspected, words.en.evidence));
  expect(at(diagnosed, words.en.ask)).toBeGreaterThan(at(diagnosed, words.en.ruledOut));
});

it('without a picture marks the loss between the two points that the first finding names', () => {
  const report = { ...sampleReports('en').diagnosed, ladder: null };
  const rows = renderTerminal(report, plain).split('\n');
  const lost = rows.findIndex((row) => row.includes('X  lost here'));
  expect(rows[lost - 1]).toContain('node-b flannel.1');
  expect(rows[lost + 1]).toContain('node-b cni0');
  expect(rows.filter((row) => row.includes('lost here'))).toHaveLength(1);
});

it('counts the packets and lines that it does not list', () => {
  const { diagnosed } = sampleReports('en');
  const many = {
    ...diagnosed,
    vanished: Array.from({ length: 30 }, () => diagnosed.vanished).flat(),
  };
  expect(renderTerminal(many, plain)).toContain('22 more packets vanished');
  expect(renderTerminal(diagnosed, plain)).toContain('2 more lines were not read');
});

it('has every word in both languages, with the same places to fill', () => {
  expect(Object.keys(words.zh).sort()).toEqual(Object.keys(words.en).sort());
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  const zh: Readonly<Record<string, string>> = words.zh;
  for (const [name, text] of Object.entries(words.en))
    expect(places(zh[name] ?? '')).toEqual(places(text));
});

function wholeRows(report: Report): readonly string[] {
  const remedies = report.findings.flatMap((finding) => finding.remedies);
  const commands = [
    ...remedies.flatMap(({ commands: own }) => own),
    ...report.ask.map(({ command }) => command),
  ];
  const links = report.findings.flatMap(({ sources, runbook }) => [
    ...sources,
    ...(runbook === null ? [] : [runbook]),
  ]);
  return [...commands, ...links]
    .flatMap((text) => text.split('\n'))
    .map((row) => `    ${visibleText(row)}`);
}

/** The text with its rows joined again, without any white space or edge of a quote. */
function unwrapped(text: string): string {
  return squeezed(text.replace(/\n\s*: /g, ''));
}

function squeezed(text: string): string {
  return visibleText(text.replaceAll('\n', ' ').replaceAll('\t', ' ')).replace(/[\s…]+/g, '');
}
