import { expect, test } from 'vitest';
import { resolvConf } from '../functions/artefacts/resolv-conf.ts';

// Expected values follow glibc's resolv/res_init.c and musl's src/network/resolvconf.c.
test.each([
  [
    'nameservers keep their order',
    ['nameserver 10.0.0.2', 'nameserver 10.0.0.1'],
    'nameservers',
    ['10.0.0.2', '10.0.0.1'],
  ],
  ['a tab separates like a blank', ['nameserver\t10.0.0.2'], 'nameservers', ['10.0.0.2']],
  [
    'what follows an address is ignored',
    ['nameserver 10.0.0.2 ; spare'],
    'nameservers',
    ['10.0.0.2'],
  ],
  ['a zone stays with its address', ['nameserver fe80::1%eth0'], 'nameservers', ['fe80::1%eth0']],
  [
    'a name is no nameserver',
    ['nameserver 10.0.0.2', 'nameserver dns.example.com'],
    'nameserverCount',
    1,
  ],
  [
    'a comment begins the line',
    ['#nameserver 10.0.0.1', ';nameserver 10.0.0.3', 'nameserver 10.0.0.2'],
    'nameserverCount',
    1,
  ],
  ['all nameservers count, though three are asked', servers(5), 'nameserverCount', 5],
  [
    'a repeated nameserver is one',
    ['nameserver 10.0.0.2', 'nameserver 10.0.0.2'],
    'distinctNameservers',
    1,
  ],
  [
    'the last search wins',
    ['search a.example.com', 'search b.example.com c.example.com'],
    'search',
    ['b.example.com', 'c.example.com'],
  ],
  [
    'a later domain replaces a search',
    ['search a.example.com b.example.com', 'domain c.example.com'],
    'search',
    ['c.example.com'],
  ],
  [
    'a later search replaces a domain',
    ['domain c.example.com', 'search a.example.com'],
    'search',
    ['a.example.com'],
  ],
  ['a domain is one word', ['domain c.example.com d.example.com'], 'search', ['c.example.com']],
  [
    'an empty search changes nothing (glibc)',
    ['search a.example.com', 'search'],
    'search',
    ['a.example.com'],
  ],
  [
    'a remark behind a search list is searched too',
    ['search a.example.com # main'],
    'searchCount',
    3,
  ],
  ['no search list is none', ['nameserver 10.0.0.2'], 'searchCount', 0],
  [
    'options of several lines add up',
    ['options ndots:2', 'options timeout:1 rotate'],
    'options',
    ['ndots', 'timeout', 'rotate'],
  ],
  [
    'the last of a repeated option wins (glibc)',
    ['options ndots:2 ndots:4', 'options ndots:3'],
    'ndots',
    3,
  ],
  ['ndots is 1 unless set', ['nameserver 10.0.0.2', 'options edns0'], 'ndots', 1],
  ['ndots is at most 15', ['options ndots:40'], 'ndots', 15],
  ['ndots may be 0', ['options ndots:0'], 'ndots', 0],
  ['timeout is 5 s unless set', ['nameserver 10.0.0.2'], 'timeout', 5],
  ['attempts are 2 unless set', ['search a.example.com'], 'attempts', 2],
  [
    'a pod searches its namespace first',
    ['search shop.svc.cluster.local svc.cluster.local'],
    'clusterSearch',
    true,
  ],
  [
    'a cluster may have another domain',
    ['search shop.svc.k8s.example.internal'],
    'clusterSearch',
    true,
  ],
  ['a company domain is no cluster', ['search corp.example.com'], 'clusterSearch', false],
  [
    'private and public nameservers mix',
    ['nameserver 10.0.0.2', 'nameserver 192.0.2.53'],
    'mixedScopes',
    true,
  ],
  [
    'loopback counts as private',
    ['nameserver 127.0.0.53', 'nameserver 192.0.2.53'],
    'mixedScopes',
    true,
  ],
  [
    'two private ones do not mix',
    ['nameserver 10.0.0.2', 'nameserver fd00::1', 'nameserver 169.254.20.10'],
    'mixedScopes',
    false,
  ],
  [
    'two public ones do not mix',
    ['nameserver 192.0.2.53', 'nameserver 2001:db8::53'],
    'mixedScopes',
    false,
  ],
  [
    'a fourth nameserver is never asked',
    [...servers(3), 'nameserver 192.0.2.53'],
    'mixedScopes',
    false,
  ],
] as const)('%s', (_, lines, fact, value) => {
  expect(factOf(lines, fact)).toMatchObject({ known: true, value });
});

test.each([
  ['a lone option line says nothing of nameservers', ['options timeout:2'], 'nameserverCount'],
  ['a lone option line does not say that ndots is unset', ['options timeout:2'], 'ndots'],
  [
    'the libcs read an option without its number differently',
    ['nameserver 10.0.0.2', 'options ndots:'],
    'ndots',
  ],
  [
    'a masked nameserver may be anywhere',
    ['nameserver 10.0.0.2', 'nameserver xx.xx.xx.xx'],
    'mixedScopes',
  ],
] as const)('leaves open: %s', (_, lines, fact) => {
  expect(factOf(lines, fact).known).toBe(false);
});

test('cites the lines a default rests on', () => {
  expect(
    factOf(['search a.example.com', 'nameserver 10.0.0.2', 'options rotate'], 'ndots'),
  ).toMatchObject({ lines: [3] });
  expect(factOf(['search a.example.com', 'nameserver 10.0.0.2'], 'ndots')).toMatchObject({
    lines: [2],
  });
});

test('tells the length of the longest line, which musl passes over from 255 on', () => {
  const list = `search ${'a'.repeat(60)}.example.com ${'b'.repeat(200)}.example.com`;
  expect(resolvConf.parse([list, 'nameserver 10.0.0.2'])?.content.longestLine).toBe(list.length);
});

test.each([
  ['nameserver 10.0.0.2', 'strong'],
  ['nameserver fe80::1%eth0', 'strong'],
  ['nameserver xx.xx.xx.xx', 'strong'],
  ['nameserver 10.0.0.2 # first', 'strong'],
  ['options ndots:5', 'strong'],
  ['options edns0 trust-ad', 'strong'],
  ['search shop.svc.cluster.local svc.cluster.local cluster.local', 'strong'],
  ['nameserver 10.0.0.2 is slow', 'weak'],
  ['search example.com', 'weak'],
  ['search .', 'weak'],
  ['domain example.com', 'weak'],
  ['options rotate', 'weak'],
  ['# Generated by NetworkManager', 'weak'],
  ['search results are slow', 'none'],
  ['nameserver is down', 'none'],
  ['options nf_conntrack hashsize=65536', 'none'],
  ['domain not found', 'none'],
  ['Nameserver limits were exceeded', 'none'],
])('%s is %s', (line, strength) => {
  expect(resolvConf.recognise(line)).toBe(strength);
});

test.each([
  ['# This file is managed by something', true],
  ['#', true],
  ['search', true],
  ['# cat /proc/sys/net/core/somaxconn | head', false],
  ['# node-b', false],
  ['3 packets captured', false],
])('inside the file, %s goes on: %s', (line, goesOn) => {
  expect(resolvConf.continues?.(line)).toBe(goesOn);
});

function servers(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `nameserver 10.0.0.${at + 1}`);
}

function factOf(lines: readonly string[], name: string) {
  const parsed = resolvConf.parse(lines);
  const fact = resolvConf.facts[name];
  if (parsed === undefined || fact === undefined) throw new Error('nothing was read');
  return fact.of(parsed.content);
}
