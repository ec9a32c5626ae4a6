import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const examined = (text: string) => examine([{ name: null, text }]);

/** iproute2 misc/nstat.c: a counter, its value and the rate. */
const nstat = (...counters: readonly (readonly [string, number])[]) =>
  `root@syslog2:~# nstat -az\n#kernel\n${counters.map(([name, value]) => `${name.padEnd(32)}${String(value).padEnd(19)}0.0\n`).join('')}`;

/** iproute2 misc/ss.c: print_skmeminfo. */
const listed = (dropped: number) =>
  `root@syslog2:~# ss -uanm\nState   Recv-Q Send-Q   Local Address:Port    Peer Address:Port Process\nUNCONN  0      0              0.0.0.0:5140         0.0.0.0:*\n\t skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d${dropped})\n`;

test.each([
  ['datagrams', nstat(['UdpRcvbufErrors', 48120])],
  ['connections', nstat(['TcpExtListenOverflows', 4812], ['TcpExtListenDrops', 4830])],
  ['a share that hurts', nstat(['UdpInDatagrams', 90000], ['UdpRcvbufErrors', 4812])],
  ['datagrams of one socket', listed(98618)],
])('many lost, counted once, are neither healthy nor a cause: %s', async (_, text) => {
  const { status, findings, ask } = await examined(text);
  expect(status).toBe('suspected');
  expect(findings).toEqual([]);
  expect(ask[0]?.command).toMatch(/nstat -az; sleep/);
});

test.each([
  ['a few after a restart', nstat(['TcpExtListenOverflows', 36], ['TcpExtListenDrops', 36])],
  ['a small share', nstat(['UdpInDatagrams', 90000000], ['UdpRcvbufErrors', 4812])],
  ['stray packets', nstat(['TcpExtIPReversePathFilter', 4812], ['TcpExtTCPTimeouts', 9000])],
  ['no longer', nstat(['UdpRcvbufErrors', 48120]).repeat(2)],
  ['of a socket that is gone', nstat(['UdpRcvbufErrors', 48120]) + listed(0)],
  ['a few of one socket', listed(12)],
  ['of one socket, and no more', listed(98618).repeat(2)],
])('what healthy machines count stays healthy: %s', async (_, text) => {
  expect((await examined(text)).status).toBe('healthy');
});
