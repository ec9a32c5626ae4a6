import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

async function asked(text: string, language: 'en' | 'zh' = 'en') {
  return (await examine([{ name: null, text }], language)).ask;
}

const DNS = /conntrack|resolv\.conf|port 53/;

test('a symptom asks for what tells more of it, and for nothing that any fault might want', async () => {
  const [first, ...rest] = await asked('   1204 CLOSE-WAIT\n     33 ESTAB\n      1 State\n');
  expect(first?.command).toBe('sudo ss -tanp state close-wait | head -20');
  expect(first?.why).toBe('Which program holds them.');
  expect(rest.filter(({ command }) => DNS.test(command))).toEqual([]);
  const [zh] = await asked('   1204 CLOSE-WAIT\n     33 ESTAB\n      1 State\n', 'zh');
  expect(zh?.why).toBe('看看是哪个程序占着它们。');
});

test('commands are filled with what the paste names, and with nothing that is no plain word', async () => {
  const peer = (endpoint: string) => `interface: wg0
  public key: 9GxvMzmrTIjFqfKpTTvvx4v0SGGAYxZPXKdEw3rqlkU=
  listening port: 51820

peer: T2rGfHqzMKRkmQ7LQZFs5eMSWw3qMSn4M8aTSXvY0Rk=
  endpoint: ${endpoint}
  allowed ips: 10.9.0.0/24
  transfer: 0 B received, 4.34 KiB sent
`;
  const capture = 'sudo timeout 60 tcpdump -nni any -c 20 udp port';
  expect((await asked(peer('203.0.113.9:51820')))[0]?.command).toBe(
    `${capture} 51820 and host 203.0.113.9`,
  );
  expect((await asked(peer('$(reboot):51820')))[0]?.command).toBe(`${capture} 51820 and host NAME`);
});

test('on Windows, where these commands do not exist, they are not asked for', async () => {
  const asks = await asked(`Windows IP Configuration


Ethernet adapter Ethernet0:

   Connection-specific DNS Suffix  . :
   Autoconfiguration IPv4 Address. . : 169.254.23.193
   Subnet Mask . . . . . . . . . . . : 255.255.0.0
   Default Gateway . . . . . . . . . :
`);
  const commands = asks.map(({ command }) => command);
  expect(commands).not.toEqual([]);
  expect(
    commands.filter((command) => /tcpdump .*port 67|journalctl|resolv\.conf/.test(command)),
  ).toEqual([]);
});
