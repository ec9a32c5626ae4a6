import { describe, expect, test } from 'vitest';
import { vantagesOf } from '../functions/diagnosis/vantage.ts';
import { read } from '../functions/intake/read.ts';
import { catalogue } from './support/examples.ts';

interface Sent {
  /** Seconds after the first packet. */
  readonly at: number;
  readonly type: 'A' | 'AAAA';
  readonly answered?: boolean;
  readonly port?: number;
  readonly id?: number;
  readonly name?: string;
  readonly server?: string;
}

function clock(seconds: number): string {
  return `10:00:${(5 + seconds).toFixed(6).padStart(9, '0')}`;
}

function dns(sent: readonly Sent[]): string {
  const rows = sent.flatMap(({ at, type, answered, ...more }) => {
    const { port = 40404, id = type === 'A' ? 4001 : 4002 } = more;
    const { name = 'db.example.com.', server = '10.43.0.10' } = more;
    const query = `${clock(at)} IP 10.42.1.9.${port} > ${server}.53: ${id}+ ${type}? ${name} (32)`;
    const answer = `${clock(at + 0.0007)} IP ${server}.53 > 10.42.1.9.${port}: ${id} 1/0/0 ${type} 192.0.2.7 (48)`;
    return answered === true ? [query, answer] : [query];
  });
  return `[root@node-7 ~]# tcpdump -nni cni0 udp port 53\n${rows.toSorted().join('\n')}\n`;
}

function syns(times: readonly number[]): string {
  const rows = times.map(
    (at) =>
      `${clock(at)} IP 10.42.1.9.51000 > 198.51.100.8.443: Flags [S], seq 77001, win 64240, options [mss 1460], length 0`,
  );
  return `[root@node-7 ~]# tcpdump -nni eth0 tcp port 443\n${rows.join('\n')}\n`;
}

function resolvConf(options: string): string {
  return `[root@web-6d4b-x2k /]# cat /etc/resolv.conf\nnameserver 10.43.0.10\nsearch default.svc.cluster.local\noptions ${options}\n`;
}

function senderOf(text: string): string {
  const { evidence } = read([{ name: null, text }]);
  const { vantages } = vantagesOf(evidence, catalogue.kernelFixes);
  const told = vantages.map(({ sheet }) => sheet('resolver.sender'));
  const [sender] = told.flatMap((one) => (one.known ? [String(one.value)] : []));
  return sender ?? told.map((one) => (one.known ? '' : one.why)).join('; ');
}

const pair = (at: number, a: boolean, aaaa: boolean): readonly Sent[] => [
  { at, type: 'A', answered: a },
  { at: at + 0.00002, type: 'AAAA', answered: aaaa },
];

describe('who sent the questions, told by how they are repeated', () => {
  test.each<readonly [string, string, string]>([
    [
      'musl: the unanswered question after 2.5 s',
      dns([...pair(0, true, false), { at: 2.502, type: 'AAAA', answered: true }]),
      'musl',
    ],
    [
      'glibc: both after 5 s, A first, though A was answered',
      dns([...pair(0, true, false), ...pair(5.004, true, true)]),
      'glibc',
    ],
    [
      'musl with timeout:1 attempts:2 waits half a second',
      `${resolvConf('timeout:1 attempts:2 ndots:5')}\n${dns([...pair(0, true, false), { at: 0.501, type: 'AAAA', answered: true }])}`,
      'musl',
    ],
    [
      'glibc with timeout:1 waits a second',
      `${resolvConf('timeout:1')}\n${dns([...pair(0, true, false), ...pair(1.002, true, true)])}`,
      'glibc',
    ],
    [
      'Go: a new socket and id after 5 s',
      dns([
        { at: 0, type: 'A', port: 41001, id: 11, answered: true },
        { at: 0.0001, type: 'AAAA', port: 41002, id: 12 },
        { at: 5.003, type: 'AAAA', port: 41003, id: 13, answered: true },
      ]),
      'go',
    ],
    [
      'c-ares: one port for several names, again after 2 s',
      dns([
        ...pair(0, true, false),
        { at: 0.2, type: 'A', id: 71, name: 'cache.example.com.', answered: true },
        { at: 2.001, type: 'AAAA', answered: true },
      ]),
      'c-ares',
    ],
    [
      'CoreDNS asking upstream: another server after 2 s, from another port',
      dns([
        { at: 0, type: 'A', port: 42001, id: 21, server: '203.0.113.53' },
        { at: 2.001, type: 'A', port: 42002, id: 22, server: '203.0.113.54', answered: true },
      ]),
      'coredns-forward',
    ],
    ['SYNs at 0, 1, 3, 7 s', syns([0, 1.02, 3.05, 7.2]), 'syn-before-6.5'],
    ['SYNs at 0, 1, 2, 3, 4 s', syns([0, 1.02, 2.04, 3.06, 4.1]), 'syn-since-6.5'],
  ])('%s', (_, text, sender) => {
    expect(senderOf(text)).toBe(sender);
  });

  test.each<readonly [string, string, RegExp]>([
    [
      'one SYN sent again fits every Linux',
      syns([0, 1.02]),
      /cannot be told: syn-before-6.5 and syn-since-6.5/,
    ],
    [
      'a lone question after 5 s: glibc or dig',
      dns([
        { at: 0, type: 'A' },
        { at: 5.001, type: 'A', answered: true },
      ]),
      /cannot be told: glibc and dig/,
    ],
    [
      'timeout:5 attempts:1 makes musl and glibc wait alike, when neither question was answered',
      `${resolvConf('timeout:5 attempts:1')}\n${dns([...pair(0, false, false), ...pair(5.002, true, true)])}`,
      /cannot be told: musl and glibc/,
    ],
    [
      'a gap that no resolver leaves',
      dns([...pair(0, true, false), { at: 3.7, type: 'AAAA', answered: true }]),
      /follows no known resolver/,
    ],
    ['nothing sent again', dns(pair(0, true, true)), /no question was seen to be sent again/],
  ])('cannot be told: %s', (_, text, why) => {
    expect(senderOf(text)).toMatch(why);
  });
});
