import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

// Forms of print-domain.c, print-tcp.c and print-arp.c of tcpdump 4.99.
const CAPTURE = 'app-1$ sudo tcpdump -nni eth0\n';
const question = (second: string, port: number, id: number) =>
  `10:00:${second} IP 192.0.2.5.${port} > 192.0.2.53.53: ${id}+ A? www.example.org. (33)\n`;
const answer = (second: string, port: number, id: number) =>
  `10:00:${second} IP 192.0.2.53.53 > 192.0.2.5.${port}: ${id} 1/0/0 A 198.51.100.1 (49)\n`;
const syn = (second: string) =>
  `10:00:${second} IP 192.0.2.5.40000 > 192.0.2.53.53: Flags [S], seq 100, win 64240, options [mss 1460], length 0\n`;
const whoHas = (second: string, target: string, asker: string) =>
  `10:00:${second} ARP, Request who-has ${target} tell ${asker}, length 28\n`;
const isAt = (second: string, target: string) =>
  `10:00:${second} ARP, Reply ${target} is-at 52:54:00:12:34:56, length 28\n`;

const report = (...packets: readonly string[]) =>
  examine([{ name: null, text: CAPTURE + packets.join('') }]);

test.each([
  ['one question and nothing else', [question('00.000100', 40000, 4711)], '1 of 1 DNS questions'],
  [
    'a question whose answer the capture had nine seconds to see',
    [
      question('00.000100', 40000, 4711),
      question('09.000100', 40001, 4712),
      answer('09.000700', 40001, 4712),
    ],
    '1 of 2 DNS questions',
  ],
  ['one SYN and nothing else', [syn('00.000100')], '1 of 1 connection attempts'],
])('%s: no fault is proved, and the first line says what is open', async (_, packets, open) => {
  const { status, headline, vanished } = await report(...packets);
  expect(status).toBe('healthy');
  expect(vanished).toEqual([]);
  expect(headline).toContain(open);
  expect(headline).toContain('cannot be told');
});

test('a capture that ends in the moment of its last question has nothing open', async () => {
  const { headline } = await report(
    question('00.000100', 40000, 4711),
    answer('00.000700', 40000, 4711),
    question('09.000100', 40001, 4712),
  );
  expect(headline).not.toContain('cannot be told');
});

const ROUNDS = ['00.1', '01.1', '02.1'];

test('an address that two hosts ask for again and again is not healthy, and no cause is named', async () => {
  const { status, findings, headline, ask } = await report(
    ...ROUNDS.flatMap((second) => [
      whoHas(`${second}00100`, '192.0.2.7', '192.0.2.5'),
      whoHas(`${second}20100`, '192.0.2.7', '192.0.2.6'),
    ]),
  );
  expect(status).toBe('suspected');
  expect(findings).toEqual([]);
  expect(headline).toContain('192.0.2.7');
  expect(ask[0]?.command).toBe('ip route get 192.0.2.7');
});

test.each([
  ['that is answered', [isAt('02.900000', '192.0.2.7')], ROUNDS],
  ['once a minute', [], ['00.1', '30.1', '59.1']],
])('an address that is asked for by two hosts, %s, raises nothing', async (_, more, rounds) => {
  const { status } = await report(
    ...rounds.flatMap((second) => [
      whoHas(`${second}00100`, '192.0.2.7', '192.0.2.5'),
      whoHas(`${second}20100`, '192.0.2.7', '192.0.2.6'),
    ]),
    ...more,
  );
  expect(status).toBe('healthy');
});

test('a line that is cut short may be the answer that one client seems to lack', async () => {
  const from = (second: string, client: string, seq: number) =>
    `10:00:${second} IP ${client}.40000 > 192.0.2.80.22: Flags [S], seq ${seq}, win 64240, options [mss 1460], length 0\n`;
  const back = `10:00:00.112000 IP 192.0.2.80.22 > 192.0.2.6.40000: Flags [S.], seq 5, ack 201, win 65160, options [mss 1460], length 0\n`;
  const seen = [from('00.100000', '192.0.2.5', 100), from('00.110000', '192.0.2.6', 200), back];
  const again = [from('01.100000', '192.0.2.5', 100)];
  const causes = async (packets: readonly string[]) =>
    (await report(...packets)).findings.map(({ cause }) => cause);
  expect(await causes([...seen, ...again])).toEqual(['single-client-blocked']);
  for (const cut of [
    '10:00:00.120000 IP 192.0.2.80.22 > 192.0.2.\n',
    '10:00:00.120000 IP 192.0.\n',
  ])
    expect(await causes([...seen, cut, ...again])).toEqual([]);
});
