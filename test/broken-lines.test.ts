import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Reading, read } from '../functions/intake/read.ts';
import { rejoin } from '../functions/intake/rejoin.ts';
import { linesOf, listOf } from '../functions/primitives/lines.ts';
import { readCases } from './support/cases.ts';
import { examine } from './support/examples.ts';

const WIDTHS = [72, 80, 100, 120];

/** A terminal breaks where its line is full. */
function inWords(text: string, width: number): string {
  const cut = (line: string) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [line];
  return text.split('\n').flatMap(cut).join('\n');
}

/** A mailer breaks at the last blank that still fits. */
function betweenWords(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const parts: string[] = [];
      let rest = line;
      while (rest.length > width && rest.lastIndexOf(' ', width) > 0) {
        const at = rest.lastIndexOf(' ', width);
        parts.push(rest.slice(0, at));
        rest = rest.slice(at + 1);
      }
      return [...parts, rest];
    })
    .join('\n');
}

const samples = readdirSync(new URL('artefacts/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.txt'))
  .toSorted()
  .map((name) => ({
    name,
    text: readFileSync(new URL(`artefacts/${name}`, import.meta.url), 'utf8'),
  }));
const cases = readCases();

/** Which outputs were read, and how many lines of what came stayed unread. */
const read1 = (text: string): Reading => read([{ name: null, text }]);
const kindsOf = (text: string) => read1(text).evidence.map(({ artefact }) => artefact.kind);

test('nothing is joined where nothing was broken', () => {
  const texts = [...samples, ...cases.map(({ name, paste }) => ({ name, text: paste }))];
  const joined = texts.filter(({ text }) => rejoin(linesOf(text)) !== undefined);
  expect(joined.map(({ name }) => name)).toEqual([]);
});

describe('lines that a terminal broke stand whole again', () => {
  const rules = [
    '-A KUBE-SERVICES -d 10.43.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns has no endpoints" -m udp --dport 53 -j REJECT --reject-with icmp-port-unreachable',
    '-A KUBE-FORWARD -s 10.42.0.0/16 -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ];

  test.each(WIDTHS)('at %i columns, in the middle of words', (width) => {
    const joined = rejoin(linesOf(inWords(rules.join('\n'), width)));
    expect(listOf(joined?.lines ?? linesOf(''))).toEqual(rules);
  });

  test('each line knows where it began', () => {
    const { rows } = rejoin(linesOf(inWords(rules.join('\n'), 80))) ?? {};
    expect(rows).toEqual([0, 3, 5]);
  });

  test('between words, as a mailer does', () => {
    const joined = rejoin(linesOf(betweenWords(rules.join('\n'), 72)));
    expect(listOf(joined?.lines ?? linesOf(''))).toEqual(rules);
  });

  test.each(WIDTHS)('four in five of all samples keep what is read of them at %i', (width) => {
    const broken = samples.filter(({ text }) => inWords(text, width) !== text);
    const kept = broken.filter(
      ({ text }) =>
        kindsOf(inWords(text, width)).join() === kindsOf(text).join() &&
        unreadOf(inWords(text, width)) <= unreadOf(text),
    );
    expect(kept.length / broken.length).toBeGreaterThanOrEqual(0.8);
  });

  test('a line is quoted in the parts that came', async () => {
    const paste = cases.find(
      ({ name }) => name === 'kubernetes/coredns-no-endpoints.by-reject-rule',
    );
    const text = inWords(paste?.paste ?? '', 80);
    const [finding] = (await examine([{ name: null, text }])).findings;
    expect(finding?.cause).toBe('coredns-no-endpoints');
    const lines = text.split('\n');
    for (const { line, quote } of finding?.evidence ?? []) expect(quote).toBe(lines[line - 1]);
    const quoted = new Set(finding?.evidence.map(({ line }) => line));
    const whole = [...quoted].filter((line) => quoted.has(line + 1));
    expect(whole.length).toBeGreaterThan(0);
  });
});

test('no cause is found in a broken paste that the whole one does not show', async () => {
  const firm = async (text: string) => {
    const { findings } = await examine([{ name: null, text }]);
    return findings.filter(({ confidence }) => confidence !== 'possible').map(({ cause }) => cause);
  };
  const strange: string[] = [];
  for (const { name, paste } of cases.filter(({ isNear }) => isNear)) {
    const known = await firm(paste);
    const causes = await firm(inWords(paste, 80));
    if (causes.some((cause) => !known.includes(cause))) strange.push(name);
  }
  expect(strange).toEqual([]);
}, 120_000);

test('lines below a full line that are lines of their own stay so', () => {
  const addresses = [
    '5: veth1a2b3c4d@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP group default',
    'link/ether 92:85:e4:8e:b6:f6 brd ff:ff:ff:ff:ff:ff link-netnsid 0',
    '6: veth5e6f7a8b@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue master cni0 state UP group default',
    'link/ether 66:86:96:f9:3d:fc brd ff:ff:ff:ff:ff:ff link-netnsid 1',
  ];
  expect(rejoin(linesOf(addresses.join('\n')))).toBeUndefined();
  const table = [
    'NAMESPACE     NAME                        READY   UP-TO-DATE   AVAILABLE    AGE',
    'kube-system   deployment.apps/coredns     2/2     2            2            88d',
    'web           deployment.apps/shop        0/1     1            0            80m',
  ];
  expect(rejoin(linesOf(table.join('\n')))).toBeUndefined();
});

test('joining takes time in proportion to the text', () => {
  const time = (count: number) => {
    const texts = [
      `${'x'.repeat(80)}\n`.repeat(count),
      `cpu=0 found=1 ${'y'.repeat(66)}\n${'z'.repeat(30)}\n`.repeat(count),
      `${'a '.repeat(40)}\n`.repeat(count),
    ];
    const start = performance.now();
    for (const text of texts) rejoin(linesOf(text));
    return performance.now() - start;
  };
  time(500);
  const short = Math.max(time(2_000), 5);
  expect(time(8_000)).toBeLessThan(short * 12);
}, 60_000);

function unreadOf(text: string): number {
  const { evidence, outside } = read1(text);
  return evidence.reduce((sum, { unread }) => sum + unread.length, outside.length);
}
