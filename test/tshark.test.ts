import { describe, expect, test } from 'vitest';
import { tshark } from '../functions/artefacts/tshark/index.ts';
import { filterOf } from '../functions/captures/typed-filter.ts';
import { examine } from './support/examples.ts';

describe('a row of tshark', () => {
  test.each([
    [
      'Standard query response 0x1a2b No such name A a.example SOA ns.example',
      'NXDomain',
      [0, 1, 0],
    ],
    ['Standard query response 0x1a2b Server failure A a.example OPT', 'ServFail', [0, 0, 1]],
    [
      'Standard query response 0x1a2b A a.example CNAME b.example A 192.0.2.1 NS ns.example A 192.0.2.53',
      'NoError',
      [2, 1, 1],
    ],
    ['Standard query response 0x1a2b NS a.example NS ns.example', 'NoError', [1, 0, 0]],
  ])('%s', (info, rcode, counts) => {
    const [packet] = packetsIn([`1 0.000000 10.0.0.53 → 10.0.0.5 DNS 91 ${info}`]);
    expect(packet?.dns).toMatchObject({ id: 0x1a2b, response: true, rcode, counts });
    expect(packet?.source).toEqual({ host: '10.0.0.53', port: 53 });
    expect(packet?.destination).toEqual({ host: '10.0.0.5', port: null });
  });

  test('a SYN counted from its own first number has none, and one with absolute numbers has', () => {
    const [relative, absolute] = packetsIn([
      '1 0.000000 10.0.0.5 → 10.0.0.9 TCP 74 41000 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460',
      '2 0.100000 10.0.0.5 → 10.0.0.9 TCP 74 41002 → 80 [SYN] Seq=3405691582 Win=64240 Len=0 MSS=1460',
    ]);
    expect(relative?.tcp).toMatchObject({ flags: 'S', seq: null, mss: 1460 });
    expect(absolute?.tcp).toMatchObject({ flags: 'S', seq: 3405691582 });
  });

  test('of a protocol above TCP is a segment of the one connection between the two hosts', () => {
    const opened = [
      '1 0.000000 10.0.0.5 → 10.0.0.9 TCP 74 41000 → 443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460',
      '2 0.000100 10.0.0.9 → 10.0.0.5 TCP 74 443 → 41000 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460',
      '3 0.000200 10.0.0.5 → 10.0.0.9 TCP 66 41000 → 443 [ACK] Seq=1 Ack=1 Win=64512 Len=0',
    ];
    const hello = '4 0.000300 10.0.0.5 → 10.0.0.9 TLSv1 583 Client Hello';
    expect(packetsIn([...opened, hello]).at(-1)).toMatchObject({
      source: { host: '10.0.0.5', port: 41000 },
      payload: 517,
      tcp: { seq: 1, seqEnd: 518, ack: null },
    });
    const second =
      '3 0.000250 10.0.0.5 → 10.0.0.9 TCP 74 41002 → 443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460';
    expect(packetsIn([...opened, second, hello]).at(-1)).toMatchObject({ tcp: null });
  });
});

describe('SYNs without numbers', () => {
  const row = (port: number, from: string) =>
    `1 2026-03-03 10:00:00.000100 ${from} → 10.0.9.9 TCP 74 ${port} → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460`;

  test('are not called lost where a router may have given them other ports', async () => {
    const report = await examine([
      {
        name: null,
        text: [
          '[root@app-1 ~]# tshark -n -t ad -i eth0',
          row(41000, '10.0.0.5'),
          '[root@db-1 ~]# tshark -n -t ad -i eth0',
          row(52000, '10.0.9.1'),
        ].join('\n'),
      },
    ]);
    expect(report.vanished).toEqual([]);
  });
});

describe('the filter typed with a capture', () => {
  test.each([
    ["tcpdump -nn -i eth0 'port 53'", 'port 53'],
    ["tshark -i eth0 -n -f 'udp port 53'", 'udp port 53'],
    ['tshark -n -r a.pcap -Y dns', 'port 53'],
    [
      "tshark -r a.pcap -Y 'tcp.port == 443 && ip.addr==10.0.0.5'",
      'tcp port 443 and host 10.0.0.5',
    ],
    ["tshark -r a.pcap -Y 'tcp.flags.syn==1'", 'not tcp.flags.syn==1'],
    ['tshark -r a.pcap -Y http', 'not http'],
    ["tcpdump -nn -i eth0 'port 53' | head", 'port 53'],
    ['tshark -i any -n -c 20', ''],
    ['ss -tan', null],
  ])('%s', (command, filter) => expect(filterOf(command)).toBe(filter));
});

function packetsIn(lines: readonly string[]) {
  return tshark.parse(lines)?.content.packets ?? [];
}
