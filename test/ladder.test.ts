import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ladderPng } from '../functions/adapters/png.ts';
import { columnsWidth } from '../functions/primitives/columns-width.ts';
import { renderPage } from '../functions/render/html.ts';
import { drawnRows } from '../functions/render/ladder/drawn.ts';
import { ladderSvg } from '../functions/render/ladder/svg.ts';
import { ladderText } from '../functions/render/ladder/text.ts';
import { renderMarkdown } from '../functions/render/markdown.ts';
import { renderSlack } from '../functions/render/slack.ts';
import { renderTerminal } from '../functions/render/terminal.ts';
import type { Report } from '../functions/report/schema.ts';
import { faultsOf, valuesOf } from './support/block-kit.ts';
import { examine, founding, root } from './support/examples.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { readPage } from './support/markup-reader.ts';
import { sampleReports } from './support/sample-reports.ts';

type Ladder = NonNullable<Report['ladder']>;

const languages = ['en', 'zh'] as const;
const themes = ['auto', 'light', 'dark', 'page'] as const;
const article = founding('article.zh.txt');

/** The sample with another ladder. */
function drawn(ladder: Ladder, language: Report['language'] = 'en'): Report {
  return { ...sampleReports(language).diagnosed, ladder };
}

/** A ladder of `many` points: a query that passes, one lost on its way, one whose answer is lost, one asked again. */
function ladderOf(many: number, name = (at: number) => `node-${at >> 1}`): Ladder {
  const points = Array.from({ length: many }, (_, at) => ({
    host: name(at),
    interface: at % 2 === 0 ? `veth${at}0a1b2c3` : 'eth0',
  }));
  const middle = Math.ceil(many / 2);
  const row = (
    label: string,
    start: number,
    { answer = false, attempt = 0, lost = null as number | null } = {},
  ): Ladder['rows'][number] => {
    const seen = points.map((_, at) => lost === null || (answer ? at > lost : at < lost));
    const step = (at: number) => (answer ? many - 1 - at : at) / 50;
    return {
      carries: 'dns',
      label,
      direction: answer ? 'response' : 'request',
      attempt,
      times: points.map((_, at) => (seen[at] === true ? start + step(at) : null)),
      seen,
      lost_at: lost,
      bypassed: null,
      beyond: null,
    };
  };
  return {
    points,
    rows: [
      row('A', 0),
      row('AAAA', 0.03, { lost: middle }),
      row('A', 0.6, { answer: true, lost: middle - 1 }),
      row('AAAA', 5000.1, { attempt: 1 }),
      row('AAAA', 5000.7, { attempt: 1, answer: true }),
    ],
    uncaptured: false,
    omitted: 2,
  };
}

function widest(rows: readonly string[]): number {
  return Math.max(...rows.map(columnsWidth));
}

describe('the founding incident', async () => {
  const reports = { en: await examine([article]), zh: await examine([article], 'zh') };

  it('reads on a terminal', () => {
    expect(ladderText(reports.en, 80).join('\n')).toMatchInlineSnapshot(`
      "                     ┌────── agent ──────┐       ┌───── master ──────┐
            ms             cni0        flannel.1       flannel.1        cni0
                           │               │               │               │
         0.000 A?          ●──────────────►●──────────────►●──────────────►●
         0.032 AAAA?       ●──────────────►●──────────────►●───────X lost  │
         0.225 A answer    ●◄──────────────●◄──────────────●◄──────────────●
         2.5 s             :               :               :               :
      2502.019 AAAA? again ●──────────────►●──────────────►●──────────────►●
      2502.377 AAAA answer ●◄──────────────●◄──────────────●◄──────────────●

      AAAA? lost between master flannel.1 and cni0
      master's clock 5.144 ms ahead, corrected"
    `);
    expect(ladderText(reports.zh, 80).join('\n')).toMatchInlineSnapshot(`
      "                  ┌────── agent ──────┐       ┌───── master ──────┐
            ms          cni0        flannel.1       flannel.1        cni0
                        │               │               │               │
         0.000 A?       ●──────────────►●──────────────►●──────────────►●
         0.032 AAAA?    ●──────────────►●──────────────►●───────X       │
         0.225 A        ●◄──────────────●◄──────────────●◄──────────────●
         2.5 s          :               :               :               :
      2502.019 AAAA? #2 ●──────────────►●──────────────►●──────────────►●
      2502.377 AAAA     ●◄──────────────●◄──────────────●◄──────────────●

      AAAA? 在 master flannel.1 与 cni0 之间丢失
      master 的时钟快 5.144 ms，已校正
      X：丢失；#2：第 2 次发送"
    `);
  });

  it('reads on a phone', () => {
    expect(ladderText(reports.en, 46).join('\n')).toMatchInlineSnapshot(`
      "               ┌── agent ───┐ ┌── master ──┐
            ms       cni0 flannel.1 flannel.1 cni0
                     │        │         │        │
         0.000 A?    ●───────►●────────►●───────►●
         0.032 AAAA? ●───────►●────────►●────X   │
                lost │        │         │        │
         0.225 A     ●◄───────●◄────────●◄───────●
         2.5 s       :        :         :        :
      2502.019 AAAA? ●───────►●────────►●───────►●
               again │        │         │        │
      2502.377 AAAA  ●◄───────●◄────────●◄───────●

      AAAA? lost between master flannel.1 and cni0
      master's clock 5.144 ms ahead, corrected"
    `);
    expect(ladderText(reports.zh, 46).join('\n')).toMatchInlineSnapshot(`
      "               ┌── agent ───┐ ┌── master ──┐
            ms       cni0 flannel.1 flannel.1 cni0
                     │        │         │        │
         0.000 A?    ●───────►●────────►●───────►●
         0.032 AAAA? ●───────►●────────►●────X   │
         0.225 A     ●◄───────●◄────────●◄───────●
         2.5 s       :        :         :        :
      2502.019 AAAA? ●───────►●────────►●───────►●
                  #2 │        │         │        │
      2502.377 AAAA  ●◄───────●◄────────●◄───────●

      AAAA? 在 master flannel.1 与 cni0 之间丢失
      master 的时钟快 5.144 ms，已校正
      X：丢失；#2：第 2 次发送"
    `);
  });

  it('is drawn in every face', () => {
    for (const language of languages) {
      const report = reports[language];
      const rows = ladderText(report, 80);
      expect(renderTerminal(report, { width: 80, color: false })).toContain(rows.join('\n'));
      expect(renderMarkdown(report)).toContain(`\`\`\`text\n${rows.join('\n')}\n\`\`\``);
      expect(renderPage(report)).toContain(ladderSvg(report, 'page'));
      const narrow = ladderText(report, 46).join('\n');
      expect(valuesOf(renderSlack(report).blocks, 'text')).toContain(narrow);
    }
  });

  it('is a PNG of the width asked for', async () => {
    for (const width of [400, 1200]) {
      const png = await ladderPng(ladderSvg(reports.zh, 'light'), width);
      expect([...png.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(width);
      // Letters and lines, not an empty sheet: a plain one of this size takes some 5 KB.
      expect(png.length).toBeGreaterThan(10_000);
    }
  });
});

describe.each([2, 3, 4, 5, 6, 7, 8, 9, 10])('%i points', (many) => {
  const ladder = ladderOf(many);

  it('is no wider than asked for, in any form', () => {
    for (const language of languages) {
      for (const ascii of [false, true]) {
        for (const width of [40, 46, 60, 80, 132]) {
          const rows = ladderText(drawn(ladder, language), width, { ascii });
          expect(widest(rows)).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  it('marks each loss once, with its word, and says between which points', () => {
    for (const width of [46, 80]) {
      const picture = ladderText(drawn(ladder), width).join('\n');
      const [image = '', notes = ''] = picture.split(/\n\n(?=AAAA\? )/);
      expect(image.match(/X/g)).toHaveLength(2);
      expect(image.match(/lost/g)).toHaveLength(2);
      expect(notes.replace(/\s+/g, ' ')).toMatch(/AAAA\? lost between .* and .* A lost between/);
      expect(notes).toContain('2 more packets of this flow');
    }
    const svg = ladderSvg(drawn(ladder));
    expect(svg.match(/class="loss"/g)).toHaveLength(2);
    expect(svg.match(/>LOST</g)).toHaveLength(2);
  });

  it('keeps every stroke and text inside the drawing', () => {
    const svg = ladderSvg(drawn(ladder));
    const [, wide = 0, high = 0] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.map(Number) ?? [];
    const spots = [...svg.matchAll(/\b(?:x|cx)="(-?[\d.]+)" (?:y|cy)="(-?[\d.]+)"/g)];
    expect(spots.length).toBeGreaterThan(many * 4);
    for (const [, x, y] of spots) {
      expect(Number(x)).toBeGreaterThan(0);
      expect(Number(x)).toBeLessThan(wide);
      expect(Number(y)).toBeGreaterThan(0);
      expect(Number(y)).toBeLessThan(high);
    }
  });
});

it('lets no arrow come near another on any lifeline', () => {
  for (const many of [2, 4, 10]) {
    const svg = ladderSvg(drawn(ladderOf(many)));
    const dots = [...svg.matchAll(/cx="(\d+)" cy="(\d+)"/g)].map(([, x, y]) => [x, Number(y)]);
    const lanes = Map.groupBy(dots, ([x]) => x);
    for (const spots of lanes.values()) {
      const heights = spots.map(([, y]) => Number(y)).toSorted((a, b) => a - b);
      for (const [index, y] of heights.slice(1).entries())
        expect(y - (heights[index] ?? 0)).toBeGreaterThanOrEqual(24);
    }
  }
});

describe('hostile host names', () => {
  const names = [...hostileLines.slice(0, -1), 'n'.repeat(60), '<script>alert(1)</script>', '主机'];

  it('stay inside the text', () => {
    for (const name of names) {
      const ladder = ladderOf(4, (at) => (at < 2 ? name : `${name}-${at}`));
      for (const width of [46, 80]) {
        const rows = ladderText(drawn(ladder), width);
        expect(widest(rows)).toBeLessThanOrEqual(width);
        expect(rows.join('')).not.toMatch(/[\p{C}\p{M}\u0590-\u08ff`]/u);
      }
    }
  });

  it('make no tag, in any theme', () => {
    const known = new Set(readPage(ladderSvg(drawn(ladderOf(4)))).tags.map(({ name }) => name));
    for (const theme of themes) {
      for (const name of names) {
        const svg = ladderSvg(drawn(ladderOf(4, () => name)), theme);
        const { tags, faults, text } = readPage(svg);
        expect(faults).toEqual([]);
        expect(tags.filter((tag) => !known.has(tag.name))).toEqual([]);
        expect(text).toContain('LOST');
        expect(svg.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }
    }
  });

  it('make no fault in a Slack message, above or under Details', () => {
    for (const language of languages)
      expect(faultsOf(renderSlack(hostileReport(language)))).toEqual([]);
  });
});

describe('the drawing', () => {
  it.each(themes)('loads nothing and runs nothing (%s)', (theme) => {
    const svg = ladderSvg(sampleReports('en').diagnosed, theme);
    const { faults, tags } = readPage(svg);
    expect(faults).toEqual([]);
    expect(svg).not.toMatch(/script|href|url\(|@import| style=| on\w+=/);
    expect(tags[0]?.attributes).toContain('role="img" aria-labelledby="ladder-title ladder-words"');
    expect(tags.map(({ name }) => name).slice(1, 3)).toEqual(['title', 'desc']);
    expect(tags.filter(({ name }) => name === 'style')).toHaveLength(theme === 'auto' ? 1 : 0);
  });

  it('shows no letter that needs a Chinese font, and tells the rest in Chinese', () => {
    const svg = ladderSvg(sampleReports('zh').diagnosed, 'light');
    const [, spoken = ''] = /<desc[^>]*>([^<]*)/.exec(svg) ?? [];
    expect(spoken).toContain('丢失');
    expect(svg.replace(/<(title|desc)[^>]*>[^<]*/g, '')).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('tells question, answer and loss apart without colour', () => {
    const svg = ladderSvg(sampleReports('en').diagnosed);
    expect(svg.match(/stroke-dasharray="7 4"/g)).toHaveLength(2);
    expect(svg.match(/stroke-dasharray="2 3"/g)).toHaveLength(1);
  });
});

describe('rows', () => {
  it('tell a silence that is too long to draw', () => {
    const pauses = drawnRows(ladderOf(4)).map(({ pause }) => pause);
    expect(pauses.map((ms) => ms !== null)).toEqual([false, false, false, true, false]);
    expect(pauses[3]).toBeCloseTo(5000.1 - 0.62, 3);
  });

  it('without times are drawn, and say so', () => {
    const ladder = ladderOf(4);
    const rows = ladder.rows.map((row) => ({ ...row, times: row.times.map(() => null) }));
    const text = ladderText(drawn({ ...ladder, rows }), 80);
    expect(text.filter((row) => /^ *- A/.test(row))).toHaveLength(5);
    expect(readPage(ladderSvg(drawn({ ...ladder, rows }))).faults).toEqual([]);
  });

  it('that no point saw before the loss are marked where they should have come', () => {
    const ladder = ladderOf(4);
    const [row] = ladder.rows;
    if (row === undefined) throw new Error('the ladder has rows');
    const unseen = { ...row, seen: [false, false, false, false], lost_at: 1 };
    const report = drawn({ ...ladder, rows: [row, unseen] });
    expect(ladderText(report, 80).join('\n')).toContain('A? never seen at node-0 eth0');
    expect(ladderSvg(report).match(/class="loss"/g)).toHaveLength(1);
  });
});

it('leads no arrow across a loss, also when the packet was seen beyond it', () => {
  const ladder = ladderOf(4);
  const [row] = ladder.rows;
  if (row === undefined) throw new Error('the ladder has rows');
  const strayed = { ...row, seen: [true, false, true, true], lost_at: 1 };
  const report = drawn({ ...ladder, rows: [strayed] });
  const text = ladderText(report, 80).find((line) => line.includes('X')) ?? '';
  expect(text).toMatch(/●─+X lost +│ +●─+►●$/);
  const strokes = /<path d="(M[^"]+)" fill="none" stroke="currentColor" stroke-width="2">/;
  expect(strokes.exec(ladderSvg(report))?.[1]).toMatch(/^M\d+ \d+L\d+ \d+$/);
  expect(ladderSvg(report).match(/<circle/g)).toHaveLength(3);
});

it('draws a tunnel that a packet went round as bypassed, not as a loss', async () => {
  const text = readFileSync(join(root, 'test/cases/overlay/podcidr-route-missing.txt'), 'utf8');
  const report = await examine([{ name: null, text }]);
  expect(report.ladder?.rows.map(({ lost_at: lost }) => lost)).not.toContain(1);
  const drawing = ladderText(report, 80);
  expect(drawing.find((line) => line.includes('A?'))).toMatch(/●─+┼─+►●/);
  expect(drawing.join('\n')).toMatch(/went round kube-w1\s+flannel\.1,\s+unwrapped/);
  expect(ladderSvg(report)).not.toContain('class="loss"');
});

it('keeps what was lost and sent again when a flow is long', async () => {
  const line = (at: number, id: number, type: string, name: string) =>
    `10:00:${(10 + at).toFixed(6)} IP (tos 0x0, ttl 64, id ${9000 + id + Math.round(at)}, offset 0, flags [DF], proto UDP (17), length 60)\n    10.1.0.9.40404 > 10.1.7.3.53: ${id}+ ${type}? ${name} (32)`;
  const others = Array.from({ length: 14 }, (_, at) =>
    line(at * 0.01, 100 + at, 'A', `n${at}.example.com.`),
  );
  const first = line(0.145, 300, 'AAAA', 'db.example.com.');
  const twin = line(0.1451, 301, 'A', 'db.example.com.');
  const again = line(2.646, 300, 'AAAA', 'db.example.com.');
  const answer = again.replace(/.*\n.*/, () =>
    [
      '10:00:12.646400 IP (tos 0x0, ttl 62, id 77, offset 0, flags [DF], proto UDP (17), length 70)',
      '    10.1.7.3.53 > 10.1.0.9.40404: 300 1/0/0 db.example.com. AAAA 2001:db8::9 (60)',
    ].join('\n'),
  );
  const text = [
    '[root@node-1 ~]# tcpdump -nnvi cni0 udp port 53',
    ...others,
    first,
    twin,
    again,
    answer,
    '[root@node-1 ~]# tcpdump -nnvi flannel.1 udp port 53',
    ...[...others, twin, again].map((one) => one.replace('ttl 64', 'ttl 63')),
    answer.replace('ttl 62', 'ttl 63'),
  ].join('\n');
  const { ladder } = await examine([{ name: null, text }]);
  expect(ladder?.omitted).toBeGreaterThan(5);
  const lost = ladder?.rows.find((row) => row.lost_at === 1);
  expect(lost).toMatchObject({ label: 'AAAA', attempt: 0 });
  expect(ladder?.rows).toContainEqual(expect.objectContaining({ label: 'AAAA', attempt: 1 }));
});

describe('packets that are no questions', () => {
  const drawnCase = async (name: string) => {
    const text = readFileSync(join(root, 'test/cases', name), 'utf8');
    const report = await examine([{ name: null, text }]);
    return { report, rows: ladderText(report, 60), svg: ladderSvg(report) };
  };

  it('ARP requests that nobody answers end where nothing was captured', async () => {
    const { rows, svg } = await drawnCase('routing/host-down.by-arp.txt');
    expect(rows[0]).toMatch(/web-11 +198\.51\.100\.82$/);
    expect(rows.filter((row) => /ARP\?( again)? +●─+\? +│$/.test(row))).toHaveLength(4);
    expect(rows.join(' ')).toContain('nothing was captured beyond web-11 bond0');
    expect(svg).not.toContain('class="loss"');
    expect(svg.match(/>\?<\/text>/g)).toHaveLength(4);
    expect(svg).toContain('>198.51.100.82<');
  });

  it('a SYN that gets no answer is sent again', async () => {
    const { rows } = await drawnCase('tcp/syn-no-answer.txt');
    expect(rows[1]).toMatch(/ms +ens192 +tcp\/9093$/);
    expect(rows.filter((row) => /SYN again +●─+\? +│$/.test(row))).toHaveLength(4);
  });

  it('a refused packet has its ICMP error', async () => {
    const { rows, svg } = await drawnCase('firewall/firewalld-reject.txt');
    expect(rows.find((row) => row.includes('refused'))).toMatch(/0\.075 refused ●◄─+\? +│$/);
    expect(svg).toContain('>refused<');
  });

  it('a closed port answers with a RST', async () => {
    const { rows } = await drawnCase('tcp/port-closed-rst.txt');
    expect(rows.slice(3)).toEqual([
      expect.stringMatching(/SYN ●─+►│$/),
      expect.stringMatching(/RST ●◄─+│$/),
    ]);
  });

  it('segments are named by their bytes, and retransmissions are repeats', async () => {
    const { rows, report } = await drawnCase('path/mtu-blackhole.txt');
    expect(rows.filter((row) => /1398 B +●─+X lost +│$/.test(row))).toHaveLength(2);
    expect(rows.filter((row) => /1398 B again +●─+X lost +│$/.test(row))).toHaveLength(5);
    expect(report.ladder?.rows.slice(0, 2).map(({ label, seen }) => [label, ...seen])).toEqual([
      ['SYN', true, true],
      ['SYN-ACK', true, true],
    ]);
  });

  it('an echo is no SYN', async () => {
    const { rows } = await drawnCase('path/mtu-blackhole.by-echo.txt');
    expect(rows.filter((row) => /echo +●─+X lost +│$/.test(row))).toHaveLength(3);
    expect(rows.filter((row) => /reply +●◄─+●$/.test(row))).toHaveLength(3);
    expect(rows.join('')).not.toContain('SYN');
  });
});

it('keeps letters that are not one column wide in every font out of Chinese pictures', async () => {
  for (const name of ['overlay/podcidr-route-missing', 'tcp/syn-no-answer', 'path/mtu-blackhole']) {
    const text = readFileSync(join(root, `test/cases/${name}.txt`), 'utf8');
    const report = await examine([{ name: null, text }], 'zh');
    for (const width of [46, 80]) {
      const [image = ''] = ladderText(report, width).join('\n').split('\n\n');
      expect(image).toMatch(/[●X?]/);
      for (const row of image.split('\n')) expect(columnsWidth(row)).toBe([...row].length);
    }
  }
});

it('gives nothing where there is nothing to draw', () => {
  const report = sampleReports('en').healthy;
  expect(ladderText(report, 80)).toEqual([]);
  expect(ladderSvg(report)).toBe('');
  expect(renderPage(report)).not.toContain('<svg');
  expect(JSON.stringify(renderSlack(report))).not.toContain('-picture');
});

it('in a long Slack message goes under Details, whole, before anything else does', () => {
  const { diagnosed } = sampleReports('en');
  const [finding] = diagnosed.findings;
  if (finding === undefined) throw new Error('the sample has a finding');
  const words = (many: number) => 'Long words. '.repeat(many);
  const remedies = finding.remedies.map((one) => ({
    ...one,
    title: words(15),
    prefer_when: words(30),
    steps: [],
  }));
  const evidence = finding.evidence.map((one) => ({ ...one, quote: words(80) }));
  const ask = diagnosed.ask.map((one) => ({ ...one, why: words(60), command: words(70) }));
  const findings = [{ ...finding, remedies, evidence }];
  const long = { ...diagnosed, headline: words(100), findings, ask };
  const message = renderSlack(long);
  expect(faultsOf(message)).toEqual([]);
  expect(valuesOf(message.blocks, 'block_id')).not.toContain('netdx-picture');
  const drawing = ladderText(long, 46).join('\n');
  const told = valuesOf(message.blocks, 'text').filter((text) => typeof text === 'string');
  expect(told.filter((text) => text.includes('```'))).toEqual([
    `*The loss, packet by packet*\n\`\`\`\n${drawing}\n\`\`\``,
  ]);
  expect(valuesOf(message.blocks, 'block_id')).toContain('netdx-proof');
});
