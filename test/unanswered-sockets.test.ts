import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

/** iproute2 misc/ss.c: tcp_timer_print. */
const listed = (resent: number) =>
  `root@app9:~# ss -tano\nState     Recv-Q Send-Q   Local Address:Port     Peer Address:Port  Process\nSYN-SENT  0      1         192.0.2.23:51544      198.51.100.24:443   timer:(on,5.1sec,${resent})\n`;

test('a SYN sent again three times in vain is a failure that accuses nobody', async () => {
  const { status, findings, headline } = await examine([{ name: null, text: listed(3) }]);
  expect(status).toBe('suspected');
  expect(findings).toEqual([]);
  expect(headline).toContain('198.51.100.24:443 from app9');
});

test('a SYN that was just sent is no failure', async () => {
  expect((await examine([{ name: null, text: listed(1) }])).status).toBe('healthy');
});
