import { describe, expect, test } from 'vitest';
import type { Report } from '../functions/report/schema.ts';
import { examine } from './support/examples.ts';

/** `tcpdump -nn` of a DNS question or its answer. */
function dns(at: string, client: string, server: string, text: string): string {
  return `10:00:${at} IP ${client} > ${server}.53: ${text}`;
}

function answer(at: string, client: string, server: string, id: number): string {
  return `10:00:${at} IP ${server}.53 > ${client}: ${id} 1/0/0 A 198.51.100.7 (50)`;
}

async function placed(text: readonly string[]): Promise<Report['vanished']> {
  const { vanished } = await examine([{ name: null, text: text.join('\n') }]);
  return vanished.filter(
    ({ seen, missing }) => missing.interface !== null && missing.interface !== seen.interface,
  );
}

/** Two clients behind one masquerading gateway ask the same with the same id; the question of the second is lost there. */
describe('questions that only a connection table tells apart', () => {
  const server = '9.9.9.9';
  const asked = (client: string, id: number, name: string, at: string) =>
    dns(at, client, server, `${id}+ A? ${name} (34)`);
  // A packet is on its way from one card to the other for 30 µs.
  const around = (one: string, other: string, us: number) => (at: string) => [
    asked(one, 100 + Number(at), 'ok.example.com.', `${at}.${100_000 + us}`),
    asked(other, 200 + Number(at), 'ok.example.com.', `${at}.${200_000 + us}`),
    answer(`${at}.${110_000 - us}`, one, server, 100 + Number(at)),
    answer(`${at}.${210_000 - us}`, other, server, 200 + Number(at)),
  ];
  const inside = around('10.0.0.5.40001', '10.0.0.6.40002', 0);
  const outside = around('203.0.113.9.61001', '203.0.113.9.61002', 30);
  const captures = [
    '[root@gw ~]# tcpdump -nni eth0 udp port 53',
    ...inside('00'),
    asked('10.0.0.5.40001', 4660, 'x.example.com.', '01.000000'),
    asked('10.0.0.6.40002', 4660, 'x.example.com.', '01.000200'),
    answer('01.010000', '10.0.0.5.40001', server, 4660),
    ...inside('02'),
    asked('10.0.0.6.40002', 4660, 'x.example.com.', '06.000300'),
    answer('06.010000', '10.0.0.6.40002', server, 4660),
    ...inside('13'),
    '[root@gw ~]# tcpdump -nni eth1 udp port 53',
    ...outside('00'),
    asked('203.0.113.9.61001', 4660, 'x.example.com.', '01.000030'),
    answer('01.009900', '203.0.113.9.61001', server, 4660),
    ...outside('02'),
    asked('203.0.113.9.61002', 4660, 'x.example.com.', '06.000340'),
    answer('06.009900', '203.0.113.9.61002', server, 4660),
    ...outside('13'),
  ];
  const entry = (client: string, sport: number, masked: number) =>
    `udp      17 118 src=${client} dst=${server} sport=${sport} dport=53 src=${server} dst=203.0.113.9 sport=53 dport=${masked} [ASSURED] mark=0 use=1`;
  const table = (...entries: readonly string[]) => [
    '[root@gw ~]# conntrack -L -p udp',
    ...entries,
    `conntrack v1.4.6 (conntrack-tools): ${entries.length} flow entries have been shown.`,
  ];

  test('the table ties them: the loss has its place', async () => {
    const lost = await placed([
      ...captures,
      ...table(entry('10.0.0.5', 40001, 61001), entry('10.0.0.6', 40002, 61002)),
    ]);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({
      id: 4660,
      flow: '10.0.0.6:40002 -> 9.9.9.9:53',
      direction: 'request',
      seen: { host: 'gw', interface: 'eth0' },
      missing: { host: 'gw', interface: 'eth1' },
    });
  });

  test.each([
    ['no table', []],
    [
      'a table of other flows',
      table(entry('10.0.0.5', 40009, 61001), entry('10.0.0.8', 40002, 61002)),
    ],
    [
      'a table without translation',
      table(
        'udp      17 118 src=10.0.0.5 dst=9.9.9.9 sport=40001 dport=53 src=9.9.9.9 dst=10.0.0.5 sport=53 dport=40001 mark=0 use=1',
      ),
    ],
  ])('%s ties nothing, and nothing is claimed', async (_, lines) => {
    expect(await placed([...captures, ...lines])).toEqual([]);
  });
});

/** A Service's port 80 is its pods' port 8080; the second connection's first SYN is lost in the node. */
describe('a SYN through a Service whose port is not that of its pods', () => {
  const header = (at: string, ttl: number, id: number) =>
    `10:00:${at} IP (tos 0x0, ttl ${ttl}, id ${id}, offset 0, flags [DF], proto TCP (6), length 60)`;
  const rest = 'win 64240, options [mss 1460], length 0';
  const syn = (at: string, from: string, to: string, seq: number, ttl: number, id: number) =>
    `${header(at, ttl, id)}\n    ${from} > ${to}: Flags [S], cksum 0x1a2b (correct), seq ${seq}, ${rest}`;
  const back = (at: string, from: string, to: string, seq: number, ttl: number) =>
    `${header(at, ttl, 0)}\n    ${from} > ${to}: Flags [S.], cksum 0x1a2b (correct), seq 77, ack ${seq + 1}, ${rest}`;
  const [service, pod] = ['10.43.0.77.80', '10.42.0.16.8080'] as const;
  const client = (port: number) => `10.42.2.87.${port}`;
  /** What leaves the node, from these ends instead of the client's. */
  const captures = (masked: readonly [string, string, string]) => [
    '[root@node-1 ~]# tcpdump -nnvi veth12ab tcp',
    syn('00.000000', client(40001), service, 5001, 64, 11),
    back('00.001000', service, client(40001), 5001, 62),
    syn('02.000000', client(40002), service, 6001, 64, 21),
    syn('03.020000', client(40002), service, 6001, 64, 22),
    back('03.021000', service, client(40002), 6001, 62),
    syn('05.000000', client(40003), service, 7001, 64, 31),
    back('05.001000', service, client(40003), 7001, 62),
    '[root@node-1 ~]# tcpdump -nnvi flannel.1 tcp',
    syn('00.000030', masked[0], pod, 5001, 63, 11),
    back('00.000970', pod, masked[0], 5001, 63),
    syn('03.020030', masked[1], pod, 6001, 63, 22),
    back('03.020970', pod, masked[1], 6001, 63),
    syn('05.000030', masked[2], pod, 7001, 63, 31),
    back('05.000970', pod, masked[2], 7001, 63),
  ];
  const plain = captures([client(40001), client(40002), client(40003)]);
  const masqueraded = captures(['10.42.2.0.1025', '10.42.2.0.2049', '10.42.2.0.4097']);
  const lost = {
    flow: '10.42.2.87:40002 -> 10.43.0.77:80',
    seen: { host: 'node-1', interface: 'veth12ab' },
    missing: { host: 'node-1', interface: 'flannel.1' },
    retried_after_ms: 1020,
  };
  const rules = (backend: string) => [
    '[root@node-1 ~]# iptables-save -t nat',
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-SVC-4N57TFCL4MD7ZTDA - [0:0]',
    ':KUBE-SEP-ZP3FB6NMPNCO4VBJ - [0:0]',
    '-A KUBE-SERVICES -d 10.43.0.77/32 -p tcp -m comment --comment "shop/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-4N57TFCL4MD7ZTDA',
    '-A KUBE-SVC-4N57TFCL4MD7ZTDA -m comment --comment "shop/web" -j KUBE-SEP-ZP3FB6NMPNCO4VBJ',
    `-A KUBE-SEP-ZP3FB6NMPNCO4VBJ -p tcp -m comment --comment "shop/web" -m tcp -j DNAT --to-destination ${backend}`,
    'COMMIT',
  ];
  const services = (endpoint: string) => [
    '[root@node-1 ~]# kubectl -n shop get svc,endpoints',
    'NAME          TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE',
    'service/web   ClusterIP   10.43.0.77   <none>        80/TCP    41d',
    '',
    'NAME            ENDPOINTS         AGE',
    `endpoints/web   ${endpoint}   41d`,
  ];
  const flow = (reply: string) => [
    '[root@node-1 ~]# conntrack -L -p tcp',
    `tcp      6 86390 ESTABLISHED src=10.42.2.87 dst=10.43.0.77 sport=40001 dport=80 ${reply} [ASSURED] mark=0 use=1`,
    'conntrack v1.4.6 (conntrack-tools): 1 flow entries have been shown.',
  ];

  test('its sequence number and the client’s end are enough', async () => {
    expect(await placed(plain)).toMatchObject([lost]);
  });

  test.each([
    ['an iptables-save', rules('10.42.0.16:8080')],
    ['a Service with its endpoints', services('10.42.0.16:8080')],
    ['a connection table', flow('src=10.42.0.16 dst=10.42.2.0 sport=8080 dport=1025')],
  ])('where that end is masqueraded too, %s shows the way', async (_, lines) => {
    expect(await placed([...masqueraded, ...lines])).toMatchObject([lost]);
  });

  test.each([
    ['nothing', []],
    ['rules for another pod', rules('10.42.0.99:8080')],
    ['a Service of another pod', services('10.42.0.99:8080')],
    ['a connection to another pod', flow('src=10.42.0.99 dst=10.42.2.0 sport=8080 dport=1025')],
  ])('%s shows none, and nothing is claimed', async (_, lines) => {
    expect(await placed([...masqueraded, ...lines])).toEqual([]);
  });
});
