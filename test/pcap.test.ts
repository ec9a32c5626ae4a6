import { describe, expect, it } from 'vitest';
import type { Packet } from '../functions/artefacts/packet.ts';
import {
  type CaptureFile,
  isCaptureFile,
  readCaptureFile,
} from '../functions/artefacts/pcap/capture-file.ts';
import { packetText } from '../functions/artefacts/pcap/text.ts';
import { tcpdump } from '../functions/artefacts/tcpdump/index.ts';
import {
  asShown,
  printAnew,
  printedPackets,
  printings,
  scenesFor,
} from './fixtures/pcap/as-shown.ts';
import { scenes } from './fixtures/pcap/scenes.ts';
import {
  arp,
  ascii,
  type Bytes,
  be16,
  be32,
  type Captured,
  carrying,
  dns,
  dnsName,
  ethernet,
  type FileOptions,
  icmp6,
  ip4,
  ip4Packet,
  ip6Packet,
  join,
  pcapFile,
  pcapngBlocks,
  pointer,
  SYN,
  sll2,
  tcp,
  udp,
  vxlan,
} from './support/pcap-writer.ts';

const program = process.env.UPDATE_TCPDUMP;
if (program !== undefined) printAnew(program);

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const QUERY = dns({ id: 4242, flags: 0x0100, question: { name: 'db.example.com', type: 28 } });
const DATAGRAM = udp(40_001, 53, QUERY);
const PACKET = ip4Packet('10.1.0.5', '10.1.0.53', DATAGRAM, { id: 77, dontFragment: true });
const FRAME = ethernet(A, B, 0x0800, PACKET);
/** 2026-03-04 05:06:07 UTC. */
const NOON = 1_772_600_767;
const TIME = NOON * 1_000_000;

function read(bytes: Uint8Array): CaptureFile {
  const file = readCaptureFile(bytes);
  if (file === undefined) throw new Error('no capture file');
  return file;
}

function file(frames: readonly Bytes[], linkType = 1, more: Partial<FileOptions> = {}): Uint8Array {
  const records = frames.map((frame): Captured => ({ seconds: NOON, fraction: 9, frame }));
  return pcapFile(records, { linkType, ...more });
}

function one(frame: Bytes, linkType = 1, kept = frame.length): Packet {
  const record = { seconds: NOON, fraction: 250, frame, kept };
  const { capture } = read(pcapFile([record], { linkType }));
  const [packet] = capture.packets;
  if (packet === undefined || capture.packets.length !== 1) throw new Error('not one packet');
  return packet;
}

function message(bytes: Bytes): Packet {
  return one(ip4Packet('10.1.0.53', '10.1.0.5', udp(53, 40_001, bytes)), 101);
}

describe.each(printings)(
  'packets from bytes are those that tcpdump $options prints',
  (printing) => {
    it.each(scenesFor(printing))('$name', ({ name, bytes, linkType }) => {
      const { packets } = read(bytes).capture;
      expect(packets.length).toBeGreaterThan(0);
      expect(packets.map((packet) => asShown(packet, printing, linkType))).toEqual(
        printedPackets(name, printing),
      );
    });
  },
);

describe('a packet', () => {
  it('has every field that its bytes tell', () => {
    expect(one(FRAME)).toEqual({
      line: 1,
      lastLine: 1,
      time: TIME + 250,
      timeText: '05:06:07.000250',
      interface: null,
      direction: null,
      sourceMac: A,
      destinationMac: B,
      vlan: [],
      ttl: 64,
      ipId: 77,
      dontFragment: true,
      ipLength: PACKET.length,
      fragment: { offset: 0, more: false },
      protocol: 'udp',
      source: { host: '10.1.0.5', port: 40_001 },
      destination: { host: '10.1.0.53', port: 53 },
      checksum: 'ok',
      payload: QUERY.length,
      dns: {
        id: 4242,
        response: false,
        qtype: 'AAAA',
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

  const six = ip6Packet('fd00::5', 'fd00::53', DATAGRAM);
  const lldp = ethernet(A, '01:80:c2:00:00:0e', 0x88cc, [0, 0]);
  it.each<[string, Bytes, number, object]>([
    ['length of IPv6 with its header', six, 101, { ipLength: 40 + 8 + QUERY.length, ipId: null }],
    [
      'quote in an ICMPv6 error',
      ip6Packet('fd00::1', 'fd00::5', icmp6(2, 0, be32(1280), six)),
      101,
      {
        payload: 8 + six.length,
        icmp: { mtu: 1280, quoted: { protocol: 'udp', dns: { id: 4242 } } },
      },
    ],
    [
      'frame that is neither IP nor ARP',
      lldp,
      1,
      { protocol: 'other', source: { host: '', port: null }, sourceMac: A },
    ],
    [
      '802.3 frame with an LLC header',
      ethernet(A, B, 38, [0x42, 0x42, 3]),
      1,
      { protocol: 'other' },
    ],
    [
      'ports of SCTP',
      ip4Packet('10.1.0.5', '10.1.0.6', carrying(132, [...be16(7), ...be16(8)])),
      101,
      {
        protocol: 'other',
        source: { host: '10.1.0.5', port: 7 },
      },
    ],
    [
      'packet behind MPLS',
      ethernet(A, B, 0x8847, [...be32(0x1000_0040), ...be32(0x1000_0140), ...PACKET]),
      1,
      { dns: { id: 4242 } },
    ],
    [
      'packet behind PPPoE',
      ethernet(A, B, 0x8864, [0x11, 0, 0, 1, ...be16(PACKET.length + 2), 0, 0x21, ...PACKET]),
      1,
      { dns: { id: 4242 } },
    ],
    [
      'interface of a cooked packet by its number',
      sll2(4, 12, A, 0x0800, PACKET),
      276,
      {
        interface: 'ifindex 12',
        direction: 'out',
        sourceMac: A,
      },
    ],
    [
      'TSO segment without a length',
      [...PACKET.slice(0, 2), 0, 0, ...PACKET.slice(4)],
      101,
      { ipLength: 0, dns: { id: 4242 } },
    ],
    [
      'checksum under a source route',
      ip4Packet('10.1.0.5', '10.1.0.6', DATAGRAM, { options: [131, 7, 8, 10, 1, 0, 53, 0] }),
      101,
      { checksum: null, dns: { id: 4242 } },
    ],
    [
      'datagram with a length of its own under eight',
      ip4Packet('10.1.0.5', '10.1.0.6', carrying(17, [0, 1, 0, 2, 0, 3, 0, 0])),
      101,
      { truncated: true, payload: null },
    ],
    [
      'type but no addresses where the version is another one',
      ethernet(A, B, 0x0800, [0x50, ...PACKET.slice(1)]),
      1,
      { protocol: 'other', truncated: true, ttl: null, source: { host: '', port: null } },
    ],
    [
      'RARP, which has only its length',
      ethernet(A, B, 0x0806, arp(3, [A, '10.1.0.5'], [B, '10.1.0.6'])),
      1,
      { protocol: 'arp', arp: null, payload: 28 },
    ],
  ])('shows the %s', (_, frame, linkType, wanted) => {
    expect(one(frame, linkType)).toMatchObject(wanted);
  });

  it('is followed four tunnels deep and no deeper', () => {
    const nested = (inner: Bytes) =>
      ethernet(A, B, 0x0800, ip4Packet('192.0.2.1', '192.0.2.2', udp(5000, 4789, vxlan(3, inner))));
    let frame: Bytes = FRAME;
    for (let depth = 0; depth < 6; depth += 1) frame = nested(frame);
    let packet: Packet | null = one(frame);
    let depth = 0;
    for (; packet?.tunnel != null; packet = packet.tunnel.inner) depth += 1;
    expect(depth).toBe(5);
    expect(packet).toBeNull();
  });

  it.each([
    ['in the link header', 10, { truncated: true, protocol: 'other' }],
    ['in the IP header', 30, { truncated: true, source: { host: '', port: null } }],
    [
      'before the ports',
      36,
      { truncated: true, source: { host: '10.1.0.5', port: null }, ipId: 77 },
    ],
    [
      'in the DNS header',
      50,
      { truncated: true, dns: null, checksum: null, payload: QUERY.length },
    ],
    ['in the question', 60, { truncated: true, dns: { id: 4242, qname: null, qtype: null } }],
  ])('keeps what stands before a cut %s', (_, kept, wanted) => {
    expect(one(FRAME, 1, kept)).toMatchObject(wanted);
  });

  it('is no truncated one when only its payload was cut', () => {
    const segment = tcp(4000, 443, { flags: SYN, seq: 5, body: ascii('x'.repeat(100)) });
    const frame = ethernet(A, B, 0x0800, ip4Packet('10.1.0.5', '10.1.0.6', segment));
    expect(one(frame, 1, 60)).toMatchObject({ truncated: false, payload: 100, checksum: null });
  });
});

describe('a DNS message', () => {
  const QUESTION = { name: 'db.example.com', type: 1 };
  const opt = (extended: number) => ({ name: [0], type: 41, class: 1232, extended });

  it.each([
    [
      'an operation',
      dns({ id: 1, flags: 0x2000, question: QUESTION }),
      { qtype: 'A', response: false },
    ],
    [
      'no question',
      dns({ id: 2, flags: 0x8180 }),
      { qtype: null, qname: null, rcode: 'NoError', counts: [0, 0, 0] },
    ],
    [
      'a type of its own number',
      dns({ id: 3, flags: 0x0100, question: { name: 'x.example', type: 64 } }),
      { qtype: 'Type64' },
    ],
    [
      'the root',
      dns({ id: 4, flags: 0x0100, question: { name: '', type: 2 } }),
      { qtype: 'NS', qname: '.' },
    ],
  ])('may have %s', (_, bytes, wanted) => {
    expect(message(bytes).dns).toMatchObject(wanted);
  });

  it('takes the upper bits of its code from the OPT record', () => {
    const bytes = dns({
      id: 5,
      flags: 0x8180,
      question: QUESTION,
      additional: [{ ...opt(0), content: [] }],
    });
    const lifetime = bytes.length - 6;
    const code = (extended: number) =>
      message([...bytes.slice(0, lifetime), extended, ...bytes.slice(lifetime + 1)]).dns?.rcode;
    expect([0, 1, 2].map(code)).toEqual(['NoError', 'BadVers', 'Resp32']);
  });

  it('gives sixteen answers as text and counts them all', () => {
    const answers = Array.from({ length: 40 }, (_, at) => ({
      name: pointer(12),
      type: 1,
      content: ip4(`192.0.2.${at}`),
    }));
    const read = message(dns({ id: 6, flags: 0x8180, question: QUESTION, answers })).dns;
    expect(read?.counts).toEqual([40, 0, 0]);
    expect(read?.answers).toHaveLength(16);
    expect(read?.answers[15]).toBe('db.example.com. A 192.0.2.15');
  });

  it.each<[string, Bytes]>([
    ['points at itself', [...be16(0xc00c)]],
    ['points forwards', [...be16(0xc0ff)]],
    ['points at a pointer at itself', [1, 97, ...be16(0xc00c)]],
    ['has a label of a kind that is not used', [0x80, 97, 0]],
    ['never ends', new Array<number>(300).fill(1)],
  ])('has no question when its name %s', (_, name) => {
    const header = dns({ id: 7, flags: 0x0100 });
    const bytes = [...header.slice(0, 5), 1, ...header.slice(6), ...name, ...be16(1), ...be16(1)];
    expect(message(bytes)).toMatchObject({ truncated: true, dns: { id: 7, qname: null } });
  });

  it('says so when a name is longer than names may be', () => {
    const long = dnsName(Array.from({ length: 5 }, () => 'l'.repeat(60)).join('.'));
    const header = dns({ id: 8, flags: 0x0100 });
    const bytes = [...header.slice(0, 5), 1, ...header.slice(6), ...long, ...be16(1), ...be16(1)];
    expect(message(bytes).dns?.qname).toMatch(/^(?:l{60}\.){4}<DOMAIN NAME TOO LONG>$/);
  });

  it('keeps names apart that differ in a single byte', () => {
    const names = Array.from({ length: 3000 }, (_, at) => `n${at}.example.com`);
    const frames = names.map((name) =>
      ip4Packet(
        '10.1.0.5',
        '10.1.0.53',
        udp(40_001, 53, dns({ id: 1, flags: 0, question: { name, type: 1 } })),
      ),
    );
    const { packets } = read(file([...frames, ...frames], 101)).capture;
    expect(packets.map((packet) => packet.dns?.qname)).toEqual(
      [...names, ...names].map((name) => `${name}.`),
    );
  });
});

describe('a pcap file', () => {
  it.each([
    ['big-endian', { little: false, nano: false }, TIME + 250],
    ['little-endian', { little: true, nano: false }, TIME + 250],
    ['big-endian of nanoseconds', { little: false, nano: true }, TIME + 0.25],
    ['little-endian of nanoseconds', { little: true, nano: true }, TIME + 0.25],
  ])('is read when it is %s', (_, form, time) => {
    const bytes = pcapFile([{ seconds: NOON, fraction: 250, frame: FRAME }], {
      linkType: 1,
      ...form,
    });
    expect(isCaptureFile(bytes)).toBe(true);
    const { capture, interfaces, truncated, skipped } = read(bytes);
    expect(capture).toMatchObject({ clock: 'epoch', listeningOn: null, captured: 1 });
    expect(capture.packets.map((packet) => packet.time)).toEqual([time]);
    expect({ interfaces, truncated, skipped }).toEqual({
      interfaces: [null],
      truncated: false,
      skipped: 0,
    });
  });

  it.each<[string, Bytes]>([
    ['nothing', []],
    ['text', ascii('12:00:00.000000 IP 10.1.0.5 > 10.1.0.6: ICMP echo request')],
    ['gzip', [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 0]],
    ['a pcapng magic without its byte order', [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 1, 2, 3, 4]],
  ])('is not %s', (_, bytes) => {
    expect(isCaptureFile(Uint8Array.from(bytes))).toBe(false);
    expect(readCaptureFile(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('cut anywhere gives the packets before the cut, and says that it is cut', () => {
    const bytes = file([FRAME, FRAME, FRAME]);
    const record = 16 + FRAME.length;
    for (let size = 24; size < bytes.length; size += 1) {
      const { capture, truncated } = read(bytes.slice(0, size));
      expect(capture.packets).toHaveLength(Math.floor((size - 24) / record));
      expect(truncated).toBe((size - 24) % record !== 0);
      expect(capture.captured).toBe(truncated ? null : capture.packets.length);
    }
  });

  it('counts the packets that nobody reads, and numbers the others by their place in the file', () => {
    expect(read(file([FRAME, FRAME], 147))).toMatchObject({ skipped: 2, capture: { packets: [] } });
    const { capture, skipped } = read(file([[], FRAME]));
    expect(skipped).toBe(1);
    expect(capture.packets.map((packet) => packet.line)).toEqual([2]);
  });

  it.each([12, 14, 101, 228])('of the raw link type %i holds bare IP', (linkType) => {
    expect(one(PACKET, linkType).dns?.id).toBe(4242);
  });
});

describe.each([
  ['big-endian', false],
  ['little-endian', true],
])('a %s pcapng file', (_, little) => {
  const { section, device, enhanced, simple, obsolete, statistics, option, long, block } =
    pcapngBlocks(little);
  const ticks = (count: bigint) => [Number(count >> 32n), Number(count & 0xffffffffn)] as const;
  const now = ticks(BigInt(TIME) + 250n);
  const named = (name: string, more: Bytes = []) => device(1, [...option(2, ascii(name)), ...more]);

  it('with one interface names it as the one listened on', () => {
    const { capture, interfaces } = read(join([section(), named('eth7'), enhanced(0, now, FRAME)]));
    expect(interfaces).toEqual(['eth7']);
    expect(capture).toMatchObject({ listeningOn: 'eth7', clock: 'epoch', captured: 1 });
    expect(capture.packets[0]).toMatchObject({
      interface: null,
      time: TIME + 250,
      dns: { id: 4242 },
    });
  });

  it('with several interfaces names them in the packets', () => {
    const bytes = [
      section(),
      named('eth7'),
      enhanced(0, now, FRAME),
      named('wlan0'),
      enhanced(1, now, FRAME),
    ];
    const { capture } = read(join(bytes));
    expect(capture.listeningOn).toBeNull();
    expect(capture.packets.map((packet) => packet.interface)).toEqual(['eth7', 'wlan0']);
  });

  it.each<[string, Bytes, bigint]>([
    ['nanoseconds', option(9, [9]), BigInt(TIME) * 1000n + 250_000n],
    [
      'picoseconds from a later zero',
      [...option(9, [12]), ...option(14, long(0, NOON - 100))],
      100_000_000_000_000n + 250_000_000n,
    ],
    [
      'microseconds from an earlier zero',
      option(14, long(0xffffffff, 0xffffffff)),
      BigInt(TIME) + 250n + 1_000_000n,
    ],
    [
      'parts of two',
      option(9, [0x80 | 20]),
      ((BigInt(TIME) + 250n) * 1_048_576n) / 1_000_000n + 1n,
    ],
    [
      'microseconds from a later zero',
      option(14, long(0, 1000)),
      BigInt(TIME) + 250n - 1_000_000_000n,
    ],
  ])('counts time in %s', (_unit, options, count) => {
    const bytes = join([section(), named('eth7', options), enhanced(0, ticks(count), FRAME)]);
    const [packet] = read(bytes).capture.packets;
    expect(packet?.time).toBeCloseTo(TIME + 250, -0.5);
    expect(packet?.timeText).toMatch(/^05:06:07\.00025[01]$/);
  });

  it('keeps packets without a time, older packets, and the direction that flags tell', () => {
    const bytes = join([
      section(),
      device(1, [], 40),
      simple(FRAME.slice(0, 40), FRAME.length),
      obsolete(0, now, FRAME),
      enhanced(0, now, FRAME, { options: option(2, be32(little ? 0x0200_0000 : 2)) }),
    ]);
    expect(read(bytes).capture.packets).toMatchObject([
      { time: null, timeText: null, truncated: true },
      { time: TIME + 250, direction: null },
      { time: TIME + 250, direction: 'out' },
    ]);
  });

  it('adds up the last statistics of each interface', () => {
    const counts = (received: number, dropped: number) => [
      ...option(4, long(0, received)),
      ...option(5, long(0, dropped)),
    ];
    const bytes = [
      section(),
      named('eth7'),
      named('eth8'),
      statistics(0, counts(5, 1)),
      statistics(0, counts(9, 2)),
      statistics(1, counts(4, 0)),
    ];
    expect(read(join(bytes)).capture).toMatchObject({ receivedByFilter: 13, droppedByKernel: 2 });
    expect(read(join([section(), named('eth7')])).capture.droppedByKernel).toBeNull();
  });

  it('begins anew in each section, whatever its byte order', () => {
    const other = pcapngBlocks(!little);
    const bytes = [
      section(),
      named('eth7'),
      enhanced(0, now, FRAME),
      other.section(),
      other.device(101, other.option(2, ascii('tun0'))),
      other.enhanced(0, now, PACKET),
    ];
    expect(read(join(bytes)).capture.packets).toMatchObject([
      { interface: 'eth7', dns: { id: 4242 } },
      { interface: 'tun0', dns: { id: 4242 } },
    ]);
  });

  it('passes over blocks that hold no packets, and counts packets of interfaces that it never named', () => {
    const bytes = [
      section(),
      block(4, [0, 0, 0, 0]),
      named('eth7'),
      enhanced(3, now, FRAME),
      enhanced(0, now, FRAME),
    ];
    const { capture, skipped } = read(join(bytes));
    expect(skipped).toBe(1);
    expect(capture.packets.map((packet) => packet.line)).toEqual([2]);
  });

  it('cut anywhere gives the packets before the cut', () => {
    const bytes = join([
      section(),
      named('eth7'),
      enhanced(0, now, FRAME),
      enhanced(0, now, FRAME),
    ]);
    const whole = enhanced(0, now, FRAME).length;
    for (let size = 12; size < bytes.length; size += 1) {
      const { capture, truncated } = read(bytes.slice(0, size));
      expect(capture.packets).toHaveLength(size < bytes.length - whole ? 0 : 1);
      if (size > bytes.length - whole) expect(truncated).toBe(true);
    }
  });
});

describe('hostile bytes', () => {
  /** Park and Miller's generator: the same numbers every time. */
  function generator(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
  }

  it('are read without an exception, and every packet can be printed', () => {
    const next = generator(20_260_304);
    const pcapng = pcapngBlocks(true);
    const originals = [
      ...scenes.map(({ bytes }) => bytes),
      join([pcapng.section(), pcapng.device(1), pcapng.enhanced(0, [1, 2], FRAME)]),
    ];
    for (let round = 0; round < 1500; round += 1) {
      const bytes = (originals[round % originals.length] ?? new Uint8Array()).slice();
      for (let change = 0; change <= next(12); change += 1) bytes[next(bytes.length)] = next(256);
      const result = readCaptureFile(bytes.subarray(0, bytes.length - next(40)));
      for (const packet of result?.capture.packets ?? [])
        expect(packetText(packet)).not.toContain('undefined');
    }
  });

  it('cost time in proportion to their number', () => {
    const records = Array.from({ length: 5000 }, () => [
      ...pointer(12),
      ...be16(1),
      ...be16(1),
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
    const head = [
      ...be16(1),
      ...be16(0x8180),
      ...be16(0),
      ...be16(0xffff),
      ...be16(0xffff),
      ...be16(0xffff),
    ];
    const chain = Array.from({ length: 4000 }, (_, at) =>
      at === 0 ? [1, 97, 0, 0] : pointer(at === 1 ? 12 : 12 + at * 2),
    ).flat();
    const frames = [
      [...head, ...records.flat()],
      [...be16(1), ...be16(0x8180), ...be16(0), ...be16(0xffff), 0, 0, 0, 0, ...chain],
      new Array<number>(60_000).fill(0xc0),
      new Array<number>(60_000).fill(1),
    ].map((bytes) => ip4Packet('10.1.0.53', '10.1.0.5', udp(53, 40_001, bytes)));
    const bytes = file(
      Array.from({ length: 80 }, (_, at) => frames[at % 4] ?? []),
      101,
    );
    const start = performance.now();
    expect(read(bytes).capture.packets).toHaveLength(80);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('the text of a packet', () => {
  it.each<[string, Bytes, number, string]>([
    [
      'a query',
      FRAME,
      1,
      '05:06:07.000250 IP (ttl 64, id 77, offset 0, flags [DF], proto UDP (17), length 60) 10.1.0.5.40001 > 10.1.0.53.53: [udp sum ok] 4242 AAAA? db.example.com. (32)',
    ],
    [
      'ARP',
      ethernet(A, B, 0x0806, arp(1, [A, '10.1.0.5'], ['00:00:00:00:00:00', '10.1.0.6'])),
      1,
      '05:06:07.000250 ARP, Request who-has 10.1.0.6 tell 10.1.0.5, length 28',
    ],
    [
      'what a tunnel carries',
      ip4Packet('192.0.2.1', '192.0.2.2', udp(5000, 8472, vxlan(3, FRAME), { checksum: 0 }), {
        id: 5,
      }),
      101,
      '05:06:07.000250 IP (ttl 64, id 5, offset 0, flags [none], proto UDP (17), length 110) 192.0.2.1.5000 > 192.0.2.2.8472: [no cksum] VXLAN, vni 3 IP (ttl 64, id 77, offset 0, flags [DF], proto UDP (17), length 60) 10.1.0.5.40001 > 10.1.0.53.53: [udp sum ok] 4242 AAAA? db.example.com. (32)',
    ],
    [
      'a frame that nobody reads',
      ethernet(A, B, 0x88cc, [0]),
      1,
      `05:06:07.000250 ${A} > ${B}, neither IP nor ARP`,
    ],
  ])('quotes %s on one line', (_, frame, linkType, text) => {
    expect(packetText(one(frame, linkType))).toBe(text);
  });

  // The type of service is the one part of the header that the text reader insists on and a packet does not keep.
  const readable = (packet: Packet) => packetText(packet).replace('IP (ttl', 'IP (tos 0x0, ttl');
  const plain = ({ tunnel, icmp, fragment, protocol }: Packet) =>
    tunnel === null &&
    icmp?.quoted == null &&
    !fragment?.more &&
    fragment?.offset !== 1480 &&
    protocol !== 'other';

  it.each(['dns', 'tcp', 'icmp', 'arp', 'tagged', 'sll'])(
    'of the scene %s can be read again',
    (name) => {
      const scene = scenes.find((one) => one.name === name);
      const packets = read(scene?.bytes ?? new Uint8Array()).capture.packets.filter(plain);
      expect(packets.length).toBeGreaterThan(2);
      for (const packet of packets) {
        const [again] = tcpdump.parse([readable(packet)])?.content.packets ?? [];
        const { source, destination, ttl, ipId, dns, tcp, icmp, arp, payload, protocol } = packet;
        expect(again).toMatchObject({
          source,
          destination,
          ttl,
          ipId,
          dns,
          tcp,
          icmp,
          arp,
          payload,
          protocol,
        });
      }
    },
  );
});
