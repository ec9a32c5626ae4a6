import { describe, expect, test } from 'vitest';
import { told } from './support/told.ts';

describe('a routing session', () => {
  const calico = (state: string, info: string) => `root@w-11:~# calicoctl node status
Calico process is running.

IPv4 BGP status
+--------------+-------------------+-------+----------+-------------+
| PEER ADDRESS |     PEER TYPE     | STATE |  SINCE   |    INFO     |
+--------------+-------------------+-------+----------+-------------+
| 10.30.0.12   | node-to-node mesh | ${state} | 09:51:07 | ${info} |
+--------------+-------------------+-------+----------+-------------+
`;
  test('that does not stand is told', async () => {
    expect(await told(calico('start', 'Active Socket: Connection refused'))).toMatch(
      /^suspected: The BGP session with 10\.30\.0\.12 on w-11 is not established \(Active Socket: Connection refused\)/,
    );
    expect(await told(calico('start', 'Passive'), 'zh')).toMatch(/与 10\.30\.0\.12 的 BGP 会话/);
  });
  test('that stands, that stands since, or that nobody wants is not', async () => {
    const up = calico('up   ', 'Established');
    expect(await told(up)).toMatch(/^healthy/);
    expect(await told(`${calico('start', 'Connect')}${up}`)).toMatch(/^healthy/);
    const frr = `root@leaf1:~# vtysh -c 'show bgp summary'
Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.255.0.10     4      65000         0         0        0    0    0    never Idle (Admin)        0 N/A
10.255.0.11     4      65001       234       252        1    0    0 02:39:11            4        3 N/A
`;
    expect(await told(frr)).toMatch(/^healthy/);
    expect(await told(frr.replace('Idle (Admin)', '      Active'))).toMatch(
      /10\.255\.0\.10 on leaf1/,
    );
  });
  test("without Calico's agent is told; where VXLAN alone is used, no routing daemon is wanted", async () => {
    expect(
      await told('root@w-11:~# calicoctl node status\nCalico process is not running.\n'),
    ).toMatch(/^suspected: calicoctl finds no process of Calico's agent \(Felix\) on w-11/);
    expect(
      await told(
        'root@w-11:~# calicoctl node status\nCalico process is running.\n\nNone of the BGP backend processes (BIRD or GoBGP) are running.\n',
      ),
    ).toMatch(/^healthy/);
  });
});

describe("Cilium's health", () => {
  const probes = (said: string) => `Probe time:   2026-09-01T12:09:12Z
Nodes:
  east/w-3:
    Host connectivity to 10.0.1.13:
      ICMP to stack:   Connection timed out
      HTTP to agent:   OK, RTT=1.884ms
    Endpoint connectivity to 10.244.3.9:
      ICMP to stack:   OK, RTT=1.221ms
      HTTP to agent:   ${said}
`;
  test('tells a node that is reached, and its pods are not', async () => {
    expect(await told(probes('Connection timed out'))).toMatch(
      /^suspected: Cilium does not reach east\/w-3 \(10\.244\.3\.9\) through the pod network \(Connection timed out\)/,
    );
  });
  test('does not mind echoes that are filtered', async () => {
    expect(await told(probes('OK, RTT=317µs'))).toMatch(/^healthy/);
  });
  test('counts the nodes', async () => {
    const status = (count: string) =>
      `KVStore:  Ok   Disabled\nCluster health:  ${count} reachable   (2026-10-08T09:00:00Z)\n`;
    expect(await told(status('3/4'))).toMatch(/^suspected: Cilium reaches 3\/4 nodes/);
    expect(await told(status('4/4'))).toMatch(/^healthy/);
  });
});

describe("Cilium's CLI", () => {
  const cli = (counts: string, errors = '') => `root@w-11:~# cilium status
    /¯¯\\
 /¯¯\\__/¯¯\\    Cilium:         OK
 \\__/¯¯\\__/    Operator:       OK
    \\__/

DaemonSet         cilium             Desired: 3, ${counts}
Deployment        cilium-operator    Desired: 1, Ready: 1/1, Available: 1/1
Cluster Pods:     2/2 managed by Cilium
${errors}`;
  test('tells agents that are not there, and what fails in one', async () => {
    expect(await told(cli('Ready: 2/3, Available: 2/3, Unavailable: 1/3'))).toMatch(
      /^suspected: Cilium on w-11 says that DaemonSet cilium is not well: Desired: 3, Ready: 2\/3/,
    );
    const error =
      'Errors:           cilium             cilium-2r8vr    controller ipcache-inject-labels is failing since 4s (4x)';
    expect(await told(cli('Ready: 3/3, Available: 3/3', error))).toMatch(
      /cilium-2r8vr is not well: controller ipcache-inject-labels/,
    );
    expect(await told(cli('Ready: 3/3, Available: 3/3'))).toMatch(/^healthy/);
  });
  test('ends where a heading names another host', async () => {
    const below = `Cluster health:   4/4 reachable   (2026-10-08T09:00:00Z)
node-2:
cpu=0 found=1 invalid=0 insert=0 insert_failed=310 drop=310 early_drop=0 error=0 search_restart=0
`;
    expect(await told(below)).toMatch(/on node-2/);
  });
});

describe("Envoy's access log", () => {
  const line = (second: number, code: string, details: string) =>
    `[2026-08-17T04:59:0${second}.906Z] "GET / HTTP/1.1" ${code} ${details} - "-" 0 152 0 - "-" "curl/8" "b8b3448c" "api:8080" "10.4.0.5:8080" outbound|8080||api.shop.svc.cluster.local - 10.4.0.5:8080 10.4.1.9:48158 - default`;
  const refused = line(
    1,
    '503 UF',
    'upstream_reset_before_response_started{remote_connection_failure,delayed_connect_error:_111}',
  );
  const served = (second: number) => line(second, '200 -', 'via_upstream');
  test('tells what came of the connection to the server behind it', async () => {
    expect(await told(refused)).toMatch(
      /^suspected: The connection to 10\.4\.0\.5:8080 failed: refused/,
    );
    expect(await told(refused.replace('_111', '_113'))).toMatch(/no route to host/);
  });
  test('tells the other flags in words', async () => {
    const none = line(1, '503 UH', 'no_healthy_upstream').replace('"10.4.0.5:8080"', '"-"');
    expect(await told(none)).toMatch(
      /could not serve a request for api\.shop\.svc\.cluster\.local:8080: UH \(Envoy has no healthy server/,
    );
    expect(await told(none, 'zh')).toMatch(/UH（Envoy 没有健康的后端可选/);
  });
  test('does not mind those who ask a gateway for what was never there', async () => {
    const scan = line(2, '404 NR', 'route_not_found').replace('outbound|8080||api', '-');
    expect(await told([served(1), scan].join('\n'))).toMatch(/^healthy/);
    expect(await told(scan)).toMatch(/NR \(Envoy has no route/);
  });
  test('forgets what was served since, unless it failed again', async () => {
    expect(await told([refused, served(2), served(3)].join('\n'))).toMatch(/^healthy/);
    expect(await told([refused, served(2), refused, served(3)].join('\n'))).toMatch(/^suspected/);
    expect(await told(line(1, '200 DC', 'downstream_remote_disconnect'))).toMatch(/^healthy/);
  });
});

describe('iperf3', () => {
  const rows = (transfers: readonly string[]) =>
    `root@w-11:~# iperf3 -c 10.20.0.9
Connecting to host 10.20.0.9, port 5201
[  5] local 10.20.0.4 port 51008 connected to 10.20.0.9 port 5201
[ ID] Interval           Transfer     Bitrate         Retr  Cwnd
${transfers.map((one, at) => `[  5]   ${at}.00-${at + 1}.00   sec  ${one} Bytes  ${one} bits/sec    1   1.41 KBytes       `).join('\n')}
`;
  test('that stands still is told, one slow second is not', async () => {
    expect(await told(rows(['12.2 K', '0.00', '0.00', '0.00'].map((one) => one.trim())))).toMatch(
      /^suspected: The iperf3 transfer with 10\.20\.0\.9:5201 from w-11 stood still: nothing was carried in 3 of its intervals/,
    );
    expect(await told(rows(['12.2 M', '0.00', '11.9 M']))).toMatch(/^healthy/);
  });
  test('that finds nobody is a connection that failed, to where the command says', async () => {
    const text = (said: string) => `root@w-11:~# iperf3 -c 10.20.0.9 -p 5301
iperf3: error - unable to connect to server${said}
`;
    expect(await told(text(': Connection refused'))).toMatch(/10\.20\.0\.9 port 5301 is refused/);
    const guessing =
      ' - server may have stopped running or use a different port, firewall issue, etc.';
    expect(await told(text(`${guessing}: No route to host`))).toMatch(
      /10\.20\.0\.9 from w-11 failed: no route/,
    );
  });
  test('that loses datagrams is told', async () => {
    const udp = (
      lost: number,
    ) => `[ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams
[  5]   0.00-10.00  sec   119 MBytes   100 Mbits/sec  0.018 ms  ${lost}/7630 (0%)  receiver
`;
    expect(await told(udp(870))).toMatch(/^suspected: iperf3 lost 11\.4 % of its datagrams/);
    expect(await told(udp(3))).toMatch(/^healthy/);
  });
});

describe('what manages the links', () => {
  const nmcli = (first: string) => `root@w-11:~# nmcli device status
DEVICE  TYPE      STATE      CONNECTION
${first}
eth1    ethernet  unavailable  --
lo      loopback  unmanaged  --
`;
  test('tells who waits for an address, and a machine without any link', async () => {
    expect(
      await told(nmcli('eth0    ethernet  connecting (getting IP configuration)  lan')),
    ).toMatch(/^suspected: eth0 on w-11 has a link and waits for an address/);
    expect(await told(nmcli('eth0    ethernet  unavailable  --'))).toMatch(
      /^suspected: eth0 on w-11 has no link/,
    );
    expect(await told(nmcli('eth0    ethernet  connected  lan'))).toMatch(/^healthy/);
  });

  const journal = (lines: readonly string[]) =>
    lines
      .map((text, at) => `Apr 14 22:50:0${at} w-11 systemd-networkd[587]: ens3: ${text}`)
      .join('\n');
  test('tells a lease that is lost, and not one that is got anew', async () => {
    const anew = 'DHCPv4 address 10.20.0.7/24, gateway 10.20.0.1 acquired from 10.20.0.1';
    expect(await told(journal(['DHCP lease lost']))).toMatch(
      /^suspected: ens3 on w-11 has lost the address/,
    );
    expect(await told(journal(['DHCP lease lost', anew]))).toMatch(/^healthy/);
    expect(await told(journal(['Lost carrier', 'Gained carrier', anew]))).toMatch(/^healthy/);
    expect(await told(journal(['Lost carrier', 'Gained carrier', 'Lost carrier']))).toMatch(
      /ens3 on w-11 lost its link 2 times/,
    );
  });
});

describe('a machine with Windows', () => {
  const ipconfig = (second: string) => `Windows IP Configuration

Ethernet adapter Ethernet0:

   Connection-specific DNS Suffix  . :
   Autoconfiguration IPv4 Address. . : 169.254.23.193(Preferred)
   Subnet Mask . . . . . . . . . . . : 255.255.0.0
   Default Gateway . . . . . . . . . :

${second}
`;
  test('that got no address is told, one that has another is not', async () => {
    const virtual =
      'Ethernet adapter VMware Network Adapter VMnet8:\n\n   IPv4 Address. . . . . . . . . . . : 192.168.175.1';
    expect(await told(ipconfig(virtual))).toMatch(
      /^suspected: Card Ethernet0 is up and has no address but 169\.254\.23\.193, which it gave itself/,
    );
    const wireless =
      'Wireless LAN adapter Wi-Fi:\n\n   IPv4 Address. . . . . . . . . . . : 10.20.7.31';
    expect(await told(ipconfig(wireless))).toMatch(/^healthy/);
  });
});

test('a queue to a program that was too slow is told, with two readings by their difference', async () => {
  const read = (dropped: number) =>
    `root@fw-1:~# cat /proc/net/netfilter/nfnetlink_queue\n    0   4123    12 2 65531   ${dropped}     0   103223  1\n`;
  expect(await told(read(0))).toMatch(/^healthy/);
  expect(await told(read(941))).toMatch(
    /^suspected: Packets for the program on NFQUEUE 0 on fw-1 were thrown away, 941 so far/,
  );
  expect(await told(`${read(941)}${read(941)}`)).toMatch(/^healthy/);
  expect(await told(`${read(941)}${read(1941)}`)).toMatch(
    /^suspected: 1000 packets for the program on NFQUEUE 0 on fw-1/,
  );
});
