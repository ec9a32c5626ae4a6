import { describe, expect, test } from 'vitest';
import { told } from './support/told.ts';

/** What a single output of one machine shows to be wrong, and what looks like it and is not. */

describe('pings that take long', () => {
  const run = (fastest: number) => `ops@web3:~$ ping -c 3 10.0.4.7
PING 10.0.4.7 (10.0.4.7) 56(84) bytes of data.
64 bytes from 10.0.4.7: icmp_seq=1 ttl=62 time=${fastest + 211} ms
64 bytes from 10.0.4.7: icmp_seq=2 ttl=62 time=${fastest} ms

--- 10.0.4.7 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1003ms
rtt min/avg/max/mdev = ${fastest}.000/${fastest + 105}.000/${fastest + 211}.000/52.500 ms
`;
  const quiet = (fastest: string) => `PING 10.0.4.7 (10.0.4.7) 56(84) bytes of data.

--- 10.0.4.7 ping statistics ---
20 packets transmitted, 20 received, 0% packet loss, time 19027ms
rtt min/avg/max/mdev = ${fastest}/923.000/1034.221/90.125 ms
`;
  test('are told, by the lines or by the statistics', async () => {
    expect(await told(run(812))).toMatch(
      /^suspected: Even the fastest answer to the pings of 10\.0\.4\.7 from web3 took 812 ms/,
    );
    expect(await told(quiet('612.004'), 'zh')).toMatch(
      /^suspected: ping 10\.0\.4\.7 最快的一个应答也用了 612 毫秒/,
    );
  });
  test('are not told where one was fast', async () => {
    expect(await told(run(140))).toMatch(/^healthy/);
    expect(await told(quiet('0.204'))).toMatch(/^healthy/);
  });
});

test('a ping whose TTL is used up is told as that, where the command does not show that few hops were asked for', async () => {
  const run = `From 10.0.0.1 icmp_seq=1 Time to live exceeded
From 10.0.0.1 icmp_seq=2 Time to live exceeded

--- 10.0.4.7 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1001ms
`;
  const heading = 'PING 10.0.4.7 (10.0.4.7) 56(84) bytes of data.\n';
  expect(await told(`${heading}${run}`)).toMatch(/^suspected: .*time to live exceeded/);
  expect(await told(`ops@web3:~$ ping -c 2 -t 3 10.0.4.7\n${heading}${run}`)).toMatch(
    /failed: no echo reply/,
  );
});

describe('a card', () => {
  const listing = (address: string, more = '') => `root@edge1:~# ip addr
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel ${more}state UP group default qlen 1000
    link/ether 52:54:00:ab:12:34 brd ff:ff:ff:ff:ff:ff
    ${address}
       valid_lft forever preferred_lft forever
`;
  const self = 'inet 169.254.83.107/16 brd 169.254.255.255 scope link noprefixroute eth0';
  test('without an address from anybody is told', async () => {
    expect(await told(listing(self))).toMatch(
      /^suspected: Card eth0 on edge1 is up and has no address but 169\.254\.83\.107/,
    );
    expect(await told(listing('inet6 fe80::5054:ff:feab:1234/64 scope link'), 'zh')).toMatch(
      /^suspected: 网卡 eth0 已启用，却只有自己分配的地址 fe80::/,
    );
  });
  test('in a bridge, beside another with an address, or seen by its IPv6 alone is not', async () => {
    expect(await told(listing(self, 'master br0 '))).toMatch(/^healthy/);
    const other = `${listing(self)}3: eth1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 52:54:00:ab:12:35 brd ff:ff:ff:ff:ff:ff
    inet 10.3.0.9/24 brd 10.3.0.255 scope global eth1
       valid_lft forever preferred_lft forever
`;
    expect(await told(other)).toMatch(/^healthy/);
    const six = `root@edge1:~# ip -6 addr show eth0
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 state UP qlen 1000
    inet6 fe80::5054:ff:feab:1234/64 scope link
       valid_lft forever preferred_lft forever
`;
    expect(await told(six)).toMatch(/^healthy/);
  });
  test('whose address somebody else answers for is told', async () => {
    const taken = /^suspected: The address 2001:db8::5 on edge1 is in use by another machine/;
    expect(await told(listing('inet6 2001:db8::5/64 scope global dadfailed tentative'))).toMatch(
      taken,
    );
    const kernel =
      'root@edge1:~# dmesg\n[   12.331234] IPv6: eth0: IPv6 duplicate address 2001:db8::5 used by 52:54:00:ab:12:99 detected!\n';
    expect(await told(kernel)).toMatch(taken);
    expect(await told(listing('inet6 2001:db8::5/64 scope global tentative'))).toMatch(/^healthy/);
  });
  test('at half duplex is told', async () => {
    const settings = (duplex: string) => `root@edge1:~# ethtool eth0
Settings for eth0:
	Supported ports: [ TP ]
	Speed: 100Mb/s
	Duplex: ${duplex}
	Auto-negotiation: off
	Link detected: yes
`;
    expect(await told(settings('Half'))).toMatch(/^suspected: eth0 on edge1 runs at half duplex/);
    expect(await told(settings('Full'))).toMatch(/^healthy/);
  });
});

describe('sockets', () => {
  const waiting = (count: number) =>
    `root@app2:~# ss -tan\nState      Recv-Q Send-Q Local Address:Port  Peer Address:Port\n${Array.from({ length: count }, (_, at) => `CLOSE-WAIT 1      0      10.0.0.5:8080       10.0.0.9:${41_000 + at}`).join('\n')}\n`;
  test('that nobody closes are told', async () => {
    expect(await told(waiting(12))).toMatch(
      /^suspected: 12 connections on app2 wait in CLOSE-WAIT/,
    );
    expect(await told('   1204 CLOSE-WAIT\n     33 ESTAB\n      1 State\n')).toMatch(
      /^suspected: 1204 connections wait in CLOSE-WAIT/,
    );
    expect(await told(waiting(3))).toMatch(/^healthy/);
    expect(await told('     12 CLOSE-WAIT\n     33 ESTAB\n      1 State\n')).toMatch(/^healthy/);
  });
  test('of which more wait for an answer than are open are told', async () => {
    expect(await told('ESTABLISHED 33\nSYN_SENT 412\nTIME_WAIT 3\n', 'zh')).toMatch(
      /^suspected: 有 412 个套接字在等 SYN 的应答/,
    );
    expect(await told('ESTABLISHED 933\nSYN_SENT 12\nTIME_WAIT 30000\n')).toMatch(/^healthy/);
  });
});

describe('TLS', () => {
  const hello = `ops@web3:~$ curl -v https://api.example.net/
* IPv4: 203.0.113.10
*   Trying 203.0.113.10:443...
* Connected to api.example.net (203.0.113.10) port 443
* ALPN: curl offers h2,http/1.1
* TLSv1.3 (OUT), TLS handshake, Client hello (1):
`;
  test('that waits for the first word of a server where the output ends is told', async () => {
    expect(await told(hello)).toMatch(
      /^suspected: The connection to api\.example\.net from web3 failed: connected; the output ends while TLS waits/,
    );
    expect(
      await told(`${hello}* TLSv1.3 (IN), TLS handshake, Server hello (2):\n< HTTP/1.1 200 OK\n`),
    ).toMatch(/^healthy/);
  });
});

describe('a proxy in front of a server', () => {
  const line = (said: string, upstream = 'http://10.42.1.9:8080/cart') =>
    `2026/11/20 10:15:33 [error] 29#29: *113 ${said}, client: 10.0.0.3, server: shop.example.net, request: "GET /cart HTTP/1.1", upstream: "${upstream}", host: "shop.example.net"\n`;
  test.each([
    [
      'upstream prematurely closed connection while reading response header from upstream',
      'closed by the server without an answer',
    ],
    [
      'upstream timed out (110: Connection timed out) while reading response header from upstream',
      'connected, then no reply',
    ],
    [
      'recv() failed (104: Connection reset by peer) while reading response header from upstream',
      'reset',
    ],
  ])('tells how it ended: %s', async (said, how) => {
    expect(await told(line(said))).toMatch(
      new RegExp(`^suspected: The connection to 10\\.42\\.1\\.9 failed: ${how}\\.`),
    );
  });
  test('names the group that has no server left', async () => {
    expect(
      await told(
        line('no live upstreams while connecting to upstream', 'http://shop_backend/cart'),
      ),
    ).toMatch(/^suspected: The connection to shop_backend failed: no connection came about/);
  });
});

describe('a card that', () => {
  const counters = (errors: number) => `root@db-2:~# ip -s link show eno1
2: eno1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000
    link/ether 52:54:00:ab:12:34 brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast
    9123123123 9123123      0    1231       0       0
    TX:  bytes packets errors dropped carrier collsns
    8123123123 7123123   ${errors}       0    ${errors}       0
`;
  test('cannot send what it should is told', async () => {
    expect(await told(counters(9211))).toMatch(
      /^suspected: eno1 on db-2 counts 9211 errors in sending/,
    );
    expect(await told(counters(12))).toMatch(/^healthy/);
  });
  test('has no link and carries the default route is told', async () => {
    const routes = (flags: string) =>
      `root@db-2:~# ip route\ndefault via 10.3.0.1 dev eno1 proto static ${flags}\n10.3.0.0/24 dev eno1 proto kernel scope link src 10.3.0.5 ${flags}\n`;
    expect(await told(routes('linkdown '))).toMatch(
      /^suspected: The default route on db-2 leads nowhere: `default via 10\.3\.0\.1 dev eno1 linkdown`\.$/,
    );
    expect(await told(routes(''))).toMatch(/^healthy/);
    expect(await told(`${routes('linkdown ')}default via 10.4.0.1 dev eno2 metric 200\n`)).toMatch(
      /^healthy/,
    );
  });
});

describe('the kernel', () => {
  const block = (source: string, port = 8080) =>
    `Nov 20 10:15:33 gw2 kernel: [UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:ab:12:34:52:54:00:aa:bb:cc:08:00 SRC=${source} DST=10.3.0.5 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1211 DF PROTO=TCP SPT=41022 DPT=${port} WINDOW=64240 RES=0x00 SYN URGP=0`;
  const answer =
    'Nov 20 10:15:33 gw2 kernel: [UFW BLOCK] IN=eth0 OUT= MAC= SRC=10.3.0.9 DST=10.3.0.5 LEN=40 TOS=0x00 PREC=0x00 TTL=64 ID=0 DF PROTO=TCP SPT=443 DPT=41022 WINDOW=0 RES=0x00 ACK RST URGP=0';
  const boot = Array.from(
    { length: 4 },
    (_, at) => `Nov 20 10:15:3${at} gw2 kernel: eth0: entered promiscuous mode`,
  );
  test('that refuses what comes from its own network is told', async () => {
    const log = [...boot, block('10.3.0.9'), block('10.3.0.9')].join('\n');
    expect(await told(log)).toMatch(
      /^suspected: The firewall on gw2 logged that it refused packets from 10\.3\.0\.9 to 10\.3\.0\.5:8080\.$/,
    );
    expect(await told(block('10.3.0.9'), 'zh')).toMatch(
      /^suspected: 防火墙日志记录了它拒绝 10\.3\.0\.9 发往 10\.3\.0\.5:8080 的包，位于 gw2。$/,
    );
  });
  test('that refuses strangers, chatter and the rest of old connections is not', async () => {
    const log = [
      ...boot,
      block('198.51.100.7'),
      block('198.51.100.7'),
      block('10.3.0.9', 5353),
      block('10.3.0.9', 5353),
      answer,
      answer,
    ].join('\n');
    expect(await told(log)).toMatch(/^healthy/);
  });
  test('that killed a program is told', async () => {
    expect(
      await told(
        'Nov 20 10:15:33 w-1 kernel: Out of memory: Killed process 2211 (coredns) total-vm:812312kB, anon-rss:712312kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1211kB oom_score_adj:-997\n',
      ),
    ).toMatch(/^suspected: The kernel on w-1 killed coredns/);
  });
});

describe('a peer of WireGuard', () => {
  const peer = (...lines: readonly string[]) => `root@site-a:~# wg show
interface: wg0
  public key: 9GxvMzmrTIjFqfKpTTvvx4v0SGGAYxZPXKdEw3rqlkU=
  private key: (hidden)
  listening port: 51820

peer: T2rGfHqzMKRkmQ7LQZFs5eMSWw3qMSn4M8aTSXvY0Rk=
  endpoint: 203.0.113.9:51820
  allowed ips: 10.9.0.0/24
${lines.map((line) => `  ${line}\n`).join('')}`;
  test('that never answered, or does not any more, is told', async () => {
    expect(await told(peer('transfer: 0 B received, 4.34 KiB sent'))).toMatch(
      /^suspected: The WireGuard peer 203\.0\.113\.9:51820 on site-a was called and never answered/,
    );
    expect(
      await told(
        peer(
          'latest handshake: 2 hours, 4 minutes, 1 second ago',
          'transfer: 1.21 MiB received, 4.34 MiB sent',
          'persistent keepalive: every 25 seconds',
        ),
        'zh',
      ),
    ).toMatch(/^suspected: WireGuard 对端 203\.0\.113\.9:51820 已有 7441 秒没有重新握手/);
  });
  test('that answers, that nobody called, or that may be idle is not', async () => {
    for (const lines of [
      ['latest handshake: 1 minute, 2 seconds ago', 'transfer: 1.21 KiB received, 4.34 KiB sent'],
      [],
      ['latest handshake: 3 days ago', 'transfer: 1.21 MiB received, 4.34 MiB sent'],
    ])
      expect(await told(peer(...lines))).toMatch(/^healthy/);
  });
});

test('a request of a Go program that got no answer in time is told', async () => {
  const line = String.raw`Nov 20 10:15:33 w-1 kubelet[812]: E1120 10:15:33.123456     812 kubelet_node_status.go:540] "Error updating node status, will retry" err="error getting node \"w-1\": Get \"https://10.0.0.10:6443/api/v1/nodes/w-1?timeout=10s\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"`;
  expect(await told(line)).toMatch(
    /^suspected: The connection to 10\.0\.0\.10 failed: no answer in time/,
  );
});

describe('the only card', () => {
  const card = (flags: string, more = '') =>
    `root@db-2:~# ip link\n2: eno1: <${flags}> mtu 1500 qdisc mq state DOWN mode DEFAULT group default qlen 1000\n    link/ether 52:54:00:ab:12:34 brd ff:ff:ff:ff:ff:ff\n${more}`;
  const other =
    '3: eno2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000\n    link/ether 52:54:00:ab:12:35 brd ff:ff:ff:ff:ff:ff\n';
  test('without carrier, or switched off, is told', async () => {
    expect(await told(card('NO-CARRIER,BROADCAST,MULTICAST,UP'))).toMatch(
      /^suspected: eno1 on db-2 has no link\./,
    );
    expect(await told(card('BROADCAST,MULTICAST'), 'zh')).toMatch(
      /^suspected: 网卡 eno1 没有启用（没有 UP），位于 db-2，也没有看到别的能用的网卡。/,
    );
  });
  test('beside one that works is one that nobody uses', async () => {
    for (const flags of ['NO-CARRIER,BROADCAST,MULTICAST,UP', 'BROADCAST,MULTICAST'])
      expect(await told(card(flags, other))).toMatch(/^healthy/);
  });
});

test('a port that Nmap calls filtered is told', async () => {
  const scan = (state: string) =>
    `Nmap scan report for 10.0.0.9\nHost is up (0.00041s latency).\n\nPORT     STATE    SERVICE\n8080/tcp ${state} http-proxy\n`;
  expect(await told(scan('filtered'))).toMatch(
    /^suspected: The connection to 10\.0\.0\.9 failed: no connection came about/,
  );
  expect(await told(scan('open    '))).toMatch(/^healthy/);
});

describe('a ping that its own host keeps back', () => {
  const run = (end: string) => `ops@web3:~$ ping -c 2 10.0.0.9
PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
ping: sendmsg: Operation not permitted
ping: sendmsg: Operation not permitted
${end}`;
  test('is told as that', async () => {
    const own =
      /^suspected: The connection to 10\.0\.0\.9 from web3 failed: the host's own firewall/;
    expect(await told(run(''))).toMatch(own);
    expect(
      await told(
        run(
          '\n--- 10.0.0.9 ping statistics ---\n2 packets transmitted, 0 received, 100% packet loss, time 1011ms\n',
        ),
      ),
    ).toMatch(own);
    expect(await told(run('64 bytes from 10.0.0.9: icmp_seq=3 ttl=62 time=0.4 ms\n'))).not.toMatch(
      /firewall/,
    );
  });
});
