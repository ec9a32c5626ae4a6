import { describe, expect, it } from 'vitest';
import type { Capture, Packet } from '../functions/artefacts/packet.ts';
import { tcpdump } from '../functions/artefacts/tcpdump/index.ts';

const HEADER = 'IP (tos 0x0, ttl 64, id 4242, offset 0, flags [DF], proto UDP (17), length 70)';
const QUERY =
  '10.1.0.5.40001 > 10.1.0.53.53: [bad udp cksum 0x1437 -> 0x9f2c!] 7001+ A? db.example.com. (42)';
const SYN =
  'Flags [S], seq 1500, win 64240, options [mss 1460,sackOK,TS val 9 ecr 0,nop,wscale 7], length 0';

function read(...lines: string[]): Capture {
  const parsed = tcpdump.parse(lines);
  if (parsed === undefined) throw new Error(`nothing read from ${lines.join('\n')}`);
  return parsed.content;
}

function one(...lines: string[]): Packet {
  const { packets } = read(...lines);
  const [packet] = packets;
  if (packet === undefined || packets.length !== 1) throw new Error(`${packets.length} packets`);
  return packet;
}

const OUTER = '09:10:11.000250 IP 192.0.2.1.47001 > 192.0.2.2.';
const INNER = 'IP 10.1.0.5.40001 > 10.1.2.53.53: 7001+ A? db.example.com. (42)';

describe('tunnels', () => {
  it.each<[string, string, string, number | null]>([
    ['VXLAN', '4789: VXLAN, flags [I] (0x08), vni 42', 'vxlan', 42],
    [
      'VXLAN on the port that tcpdump calls OTV',
      '8472: OTV, flags [I] (0x08), overlay 0, instance 1',
      'vxlan',
      1,
    ],
    ['VXLAN by its service name', 'otv: OTV, flags [I] (0x08), overlay 0, instance 1', 'vxlan', 1],
    ['OTV', '8473: OTV, flags [I] (0x08), overlay 0, instance 5', 'otv', 5],
    ['Geneve with -v', '6081: Geneve, Flags [none], vni 0x1f', 'geneve', 31],
  ])('reads %s and the packet in it, on the next line', (_, text, kind, id) => {
    const { packets } = read(
      OUTER + text,
      INNER,
      '09:10:12.000250 ARP, Request who-has 10.1.0.9 tell 10.1.0.5, length 28',
    );
    expect(packets).toHaveLength(2);
    expect(packets[0]).toMatchObject({
      protocol: 'udp',
      lastLine: 2,
      source: { host: '192.0.2.1', port: 47001 },
      tunnel: { kind, id },
    });
    expect(packets[0]?.tunnel?.inner).toMatchObject({
      line: 2,
      time: null,
      dns: { id: 7001 },
      destination: { host: '10.1.2.53' },
    });
  });

  it.each<[string, string, string, number | null]>([
    [
      'Geneve',
      'IP 192.0.2.1.47001 > 192.0.2.2.6081: Geneve, Flags [C], vni 0xb, options [8 bytes]: ',
      'geneve',
      11,
    ],
    ['GRE', 'IP 192.0.2.1 > 192.0.2.2: GREv0, length 74: ', 'gre', null],
    ['IPIP', 'IP 192.0.2.1 > 192.0.2.2: ', 'ipip', null],
  ])('reads %s and the packet in it, on the same line', (_, text, kind, id) => {
    const packet = one(`09:10:11.000250 ${text}${INNER}`);
    expect(packet).toMatchObject({
      source: { host: '192.0.2.1' },
      dns: null,
      tunnel: { kind, id, inner: { dns: { id: 7001 } } },
    });
  });
});

it.each([
  ['numbers', '192.0.2.1 > 192.0.2.2: 10.1.0.5.40183 > 10.1.0.53.53: '],
  ['names', 'n1.example.com > n2.example.com: web-1.example.com.40183 > dns.example.com.domain: '],
])('reads IPIP behind a link header, where nothing names the inner packet: %s', (_, ends) => {
  const link = '02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype IPv4 (0x0800), length 102: ';
  expect(one(`09:10:11.000250 ${link}${ends}6089+ A? db.example.com. (32)`)).toMatchObject({
    protocol: 'ipip',
    tunnel: { kind: 'ipip', inner: { source: { port: 40_183 }, dns: { id: 6089 } } },
  });
});

describe('tunnels over several lines', () => {
  it('reads four lines of -v, indented or not, with and without a link header', () => {
    const head =
      '09:10:11.000250 IP (tos 0x0, ttl 64, id 9, offset 0, flags [none], proto UDP (17), length 120)';
    const body =
      '192.0.2.1.47001 > 192.0.2.2.8472: [udp sum ok] OTV, flags [I] (0x08), overlay 0, instance 1';
    const link = '02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype IPv4 (0x0800), length 84: ';
    for (const lines of [
      [head, `    ${body}`, HEADER, `    ${QUERY}`],
      [head, body, HEADER, QUERY],
      [head, body, link + HEADER.slice(3), QUERY],
      ['', `  ${head}`, `  ${body}`, `  ${HEADER}`, '', `  ${QUERY}`],
    ]) {
      expect(one(...lines)).toMatchObject({
        ipId: 9,
        checksum: 'ok',
        tunnel: { inner: { ipId: 4242, checksum: 'bad', dns: { id: 7001 } } },
      });
    }
  });

  it('reads an ARP request inside, and IPIP with -v', () => {
    expect(
      one(
        `${OUTER}4789: VXLAN, flags [I] (0x08), vni 1`,
        'ARP, Request who-has 10.1.0.9 tell 10.1.0.5, length 28',
      ).tunnel?.inner?.arp?.target,
    ).toBe('10.1.0.9');
    const head =
      '09:10:11.000250 IP (tos 0x0, ttl 64, id 9, offset 0, flags [DF], proto IPIP (4), length 90)';
    expect(one(head, `    192.0.2.1 > 192.0.2.2: ${HEADER}`, `    ${QUERY}`)).toMatchObject({
      protocol: 'ipip',
      tunnel: { kind: 'ipip', inner: { ipId: 4242, dns: { id: 7001 } } },
    });
  });

  it('knows the tunnel where -q shows only its datagram, and gives it no packet of its own time', () => {
    const { packets } = read('IP 192.0.2.1.47001 > 192.0.2.2.8472: UDP, length 92', INNER);
    expect(packets).toMatchObject([
      { payload: 92, tunnel: { kind: 'vxlan', id: null, inner: null } },
      { dns: { id: 7001 } },
    ]);
  });

  it('stops at a depth that no network has', () => {
    const nested = one(`09:10:11.000250 ${'IP 192.0.2.1 > 192.0.2.2: '.repeat(50_000)}`);
    let depth = 0;
    for (let at: Packet | null = nested; at !== null; at = at.tunnel?.inner ?? null) depth += 1;
    expect(depth).toBe(5);
  });
});

describe('lines around packets', () => {
  const packet = '09:10:11.000250 IP 10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)';

  it('reads banner and trailer', () => {
    const capture = read(
      'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
      'dropped privs to tcpdump',
      'listening on cali0a1b2c3, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
      packet,
      '^C1 packet captured',
      '3 packets received by filter',
      '2 packets dropped by kernel',
    );
    expect(capture).toMatchObject({
      listeningOn: 'cali0a1b2c3',
      captured: 1,
      receivedByFilter: 3,
      droppedByKernel: 2,
    });
    expect(capture).toMatchObject({ banner: [1, 2, 3], trailer: [5, 6, 7] });
    expect(tcpdump.place?.(capture)).toEqual({ interface: 'cali0a1b2c3' });
  });

  it('accepts a capture without packets', () => {
    const capture = read(
      'tcpdump: listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes',
      '^C',
      '0 packets captured',
    );
    expect(capture).toMatchObject({
      packets: [],
      listeningOn: 'any',
      captured: 0,
      receivedByFilter: null,
      clock: 'none',
    });
    expect(tcpdump.size(capture)).toEqual({ count: 0, unit: 'packets' });
    expect(tcpdump.place?.(capture)).toEqual({});
  });

  it('counts dumps and details to their packet', () => {
    const hex = ['\t0x0000:  4500 0046 1092 4000  E..F..@.', '        0x0010:  4011'];
    const ascii = ['E..F..@.@...', '.....5', 'any words of a payload', '~'];
    const bgp = ['\tUpdate Message (2), length: 74', '\t  Origin (1), length: 1'];
    for (const details of [hex, ascii, bgp]) {
      const parsed = tcpdump.parse([packet, ...details, packet.replace('7001', '7002')]);
      expect(parsed?.unread).toEqual([]);
      expect(parsed?.content.packets.map(({ line, lastLine }) => [line, lastLine])).toEqual([
        [1, 1 + details.length],
        [2 + details.length, 2 + details.length],
      ]);
    }
  });

  it('keeps a protocol that it does not know as a packet', () => {
    expect(one('09:10:11.000250 LLDP, length 161', '\tChassis ID TLV (1), length 7')).toMatchObject(
      { protocol: 'other', lastLine: 2 },
    );
  });

  it('lists what it cannot read and loses nothing else', () => {
    const parsed = tcpdump.parse([
      'who wrote this?',
      packet,
      'and this',
      packet,
      'IP addresses are > words: here',
    ]);
    expect(parsed?.unread).toEqual([1, 3, 5]);
    expect(parsed?.content.packets).toHaveLength(2);
    expect(tcpdump.parse(['nothing here', ''])).toBeUndefined();
    expect(tcpdump.parse([])).toBeUndefined();
  });
});

describe('recognition', () => {
  it.each([
    `09:10:11.000250 ${HEADER}`,
    '09:10:11.000250 IP 10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)',
    '1700000000.250000 ARP, Request who-has 10.1.0.9 tell 10.1.0.5, length 28',
    '    7  2024-02-29 12:00:00.000001 IP6 fe80::1 > ff02::1: ICMP6, router advertisement, length 16',
    '09:10:11.000250 eth0  In  IP 10.1.0.5.40001 > 10.1.0.53.53: UDP, length 9',
    '09:10:11.000250 02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype Unknown (0x88b5), length 60: ',
    '09:10:11.000250 LLDP, length 161',
    HEADER,
    'IP6 (hlim 255, next-header ICMPv6 (58) payload length: 32) fe80::1 > ff02::1: ICMP6, router solicitation, length 32',
    'IP 10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)',
    'eth0  Out IP 10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)',
    '02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype IPv4 (0x0800), length 84: 10.1.0.5.1 > 10.1.0.6.2: UDP, length 9',
    'ARP, Reply 10.1.0.9 is-at 02:00:5e:00:53:09, length 28',
    'listening on eth0, link-type EN10MB (Ethernet), capture size 262144 bytes',
    'tcpdump: verbose output suppressed, use -v or -vv for full protocol decode',
  ])('is sure of %s', (line) => {
    expect(tcpdump.recognise(line)).toBe('strong');
  });

  it.each([QUERY, '3 packets captured', '0 packets dropped by kernel', 'dropped privs to tcpdump'])(
    'thinks %s likely',
    (line) => {
      expect(tcpdump.recognise(line)).toBe('weak');
    },
  );

  it.each(['\t0x0000:  4500 0046', '\tUpdate Message (2), length: 74', '^C', 'E..F..@.@..."'])(
    'goes on over %s',
    (line) => {
      expect([tcpdump.recognise(line), tcpdump.continues?.(line)]).toEqual(['none', true]);
    },
  );

  it.each([
    '[1700000000.250000] 64 bytes from 192.0.2.1: icmp_seq=1 ttl=64 time=0.042 ms',
    '[12345.678901] IPv4: martian source 10.1.0.5 from 10.1.0.6, on dev eth0',
    'tcp   ESTAB 0 0 10.1.0.5:22 10.1.0.6:40001',
    'udp      17 29 src=10.1.0.5 dst=10.1.0.53 sport=40001 dport=53 [UNREPLIED] src=10.1.0.53 dst=10.1.0.5',
    '    [NEW] udp      17 30 src=10.1.0.5 dst=10.1.0.53 sport=40001 dport=53',
    'ACCEPT     udp  --  10.1.0.0/24          anywhere             udp dpt:domain',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    'cat a.txt > b.txt',
    '09:10:11.000250 read(3, "", 4096) = 0',
    '2024-02-29 12:00:00.000001 [INFO] plugin/reload: Running configuration',
    'IP address: 10.1.0.5',
    'default via 10.1.0.1 dev eth0',
    '4: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN',
    '',
  ])('leaves %s to others', (line) => {
    expect(tcpdump.recognise(line)).toBe('none');
  });
});

describe('hostile text', () => {
  const corpus = [
    'listening on eth0, link-type EN10MB (Ethernet), capture size 262144 bytes',
    `09:10:11.000250 ${HEADER}`,
    `    ${QUERY}`,
    '2024-02-29 12:00:00.000001 eth0  In  IP6 (flowlabel 0x1, hlim 3, next-header UDP (17) payload length: 50) fe80::1.53 > fe80::2.9: 1 NXDomain*- q: A? a.b. 0/1/0 ns: b. [5s] SOA c. (5)',
    `1700000000.250000 02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype 802.1Q (0x8100), length 88: vlan 1, p 0, ethertype IPv4 (0x0800), 10.0.0.1.9 > 10.0.0.2.22: ${SYN}`,
    '09:10:11.000250 IP 192.0.2.1.4 > 192.0.2.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1',
    'IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.9 unreachable - need to frag (mtu 1400), length 36',
    '\tIP (tos 0x0, ttl 1, id 2, offset 0, flags [+], proto TCP (6), length 44)',
    '09:10:11.000250 ARP, Reply 10.1.0.9 is-at 02:00:5e:00:53:09, length 28',
    '\t0x0000:  4500 0046 1092 4000  E..F..@.',
    '^C12 packets captured',
  ];

  it('never throws and accounts for each line, however the text is cut, swapped and repeated', () => {
    const next = generator(20_240_229);
    for (let round = 0; round < 2000; round += 1) {
      const lines = corpus.map((line) => mutate(line, next)).filter(() => next(10) > 0);
      const parsed = tcpdump.parse(lines);
      for (const line of lines) {
        tcpdump.recognise(line);
        tcpdump.continues?.(line);
      }
      if (parsed === undefined) continue;
      const { packets, banner, trailer } = parsed.content;
      const accounted = new Set([...parsed.unread, ...banner, ...trailer]);
      for (const { line, lastLine } of packets) {
        expect(line).toBeLessThanOrEqual(lastLine);
        for (let at = line; at <= lastLine; at += 1) accounted.add(at);
      }
      const missed = lines.flatMap((line, at) =>
        accounted.has(at + 1) || /^\s*(?:\^C)?\s*$/.test(line) ? [] : [line],
      );
      expect(missed).toEqual([]);
    }
  });

  it('takes time in proportion to the text', () => {
    const shapes = [
      (n: number) => Array.from({ length: n }, (_, at) => corpus[at % corpus.length] ?? ''),
      (n: number) => [`09:10:11.000250 IP ${'a > b: '.repeat(n)}`],
      (n: number) => [`09:10:11.000250 IP (${'('.repeat(n * 8)}`],
      (n: number) => [`09:10:11.000250 IP 10.0.0.1.53 > 10.0.0.2.9: 1 q: ${'A? a b '.repeat(n)}`],
      (n: number) => [
        `09:10:11.000250 IP 10.0.0.1.53 > 10.0.0.2.9: 1 9/0/0 ${'A "'.repeat(n * 2)}`,
      ],
      (n: number) => [
        `09:10:11.000250 IP 10.0.0.1.5 > 10.0.0.2.9: Flags [S]${', x [y '.repeat(n)}`,
      ],
      (n: number) => [
        `${' '.repeat(n * 8)}x`,
        '1'.repeat(n * 8),
        `^C${'1 packets captured, '.repeat(n)}`,
      ],
      (n: number) => [
        `09:10:11.000250 IP 10.0.0.1.5 > 10.0.0.2.9: Flags [S]${', options [x], cksum )'.repeat(n)}`,
      ],
      (n: number) =>
        Array.from({ length: n }, () => `IP 10.0.0.1 > 10.0.0.2: IP 10.0.0.1 > 10.0.0.2: IP a`),
    ];
    for (const shape of shapes) {
      const small = seconds(shape(10_000));
      const large = seconds(shape(40_000));
      expect(large, String(shape)).toBeLessThan(small * 12 + 0.05);
    }
  });
});

/** The same numbers on each run: a linear congruential generator (Numerical Recipes). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(line: string, next: (below: number) => number): string {
  const at = next(line.length + 1);
  const noise =
    [' > ', '.', ':', '(', ')', '[', ']', ' ', '\u0000', '7', ', ', '\t', 'IP ', '中', '"', '?'][
      next(16)
    ] ?? '';
  switch (next(6)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(at);
    case 2:
      return line.slice(0, at) + noise + line.slice(at);
    case 3:
      return line.slice(0, at) + noise + line.slice(at + 1 + next(6));
    case 4:
      return line + line.slice(at);
    default:
      return line;
  }
}

function seconds(lines: readonly string[]): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run += 1) {
    const start = performance.now();
    tcpdump.parse(lines);
    for (const line of lines) {
      tcpdump.recognise(line);
      tcpdump.continues?.(line);
    }
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
