import { describe, expect, test } from 'vitest';
import { examine } from './support/examples.ts';

/** Three SYNs of one connection attempt that nobody answers, as `tcpdump -nn` prints them; no TTL, and clocks that nothing compares. */
function capture(host: string, device: string, offset: number): string {
  const rows = [0, 1.02, 3.05].map((at) => {
    const second = (11 + offset + at).toFixed(6);
    return `10:00:${second} IP 192.0.2.5.40000 > 198.51.100.80.8443: Flags [S], seq 100, win 64240, options [mss 1460], length 0`;
  });
  return `[root@${host} ~]# tcpdump -nni ${device} tcp port 8443\n${rows.join('\n')}\n`;
}

const server = capture('srv', 'ens18', 0);
const client = capture('desk', 'enp3s0', 7);

/** The hosts in the order in which a request is said to pass them, for both orders of pasting. */
async function orders(...told: readonly string[]): Promise<readonly string[]> {
  return ordersOf(server, client, ...told);
}

async function ordersOf(one: string, other: string, ...told: readonly string[]) {
  const found: string[] = [];
  for (const captures of [
    [one, other],
    [other, one],
  ]) {
    const text = [...captures, ...told].join('\n');
    const { path } = await examine([{ name: null, text }]);
    found.push(path.map(({ host }) => host).join(' > '));
  }
  return found;
}

const RIGHT = ['desk > srv', 'desk > srv'];

describe('two captures that do not tell which comes first', () => {
  test('stay open: their order is that of pasting', async () => {
    expect(await orders()).toEqual(['srv > desk', 'desk > srv']);
  });

  test.each([
    [
      'the address of the server',
      '[root@srv ~]# ip addr show ens18\n2: ens18: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    inet 198.51.100.80/24 brd 198.51.100.255 scope global ens18\n',
    ],
    [
      'the network of the client',
      '[root@desk ~]# ip route\ndefault via 192.0.2.1 dev enp3s0 proto dhcp metric 100\n192.0.2.0/24 dev enp3s0 proto kernel scope link src 192.0.2.77 metric 100\n',
    ],
    [
      'where ssh failed',
      '[root@desk ~]# ssh -p 8443 root@198.51.100.80\nssh: connect to host 198.51.100.80 port 8443: Connection timed out\n',
    ],
    [
      'where curl never connected',
      "[root@desk ~]# curl -s -m 6 -w 'code=%{http_code} connect=%{time_connect} total=%{time_total}\\n' http://198.51.100.80:8443/\ncode=000 connect=0.000000 total=6.001567\n",
    ],
  ])('are ordered by %s', async (_, told) => {
    expect(await orders(told)).toEqual(RIGHT);
  });

  test.each([
    [
      'a network that holds both ends',
      '[root@srv ~]# ip route\n192.0.0.0/8 dev ens18 scope link\n198.51.100.0/24 dev ens18 scope link\n',
    ],
    ['a way through a tunnel', '[root@srv ~]# ip route\n192.0.2.0/24 dev flannel.1 scope link\n'],
    [
      'a connection that works, perhaps of another client',
      '[root@srv ~]# curl -s -o /dev/null -w "connect=%{time_connect} total=%{time_total}\\n" http://198.51.100.80:8443/\nconnect=0.000321 total=0.001567\n',
    ],
  ])('are not ordered by %s', async (_, told) => {
    expect(await orders(told)).toEqual(['srv > desk', 'desk > srv']);
  });

  test.each([
    ['a node and a pod on it, whose clock is the same', 0.000_008, 'node-a > web-7d9f8c6b5-x2x4z'],
    ['a pod and the node above it', -0.000_008, 'web-7d9f8c6b5-x2x4z > node-a'],
  ])('are ordered by their times: %s', async (_, later, order) => {
    const node = capture('node-a', 'cni0', 0);
    const pod = capture('web-7d9f8c6b5-x2x4z', 'eth0', later);
    expect(await ordersOf(node, pod)).toEqual([order, order]);
  });

  test('are not ordered by the times of clocks that may be two', async () => {
    const [node, pod] = [
      capture('node-a', 'cni0', 0),
      capture('web-7d9f8c6b5-x2x4z', 'eth0', 0.0004),
    ];
    expect(await ordersOf(node, pod)).toEqual([
      'node-a > web-7d9f8c6b5-x2x4z',
      'web-7d9f8c6b5-x2x4z > node-a',
    ]);
  });
});
