import { describe, expect, test } from 'vitest';
import { read } from '../functions/intake/read.ts';

const COUNTERS = [
  'cpu=0   found=7 invalid=31 insert=0 insert_failed=5 drop=5 early_drop=0 error=0 search_restart=12',
  'cpu=1   found=9 invalid=18 insert=0 insert_failed=2 drop=2 early_drop=0 error=0 search_restart=4',
];
const ROUTES = [
  'default via 192.0.2.1 dev eth0 proto static',
  '10.20.1.0/24 dev cni0 proto kernel scope link src 10.20.1.1',
  '10.20.2.0/24 via 192.0.2.7 dev eth0',
];

/** Kind, host, whether that is a pod, and the lines of each artefact. */
function placesOf(lines: readonly string[]) {
  const { evidence, outside } = read([{ name: null, text: lines.join('\n') }]);
  expect([...outside, ...evidence.flatMap(({ unread }) => unread)]).toEqual([]);
  return evidence.map(({ artefact: { kind, host, pod, first, last } }) => [
    kind,
    host,
    pod,
    first,
    last,
  ]);
}

describe('what a tool wrote before each gathered line comes off, and tells the place', () => {
  test.each<readonly [string, (line: string, at: number) => string, string | null, boolean]>([
    [
      'kubectl logs --prefix',
      (line) => `[pod/probe-6b7dbf7dc4-jz85c/probe] ${line}`,
      'probe-6b7dbf7dc4-jz85c',
      true,
    ],
    [
      'kubectl logs --prefix --timestamps',
      (line, at) => `[pod/probe-x2x9q/probe] 2026-11-26T03:02:2${at}.123456789Z ${line}`,
      'probe-x2x9q',
      true,
    ],
    [
      'kubectl logs --timestamps',
      (line, at) => `2026-11-26T03:02:2${at}.123456789Z ${line}`,
      null,
      false,
    ],
    ['ts', (line, at) => `[2026-11-26 03:02:2${at}] ${line}`, null, false],
    ['stern', (line) => `probe-x2x9q probe ${line}`, 'probe-x2x9q', true],
    ['docker compose logs', (line) => `probe-1  | ${line}`, 'probe-1', true],
    ['journalctl', (line, at) => `Nov 26 03:02:2${at} gw1 probe[812]: ${line}`, 'gw1', false],
    ['pdsh', (line) => `gw1: ${line}`, 'gw1', false],
    ['Fabric', (line) => `[root@gw1] out: ${line}`, 'gw1', false],
    ['GNU parallel --tag', (line) => `gw1\t${line}`, 'gw1', false],
  ])('%s', (_, prefixed, host, pod) => {
    expect(placesOf(COUNTERS.map(prefixed))).toEqual([['conntrack-stats', host, pod, 1, 2]]);
    expect(placesOf(ROUTES.map(prefixed))).toEqual([['route', host, pod, 1, 3]]);
  });

  test.each<[string, (host: string) => readonly string[]]>([
    ['ansible -m shell', (host) => [`${host} | CHANGED | rc=0 >>`]],
    ['ansible -m shell, failed', (host) => [`${host} | FAILED | rc=1 >>`]],
    ['parallel-ssh -i', (host) => [`[1] 15:31:01 [SUCCESS] root@${host}`]],
    [
      'parallel-ssh -i, failed',
      (host) => [`[2] 15:31:01 [FAILURE] ${host} Exited with error code 1`],
    ],
    ['clush -b', (host) => ['---------------', host, '---------------']],
    ['a heading of Markdown', (host) => [host, '---']],
  ])('the heading of %s names the host', (_, heading) => {
    const [first, second] = [heading('gw1'), heading('edge')];
    const from = first.length + 1;
    const next = from + COUNTERS.length + second.length;
    expect(placesOf([...first, ...COUNTERS, ...second, ...ROUTES])).toEqual([
      ['conntrack-stats', 'gw1', false, from, from + 1],
      ['route', 'edge', false, next, next + 2],
    ]);
  });

  test('several hosts in one heading of clush -b are no host', () => {
    const text = ['---------------', 'gw[1-2] (2)', '---------------', ...COUNTERS].join('\n');
    const { evidence, outside } = read([{ name: null, text }]);
    expect(evidence.map(({ artefact }) => artefact.host)).toEqual([null]);
    expect(outside.map(({ line }) => line)).toEqual([2]);
  });

  test('the lines of a list that Ansible prints are an output', () => {
    const list = ROUTES.map((line) => `        ${JSON.stringify(line)},`);
    expect(placesOf(['ok: [gw1] => {', '    "out.stdout_lines": [', ...list])).toEqual([
      ['route', 'gw1', false, 3, 5],
    ]);
  });

  test('a prompt below a heading of the same host stays a prompt', () => {
    const heading = ['gw-1:', 'gw-1:~# ip route'];
    expect(placesOf([...heading, ...ROUTES])).toEqual([['route', 'gw-1', false, 3, 5]]);
  });

  test('outputs of two hosts one below the other are not one', () => {
    const both = [
      ...COUNTERS.map((line) => `gw1: ${line}`),
      ...COUNTERS.map((line) => `gw2: ${line}`),
    ];
    expect(placesOf(both)).toEqual([
      ['conntrack-stats', 'gw1', false, 1, 2],
      ['conntrack-stats', 'gw2', false, 3, 4],
    ]);
  });

  test('each host may have answered in one line', () => {
    const each = ['gw1', 'gw2', 'gw3'].map((host, at) => `${host}: net.ipv4.ip_forward = ${at}`);
    expect(placesOf(each)).toEqual([
      ['sysctl', 'gw1', false, 1, 1],
      ['sysctl', 'gw2', false, 2, 2],
      ['sysctl', 'gw3', false, 3, 3],
    ]);
  });

  test('a host may come again below another one where a line stands between', () => {
    const again = [
      ...COUNTERS.map((line) => `gw1: ${line}`),
      '',
      ...COUNTERS.map((line) => `gw2: ${line}`),
      '',
      ...ROUTES.map((line) => `gw1: ${line}`),
    ];
    expect(placesOf(again)).toEqual([
      ['conntrack-stats', 'gw1', false, 1, 2],
      ['conntrack-stats', 'gw2', false, 4, 5],
      ['route', 'gw1', false, 7, 9],
    ]);
  });

  test('what stands below the gathered lines is not of their host', () => {
    const below = ['', ...ROUTES];
    expect(placesOf([...COUNTERS.map((line) => `gw1: ${line}`), ...below])).toEqual([
      ['conntrack-stats', 'gw1', false, 1, 2],
      ['route', null, false, 4, 6],
    ]);
  });

  test('a table of one pod ends where the lines of another begin', () => {
    const table = [
      'NAME       READY   STATUS    RESTARTS   AGE',
      'web-0      1/1     Running   0          5d',
    ];
    const both = ['a-x2x9q', 'b-x2x9q'].flatMap((pod) =>
      table.map((line) => `[pod/${pod}/x] ${line}`),
    );
    expect(placesOf(both).map(([, , , first, last]) => [first, last])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('what may be a part of the output stays', () => {
  test('lines of hosts that are mixed belong to nobody', () => {
    const mixed = COUNTERS.flatMap((line) => [`gw1: ${line}`, `gw2: ${line}`]);
    const { evidence, outside } = read([{ name: null, text: mixed.join('\n') }]);
    expect(evidence).toEqual([]);
    expect(outside).toHaveLength(mixed.length);
  });

  test.each([
    [
      'a log of CoreDNS',
      '2026-11-26T03:02:20.1Z [ERROR] plugin/errors: 2 a.example.com. A: read udp 10.0.0.7:4000->10.0.0.9:53: i/o timeout',
      'coredns-log',
    ],
    [
      'the log of the kernel',
      'Nov 26 03:02:20 gw1 kernel: nf_conntrack: nf_conntrack: table full, dropping packet',
      'dmesg',
    ],
  ])('%s keeps its time', (_, line, kind) => {
    const { evidence } = read([{ name: null, text: `${line}\n${line}` }]);
    expect(evidence.map(({ artefact }) => artefact.kind)).toEqual([kind]);
    expect(JSON.stringify([...(evidence[0]?.unread ?? [])])).toBe('[]');
  });
});

test.each<readonly [string, (line: string, at: number) => string]>([
  ['an editor', (line, at) => `${String(at + 1).padStart(3)} ${line}`],
  ['grep -n', (line, at) => `${at + 1}:${line}`],
])('the numbers of %s come off, blank and indented lines between them too', (_, numbered) => {
  const lines = [
    '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP group default qlen 1000',
    '    link/ether 02:00:00:00:00:0a brd ff:ff:ff:ff:ff:ff',
    '    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0',
    '       valid_lft forever preferred_lft forever',
    '',
    ...ROUTES,
  ];
  expect(placesOf(lines.map(numbered)).map(([kind]) => kind)).toEqual(['address', 'route']);
});
