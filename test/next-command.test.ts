import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const ask = async (text: string) => {
  const { ask } = await examine([{ name: null, text }]);
  return ask.map(({ command }) => command);
};

const syn = (second: string) =>
  `10:00:${second} IP 192.0.2.5.40000 > 192.0.2.80.8443: Flags [S], seq 100, win 64240, options [mss 1460], length 0\n`;

test('after a SYN without an answer the next capture is of its port, not of DNS', async () => {
  const asked = await ask(
    `app-1$ sudo tcpdump -nni eth0\n${['00.100000', '01.110000', '03.120000'].map(syn).join('')}`,
  );
  const captures = asked.filter((command) => command.includes('tcpdump'));
  expect(captures[0]).toContain("'port 8443 or icmp'");
  expect(captures.filter((command) => command.includes('port 53'))).toEqual([]);
});

test('after a ping without an answer the way to that address is asked for', async () => {
  const asked = await ask(`app-1$ ping -c 2 192.0.2.80
PING 192.0.2.80 (192.0.2.80) 56(84) bytes of data.

--- 192.0.2.80 ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time 1022ms
`);
  expect(asked).toContain('ip route get 192.0.2.80');
});

test('what cannot be a shell word is never put into a command', async () => {
  const asked = await ask(`app-1$ ping -c 2 '$(reboot)'
PING $(reboot) ($(reboot)) 56(84) bytes of data.

--- $(reboot) ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time 1022ms
`);
  expect(asked.join('\n')).not.toContain('reboot');
});
