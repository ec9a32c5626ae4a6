import { describe, expect, test } from 'vitest';
import { type Report, reportSchema } from '../functions/report/schema.ts';
import { examine, founding, foundingFiles } from './support/examples.ts';

const article = await examine([founding('article.zh.txt')]);
const files = await examine(foundingFiles);
const withoutAfter = await examine(
  foundingFiles.filter(({ name }) => name !== 'master.conntrack-S.after.txt'),
);

const race = (report: Report) =>
  report.findings.find(
    ({ cause, role }) => cause === 'conntrack-race-plain' && role === 'root-cause',
  );

describe.each([
  ['the article, whole', article],
  ['its separate files', files],
  ['the files without the reading taken afterwards', withoutAfter],
])('%s', (_, report) => {
  test('is a report by the schema', () => {
    expect(reportSchema.parse(report)).toEqual(report);
  });

  test('names the race, confirmed, on master between flannel.1 and cni0', () => {
    expect(report.status).toBe('diagnosed');
    expect(report.findings[0]).toMatchObject({
      cause: 'conntrack-race-plain',
      role: 'root-cause',
      confidence: 'confirmed',
      where: {
        from: { host: 'master', interface: 'flannel.1' },
        to: { host: 'master', interface: 'cni0' },
        direction: 'request',
      },
    });
  });

  test('does not blame the agent', () => {
    expect(report.findings.filter(({ role }) => role === 'root-cause')).toHaveLength(1);
    expect(report.headline).toContain('master');
    expect(report.headline).not.toContain('agent');
  });

  test('finds exactly one vanished packet, with its control and its retry', () => {
    expect(report.vanished).toHaveLength(1);
    expect(report.vanished[0]).toMatchObject({
      protocol: 'udp',
      id: 25789,
      ip_id: 10594,
      qtype: 'AAAA',
      qname: 'test.example.cn.cluster.local.',
      flow: '10.42.2.87:35181 -> 10.42.0.16:53',
      direction: 'request',
      seen: { host: 'master', interface: 'flannel.1', time: '14:21:47.819323' },
      missing: { host: 'master', interface: 'cni0' },
      control: { ip_id: 10593, id: 25419, seen: { host: 'master', interface: 'cni0' } },
      retried_after_ms: 2501.987,
    });
  });

  test('solves the clocks: master is 5.15 ms ahead, one way takes 0.08 ms', () => {
    expect(report.clocks).toHaveLength(1);
    expect(report.clocks[0]).toMatchObject({ host: 'master', reference: 'agent' });
    expect(report.clocks[0]?.ahead_ms).toBeCloseTo(5.15, 1);
    expect(report.clocks[0]?.error_ms).toBeCloseTo(0.08, 2);
  });

  test('puts the points in the order of the path, by TTL', () => {
    expect(
      report.path.map(({ host, interface: device, ttl }) => `${host} ${device} ${ttl}`),
    ).toEqual(['agent cni0 64', 'agent flannel.1 63', 'master flannel.1 63', 'master cni0 62']);
  });

  test('quotes the lines it rests on, unaltered', () => {
    const quotes = race(report)?.evidence.map(({ quote }) => quote) ?? [];
    expect(quotes).toContain(
      '10.42.2.87.35181 > 10.42.0.16.domain: [udp sum ok] 25789+ AAAA? test.example.cn.cluster.local. (55)',
    );
    expect(quotes).toContain(
      'cpu=0 found=0 invalid=1333 ignore=1963913 insert=0 insert_failed=17478 drop=17478 early_drop=0 error=2 search_restart=27053',
    );
    expect(race(report)?.evidence.some(({ says }) => says.includes('58508'))).toBe(true);
  });

  test('believes the label or the file name, not the second prompt', () => {
    const agent = report.artefacts.filter(
      ({ kind, host }) => kind === 'conntrack-stats' && host === 'agent',
    );
    expect(agent).toHaveLength(1);
    expect(agent[0]?.summary).toBe('conntrack -S: 4 CPUs');
    expect(agent[0]?.warnings[0]).toMatch(/the prompt says master/);
  });

  test('explains what looks alarming and is not', () => {
    expect(report.harmless.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['checksum-offload', 'idle-bridge']),
    );
  });

  test('counts the search list among what contributes', () => {
    expect(report.findings.find(({ cause }) => cause === 'ndots-amplification')?.role).toBe(
      'contributing',
    );
    expect(
      report.findings
        .find(({ cause }) => cause === 'ndots-amplification')
        ?.evidence.some(({ says }) => says.includes('5')),
    ).toBe(true);
  });

  test('offers the kernel, a cache per node, and a second nameserver only with its danger and never first', () => {
    const remedies = race(report)?.remedies ?? [];
    const nameserver = remedies.findIndex(({ title }) => /nameserver/i.test(title));
    expect(nameserver).toBeGreaterThan(0);
    expect(JSON.stringify(remedies[nameserver])).toMatch(/NXDOMAIN/);
    expect(remedies.some((remedy) => JSON.stringify(remedy).includes('ed07d9a021df'))).toBe(true);
    expect(remedies.some(({ title }) => /cache/i.test(title))).toBe(true);
  });
});

test.each([
  ['the article', article],
  ['the files', files],
])(
  '%s: before and after are compared, nothing is subtracted, and the headline says both',
  (_, report) => {
    expect(report.compared?.says).toMatch(/reset/);
    expect(report.compared?.rows.find(({ counter }) => counter === 'insert_failed')).toEqual({
      counter: 'insert_failed',
      before: 58508,
      after: 36661,
      change: null,
    });
    expect(report.compared?.rows.find(({ counter }) => counter === 'drop')).toEqual({
      counter: 'drop',
      before: 58508,
      after: 0,
      change: null,
    });
    expect(report.compared?.says).toMatch(/clashes go on/i);
    expect(report.findings.some(({ role }) => role === 'resolved')).toBe(true);
    expect(report.headline).toMatch(/flannel\.1 and cni0.*drop 0/);
  },
);

test('the same in Chinese, word for word in values', async () => {
  const chinese = await examine([founding('article.zh.txt')], 'zh');
  expect(chinese.vanished).toEqual(article.vanished);
  expect(chinese.findings.map(({ cause, confidence }) => [cause, confidence])).toEqual(
    article.findings.map(({ cause, confidence }) => [cause, confidence]),
  );
  expect(chinese.headline).toMatch(/master.*flannel\.1.*cni0/);
  expect(chinese.headline).toMatch(/[\u4e00-\u9fff]/);
});

describe('one file alone', () => {
  test('counters before: suspected, with a second reading asked for first', async () => {
    const report = await examine([founding('master.conntrack-S.before.txt')]);
    expect(report.status).toBe('suspected');
    expect(report.findings[0]).toMatchObject({
      cause: 'conntrack-race-plain',
      confidence: 'possible',
      where: null,
    });
    expect(report.ask[0]).toMatchObject({ host: 'master', settles: ['conntrack-race-plain'] });
    expect(report.ask[0]?.command).toMatch(/conntrack -S; sleep 60;.*conntrack -S/);
  });

  test("the agent's counters: no race there, with the lines, and what is still unseen", async () => {
    const report = await examine([founding('agent.conntrack-S.before.txt')]);
    expect(report.status).toBe('healthy');
    expect(report.findings).toEqual([]);
    const cleared = report.ruled_out.find(({ cause }) => cause === 'conntrack-race-plain');
    expect(cleared?.because).toContain('agent');
    expect(cleared?.evidence).toHaveLength(4);
    expect(report.ask.length).toBeGreaterThan(0);
  });

  test('counters after: resolved, never a race that loses', async () => {
    const report = await examine([founding('master.conntrack-S.after.txt')]);
    expect(report.status).toBe('resolved');
    expect(report.findings.filter(({ role }) => role === 'root-cause')).toEqual([]);
  });

  test('the ssh complaint: possible, and the first question compares both clients', async () => {
    const report = await examine([founding('ssh-timeout.zh.txt')]);
    expect(report.status).toBe('suspected');
    expect(report.findings).toMatchObject([
      { cause: 'single-client-blocked', confidence: 'possible' },
    ]);
    expect(report.findings[0]?.evidence[0]?.says).toMatch(/^ssh to .* failed: timed out /);
    expect(report.ask[0]?.command).toMatch(/^ssh -vvv/);
    expect(report.ask[0]?.why).toMatch(/client that fails and on one that works/);
  });
});

test('before and after of master together say that counters were reset and clashes lose nothing now', async () => {
  const report = await examine([
    founding('master.conntrack-S.before.txt'),
    founding('master.conntrack-S.after.txt'),
  ]);
  expect(report.compared?.says).toMatch(/reset/);
  expect(report.compared?.says).toMatch(/drop 0/);
  expect(report.compared?.says).toMatch(/clashes go on and no longer lose packets/i);
});

test('the article and all the files at once, everything pasted twice, tell the same', async () => {
  const twice = await examine([founding('article.zh.txt'), ...foundingFiles]);
  const once = await examine(foundingFiles);
  expect(twice.findings[0]).toMatchObject({
    cause: 'conntrack-race-plain',
    confidence: 'confirmed',
  });
  expect(twice.vanished).toEqual(once.vanished);
  expect(twice.compared?.rows).toEqual(once.compared?.rows);
});
