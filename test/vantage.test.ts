import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mirrored, SEGMENTS, STEPS, stepsOf } from '../functions/captures/segment.ts';
import { readVantageRule } from '../functions/catalogue/vantage-rule.ts';
import { vantagesOf } from '../functions/diagnosis/vantage.ts';
import { read } from '../functions/intake/read.ts';
import type { Report } from '../functions/report/schema.ts';
import { catalogue, examine, founding, root } from './support/examples.ts';

function paste(name: string) {
  return { name: null, text: readFileSync(join(root, 'test/cases', `${name}.txt`), 'utf8') };
}

describe('the segment of a loss', () => {
  test.each([
    ['conntrack/conntrack-race-plain', 'server-tunnel>server-bridge'],
    ['conntrack/conntrack-race-dnat', 'client-veth>client-tunnel'],
    ['conntrack/conntrack-race-plain.by-place', 'server-nic>server-bridge'],
    ['overlay/podcidr-route-missing', 'client-bridge>client-tunnel'],
    ['overlay/vxlan-port-blocked', 'client-nic>server-nic'],
    ['overlay/vxlan-port-blocked.near', 'server-nic>server-tunnel'],
    ['conntrack/conntrack-race-plain.by-gap.near', 'server-veth>reply'],
  ])('%s: %s', (name, segment) => {
    const { vantages } = vantagesOf(read([paste(name)]).evidence, catalogue.kernelFixes);
    const lost = vantages.filter(({ view }) => view.loss !== null);
    expect(lost.map(({ sheet }) => sheet('loss.segment'))).toMatchObject([{ value: segment }]);
  });

  test('every segment is made of steps, and every step has a mirror', () => {
    for (const segment of SEGMENTS) expect(stepsOf(segment).length).toBeGreaterThan(0);
    for (const step of STEPS) expect(STEPS).toContain(mirrored(step));
    expect(stepsOf('client-tunnel>server-tunnel')).toHaveLength(5);
    expect(stepsOf('server-bridge>unseen')).toEqual([
      'server-bridge>server-veth',
      'server-veth>reply',
    ]);
  });
});

const json = JSON.parse(readFileSync(join(root, 'knowledge/vantage.json'), 'utf8'));
const pages = new Map(catalogue.pages);

function faultsOf(change: object): string {
  const found = readVantageRule({ ...json, ...change }, pages);
  return 'faults' in found ? found.faults.join('\n') : '';
}

describe('the vantage rule', () => {
  test('is accepted as it stands', () => {
    expect(faultsOf({})).toBe('');
  });

  test.each([
    [
      'a segment that does not exist',
      { segments: { 'here>there': ['mtu-blackhole'] } },
      /here>there/,
    ],
    ['a step without candidates', { segments: {} }, /no candidates for client-veth>client-bridge/],
    [
      'a cause without a page',
      { awaited: [], answers: ['no-such-cause'] },
      /no page for no-such-cause/,
    ],
    ['a bound cause with no place', { bound: ['ndots-amplification'] }, /candidate of no segment/],
  ])('is refused with %s', (_, change, message) => {
    expect(faultsOf(change)).toMatch(message);
  });
});

describe('the judgement by place', () => {
  const because = (report: Report, cause: string) =>
    report.ruled_out.find((one) => one.cause === cause);

  test('a loss inside the receiving host clears what loses packets in the network, with the lines', async () => {
    const report = await examine([founding('article.zh.txt')]);
    expect(because(report, 'vxlan-port-blocked')?.evidence.length).toBeGreaterThan(0);
  });

  test('no cause is ruled out and found', async () => {
    const report = await examine([paste('conntrack/conntrack-race-plain')]);
    const found = report.findings.map(({ cause }) => cause);
    expect(report.ruled_out.filter(({ cause }) => found.includes(cause))).toEqual([]);
  });
});
