import { describe, expect, test } from 'vitest';
import { lookup, route } from '../functions/artefacts/route.ts';
import { routeGet } from '../functions/artefacts/route-get.ts';
import { parseAddress } from '../functions/primitives/address.ts';

describe('lookup', () => {
  const node = [
    'default via 10.71.4.1 dev eth0 metric 100',
    'default via 10.72.0.1 dev eth1 metric 50',
    '10.244.0.0/16 via 10.71.4.9 dev eth0',
    '10.244.3.0/24 via 10.244.3.0 dev flannel.1 onlink',
    'blackhole 10.244.9.0/24 proto 80',
    '10.244.9.7 dev cali0123456789a scope link',
    'unreachable 10.61.0.0/16',
    '10.80.0.0/16 tos 0x10 dev eth0 scope link',
    '10.99.0.0/24 via 10.71.4.3 dev eth0 dead linkdown',
    '172.18.0.0/16 dev docker0 proto kernel scope link src 172.18.0.1 linkdown',
    'local 172.18.0.1 dev docker0 table local proto kernel scope host src 172.18.0.1',
    '192.168.7.0/24 via 10.9.0.1 dev wg0 table 51820',
    '2001:db8:1::/64 dev eth0 proto kernel metric 256 pref medium',
    '2001:db8::/32 via fe80::2 dev eth1 metric 1024 pref medium',
    'default via fe80::1 dev eth0 proto ra metric 1024 pref medium',
  ];

  test.each([
    ['198.51.100.9', 2, 'the default route with the lowest metric when nothing is nearer'],
    ['10.244.1.5', 3, 'a short prefix'],
    ['10.244.3.5', 4, 'the longest prefix, whatever its place in the list'],
    ['10.244.9.5', 5, 'a blackhole, as any other'],
    ['10.244.9.7', 6, 'a host inside a blackhole'],
    ['10.61.200.1', 7, 'an unreachable route'],
    ['10.80.0.1', 2, 'no route that holds for one TOS only'],
    ['10.99.0.1', 2, 'no dead route'],
    ['172.18.0.1', 10, 'a route without carrier, and nothing of another table'],
    ['192.168.7.1', 2, 'nothing of a numbered table'],
    ['2001:db8:1::7', 13, 'the longest IPv6 prefix'],
    ['2001:db8:5::7', 14, 'a short IPv6 prefix'],
    ['2001:4::1', 15, 'the IPv6 default route, not the IPv4 one'],
  ])('takes for %s line %i: %s', (text, line) => {
    expect(find(node, text)?.line).toBe(line);
  });

  test('finds nothing without a default route', () => {
    expect(find(['10.244.3.0/24 dev cni0 proto kernel scope link'], '10.244.4.1')).toBeUndefined();
  });

  test('takes a default route of unknown family for both', () => {
    const routes = ['default dev tun0 scope link', '10.0.0.0/8 dev eth0'];
    expect(find(routes, '192.0.2.1')?.dev).toBe('tun0');
    expect(find(routes, '2001:db8::1')?.dev).toBe('tun0');
  });

  test('never matches a masked destination', () => {
    const routes = ['xx.xx.xx.0/24 dev eth0 scope link', 'default via 10.0.0.1 dev eth1'];
    expect(find(routes, '10.0.0.7')?.dev).toBe('eth1');
  });
});

test.each([
  'default via 10.0.0.1 dev eth0',
  'default dev tun0 scope link ',
  '10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink',
  '10.50.0.5 via 10.0.0.1 dev eth0',
  'unicast 10.244.2.0/24 dev cni0 proto kernel scope link',
  'blackhole 10.12.9.0/26 proto 80',
  'unreachable 10.67.0.0/16 ',
  'nexthop via 10.5.0.1 dev eth0 weight 1',
  '10.5.4.0/24 \\ nexthop via 10.5.4.1 dev eth0 weight 1\\ nexthop via 10.5.4.2 dev eth0 weight 1',
  'fe80::/64 dev eth0  proto kernel  metric 256 ',
  'default via xx.xx.xx.1 dev eth0',
])('knows %s', (line) => {
  expect(route.recognise(line)).toBe('strong');
  expect(routeGet.recognise(line)).toBe('none');
});

test.each([
  'default dev server',
  'default proto static',
  '10.30.7.1 via 10.30.0.1 dev eth0  src 10.30.0.5',
])('asks for more than %s', (line) => {
  expect(route.recognise(line)).toBe('weak');
});

test.each([
  'default table for host).',
  'default dev server is slow',
  'default via VPN',
  'local time is off',
  'local 10.0.0.1',
  'blackhole routes drop packets',
  '10.244.1.0/24',
  '10.244.1.0/24 is our pod network',
  '10.0.0.7 dev eth0 lladdr 02:00:5e:10:00:01 REACHABLE',
  '10.0.0.8 dev eth0  INCOMPLETE',
  '00:00:00:00:00:00 dev flannel.1 dst 10.0.0.2 self permanent',
  'inet 10.0.0.7/24 brd 10.0.0.255 scope global eth0',
  '10.244.2.15 via 10.71.4.1 dev eth0 src 10.71.4.20 uid 1000 ',
  'nexthop is unknown',
])('does not claim %s', (line) => {
  expect(route.recognise(line)).toBe('none');
});

test.each([
  ['10.244.2.15 via 10.71.4.1 dev eth0 src 10.71.4.20 uid 1000 ', 'strong'],
  ['local 10.71.4.20 dev lo src 10.71.4.20 uid 0 ', 'strong'],
  ['RTNETLINK answers: No route to host', 'strong'],
  ['RTNETLINK answers: Invalid argument', 'weak'],
  ['10.30.7.1 via 10.30.0.1 dev eth0  src 10.30.0.5', 'weak'],
  ['    cache <local> ', 'weak'],
  ['cache', 'weak'],
  ['cache 30', 'none'],
  ['RTNETLINK answers: File exists', 'none'],
  ['10.71.4.1 dev eth0 proto dhcp scope link src 10.71.4.20 metric 100', 'none'],
])('an answer of ip route get: %s is %s', (line, strength) => {
  expect(routeGet.recognise(line)).toBe(strength);
});

test.each([
  ['ip route', true, false],
  ['ip r', true, false],
  ['sudo ip -4 -d route show table all', true, false],
  ['ip -n blue -6 ro ls | head', true, false],
  ['ip netns exec blue ip route; ip rule', true, false],
  ['ip route get 10.0.0.7', false, true],
  ['ip -6 r g 2001:db8::7', false, true],
  ['ip route add 10.0.0.0/8 via 10.1.0.1', false, false],
  ['ip rule', false, false],
])('the command %s', (command, lists, gets) => {
  expect(route.hint.test(command)).toBe(lists);
  expect(routeGet.hint.test(command)).toBe(gets);
});

test('reads as many routes as a long listing has', () => {
  const lines = Array.from({ length: 150_000 }, () => 'default via 10.0.0.1 dev eth0');
  const bare = Array.from({ length: 150_000 }, () => '10.0.0.0/8');
  const parsed = route.parse([...lines, ...bare]);
  expect(parsed?.content.routes.length).toBe(150_000);
  expect(parsed?.unread.length).toBe(150_000);
  expect(parsed && route.facts.defaultGateway?.of(parsed.content).known).toBe(true);
});

function find(lines: readonly string[], text: string) {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return lookup(route.parse(lines)?.content.routes ?? [], address);
}
