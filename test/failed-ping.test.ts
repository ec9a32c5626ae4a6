import { expect, test } from 'vitest';
import { examine } from '../functions/diagnosis/examine.ts';
import { read } from '../functions/intake/read.ts';
import { catalogue } from './support/examples.ts';

function pinged(received: number): string {
  const lost = received === 0 ? 100 : 0;
  return `root@web1:~# ping -c 4 10.2.3.4
PING 10.2.3.4 (10.2.3.4) 56(84) bytes of data.

--- 10.2.3.4 ping statistics ---
4 packets transmitted, ${received} received, ${lost}% packet loss, time 3062ms
`;
}

async function askedAfter(text: string): Promise<readonly string[]> {
  const { asks } = await examine(read([{ name: null, text }]).evidence, catalogue);
  return asks.map(({ kind }) => kind);
}

test('after a ping that nobody answered the way to the host is asked for, and nothing about DNS', async () => {
  const asked = await askedAfter(pinged(0));
  expect(asked[0]).toBe('route-get');
  expect(asked).toEqual(expect.arrayContaining(['neighbour', 'traceroute']));
  expect(asked).not.toContain('resolv-conf');
});

test('a way that was shown already is not asked for again', async () => {
  const shown = `${pinged(0)}root@web1:~# ip route get 10.2.3.4
10.2.3.4 via 10.0.0.1 dev eth0 src 10.0.0.9 uid 0
    cache
`;
  expect(await askedAfter(shown)).not.toContain('route-get');
});

test('a ping that was answered asks for no way', async () => {
  expect((await askedAfter(pinged(4)))[0]).not.toBe('route-get');
});
