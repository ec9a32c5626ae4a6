import { describe, expect, test } from 'vitest';
import { sshError } from '../functions/artefacts/ssh-error.ts';

const CONNECTING = 'debug1: Connecting to bastion.example.com [192.0.2.7] port 22.';

describe('attempts', () => {
  test('the closing line of -v is the attempt above it, not another one', () => {
    const lines = [
      CONNECTING,
      'debug1: connect to address 192.0.2.7 port 22: Connection refused',
      'ssh: connect to host bastion.example.com port 22: Connection refused',
    ];
    expect(outcomesOf(lines)).toEqual(['bastion.example.com refused']);
  });

  test('a reset after the banner takes the established connection down', () => {
    const lines = [
      CONNECTING,
      'debug1: Connection established.',
      'kex_exchange_identification: read: Connection reset by peer',
      'Connection reset by 192.0.2.7 port 22',
    ];
    expect(outcomesOf(lines)).toEqual(['bastion.example.com reset']);
  });

  test('without -v the two lines of one refusal are one attempt', () => {
    const lines = [
      'kex_exchange_identification: Connection closed by remote host',
      'Connection closed by 192.0.2.7 port 22',
    ];
    expect(outcomesOf(lines)).toEqual(['192.0.2.7 hung-up']);
  });

  test('without -v every closing line is an attempt of its own', () => {
    const line = 'ssh: connect to host 192.0.2.7 port 22: Connection timed out';
    expect(outcomesOf([line, line])).toEqual(['192.0.2.7 timed-out', '192.0.2.7 timed-out']);
  });

  test('three wrong passwords are one attempt', () => {
    const again = 'Permission denied, please try again.';
    const last = 'ops@192.0.2.7: Permission denied (publickey,password).';
    expect(outcomesOf([again, again, last])).toEqual(['192.0.2.7 denied']);
  });

  test('an attempt without an end has no outcome', () => {
    expect(outcomesOf([CONNECTING])).toEqual(['bastion.example.com null']);
    expect(factOf([CONNECTING], 'outcome').known).toBe(false);
    expect(factOf([CONNECTING], 'stage')).toMatchObject({ known: true, value: 'connecting' });
  });
});

test.each([
  ['SSH2_MSG_KEXINIT sent', 'key-exchange'],
  ['expecting SSH2_MSG_KEX_ECDH_REPLY', 'key-exchange-reply'],
  ['expecting SSH2_MSG_KEX_DH_GEX_GROUP', 'key-exchange-reply'],
  ['SSH2_MSG_KEX_ECDH_REPLY received', 'new-keys'],
  ['expecting SSH2_MSG_NEWKEYS', 'new-keys'],
  ['SSH2_MSG_SERVICE_ACCEPT received', 'authenticating'],
  ['Authentication succeeded (publickey).', 'authenticated'],
  ['Entering interactive session.', 'session'],
])('after %s the stage is %s', (said, stage) => {
  const lines = [CONNECTING, 'debug1: Connection established.', `debug1: ${said}`];
  expect(factOf(lines, 'stage')).toMatchObject({ known: true, value: stage, lines: [3] });
});

test.each([
  ['ssh: connect to host 192.0.2.7 port 22: Connection timed out', 'strong'],
  [
    'fatal: "Failed to connect via ssh: ssh: connect to host web port 22: No route to host"',
    'strong',
  ],
  ['debug1: expecting SSH2_MSG_KEX_ECDH_REPLY', 'strong'],
  ['OpenSSH_9.2p1 Debian-2, OpenSSL 3.0.9 30 May 2023', 'strong'],
  ['Permission denied (publickey).', 'strong'],
  ['debug1: something new', 'weak'],
  ['Connection to bastion.example.com closed.', 'weak'],
  ['Connection closed by 192.0.2.7 port 51234 [preauth]', 'none'],
  ['Connection closed by foreign host.', 'none'],
  ['curl: (7) Failed to connect to 192.0.2.7 port 22: Connection refused', 'none'],
  ['cat: /etc/shadow: Permission denied', 'none'],
  ['I cannot ssh to that host: Connection timed out', 'none'],
])('%s is %s', (line, strength) => {
  expect(sshError.recognise(line)).toBe(strength);
});

test('reading time grows with the length of a hostile line, not with its square', () => {
  const pieces = [
    'ssh: ',
    'a@',
    ':',
    'Connection to ',
    '1',
    'debug1: ',
    ' port 1',
    'x.',
    '[',
    '@b: ',
  ];
  const starts = [
    '',
    'Received disconnect from ',
    'ssh: connect to host ',
    'debug1: Connecting to ',
  ];
  const time = (count: number) => {
    const texts = starts.flatMap((start) => pieces.map((piece) => start + piece.repeat(count)));
    const begun = performance.now();
    for (const text of texts) {
      sshError.recognise(text);
      sshError.parse([text]);
    }
    return performance.now() - begun;
  };
  time(2_000);
  const short = Math.max(time(20_000), 5);
  expect(time(80_000)).toBeLessThan(short * 12);
});

function outcomesOf(lines: readonly string[]): readonly string[] {
  const attempts = sshError.parse(lines)?.content.attempts ?? [];
  return attempts.map(({ host, outcome }) => `${host} ${outcome}`);
}

function factOf(lines: readonly string[], name: string) {
  const parsed = sshError.parse(lines);
  const fact = sshError.facts[name];
  if (parsed === undefined || fact === undefined) throw new Error('nothing was read');
  return fact.of(parsed.content);
}
