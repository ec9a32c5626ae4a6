import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { uname } from '../functions/artefacts/uname.ts';
import { hasFix, type KernelFixes, parseKernelFixes } from '../functions/facts/kernel-fixes.ts';

const url = new URL('../knowledge/kernel-fixes.json', import.meta.url);
const json: unknown = JSON.parse(readFileSync(url, 'utf8'));
const table = tableFrom(json);

const EL7 = 'x86_64 #1 SMP Mon Oct 19 16:18:59 UTC 2020 x86_64 x86_64 x86_64 GNU/Linux';
const DEBIAN = (abi: string, version: string) =>
  `Linux node-a ${abi} #1 SMP Debian ${version} (2020-07-05) x86_64 GNU/Linux`;
const UBUNTU = (release: string) =>
  `Linux node-a ${release} #60-Ubuntu SMP Tue Jul 2 18:22:20 UTC 2019 x86_64 x86_64 x86_64 GNU/Linux`;
const PLAIN = (release: string) =>
  `Linux node-a ${release} #1 SMP Tue Jul 2 18:22:20 UTC 2019 x86_64 GNU/Linux`;

// Answers for clashFix, natClashFix, insertClashFix: y yes, n no, ? unknown. Each row stands for the sentence of a
// changelog or of a source tree: which release carries the commit, and which one was seen without it.
describe.each([
  ['upstream', PLAIN('3.10.108'), 'nnn'],
  ['upstream', PLAIN('4.4.178'), 'nnn'],
  ['upstream', PLAIN('4.8.17'), 'nnn'],
  ['upstream', PLAIN('4.9.163'), 'n?n'],
  ['upstream', PLAIN('4.9.228'), 'n?n'],
  ['upstream', PLAIN('4.9.229'), 'nyn'],
  ['upstream', PLAIN('4.9.337'), 'nyn'],
  ['upstream', PLAIN('4.13.16'), 'nnn'],
  ['upstream', PLAIN('4.14.98'), 'nnn'],
  ['upstream', PLAIN('4.14.99'), 'n?n'],
  ['upstream', PLAIN('4.14.170'), 'nyn'],
  ['upstream', PLAIN('4.14.172'), 'nyn'],
  ['upstream', PLAIN('4.14.173'), 'yyn'],
  ['upstream', PLAIN('4.15.0'), 'nnn'],
  ['upstream', PLAIN('4.18.20'), 'nnn'],
  ['upstream', PLAIN('4.19'), 'ynn'],
  ['upstream', PLAIN('4.19.13'), 'ynn'],
  ['upstream', PLAIN('4.19.14'), 'y?n'],
  ['upstream', PLAIN('4.19.47'), 'y?n'],
  ['upstream', PLAIN('4.19.48'), 'yyn'],
  ['upstream', PLAIN('4.19.124'), 'yyn'],
  ['upstream', PLAIN('4.19.125'), 'yy?'],
  ['upstream', PLAIN('4.20.17'), 'y?n'],
  ['upstream', PLAIN('5.3.18'), 'yyn'],
  ['upstream', PLAIN('5.4.273'), 'yyn'],
  ['upstream', PLAIN('5.4.274'), 'yy?'],
  ['upstream', PLAIN('5.5.19'), 'yyn'],
  ['upstream', PLAIN('5.6.0'), 'yyy'],
  ['upstream', PLAIN('6.12.9'), 'yyy'],
  ['debian', DEBIAN('4.9.0-13-amd64', '4.9.228-1'), 'n?n'],
  ['debian', DEBIAN('4.9.0-14-amd64', '4.9.240-2'), 'nyn'],
  ['debian', DEBIAN('4.19.0-5-amd64', '4.19.37-5+deb10u2'), 'y?n'],
  ['debian', DEBIAN('4.19.0-0.bpo.9-amd64', '4.19.118-2~bpo9+1'), 'yyn'],
  ['debian', DEBIAN('4.19.0-16-amd64', '4.19.181-1'), 'yy?'],
  ['debian', DEBIAN('5.10.0-8-amd64', '5.10.46-4'), 'yyy'],
  ['debian', '4.9.0-13-amd64', 'n?n'],
  ['debian', '4.14.0-3-amd64', '??n'],
  ['debian', '4.19.0-16-cloud-amd64', 'y??'],
  ['debian', '5.10.0-8-arm64', 'yyy'],
  ['el7', `Linux node-a 3.10.0-514.el7.${EL7}`, 'nnn'],
  ['el7', `Linux node-a 3.10.0-693.el7.${EL7}`, '??n'],
  ['el7', `Linux node-a 3.10.0-1126.el7.${EL7}`, '??n'],
  ['el7', `Linux node-a 3.10.0-1127.el7.${EL7}`, 'yyn'],
  ['el7', `Linux node-a 3.10.0-1160.102.1.el7.${EL7}`, 'yyn'],
  ['el8', `Linux node-a 4.18.0-80.el8.${EL7}`, '??n'],
  ['el8', `Linux node-a 4.18.0-147.el8.${EL7}`, 'yyn'],
  ['el8', `Linux node-a 4.18.0-193.el8.${EL7}`, 'yy?'],
  ['el8', `Linux node-a 4.18.0-240.el8.${EL7}`, 'yyy'],
  ['el8', `Linux node-a 4.18.0-348.7.1.el8_5.${EL7}`, 'yyy'],
  ['el9', `Linux node-a 5.14.0-362.8.1.el9_3.${EL7}`, 'yyy'],
  ['ubuntu', UBUNTU('4.4.0-210-generic'), 'nnn'],
  ['ubuntu', UBUNTU('4.15.0-54-generic'), 'nnn'],
  ['ubuntu', UBUNTU('4.15.0-55-generic'), '??n'],
  ['ubuntu', UBUNTU('4.15.0-59-lowlatency'), '??n'],
  ['ubuntu', UBUNTU('4.15.0-60-generic'), 'yyn'],
  ['ubuntu', UBUNTU('4.18.0-25-generic'), '???'],
  ['ubuntu', UBUNTU('5.4.0-42-generic'), 'yyn'],
  ['ubuntu', UBUNTU('5.15.0-91-generic'), 'yyy'],
  ['azure', UBUNTU('4.15.0-1029-azure'), '???'],
  ['azure', UBUNTU('4.15.0-1030-azure'), 'yy?'],
  ['azure', UBUNTU('4.18.0-1005-azure'), '???'],
  ['azure', UBUNTU('4.18.0-1006-azure'), 'yy?'],
  ['azure', UBUNTU('5.15.0-1053-azure'), 'yyy'],
  ['amzn2', PLAIN('4.14.97-90.72.amzn2.x86_64'), '?nn'],
  ['amzn2', PLAIN('4.14.171-136.231.amzn2.x86_64'), '?yn'],
  ['amzn2', PLAIN('4.14.173-137.228.amzn2.x86_64'), 'yyn'],
  ['amzn2', PLAIN('5.10.130-118.517.amzn2.x86_64'), 'yyy'],
  ['other', PLAIN('4.14.35-1902.el7uek.x86_64'), '???'],
  ['other', PLAIN('5.4.17-2102.201.3.el8uek.x86_64'), '???'],
  ['other', PLAIN('5.15.0-101.103.2.1.el8uek.x86_64'), 'yyy'],
  ['other', PLAIN('4.19.112+'), '???'],
  ['other', PLAIN('4.19.124-flatcar'), '???'],
  ['other', PLAIN('5.3.18-24.52-default'), '???'],
  ['other', PLAIN('5.4.106-1-pve'), '???'],
  ['other', PLAIN('4.15.0-1045-aws'), '???'],
  ['other', PLAIN('5.5.9-arch1-1'), '???'],
  ['other', PLAIN('5.14.21-150400.24.46-default'), 'yyy'],
])('%s %s', (stream, line, answers) => {
  const kernel = uname.parse([line])?.content;

  test(`answers ${answers}`, () => {
    expect(kernel).toBeDefined();
    if (kernel === undefined) return;
    const all = (['clashFix', 'natClashFix', 'insertClashFix'] as const).map((name) =>
      hasFix(table, kernel, name),
    );
    expect(all.map(({ answer }) => ({ yes: 'y', no: 'n', unknown: '?' })[answer]).join('')).toBe(
      answers,
    );
    for (const { answer, because, source } of all) {
      expect(because.startsWith(`${stream} `)).toBe(true);
      expect(source === null).toBe(answer === 'unknown');
    }
  });
});

test('shows the comparison that an answer rests on', () => {
  const el7 = { release: '3.10.0-1160.el7.x86_64', version: null };
  expect(hasFix(table, el7, 'clashFix')).toEqual({
    answer: 'yes',
    because: 'el7 3.10.0-1160 >= 3.10.0-1127',
    source: 'https://github.com/jiho-dev/linux-3.10.0-1127',
  });
  const between = { release: '4.15.0-55-generic', version: '#60-Ubuntu SMP' };
  expect(hasFix(table, between, 'clashFix').because).toBe(
    'ubuntu 4.15.0-55: 4.15.0-54 < ? < 4.15.0-60',
  );
});

test('knows nothing of a release that is no number', () => {
  const answer = hasFix(table, { release: 'unknown', version: null }, 'clashFix');
  expect(answer).toEqual({ answer: 'unknown', because: 'unknown: no stream known', source: null });
});

test('rows of a series follow each other without overlap', () => {
  for (const rows of Object.values(table.series)) {
    const edges = rows.flatMap(({ from, before }) => [from, before ?? '99']);
    const numbers = edges.map((edge) =>
      edge
        .split(/[.-]/)
        .map((part) => part.padStart(6, '0'))
        .join('.'),
    );
    expect(numbers).toEqual([...numbers].sort());
    expect(rows.filter(({ before }) => before === null).length).toBeLessThanOrEqual(1);
  }
});

test.each([
  [
    'a source that is not listed',
    (text: string) => text.replace('"linux-4.9.337":', '"linux-4.9.336":'),
    'no source linux-4.9.337',
  ],
  [
    'a series that is not listed',
    (text: string) => text.replace('"series":"el7"', '"series":"el6"'),
    'no series el6',
  ],
  [
    'a pattern that is no regular expression',
    (text: string) => text.replace('"pattern":"', '"pattern":"('),
    'one group',
  ],
  ['a key that it does not know', (text: string) => text.replace('"fixes":', '"fixed":'), 'fixed'],
])('refuses a table with %s', (_, damage, says) => {
  const text = JSON.stringify(json);
  const damaged = damage(text);
  expect(damaged).not.toBe(text);
  const result = parseKernelFixes(JSON.parse(damaged));
  expect(result.ok ? '' : result.error.detail).toContain(says);
});

function tableFrom(value: unknown): KernelFixes {
  const result = parseKernelFixes(value);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}
