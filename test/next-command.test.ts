import { describe, expect, test } from 'vitest';
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
  expect(asked.join('\n')).not.toMatch(/resolv\.conf|port 53/);
});

test('what cannot be a shell word is never put into a command', async () => {
  const asked = await ask(`app-1$ ping -c 2 '$(reboot)'
PING $(reboot) ($(reboot)) 56(84) bytes of data.

--- $(reboot) ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time 1022ms
`);
  expect(asked.join('\n')).not.toContain('reboot');
});

test('what left one node by its card and did not come out behind the other is asked for on the other', async () => {
  const question = (second: string) =>
    `10:00:${second} IP 192.0.2.21.48811 > 192.0.2.27.8472: OTV, flags [I] (0x08), overlay 0, instance 1\nIP 10.233.65.14.41277 > 10.233.70.6.53: 3301+ A? ledger.example.net. (36)\n`;
  const { ask } = await examine([
    {
      name: null,
      text: `root@n1:~# tcpdump -nni eno1 udp port 8472
listening on eno1, link-type EN10MB (Ethernet), snapshot length 262144 bytes
${question('01.000000')}${question('03.502000')}
root@n7:~# tcpdump -nni cni0 udp port 53
listening on cni0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
0 packets captured
0 packets received by filter
0 packets dropped by kernel
`,
    },
  ]);
  const hosts = new Set(ask.map(({ host }) => host));
  expect([...hosts].filter((host) => host !== null)).toEqual(['n7']);
  // A question of 36 bytes is not lost for its size.
  expect(ask.flatMap(({ settles }) => settles)).not.toContain('mtu-blackhole');
});

describe('what only the server can show is asked of the server', () => {
  const client =
    'dev@build2:~$ nc -vz 192.0.2.50 8080\nnc: connect to 192.0.2.50 port 8080 (tcp) failed: Connection refused\n';
  const server =
    'root@app-7:~# ip -br addr\nlo               UNKNOWN        127.0.0.1/8 \neth0             UP             192.0.2.50/24 \n';
  const hostAsked = async (text: string) => {
    const { ask } = await examine([{ name: null, text }]);
    return ask.find(({ command }) => command.startsWith('ss '))?.host;
  };

  test('by no name, where nobody shows who has the address', async () => {
    expect(await hostAsked(client)).toBeNull();
  });

  test('by its name, where it is in the paste', async () => {
    expect(await hostAsked(`${client}\n${server}`)).toBe('app-7');
  });

  test('which is the client itself, where it calls its own loopback', async () => {
    expect(await hostAsked(client.replaceAll('192.0.2.50', '127.0.0.1'))).toBe('build2');
  });
});

describe('what is asked for first fits how a lookup went wrong', () => {
  const FILE = 'pia@tools:~$ cat /etc/resolv.conf\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n';
  // Forms of bind 9.18 bin/dig/dighost.c and of glibc nss/getent.c.
  const timed = (server: string, ms: number) => `pia@tools:~$ dig example.org @${server}
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 12001
;; flags: qr rd ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; Query time: ${ms} msec
;; SERVER: ${server}#53(${server}) (UDP)
`;

  test('of several servers none answers: whether they are reached at all', async () => {
    const [first] = await ask(`${FILE}pia@tools:~$ dig example.org
;; communications error to 192.0.2.2#53: timed out
;; communications error to 192.0.2.2#53: timed out
;; communications error to 192.0.2.3#53: timed out

; <<>> DiG 9.18.28 <<>> example.org
;; global options: +cmd
;; no servers could be reached

`);
    expect(first).toContain('ping -c 3');
    expect(first).toContain('dig +tcp');
  });

  test('one of several is slow: each of them by itself', async () => {
    const [first] = await ask(FILE + timed('192.0.2.2', 2310));
    expect(first).toMatch(/^for s in .* dig /);
  });

  test('each of several is slow: what they wait for', async () => {
    const [first] = await ask(FILE + timed('192.0.2.2', 2310) + timed('192.0.2.3', 2290));
    expect(first).toContain('tcpdump');
  });

  test('a server that does not take EDNS is no healthy one, and the others are asked', async () => {
    const answer = (
      options: string,
      status: string,
    ) => `pia@tools:~$ dig ${options}www.example.net @192.0.2.2
;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 41772
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0
;; SERVER: 192.0.2.2#53(192.0.2.2) (UDP)
`;
    const text = answer('', 'FORMERR') + answer('+noedns ', 'NOERROR');
    const { status, headline, ask: asked } = await examine([{ name: null, text }]);
    expect(status).toBe('suspected');
    expect(headline).toContain('EDNS');
    expect(asked[0]?.command).toContain(' dig ');
    const same = await examine([{ name: null, text: text.replace('+noedns ', '') }]);
    expect(same.status).toBe('healthy');
  });

  test('two questions that reach a server and no answer are open, and its own side is asked for', async () => {
    const question = (port: number, id: string) =>
      `10:31:05.100${port} IP 192.0.2.44.40112 > 192.0.2.2.53: ${id} git.example. (29)\n`;
    const {
      status,
      headline,
      ask: asked,
    } = await examine([
      {
        name: null,
        text: `root@ns1:~# tcpdump -nni ens3 port 53\n${question(112, '4512+ A?')}${question(198, '9921+ AAAA?')}`,
      },
    ]);
    expect(status).toBe('suspected');
    expect(headline).toContain('may have ended too soon');
    expect(asked[0]?.command).toContain('tcpdump');
    expect(asked.map(({ command }) => command).join()).toContain('ss -lnup');
  });
});

test('who shows sockets that wait for an answer to their SYN is not asked for resolv.conf', async () => {
  // iproute2 misc/ss.c: `state syn-sent` leaves the column of states out.
  const asked = await ask(`pia@tools:~$ ss -tn state syn-sent
Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
0      1      192.0.2.4:50122     198.51.100.9:5432
`);
  expect(asked.join('\n')).not.toContain('resolv.conf');
  expect(asked.join('\n')).not.toContain('port 53');
});

test('at a prompt of Windows the commands of Windows are asked for, and not those whose output is there', async () => {
  const ping = `C:\\Users\\ops>ping 10.0.0.9

Pinging 10.0.0.9 with 32 bytes of data:
Request timed out.
Request timed out.

Ping statistics for 10.0.0.9:
    Packets: Sent = 2, Received = 0, Lost = 2 (100% loss),
`;
  const asked = await ask(ping);
  expect(asked).toContain('route print');
  expect(asked).toContain('arp -a');
  expect(asked).toContain('tracert -d 10.0.0.9');
  expect(asked.filter((command) => command === 'ipconfig /all')).toHaveLength(1);
  const lookup = `PS C:\\> nslookup www.example.com
Server:  UnKnown
Address:  192.168.1.1

*** UnKnown can't find www.example.com: Server failed
`;
  expect((await ask(lookup)).filter((command) => command.includes('resolv.conf'))).toEqual([]);
  // Where one host is no Windows, nothing is known of the others.
  expect(await ask(`${ping}\nweb-1$ ip route\ndefault via 10.0.0.1 dev eth0\n`)).not.toContain(
    'route print',
  );
});
