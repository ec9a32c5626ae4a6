import { describe, expect, test } from 'vitest';
import { told } from './support/told.ts';

describe('a card', () => {
  const settings = (link: string) => `root@w-11:~# ethtool enp5s0
Settings for enp5s0:
\tSupported ports: [ TP ]
\tSpeed: ${link === 'yes' ? '1000Mb/s' : 'Unknown!'}
\tDuplex: ${link === 'yes' ? 'Full' : 'Unknown! (255)'}
\tAuto-negotiation: on
\tLink detected: ${link}
`;
  test('without link is told, also where newer tools say why', async () => {
    expect(await told(settings('no'))).toMatch(/^suspected: enp5s0 on w-11 has no link\./);
    expect(await told(settings('no (No cable)'))).toMatch(/^suspected: enp5s0 on w-11 has no/);
    expect(await told(settings('no'), 'zh')).toMatch(/^suspected: 网卡 enp5s0 没有链路，位于 w-11/);
  });
  test('with link is not, nor one that has it again', async () => {
    expect(await told(settings('yes'))).toMatch(/^healthy/);
    expect(await told(`${settings('no')}${settings('yes')}`)).toMatch(/^healthy/);
  });

  // drivers/net/ethernet/intel/e1000e/netdev.c, realtek/r8169_main.c by phy_print_status, broadcom/tg3.c
  const log = (lines: readonly string[]) => `root@w-11:~# dmesg -T\n${lines.join('\n')}\n`;
  const down = '[Thu Nov 26 10:01:22 2026] e1000e 0000:00:1f.6 eno1: NIC Link is Down';
  const up =
    '[Thu Nov 26 10:01:25 2026] e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: None';
  test('that loses its link time and again is told', async () => {
    expect(await told(log([down, up, down, up, down, up]))).toMatch(
      /^suspected: eno1 on w-11 lost its link 3 times\./,
    );
    const tg3 = '[  912.1] tg3 0000:02:00.0 eno1: Link is down'.replace('912.1', '912.100000');
    expect(await told(log([tg3, tg3]))).toMatch(/eno1 on w-11 lost its link 2 times/);
  });
  test('that came up at boot, and the ports of containers, are not', async () => {
    expect(await told(log([down, up]))).toMatch(/^healthy/);
    const veth = '[Thu Nov 26 10:01:22 2026] veth1a2b3c4: Link is Down';
    expect(await told(log([veth, veth]))).toMatch(/^healthy/);
  });
  test('that does not send is told, in the words of both kernels', async () => {
    // net/sched/sch_generic.c: dev_watchdog, before and since 6.4
    const old =
      '[Thu Nov 26 10:05:40 2026] NETDEV WATCHDOG: eno1 (e1000e): transmit queue 0 timed out';
    const since =
      '[Thu Nov 26 10:05:40 2026] e1000e 0000:00:1f.6 eno1: NETDEV WATCHDOG: CPU: 3: transmit queue 0 timed out 5120 ms';
    for (const line of [old, since])
      expect(await told(log([line]))).toMatch(
        /^suspected: eno1 on w-11 did not send what it was given/,
      );
  });
});

describe('a node', () => {
  const list = (status: string) => `$ kubectl get nodes
NAME   STATUS                     ROLES           AGE   VERSION
cp-1   Ready                      control-plane   90d   v1.29.3
w-11   ${status.padEnd(26)} <none>          90d   v1.29.3
`;
  test('that is not ready is told', async () => {
    expect(await told(list('NotReady'))).toMatch(/^suspected: Node w-11 is not ready\./);
    expect(await told(list('NotReady'), 'zh')).toMatch(/^suspected: 节点 w-11 未就绪/);
  });
  test('that is drained, or ready again, is not', async () => {
    expect(await told(list('Ready,SchedulingDisabled'))).toMatch(/^healthy/);
    expect(await told(`${list('NotReady')}\n${list('Ready')}`)).toMatch(/^healthy/);
  });
});

describe('a proxy', () => {
  const trace = (status: string) => `$ curl -v http://shop.example.net/
*   Trying 10.20.3.4:80...
* Connected to shop.example.net (10.20.3.4) port 80 (#0)
> GET / HTTP/1.1
> Host: shop.example.net
>
< HTTP/1.1 ${status}
< Server: nginx/1.25.3
<
`;
  test('whose server does not serve is told', async () => {
    expect(await told(trace('504 Gateway Time-out'))).toMatch(
      /^suspected: shop\.example\.net answered with 504 \(Gateway Timeout/,
    );
    expect(await told(trace('502 Bad Gateway'), 'zh')).toMatch(
      /^suspected: 访问 shop\.example\.net，得到的是 502（/,
    );
    const head = 'ops@web:~$ curl -sI http://shop.example.net/\nHTTP/1.1 503 Service Unavailable\n';
    expect(await told(head)).toMatch(/^suspected: shop\.example\.net answered from web with 503/);
  });
  test('that answers of itself, or serves again, is not', async () => {
    expect(await told(trace('404 Not Found'))).toMatch(/^healthy/);
    expect(await told(trace('200 OK'))).toMatch(/^healthy/);
    expect(await told(`${trace('502 Bad Gateway')}\n${trace('200 OK')}`)).toMatch(/^healthy/);
  });
  test('one of whose servers is bad is told though the last request went well', async () => {
    const all = ['200 OK', '502 Bad Gateway', '200 OK'].map((status) => trace(status)).join('\n');
    expect(await told(all)).toMatch(/^suspected: shop\.example\.net answered with 502/);
  });
});

describe('requests of UDP', () => {
  const ask = (second: number) =>
    `10:02:${10 + second}.120033 IP 10.3.0.9.47212 > 192.0.2.123.123: NTPv4, Client, length 48`;
  const answer = (second: number) =>
    `10:02:${10 + second}.140033 IP 192.0.2.123.123 > 10.3.0.9.47212: NTPv4, Server, length 48`;
  const seen = (lines: readonly string[], filter = 'port 123') =>
    `root@gw2:~# tcpdump -nni eth1 ${filter}\n${lines.join('\n')}\n`;
  test('that nobody answers are told', async () => {
    expect(await told(seen([ask(1), ask(3), ask(5)]))).toMatch(
      /^suspected: NTP 192\.0\.2\.123 was asked 3 times at gw2/,
    );
    const discover = [1, 5, 12].map(
      (second) =>
        `10:02:${10 + second}.120033 IP 0.0.0.0.68 > 255.255.255.255.67: BOOTP/DHCP, Request from 52:54:00:12:34:56, length 300`,
    );
    expect(await told(seen(discover, 'udp'))).toMatch(/^suspected: DHCP 255\.255\.255\.255 was/);
  });
  test('with one answer, too few of them, or a filter for one way are not', async () => {
    expect(await told(seen([ask(1), ask(3), answer(3), ask(5)]))).toMatch(/^healthy/);
    expect(await told(seen([ask(1), ask(3)]))).toMatch(/^healthy/);
    expect(await told(seen([ask(1), ask(3), ask(5)], 'dst port 123'))).toMatch(/^healthy/);
  });
});

describe('neighbour discovery', () => {
  const ask = (second: number, from = '2001:db8:1::9') =>
    `10:02:${10 + second}.120033 IP6 ${from} > ff02::1:ff00:4: ICMP6, neighbor solicitation, who has 2001:db8:1::4, length 32`;
  const answer =
    '10:02:13.120412 IP6 2001:db8:1::4 > 2001:db8:1::9: ICMP6, neighbor advertisement, tgt is 2001:db8:1::4, length 32';
  const seen = (lines: readonly string[]) =>
    `root@gw2:~# tcpdump -nni eth1 icmp6\n${lines.join('\n')}\n`;
  test('that nobody answers is told', async () => {
    expect(await told(seen([ask(1), ask(2), ask(3)]))).toMatch(
      /^suspected: ND 2001:db8:1::4 was asked 3 times at gw2/,
    );
  });
  test('that is answered, or looks whether an address is free, is not', async () => {
    expect(await told(seen([ask(1), ask(2), answer, ask(3)]))).toMatch(/^healthy/);
    expect(await told(seen([1, 2, 3].map((second) => ask(second, '::'))))).toMatch(/^healthy/);
  });
});

describe('pings', () => {
  const run = (target: string) => `root@w-11:~# ping -c 2 ${target}
PING ${target} (${target}) 56(84) bytes of data.
64 bytes from 10.0.4.12: icmp_seq=1 ttl=64 time=0.412 ms
64 bytes from 10.0.4.12: icmp_seq=1 ttl=64 time=0.611 ms (DUP!)
64 bytes from 10.0.4.12: icmp_seq=2 ttl=64 time=0.402 ms

--- ${target} ping statistics ---
2 packets transmitted, 2 received, +1 duplicates, 0% packet loss, time 1003ms
`;
  test('that come back twice are told, but for those of everybody', async () => {
    expect(await told(run('10.0.4.12'))).toMatch(/^suspected: The pings of 10\.0\.4\.12 from w-11/);
    expect(await told(run('224.0.0.1'))).toMatch(/^healthy/);
  });
});

describe('what programs log', () => {
  test('of a lookup that failed, with the server that they asked', async () => {
    const line =
      '2026-11-26T10:02:11Z ERR dial tcp: lookup cart on 10.96.0.10:53: read udp 10.244.1.8:49230->10.96.0.10:53: i/o timeout\n';
    expect(await told(line)).toMatch(
      /^suspected: The lookup of cart at 10\.96\.0\.10 failed: timed out\./,
    );
    expect(await told(line, 'zh')).toMatch(/^suspected: 向 10\.96\.0\.10 解析 cart 失败：超时。/);
  });
  test('of a handshake that hangs', async () => {
    const line =
      'Error response from daemon: Get "https://registry.example.net/v2/": net/http: TLS handshake timeout\n';
    expect(await told(line)).toMatch(
      /^suspected: The connection to registry\.example\.net failed: connected, then nothing more/,
    );
  });
  test('the words alone, in a sentence of a person, are no output', async () => {
    const said =
      'we see temporary failures in name resolution and i/o timeout all over, lookup is slow\n';
    expect(await told(said)).toMatch(/^unrecognised/);
  });
});

describe('the kernel log', () => {
  const log = (source: string) =>
    `root@w-11:~# dmesg\n${[1, 2]
      .map(
        (second) =>
          `[ 123${second}.567890] IPv4: martian source 10.244.1.8 from ${source}, on dev eth0\n[ 123${second}.567891] ll header: 00000000: 52 54 00 12 34 56 52 54 00 65 43 21 08 00\n`,
      )
      .join('')}`;
  test('that calls packets martian is told, but for strays', async () => {
    expect(await told(log('10.244.3.9'))).toMatch(
      /^suspected: The kernel on w-11 threw away packets from 10\.244\.3\.9 because they came in by eth0/,
    );
    expect(await told(log('169.254.3.9'))).toMatch(/^healthy/);
  });
});

describe('events', () => {
  const list = (reason: string, message: string) => `$ kubectl get events
LAST SEEN   TYPE      REASON                   OBJECT           MESSAGE
2m          Warning   ${reason.padEnd(22)}   pod/cart-6d9-x   ${message}
`;
  test('of a pod without network are told', async () => {
    const message =
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="flannel" failed (add): loadFlannelSubnetEnv failed: open /run/flannel/subnet.env: no such file or directory';
    expect(await told(list('FailedCreatePodSandBox', message))).toMatch(
      /^suspected: The network of pod\/cart-6d9-x could not be set up/,
    );
    expect(await told(list('Pulled', 'Container image "x" already present on machine'))).toMatch(
      /^healthy/,
    );
  });
});

describe('pods that make the network', () => {
  const list = (ready: string, age = '20d', name = 'kube-flannel-ds-kk8rz') =>
    `$ kubectl -n kube-flannel get pods
NAME                    READY   STATUS             RESTARTS   AGE
${name.padEnd(23)} ${ready.padEnd(7)} ${(ready === '1/1' ? 'Running' : 'CrashLoopBackOff').padEnd(18)} 0          ${age}
`;
  test('are told where they are not ready', async () => {
    expect(await told(list('0/1'))).toMatch(/^suspected: The pod kube-flannel-ds-kk8rz, which/);
    expect(await told(list('0/1'), 'zh')).toMatch(/^suspected: 负责所在节点网络的 Pod kube-fla/);
  });
  test('are left alone where they are, or have only begun, and so are other pods', async () => {
    expect(await told(list('1/1'))).toMatch(/^healthy/);
    expect(await told(list('0/1', '25s'))).toMatch(/^healthy/);
    expect(await told(list('0/1', '20d', 'cart-6d9f7c-x2x4v'))).toMatch(/^healthy/);
  });
});

describe('receive errors', () => {
  const shown = (errors: number) => `root@w-11:~# ip -s link show eth0
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:7a:11:0b brd ff:ff:ff:ff:ff:ff
    RX:    bytes  packets errors dropped  missed   mcast
    982374982374 98237423 ${errors}  0       0       0
    TX:    bytes  packets errors dropped carrier collsns
     82374982374 78237423      0       0       0       0
`;
  const counted = (errors: number) => `root@w-11:~# ethtool -S eth0
NIC statistics:
     rx_packets: 98237423
     tx_packets: 78237423
     rx_crc_errors: ${errors}
     rx_missed_errors: 0
`;
  test('are told where they are many for the packets', async () => {
    expect(await told(shown(98231))).toMatch(/^suspected: eth0 on w-11 has counted 98231 receive/);
    expect(await told(counted(98231))).toMatch(/^suspected: eth0 on w-11 has counted 98231 receiv/);
  });
  test('are told without the name that the output does not show', async () => {
    const bare = counted(98231).replace('root@w-11:~# ethtool -S eth0\n', '');
    expect(await told(bare)).toMatch(/^suspected: A card has counted 98231 receive errors/);
  });
  test('are left alone where they are few', async () => {
    expect(await told(shown(312))).toMatch(/^healthy/);
    expect(await told(counted(0))).toMatch(/^healthy/);
  });
});

describe('connection tracking', () => {
  const entries = (count: number, state: string, mark: string) =>
    `root@app1:~# conntrack -L -p tcp\n${Array.from(
      { length: count },
      (_, at) =>
        `tcp      6 11${at} ${state} src=10.244.1.8 dst=10.0.4.12 sport=4${at}012 dport=5432 ${mark}src=10.0.4.12 dst=10.244.1.8 sport=5432 dport=4${at}012 mark=0 use=1\n`,
    ).join('')}`;
  test('that shows one SYN after another and no answer is told', async () => {
    expect(await told(entries(3, 'SYN_SENT', '[UNREPLIED] '))).toMatch(
      /^suspected: The connection to 10\.0\.4\.12:5432 from app1 failed: timed out\./,
    );
  });
  test('that shows one under way, or connections that stand, is not', async () => {
    expect(await told(entries(1, 'SYN_SENT', '[UNREPLIED] '))).toMatch(/^healthy/);
    expect(await told(entries(5, 'ESTABLISHED', ''))).toMatch(/^healthy/);
  });
});

describe('a resolv.conf', () => {
  const shown = (lines: string, command = 'cat /etc/resolv.conf') =>
    `root@app1:~# ${command}\n${lines}\n`;
  test('without a nameserver is told', async () => {
    expect(await told(shown('search example.net'))).toMatch(
      /^suspected: The resolv\.conf on app1 names no nameserver/,
    );
  });
  test('with one, or of which a part is shown, is not', async () => {
    expect(await told(shown('search example.net\nnameserver 10.0.0.2'))).toMatch(/^healthy/);
    expect(await told(shown('search example.net', 'grep search /etc/resolv.conf'))).toMatch(
      /^healthy/,
    );
  });
});
