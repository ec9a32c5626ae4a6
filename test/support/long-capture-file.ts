import { randomFrom } from './long-capture.ts';
import {
  type Bytes,
  type Captured,
  type DnsRecord,
  dns,
  dnsName,
  ethernet,
  ip4,
  ip4Packet,
  ip6,
  ip6Packet,
  pcapFile,
  pointer,
  tcp,
  udp,
} from './pcap-writer.ts';

const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';
const OPT = 41;

/**
 * A capture file as a seed makes it: mostly DNS questions and their answers, and among them whatever is nearly so. `oddity`
 * is the share of packets that are out of the ordinary: of another protocol, cut, or with bytes changed.
 */
export function captureFile(seed: number, oddity = 0.4): Uint8Array {
  const random = randomFrom(seed + 1);
  const below = (count: number) => Math.floor(random() * count);
  const any = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const records: Captured[] = [];
  let time = 1_000_000 * seed;
  const add = (packet: Bytes, type = 0x0800) => {
    const isOdd = random() < oddity;
    const frame = [...ethernet(A, B, type, packet)];
    if (isOdd) for (let change = below(3); change >= 0; change -= 1) bend(frame, below);
    time += below(9_000);
    const kept = isOdd && random() < 0.3 ? below(frame.length + 1) : frame.length;
    const [seconds, fraction] = [Math.floor(time / 1e6), time % 1e6];
    records.push({ seconds: 1_772_600_767 + seconds, fraction, frame, kept });
  };
  for (let lookup = 0; lookup < 60; lookup += 1) {
    const client = `10.42.${below(3)}.${1 + below(8)}`;
    const [port, id] = [40_000 + (oddity === 0 ? lookup : below(30)), below(30)];
    const question = { name: `svc-${below(9)}.example.com`, type: any([1, 28, 33]) };
    const more = any([{}, { checksum: 0 }]);
    const asked = dns({ id, flags: 0x0100, question, additional: any([[], [option(0)]]) });
    add(ip4Packet(client, '10.43.0.10', udp(port, 53, asked, more), { dontFragment: true }));
    const told = dns({ id, question, ...answering(any) });
    add(ip4Packet('10.43.0.10', client, udp(53, port, told, more), { ttl: 62 }));
    if (random() < oddity) add(...any(others(asked, told)));
  }
  return pcapFile(records, { linkType: 1, little: true });
}

function answering(any: <T>(list: readonly T[]) => T) {
  const toQuestion = pointer(12);
  const address = { name: toQuestion, type: 1, content: ip4('198.51.100.7') };
  const wide = { name: toQuestion, type: 28, content: ip6('2001:db8::7') };
  const alias = { name: toQuestion, type: 5, content: dnsName('www.example.com') };
  const written = { name: dnsName('www.example.com'), type: 1, content: ip4('198.51.100.8') };
  return any([
    { flags: 0x8580, answers: [address] },
    { flags: 0x8180, answers: [wide, address], additional: [option(0)] },
    { flags: 0x8180, answers: [alias, written] },
    { flags: 0x8580 },
    { flags: 0x8583 },
    { flags: 0x8583, authority: [alias], additional: [option(0)] },
  ]);
}

/** EDNS with the upper bits of a response code. */
function option(rcode: number): DnsRecord {
  return { name: [0], type: OPT, class: 1232, content: rcode === 0 ? [] : [rcode] };
}

function others(asked: Bytes, told: Bytes): readonly (readonly [Bytes, number?])[] {
  const [client, server] = ['10.42.0.7', '10.43.0.10'];
  return [
    [ip4Packet(client, server, tcp(41_000, 53, { flags: 2, seq: 77 }))],
    [ip4Packet(client, server, udp(41_000, 8053, asked))],
    [ip4Packet(client, server, udp(5353, 5353, asked))],
    [ip4Packet(client, server, udp(41_000, 53, asked, { checksum: 0x1234 }))],
    [ip4Packet(client, server, udp(41_000, 53, asked), { options: [1, 1, 1, 0] })],
    [ip4Packet(client, server, udp(41_000, 53, asked), { part: { from: 0, to: 24, more: true } })],
    [ip4Packet(server, client, udp(53, 53, told))],
    [ip6Packet('2001:db8::5', '2001:db8::53', udp(40_001, 53, asked)), 0x86dd],
  ];
}

/** Changes a byte; those of the type, the headers and the flags are met more often than others. */
function bend(frame: number[], below: (count: number) => number): void {
  const at = below(3) === 0 ? below(frame.length) : 12 + below(60);
  if (at < frame.length)
    frame[at] = below(2) === 0 ? below(256) : (frame[at] ?? 0) ^ (1 << below(8));
}
