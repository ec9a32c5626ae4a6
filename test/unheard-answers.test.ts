import { expect, test } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { unheardAnswers } from '../functions/diagnosis/symptoms/unheard-answers.ts';
import { vantagesOf } from '../functions/diagnosis/vantage.ts';
import { read } from '../functions/intake/read.ts';

const { kernelFixes } = readCatalogue(new URL('..', import.meta.url).pathname);
const LISTENING = 'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n';

const seen = (lines: readonly string[]) => {
  const text = `web-01# tcpdump -nni eth0\n${LISTENING}${lines.join('\n')}\n`;
  const { following } = vantagesOf(read([{ name: null, text }]).evidence, kernelFixes);
  return unheardAnswers(following).map(({ target }) => target);
};

const syn = (at: string) =>
  `10:22:0${at} IP 203.0.113.77.52110 > 192.0.2.20.443: Flags [S], seq 1001, win 64240, options [mss 1460], length 0`;
const synAck = (at: string) =>
  `10:22:0${at} IP 192.0.2.20.443 > 203.0.113.77.52110: Flags [S.], seq 9001, ack 1002, win 65160, options [mss 1460], length 0`;
const ack = (at: string) =>
  `10:22:0${at} IP 203.0.113.77.52110 > 192.0.2.20.443: Flags [.], ack 9002, win 502, length 0`;
const question = (at: string) =>
  `10:22:0${at} IP 203.0.113.77.40000 > 192.0.2.20.53: 3344+ A? www.example.net. (33)`;
const answer = (at: string, said: string) =>
  `10:22:0${at} IP 192.0.2.20.53 > 203.0.113.77.40000: 3344${said} (49)`;

test('a SYN that comes again after its SYN/ACK shows that nobody heard it', () => {
  const lines = [syn('1.100000'), synAck('1.100050'), syn('2.102000'), synAck('2.102050')];
  expect(seen(lines)).toEqual(['SYN to 192.0.2.20:443']);
});

test('a connection that goes on was heard', () => {
  expect(seen([syn('1.100000'), synAck('1.100050'), ack('1.120000')])).toEqual([]);
});

test('a connection that stands at the second try lost one answer by chance', () => {
  const lines = [syn('1.100000'), synAck('1.100050'), syn('2.102000'), synAck('2.102050')];
  expect(seen([...lines, ack('2.142000')])).toEqual([]);
});

test('a question that was asked again before its answer came is only slow', () => {
  const lines = [syn('1.100000'), syn('2.102000'), synAck('2.102050'), ack('2.130000')];
  expect(seen(lines)).toEqual([]);
});

test('a DNS question that comes again 5 s after its answer was not heard', () => {
  const found = ' 1/0/0 A 198.51.100.5';
  const lines = [
    question('1.100000'),
    answer('1.102000', found),
    question('6.105000'),
    answer('6.107000', found),
  ];
  expect(seen(lines)).toEqual(['A? www.example.net.']);
});

test.each([' ServFail 0/0/0', ' Refused 0/0/0', '| 1/0/0 A 198.51.100.5'])(
  'after%s a client asks again of its own accord',
  (said) => {
    const lines = [
      question('1.100000'),
      answer('1.102000', said),
      question('6.105000'),
      answer('6.107000', said),
    ];
    expect(seen(lines)).toEqual([]);
  },
);
