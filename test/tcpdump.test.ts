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

describe('a two-line packet', () => {
  it.each([
    ['indented', '    '],
    ['with its indentation lost', ''],
    ['behind a tab', '\t'],
  ])('is read %s', (_, indent) => {
    expect(one(`09:10:11.000250 ${HEADER}`, indent + QUERY)).toEqual({
      line: 1,
      lastLine: 2,
      time: 33_011_000_250,
      timeText: '09:10:11.000250',
      interface: null,
      direction: null,
      sourceMac: null,
      destinationMac: null,
      vlan: null,
      ttl: 64,
      ipId: 4242,
      dontFragment: true,
      ipLength: 70,
      fragment: { offset: 0, more: false },
      protocol: 'udp',
      source: { host: '10.1.0.5', port: 40001 },
      destination: { host: '10.1.0.53', port: 53 },
      checksum: 'bad',
      payload: 42,
      dns: {
        id: 7001,
        response: false,
        qtype: 'A',
        qname: 'db.example.com.',
        rcode: null,
        truncatedAnswer: false,
        counts: null,
        answers: [],
      },
      tcp: null,
      icmp: null,
      arp: null,
      tunnel: null,
      truncated: false,
    });
  });

  it('is read from a paste indented as a whole, and printed on one line by -g', () => {
    expect(one(`    09:10:11.000250 ${HEADER}`, `        ${QUERY}`).dns?.id).toBe(7001);
    expect(one(`09:10:11.000250 ${HEADER} ${QUERY}`)).toMatchObject({
      ttl: 64,
      payload: 42,
      lastLine: 1,
    });
  });
});

describe('a packet with lines missing', () => {
  it('keeps time and id when its second line is missing', () => {
    const { packets } = read(`09:10:11.000250 ${HEADER}`, `09:10:12.000250 ${HEADER}`, QUERY);
    expect(packets).toMatchObject([
      { ipId: 4242, truncated: true, source: { host: '', port: null }, line: 1, lastLine: 1 },
      { ipId: 4242, truncated: false, source: { host: '10.1.0.5' }, line: 2, lastLine: 3 },
    ]);
  });

  it('becomes a packet of unknown time when its first line is missing', () => {
    const { packets, clock } = read(QUERY, `09:10:12.000250 ${HEADER}`, QUERY);
    expect(packets).toMatchObject([
      { time: null, ipId: null, checksum: 'bad', dns: { id: 7001 }, line: 1 },
      { timeText: '09:10:12.000250', line: 2 },
    ]);
    expect(clock).toBe('day');
  });

  it.each([
    ['of another length', '10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? long.db.example.com. (47)'],
    ['of another protocol', `10.1.0.5.40001 > 10.1.0.53.53: ${SYN}`],
    ['of ICMP', '10.1.0.5 > 10.1.0.53: ICMP echo request, id 1, seq 1, length 64'],
  ])('does not take a second line %s for its own', (_, body) => {
    const { packets } = read(`09:10:11.000250 ${HEADER}`, body);
    expect(packets).toMatchObject([
      { ipId: 4242, truncated: true, dns: null, tcp: null, source: { host: '' } },
      { ipId: null, time: null, source: { host: '10.1.0.5' } },
    ]);
  });

  it('says that the end of the capture is cut', () => {
    const whole = [`09:10:11.000250 ${HEADER}`, QUERY];
    expect(tcpdump.parse(whole)?.truncated).toBe(false);
    expect(tcpdump.parse(whole.slice(0, 1))?.truncated).toBe(true);
    expect(tcpdump.parse([whole[0] ?? '', QUERY.slice(0, -8)])?.truncated).toBe(true);
    expect(tcpdump.parse([`09:10:11.000250 ${HEADER.slice(0, 30)}`])?.truncated).toBe(true);
    expect(tcpdump.parse(['09:10:11.000250 IP 10.1.0.5.40'])?.truncated).toBe(true);
  });
});

describe('time', () => {
  const body = 'IP 10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)';

  it.each([
    ['the time of day', '00:00:01.000002', 'day', 1_000_002],
    ['nanoseconds', '23:59:59.000002500', 'day', 86_399_000_002.5],
    ['-tt', '1700000000.250000', 'epoch', 1_700_000_000_250_000],
    ['-tttt', '2024-02-29 12:00:00.000001', 'date', 1_709_208_000_000_001],
    ['-tttt before a leap day', '2000-01-01 00:00:00.000000', 'date', 946_684_800_000_000],
    ['-ttt at its start', ' 00:00:00.000000', 'delta', 0],
    ['-# and a date', '   12  2024-02-29 12:00:00.000001', 'date', 1_709_208_000_000_001],
  ])('is read as %s', (_, stamp, clock, micros) => {
    const capture = read(`${stamp} ${body}`);
    expect(capture.clock).toBe(clock);
    expect(capture.packets).toMatchObject([{ time: micros, dns: { id: 7001 } }]);
  });

  it('may be missing (-t)', () => {
    const capture = read(
      body,
      `IP (tos 0x0, ttl 9, id 1, offset 0, flags [none], proto UDP (17), length 70)`,
      QUERY,
    );
    expect(capture.clock).toBe('none');
    expect(capture.packets).toMatchObject([
      { time: null, timeText: null },
      { time: null, ttl: 9, ipId: 1 },
    ]);
  });

  it('is told from steps between packets, also where the first packet was cut off', () => {
    const at = (stamp: string) => `${stamp} ${body}`;
    expect(read(at('00:00:00.000300'), at('00:00:02.000100'), at('00:00:00.000200')).clock).toBe(
      'delta',
    );
    expect(read(at('00:00:01.000300'), at('00:00:02.000100'), at('00:00:03.000200')).clock).toBe(
      'day',
    );
  });
});

describe('link and interface', () => {
  const dns = '10.1.0.5.40001 > 10.1.0.53.53: 7001+ A? db.example.com. (42)';
  const macs = { sourceMac: '02:00:5e:00:53:01', destinationMac: '02:00:5e:00:53:02' };

  it.each<[string, string, Partial<Packet>]>([
    ['the column of -i any', `eth0  In  IP ${dns}`, { interface: 'eth0', direction: 'in' }],
    ['a dotted interface', `flannel.1 Out IP ${dns}`, { interface: 'flannel.1', direction: 'out' }],
    ['a broadcast', `lo    B   IP ${dns}`, { interface: 'lo', direction: 'in' }],
    ['another host', `eth0  P   IP ${dns}`, { interface: 'eth0', direction: 'other' }],
    [
      'cooked -e',
      `eth0  Out ifindex 5 02:00:5e:00:53:01 ethertype IPv4 (0x0800), length 90: ${dns}`,
      {
        interface: 'eth0',
        direction: 'out',
        sourceMac: '02:00:5e:00:53:01',
        destinationMac: null,
        vlan: null,
      },
    ],
    [
      'cooked -e of libpcap before 1.10',
      ` In 02:00:5e:00:53:01 ethertype IPv4 (0x0800), length 90: ${dns}`,
      { interface: null, direction: 'in', sourceMac: '02:00:5e:00:53:01' },
    ],
    [
      'an index with its name',
      `ifindex 5 (eth0) In  IP ${dns}`,
      { interface: 'eth0', direction: 'in' },
    ],
    [
      '-e',
      `02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype IPv4 (0x0800), length 84: ${dns}`,
      { ...macs, vlan: [] },
    ],
    [
      '-e with vendors',
      `02:00:5e:00:53:01 (oui Unknown) > 02:00:5e:00:53:02 (oui Unknown), ethertype IPv4 (0x0800), length 84: ${dns}`,
      macs,
    ],
    ['-e -q', `02:00:5e:00:53:01 > 02:00:5e:00:53:02, IPv4, length 84: ${dns}`, macs],
    [
      'a VLAN tag',
      `02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype 802.1Q (0x8100), length 88: vlan 100, p 0, ethertype IPv4 (0x0800), ${dns}`,
      { ...macs, vlan: [100] },
    ],
    [
      'two VLAN tags',
      `02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype 802.1Q-QinQ (0x88a8), length 92: vlan 7, p 0, ethertype 802.1Q (0x8100), vlan 20, p 3, DEI, ethertype IPv4 (0x0800), ${dns}`,
      { ...macs, vlan: [7, 20] },
    ],
    [
      'two VLAN tags with -q',
      `02:00:5e:00:53:01 > 02:00:5e:00:53:02, 802.1Q-QinQ, length 92: vlan 7, p 0, 802.1Q, vlan 20, p 3, DEI, IPv4, ${dns}`,
      { ...macs, vlan: [7, 20] },
    ],
    ['an MPLS label', `MPLS (label 21, tc 0, [S], ttl 63) IP ${dns}`, {}],
    ['tcpdump before 3.9', dns, {}],
  ])('reads %s', (_, line, expected) => {
    expect(one(`09:10:11.000250 ${line}`)).toMatchObject({
      ...expected,
      dns: { id: 7001 },
      payload: 42,
    });
  });

  it('reads the header of -v behind that of -e', () => {
    const link = '02:00:5e:00:53:01 > 02:00:5e:00:53:02, ethertype IPv4 (0x0800), length 84:';
    const packet = one(`09:10:11.000250 ${link} ${HEADER.slice(3)}`, `    ${QUERY}`);
    expect(packet).toMatchObject({ ...macs, ttl: 64, dns: { id: 7001 } });
  });
});

describe('IP headers', () => {
  it.each<[string, string, Partial<Packet>]>([
    [
      'a first fragment',
      'id 7, offset 0, flags [+], proto UDP (17), length 1500',
      { fragment: { offset: 0, more: true } },
    ],
    [
      'before tcpdump 4',
      'id 7, offset 0, flags [DF], proto: UDP (17), length: 70',
      { ipLength: 70, protocol: 'udp' },
    ],
    [
      'ECN and options',
      'id 7, offset 0, flags [none], proto UDP (17), length 74, options (RA)',
      { ipLength: 74 },
    ],
    [
      'its own checksum',
      'id 7, offset 0, flags [none], proto UDP (17), length 70, bad cksum 0 (->2f4b)!',
      { ipId: 7 },
    ],
  ])('are read with %s', (_, fields, expected) => {
    expect(one(`09:10:11.000250 IP (tos 0x2,ECT(0), ttl 5, ${fields})`, QUERY)).toMatchObject({
      ttl: 5,
      ipId: 7,
      ...expected,
    });
  });

  it('reads a later fragment, which has no ports', () => {
    const header =
      'IP (tos 0x0, ttl 64, id 7, offset 1480, flags [none], proto UDP (17), length 520)';
    expect(
      one(`09:10:11.000250 ${header}`, '    192.0.2.1 > 192.0.2.2: ip-proto-17'),
    ).toMatchObject({
      fragment: { offset: 1480, more: false },
      protocol: 'udp',
      source: { host: '192.0.2.1', port: null },
      truncated: false,
    });
    expect(one('09:10:11.000250 IP 192.0.2.1 > 192.0.2.2: udp')).toMatchObject({
      protocol: 'udp',
      destination: { host: '192.0.2.2', port: null },
    });
  });
});

describe('IPv6', () => {
  it('reads IPv6', () => {
    const header = 'IP6 (flowlabel 0x6f2a1, hlim 63, next-header UDP (17) payload length: 50)';
    expect(
      one(
        `09:10:11.000250 ${header} 2001:db8::5.40001 > 2001:db8::53.53: [udp sum ok] 7001+ AAAA? db.example.com. (42)`,
      ),
    ).toMatchObject({
      ttl: 63,
      ipId: null,
      checksum: 'ok',
      dns: { qtype: 'AAAA' },
      source: { host: '2001:db8::5', port: 40001 },
      destination: { host: '2001:db8::53', port: 53 },
    });
    const newer =
      'IP6 (class 0xc0, flowlabel 0x6f2a1, hlim 63, next-header TCP (6), payload length 40)';
    const packet = one(`09:10:11.000250 ${newer} 2001:db8::5.40001 > 2001:db8::53.80: ${SYN}`);
    expect(packet).toMatchObject({
      ttl: 63,
      ipLength: 80,
      tcp: { flags: 'S' },
      destination: { port: 80 },
    });
  });

  it('reads an IPv6 fragment and the ports behind it', () => {
    const line = 'IP6 2001:db8::53 > 2001:db8::5: frag (0|1232) 53 > 40001: 7001* 30/0/1 (1800)';
    expect(one(`09:10:11.000250 ${line}`)).toMatchObject({
      fragment: { offset: 0, more: true },
      protocol: 'udp',
      source: { host: '2001:db8::53', port: 53 },
      destination: { host: '2001:db8::5', port: 40001 },
      dns: { counts: [30, 0, 1] },
    });
    expect(one('09:10:11.000251 IP6 2001:db8::53 > 2001:db8::5: frag (1232|576)').fragment).toEqual(
      { offset: 1232, more: false },
    );
  });

  it('notes what the capture cut', () => {
    expect(
      one(
        '09:10:11.000250 IP truncated-ip - 20 bytes missing! 192.0.2.1.53 > 192.0.2.2.4000: 7001 1/0/0 A 192.0.2.9 (44)',
      ),
    ).toMatchObject({
      truncated: true,
      dns: { id: 7001 },
    });
    expect(one('09:10:11.000250 IP 192.0.2.1.53 > 192.0.2.2.4000: 7001[|domain]').truncated).toBe(
      true,
    );
  });
});

describe('endpoints', () => {
  it.each([
    [
      'names and service names',
      '10-1-0-5.default.svc.cluster.local.51620 > kube-dns.kube-system.svc.cluster.local.domain: 7001+ A? a. (19)',
      51620,
      53,
    ],
    [
      'a single label',
      'busybox.46239 > resolver.example.org.mdns: 0 A (QM)? a.local. (25)',
      46239,
      5353,
    ],
    [
      'a service unknown to us',
      'a.example.org.46239 > b.example.org.mystery: UDP, length 9',
      46239,
      null,
    ],
  ])('splits %s at the last dot', (_, line, source, destination) => {
    const packet = one(`09:10:11.000250 IP ${line}`);
    expect([packet.source.port, packet.destination.port]).toEqual([source, destination]);
    expect(packet.source.host).toBe(line.slice(0, line.indexOf(`.${source}`)));
  });

  it('leaves names whole where the protocol has no ports', () => {
    expect(
      one('09:10:11.000250 IP a-1.example.com > b.ssh: ICMP echo request, id 7, seq 1, length 64'),
    ).toMatchObject({
      source: { host: 'a-1.example.com', port: null },
      destination: { host: 'b.ssh', port: null },
    });
  });

  it('tells the protocol by what is printed', () => {
    const kinds: [string, string, Packet['protocol'], number | null][] = [
      ['10.1.0.5.5000 > 10.1.0.6.6000', 'UDP, length 12', 'udp', 12],
      ['10.1.0.5.5000 > 10.1.0.6.123', 'NTPv4, Client, length 48', 'udp', 48],
      ['10.1.0.5.5000 > 10.1.0.6.514', 'SYSLOG user.notice, length: 79', 'udp', 79],
      ['10.1.0.5.5000 > 10.1.0.6.80', 'tcp 517', 'tcp', 517],
      ['10.1.0.5 > 224.0.0.5', 'OSPFv2, Hello, length 48', 'other', 48],
      ['10.1.0.5 > 224.0.0.22', 'igmp v3 report, 1 group record(s)', 'igmp', null],
      ['10.1.0.5 > 10.1.0.6', 'ESP(spi=0x0000a1b2,seq=0x1c), length 100', 'esp', 100],
      ['10.1.0.5.9 > 10.1.0.6.9', 'sctp (1) [INIT] [init tag: 7]', 'other', null],
    ];
    for (const [ends, rest, protocol, payload] of kinds) {
      expect(one(`09:10:11.000250 IP ${ends}: ${rest}`), rest).toMatchObject({
        protocol,
        payload,
        dns: null,
      });
    }
  });

  it.each([
    ['[udp sum ok]', 'ok'],
    ['[no cksum]', 'none'],
    ['[bad udp cksum 0x1437 -> 0x9f2c!]', 'bad'],
    ['[bad udp cksum 9f2c!]', 'bad'],
  ])('reads the UDP checksum %s', (text, checksum) => {
    expect(
      one(`09:10:11.000250 IP 10.1.0.5.5000 > 10.1.0.6.6000: ${text} UDP, length 12`),
    ).toMatchObject({ checksum, payload: 12 });
  });
});

describe('DNS', () => {
  const dns = (text: string) =>
    one(`09:10:11.000250 IP 10.1.0.53.53 > 10.1.0.5.40001: ${text}`).dns;

  it.each<[string, Partial<NonNullable<Packet['dns']>>]>([
    [
      '7001+ A? db.example.com. (32)',
      { response: false, qtype: 'A', qname: 'db.example.com.', rcode: null },
    ],
    ['7001 A? db.example.com. (32)', { response: false, qtype: 'A' }],
    [
      '7001+% [1au] AAAA? db.example.com. ar: . OPT UDPsize=1232 DO (43)',
      { qtype: 'AAAA', qname: 'db.example.com.' },
    ],
    ['7001+ [b2&3=0x120] [1au] A? db.example.com. (43)', { qtype: 'A', qname: 'db.example.com.' }],
    ['7001+ NS? . (17)', { qtype: 'NS', qname: '.' }],
    ['7001+ TXT CHAOS? version.bind. (30)', { qtype: 'TXT', qname: 'version.bind.' }],
    ['7001+ Type65? db.example.com. (32)', { qtype: 'Type65' }],
    [
      '0 [2q] PTR (QM)? My Printer._ipp._tcp.local. PTR (QM)? b.local. (60)',
      { qtype: 'PTR', qname: 'My Printer._ipp._tcp.local.' },
    ],
    [
      '7001 NXDomain*- q: A? db.example.com. 0/1/0 ns: example.com. [5s] SOA ns.example.com. h.example.com. 1 2 3 4 5 (97)',
      {
        response: true,
        rcode: 'NXDomain',
        qtype: 'A',
        qname: 'db.example.com.',
        counts: [0, 1, 0],
        answers: [],
      },
    ],
    [
      '7001*- 1/0/0 A 198.51.100.4 (48)',
      { rcode: 'NoError', qtype: null, counts: [1, 0, 0], answers: ['A 198.51.100.4'] },
    ],
    [
      '7001 2/0/1 CNAME lb.example.com., A 198.51.100.4 (81)',
      { answers: ['CNAME lb.example.com.', 'A 198.51.100.4'] },
    ],
    [
      '7001$ q: A? db.example.com. 1/0/1 db.example.com. [1m] A 198.51.100.4 ar: . OPT UDPsize=512 (59)',
      {
        answers: ['db.example.com. [1m] A 198.51.100.4'],
      },
    ],
    ['7001 2/0/0 TXT "a, b ns: c", TXT "d" (70)', { answers: ['TXT "a, b ns: c"', 'TXT "d"'] }],
    ['7001 12/9/27 A 198.51.100.4 (512)', { counts: [12, 9, 27] }],
    ['7001 ServFail 0/0/0 (32)', { rcode: 'ServFail', counts: [0, 0, 0] }],
    ['7001 Refused- 0/0/0 (32)', { rcode: 'Refused', response: true }],
    ['7001 NotImp 0/0/0 (12)', { rcode: 'NotImp' }],
    ['7001 FormErr- [0q] 0/0/0 (12)', { rcode: 'FormErr', counts: [0, 0, 0] }],
    ['7001*| 0/0/0 (32)', { truncatedAnswer: true, rcode: 'NoError' }],
    ['7001 update [1a] [2n] SOA? example.com. (90)', { response: false, qtype: 'SOA' }],
  ])('reads %s', (text, expected) => {
    expect(dns(text)).toMatchObject({ id: text.startsWith('0') ? 0 : 7001, ...expected });
  });
});

describe('DNS messages', () => {
  it('gives the length, and says when the line is cut before it', () => {
    expect(
      one(`09:10:11.000250 IP 10.1.0.53.53 > 10.1.0.5.40001: 7001 1/0/0 A 198.51.100.4 (48)`)
        .payload,
    ).toBe(48);
    const cut = one('09:10:11.000250 IP 10.1.0.53.53 > 10.1.0.5.40001: 7001 NXDoma');
    expect(cut).toMatchObject({ truncated: true, payload: null, dns: { id: 7001 } });
  });

  it('is read over TCP', () => {
    const segment =
      'Flags [P.], seq 1:59, ack 1, win 502, length 58 7001+ [1au] A? db.example.com. (56)';
    expect(one(`09:10:11.000250 IP 10.1.0.5.40001 > 10.1.0.53.53: ${segment}`)).toMatchObject({
      protocol: 'tcp',
      payload: 58,
      tcp: { flags: 'P.', seq: 1, seqEnd: 59 },
      dns: { id: 7001, qtype: 'A' },
    });
  });

  it('does not take other protocols that begin with a number for DNS', () => {
    expect(
      one('09:10:11.000250 IP 10.1.0.5.40001 > 10.1.0.6.2049: 108 getattr fh Unknown/1').dns,
    ).toBeNull();
  });
});

describe('TCP', () => {
  const tcp = (text: string) => one(`09:10:11.000250 IP 10.1.0.5.40001 > 10.1.0.6.22: ${text}`);

  it.each<[string, Partial<Packet>]>([
    [
      SYN,
      {
        payload: 0,
        tcp: { flags: 'S', seq: 1500, seqEnd: null, ack: null, win: 64240, mss: 1460 },
      },
    ],
    [
      'Flags [S.], cksum 0x1c3a (correct), seq 9, ack 1501, win 65160, options [mss 1410], length 0',
      {
        checksum: 'ok',
        tcp: { flags: 'S.', seq: 9, seqEnd: null, ack: 1501, win: 65160, mss: 1410 },
      },
    ],
    [
      'Flags [P.], cksum 0x1c3a (incorrect -> 0x77aa), seq 1:42, ack 1, win 502, options [nop,nop,TS val 1 ecr 2], length 41: HTTP: GET / HTTP/1.1',
      {
        checksum: 'bad',
        payload: 41,
        tcp: { flags: 'P.', seq: 1, seqEnd: 42, ack: 1, win: 502, mss: null },
      },
    ],
    [
      'Flags [R], seq 77, win 0, length 0',
      { tcp: { flags: 'R', seq: 77, seqEnd: null, ack: null, win: 0, mss: null } },
    ],
    ['Flags [.], ack 5, win 501, length 0', { truncated: false }],
    ['Flags [.], ack 5, win 50', { truncated: true }],
  ])('reads %s', (text, expected) => {
    expect(tcp(text)).toMatchObject({ protocol: 'tcp', ...expected });
  });
});

describe('ICMP', () => {
  const icmp = (text: string) => one(`09:10:11.000250 IP 10.1.0.1 > 10.1.0.5: ${text}`);

  it.each<[string, Partial<NonNullable<Packet['icmp']>>]>([
    [
      'ICMP echo request, id 77, seq 3, length 64',
      { message: 'echo request', id: 77, seq: 3, mtu: null },
    ],
    [
      'ICMP host 10.1.0.9 unreachable - admin prohibited, length 92',
      { message: 'host 10.1.0.9 unreachable - admin prohibited', id: null },
    ],
    [
      'ICMP 10.1.0.9 udp port 53 unreachable, length 92',
      { message: '10.1.0.9 udp port 53 unreachable' },
    ],
    ['ICMP 10.1.0.9 unreachable - need to frag (mtu 1400), length 556', { mtu: 1400 }],
    ['ICMP time exceeded in-transit, length 68', { message: 'time exceeded in-transit' }],
  ])('reads %s', (text, expected) => {
    const packet = icmp(text);
    expect(packet.icmp).toMatchObject({ quoted: null, ...expected });
    expect(packet).toMatchObject({ protocol: 'icmp', payload: Number(text.split('length ')[1]) });
  });

  it('reads ICMPv6', () => {
    expect(
      one(
        '09:10:11.000250 IP6 2001:db8::1 > 2001:db8::5: ICMP6, packet too big, mtu 1280, length 1240',
      ),
    ).toMatchObject({
      protocol: 'icmp6',
      payload: 1240,
      icmp: { mtu: 1280 },
      source: { host: '2001:db8::1', port: null },
    });
    const header = 'IP6 (hlim 255, next-header ICMPv6 (58) payload length: 32)';
    const line = `09:10:11.000250 ${header} fe80::1 > ff02::1:ff00:5: [icmp6 sum ok] ICMP6, neighbor solicitation, length 32, who has fe80::5`;
    expect(one(line)).toMatchObject({ protocol: 'icmp6', checksum: 'ok', ttl: 255 });
  });

  it.each([
    ['\t', '    '],
    ['', ''],
  ])('keeps the packet that an error quotes (indents %j and %j)', (first, second) => {
    const packet = one(
      '09:10:11.000250 IP (tos 0xc0, ttl 64, id 11, offset 0, flags [none], proto ICMP (1), length 98)',
      `${second}10.1.0.1 > 10.1.0.5: ICMP host 10.1.0.53 unreachable, length 78`,
      `${first}${HEADER}`,
      `${second}${QUERY}`,
    );
    expect(packet).toMatchObject({
      ipId: 11,
      lastLine: 4,
      icmp: { quoted: { ipId: 4242, time: null, line: 3, lastLine: 4, dns: { id: 7001 } } },
    });
  });
});

describe('ARP', () => {
  it.each<[string, Packet['arp']]>([
    [
      'ARP, Request who-has 10.1.0.9 tell 10.1.0.5, length 28',
      { operation: 'request', target: '10.1.0.9', asker: '10.1.0.5', mac: null },
    ],
    [
      'ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 10.1.0.9 (02:00:5e:00:53:09) tell 10.1.0.5, length 28',
      { operation: 'request', target: '10.1.0.9', asker: '10.1.0.5', mac: null },
    ],
    [
      'ARP, Reply 10.1.0.9 is-at 02:00:5e:00:53:09 (oui Unknown), length 28',
      { operation: 'reply', target: '10.1.0.9', asker: null, mac: '02:00:5e:00:53:09' },
    ],
    [
      '02:00:5e:00:53:05 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.1.0.9 tell 10.1.0.5, length 28',
      { operation: 'request', target: '10.1.0.9', asker: '10.1.0.5', mac: null },
    ],
    [
      'arp who-has 10.1.0.9 tell 10.1.0.5',
      { operation: 'request', target: '10.1.0.9', asker: '10.1.0.5', mac: null },
    ],
  ])('reads %s', (line, arp) => {
    expect(one(`09:10:11.000250 ${line}`)).toMatchObject({
      protocol: 'arp',
      arp,
      truncated: false,
    });
  });
});
