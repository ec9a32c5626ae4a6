import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ofKind } from '../functions/artefacts/evidence.ts';
import { pointsOf } from '../functions/captures/points.ts';
import { parseFileName } from '../functions/intake/file-name.ts';
import { parseLabel } from '../functions/intake/label.ts';
import { parsePrompt } from '../functions/intake/prompt.ts';
import { type Reading, read } from '../functions/intake/read.ts';
import { loneCommand } from '../functions/intake/told-command.ts';
import { unmangle } from '../functions/intake/unmangle.ts';
import { unwrap } from '../functions/intake/unwrap.ts';
import { listedLines, listOf } from '../functions/primitives/lines.ts';

const noHosts: ReadonlySet<string> = new Set();

describe('what pasting did to a line is undone', () => {
  test.each([
    [
      'the three entities, once',
      '10.0.0.7.53 &gt; 10.0.0.9.4001: 1&amp;2',
      '10.0.0.7.53 > 10.0.0.9.4001: 1&2',
    ],
    ['an escaped entity stays one', '&amp;lt;UP&amp;gt;', '&lt;UP&gt;'],
    ['no other entity', '&copy; &nbsp;', '&copy; &nbsp;'],
    ['flags', '2: eth0: &lt;BROADCAST,UP&gt; mtu 1500', '2: eth0: <BROADCAST,UP> mtu 1500'],
    [
      'a labelled link',
      'A? <http://api.example.org|api.example.org>. (33)',
      'A? api.example.org. (33)',
    ],
    ['a bare link', 'curl <https://api.example.org/v1>', 'curl https://api.example.org/v1'],
    [
      'several links',
      'search <http://a.example.com|a.example.com> <http://b.example.com|b.example.com>',
      'search a.example.com b.example.com',
    ],
    [
      'a prompt that became an address',
      '<mailto:root@node-b|root@node-b>:~# ip r',
      'root@node-b:~# ip r',
    ],
    [
      'a number that became a telephone',
      'SOA ns. <tel:1641665463|1641665463> 7200',
      'SOA ns. 1641665463 7200',
    ],
    ['a mention with a name', 'thanks <@U04AB12CD|ann>', 'thanks @ann'],
    ['a mention without one', '<@U04AB12CD> cpu=0 found=1', ' cpu=0 found=1'],
    ['a channel', 'see <#C024BE7LR|net>', 'see #net'],
    [
      'a group and a date',
      '<!subteam^S012|@oncall> <!date^1392734382^{time}|14:39>',
      '@oncall 14:39',
    ],
    ['everybody', '<!here> cpu=0', ' cpu=0'],
    ['typed quotes', 'echo “a” ‘b’', 'echo "a" \'b\''],
    ['dashes', 'conntrack –S ——stats —help', 'conntrack -S --stats --help'],
    ['dots', 'cpu=0 found=1…', 'cpu=0 found=1...'],
    ['a picture for :100:', 'inet6 2001:db8💯1', 'inet6 2001:db8:100:1'],
    ['a picture for :ab:', 'link/ether 02:42🆎00:00:01', 'link/ether 02:42:ab:00:00:01'],
    ['a picture with its variation mark', 'fe80:🅰️1', 'fe80::a:1'],
    ['colons that look like a picture', 'inet6 2001:db8:100:1::2', 'inet6 2001:db8:100:1::2'],
    [
      'no-break and other blanks',
      'cpu=0\u00a0found=1\u2009drop=2\u202ferror=0\u3000end',
      'cpu=0 found=1 drop=2 error=0 end',
    ],
    [
      'marks without width',
      '\ufeffname\u200bserver\u200d 10\u2060.0.0.1\u200e',
      'nameserver 10.0.0.1',
    ],
    ['tabs stay', 'cpu=0   \tfound=1', 'cpu=0   \tfound=1'],
    ['a wide colon', 'master 服务器：', 'master 服务器:'],
    ['colours', '\u001b[01;31m\u001b[Kdrop\u001b[m\u001b[K=7', 'drop=7'],
    ['colours in caret form', '^[[31mdrop^[[0m=7', 'drop=7'],
    ['colours without their escape', '[31mdrop[0m=7', 'drop=7'],
    [
      'what is no colour',
      '0/1/0 ns: cluster.local. [10m] SOA',
      '0/1/0 ns: cluster.local. [10m] SOA',
    ],
    [
      'bracketed paste and titles',
      '\u001b[?2004h\u001b]0;root@node-b: ~\u0007root@node-b:~# ip r',
      'root@node-b:~# ip r',
    ],
    ['what the terminal wrote over', '10%\r57%\rcpu=0 found=1', 'cpu=0 found=1'],
    ['a Windows line end', 'cpu=0 found=1\r', 'cpu=0 found=1'],
    ['control characters', 'cpu=0\u0000 found=1\u007f', 'cpu=0 found=1'],
  ])('%s', (_, mangled, clean) => {
    const { raw, text } = unmangle(mangled);
    expect(listOf(text)).toEqual([clean]);
    expect(listOf(raw)).toEqual([mangled.replace(/\r$/, '')]);
  });

  test('the number of lines never changes', () => {
    const mangled = 'a\r\n<http://b.example.com|b>\n\n\u001b[1mc\u001b[0m\n```d\n&lt;e&gt;\n';
    const { raw, text } = unmangle(mangled);
    expect(text).toHaveLength(mangled.split('\n').length);
    expect(raw).toHaveLength(text.length);
  });

  test('a line of links that never close stays as it is', () => {
    const line = '<http'.repeat(3000);
    expect(listOf(unmangle(line).text)).toEqual([line]);
  });
});

function bared(lines: readonly string[]): readonly string[] {
  return listOf(unwrap(listedLines([...lines])).lines);
}

const ROWS = [
  'cpu=0   found=7 invalid=31 insert=0 insert_failed=5 drop=5 early_drop=0 error=0 search_restart=12',
  'cpu=1   found=9 invalid=18 insert=0 insert_failed=2 drop=2 early_drop=0 error=0 search_restart=4',
  'cpu=2   found=1 invalid=11 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=9',
];
const ROUTES = [
  'default via 192.168.7.1 dev eth0 proto static',
  '10.20.1.0/24 dev cni0 proto kernel scope link src 10.20.1.1',
  '192.168.7.0/24 dev eth0 proto kernel scope link src 192.168.7.31',
];

describe('what stands around the lines comes off, and the lines stay where they are', () => {
  const frames: readonly (readonly [string, (line: string, at: number) => string])[] = [
    ['quotes', (line) => `> ${line}`],
    ['quotes without a blank behind empty lines', (line) => (line === '' ? '>' : `> ${line}`)],
    ['quotes of quotes', (line) => `> > ${line}`],
    ['bullets', (line) => (line === '' ? '' : `- ${line}`)],
    ['the bullets of Slack', (line) => (line === '' ? '' : `• ${line}`)],
    ['panes', (line) => `│ ${line.padEnd(110)} │`],
    ['bars', (line) => `| ${line} |`],
    ['cat -n', (line, at) => `${String(at + 8).padStart(6)}\t${line}`],
    ['gutters', (line, at) => `${at + 98}| ${line}`],
    ['numbered lists', (line, at) => `${at + 1}. ${line}`],
    ['a common indentation', (line) => `    ${line}`],
    ['tabs', (line) => (line === '' ? '' : `\t${line}`)],
    ['slashes', (line) => (line === '' ? '' : `// ${line}`)],
  ];
  const bare = ['root@node-b:~# conntrack -S', ...ROWS, 'root@node-b:~# ip route', ...ROUTES];

  test.each(frames)('%s', (_, frame) => {
    const { evidence, outside } = readText(bare.map(frame).join('\n'));
    expect(placesOf(evidence)).toEqual(['conntrack-stats node-b 2-4', 'route node-b 6-8']);
    expect(outside).toEqual([]);
    expect(evidence.flatMap(({ unread }) => unread)).toEqual([]);
  });

  test('blanks lost at the ends, of lines and of the text, change nothing', () => {
    const padded = `\n\n${bare.map((line) => `${line}   `).join('\n')}\n\n`;
    const { evidence } = readText(padded);
    expect(placesOf(evidence)).toEqual(['conntrack-stats node-b 4-6', 'route node-b 8-10']);
    expect(evidence.map(({ content }) => content)).toEqual(
      readText(bare.join('\n')).evidence.map(({ content }) => content),
    );
  });

  test('unwrapping keeps the number of lines', () => {
    for (const [, frame] of frames) expect(bared(bare.map(frame))).toHaveLength(bare.length);
  });

  test('the edges of a box are furniture', () => {
    const boxed = ['┌──────────────┐', ...ROWS.map((row) => `│ ${row} │`), '└──────────────┘'];
    const { evidence, outside } = readText(boxed.join('\n'));
    expect(placesOf(evidence)).toEqual(['conntrack-stats null 2-4']);
    expect(outside).toEqual([]);
  });

  test('numbers that do not count up belong to the output', () => {
    const lines = [
      '1: lo: <LOOPBACK> mtu 65536',
      '2: eth0: <UP> mtu 1500',
      '3: cni0: <UP> mtu 1450',
    ];
    expect(bared(lines)).toEqual(lines);
    const counts = ['7\tcpu=0 found=1', '9\tcpu=1 found=2', '4\tcpu=2 found=2'];
    expect(bared(counts)).toEqual(counts);
  });

  test('a list without any output keeps its marks', () => {
    const lines = ['- restarted the pod', '- looked at the dashboard', '> I agree', '> me too'];
    expect(bared(lines)).toEqual(lines);
  });

  test('four blanks and a tab are different depths', () => {
    const detail = '\tRouter-ID 10.0.0.1, Backbone Area';
    const lines = ['    10.0.0.1 > 224.0.0.5: OSPFv2, Hello, length 48', detail];
    expect(bared(lines)).toEqual(lines);
  });
});

describe('prompts', () => {
  test.each([
    ['ann@node-b:~$ conntrack -S', 'node-b', 'conntrack -S'],
    ['ann@node-b:~$', 'node-b', ''],
    ['ann@node-b:~$ ', 'node-b', ''],
    ['root@node-b:/var/run# ip route', 'node-b', 'ip route'],
    ['root@node-b:~#conntrack -S', 'node-b', 'conntrack -S'],
    ['(venv) ann@node-b:~$ uname -a', 'node-b', 'uname -a'],
    ['ann@node-b:~/net (main)$ uname -a', 'node-b', 'uname -a'],
    ['[root@k8s-m1 flannel]# ip route', 'k8s-m1', 'ip route'],
    ['[ann@node-b ~]$ ip route', 'node-b', 'ip route'],
    ['[root@node-b]# ip route', 'node-b', 'ip route'],
    ['[node-b ~]# ip route', 'node-b', 'ip route'],
    ['[14:02:11] root@node-b:~# ip route', 'node-b', 'ip route'],
    ['root@n1 ~ # ip route', 'n1', 'ip route'],
    ['gke-pool-1-x7 ~ # ip route', 'gke-pool-1-x7', 'ip route'],
    ['ann@node-b ~ % ip route', 'node-b', 'ip route'],
    ['ann@node-b ~> ip route', 'node-b', 'ip route'],
    ['admin@sw1> show', 'sw1', 'show'],
    ['k8s1002:~> ip route', 'k8s1002', 'ip route'],
    ['k8s1002:~ # ip route', 'k8s1002', 'ip route'],
    ['Anns-Mac:~ ann$ ssh node-b', 'Anns-Mac', 'ssh node-b'],
    [
      'root@web-7d9f8c6b5-x2x4z:/# cat /etc/resolv.conf',
      'web-7d9f8c6b5-x2x4z',
      'cat /etc/resolv.conf',
    ],
    ['node-b# conntrack -S', 'node-b', 'conntrack -S'],
    ['node-b.example.com ➜  kubectl get pods', 'node-b.example.com', 'kubectl get pods'],
    ['Node➜  ~ ip a', 'Node', 'ip a'],
    ['/ # cat /etc/resolv.conf', null, 'cat /etc/resolv.conf'],
    ['/ # ', null, ''],
    ['~ $ uname -r', null, 'uname -r'],
    ['bash-5.1$ ip route', null, 'ip route'],
    ['sh-4.4# ip route', null, 'ip route'],
    ['(node) $ ip route', null, 'ip route'],
    ['➜  cat /etc/resolv.conf', null, 'cat /etc/resolv.conf'],
    ['❯ sudo conntrack -S', null, 'sudo conntrack -S'],
    ['$ ip route', null, 'ip route'],
    ['# conntrack -S', null, 'conntrack -S'],
    ['> conntrack -S', null, 'conntrack -S'],
    ['PS C:\\Users\\ann> tracert 10.0.0.1', null, 'tracert 10.0.0.1'],
  ])('%s', (line, host, command) => {
    expect(parsePrompt(line)).toMatchObject({ host, command });
  });

  test('of Windows are told as such', () => {
    expect(parsePrompt('C:\\Users\\ann>ipconfig')?.windows).toBe(true);
    expect(parsePrompt('ann@node-b:~$ ip route')?.windows).toBeUndefined();
  });

  test.each([
    '10.0.0.7.40112 > 10.0.0.9.53: 1+ A? example.com. (29)',
    'web.42342 > host.53: 1+ A? example.com. (29)',
    'IP 10.0.0.7.40112 > host.53: 1+',
    '# node-b',
    '# Generated by NetworkManager',
    '#net.ipv4.ip_forward=1',
    '> that did not help',
    'ann@example.com wrote:',
    'git@example.com:net/tools#12',
    '$5 a month',
    '100% ping loss',
    '[OK] # ip',
    '[  12.345678] nf_conntrack: table full',
    'cpu=0 found=1',
    '*** # x'.repeat(200),
  ])('%s is none', (line) => {
    expect(parsePrompt(line)).toBeUndefined();
  });

  test('say where the output below them was taken, until the prose after it', () => {
    const { evidence } = readText(
      [
        'ann@node-b:~$ sudo conntrack -S',
        '[sudo] password for ann:',
        ...ROWS,
        'ann@node-b:~$ ^C',
        'ann@node-b:~$ exit',
        '',
        'And then somebody else sent me these.',
        'They say it is another machine.',
        '',
        ...ROUTES,
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['conntrack-stats node-b 3-5', 'route null 12-14']);
  });

  test('a command that runs elsewhere places its output there', () => {
    const { evidence } = readText(
      [
        'ann@node-b:~$ kubectl -n shop exec -it web-0 -- cat /etc/resolv.conf',
        'nameserver 10.96.0.10',
        'ann@node-b:~$ ssh node-c sudo conntrack -S',
        ...ROWS,
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['resolv-conf web-0 2-2', 'conntrack-stats node-c 4-6']);
    expect(evidence[0]?.artefact.pod).toBe(true);
  });
});

describe('labels', () => {
  test.each([
    ['master:', 'master', null],
    ['1.master', 'master', null],
    ['on node1', 'node1', null],
    ['on node1:', 'node1', null],
    ['# from node2', 'node2', null],
    ['_10.172.16.1:_', '10.172.16.1', null],
    ['10.0.0.5:', '10.0.0.5', null],
    ['node-1.example.com:', 'node-1.example.com', null],
    ['node A:', 'A', null],
    ['Host B, eth0:', 'B', 'eth0'],
    ['master 服务器:', 'master', null],
    ['agent 机器 flannel.1 抓包到的数据包:', 'agent', 'flannel.1'],
    ['在192.168.189.3的eth0上抓包', '192.168.189.3', 'eth0'],
    ['node节点上 tcpdum 抓包', 'node', null],
    ['kube-w3 服务器 cbr0 抓包到的数据包:', 'kube-w3', 'cbr0'],
    ['node1 机器 enp3s0 抓包:', 'node1', 'enp3s0'],
    ['### 在 pve-k8s-2 的 cbr0 上抓包', 'pve-k8s-2', 'cbr0'],
    ['从 agent 服务器 cni0 抓包:', 'agent', 'cni0'],
    ['主机 node-b 网卡 eth0:', 'node-b', 'eth0'],
    ['物理机 node-b:', 'node-b', null],
    ['node-b 上 eth0 抓包如下:', 'node-b', 'eth0'],
    ['capture on worker-2, interface cni0:', 'worker-2', 'cni0'],
    ['tcpdump on cbr0 (node2)', 'node2', 'cbr0'],
    ['tcpdump -i eth0 on node-a:', 'node-a', 'eth0'],
    ['# srv-b / cni0', 'srv-b', 'cni0'],
    ['srv-b cni0', 'srv-b', 'cni0'],
    ['srv-b/cni0', 'srv-b', 'cni0'],
    ['srv-b (cni0):', 'srv-b', 'cni0'],
    ['--- srv-b:cni0 ---', 'srv-b', 'cni0'],
    ['**worker-2 cni0**', 'worker-2', 'cni0'],
    ['On the sending host (node-a), eth0:', 'node-a', 'eth0'],
    ['this is what I see on master:', 'master', null],
    ['then I ran tcpdump on eth0 and got this:', null, 'eth0'],
    ['Mitschnitt auf worker-2, Schnittstelle cni0:', 'worker-2', 'cni0'],
    ['auf Knoten srv-b:', 'srv-b', null],
    ['captura en worker-2, interfaz cni0:', 'worker-2', 'cni0'],
    ['captura en el nodo worker-2, interfaz cni0:', 'worker-2', 'cni0'],
    ['capture réseau sur worker-2, interface cni0 :', 'worker-2', 'cni0'],
    ['nœud srv-b :', 'srv-b', null],
    ['=== srv-b ===', 'srv-b', null],
    ['[srv-b]', 'srv-b', null],
    ['`srv-b`', 'srv-b', null],
    ['Node: srv-b', 'srv-b', null],
    ['HOST=srv-b', 'srv-b', null],
    ['节点 srv-b', 'srv-b', null],
    ['节点：srv-b', 'srv-b', null],
    ['on the node (srv-b)', 'srv-b', null],
    ['srv-b dmesg', 'srv-b', null],
    ['srv-b: conntrack -S', 'srv-b', null],
    ['srv-b 的 conntrack -S：', 'srv-b', null],
    ['conntrack -S on srv-b', 'srv-b', null],
    ['dmesg (srv-b)', 'srv-b', null],
  ])('%s', (line, host, device) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host, interface: device });
  });

  test.each([
    ['pod web-1:', 'web-1'],
    ['inside api-7d9f8c6b5-x2x4z:', 'api-7d9f8c6b5-x2x4z'],
    ['from inside the pod web-1:', 'web-1'],
    ['im Pod web-1:', 'web-1'],
    ['en el pod web-1:', 'web-1'],
    ['dans le pod web-1 :', 'web-1'],
    ['容器 web-1 内:', 'web-1'],
  ])('%s names a pod', (line, host) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host, pod: true });
  });

  test.each([
    ['before the change, on node-b:', 'node-b', 'before'],
    ['升级前 master 的 conntrack:', 'master', 'before'],
    ['after the upgrade on master:', 'master', 'after'],
    ['master 升级后:', 'master', 'after'],
  ] as const)('%s tells the order', (line, host, order) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host, order });
  });

  test.each([
    ['before restart:', 'before'],
    ['before kube-proxy restart:', 'before'],
    ['after restarting kube-proxy:', 'after'],
    ['after the reboot:', 'after'],
    ['after fix:', 'after'],
    ['after rolling out the new image:', 'after'],
    ['after upgrading to 5.10.0-27:', 'after'],
    ['after the failover to node-2:', 'after'],
    ['after 5 minutes:', 'after'],
    ['post-upgrade:', 'after'],
    ['### Before', 'before'],
    ['**After**:', 'after'],
    ['--- before restart ---', 'before'],
    ['during the outage:', null],
    ['from yesterday:', null],
    ['10 minutes later:', null],
    ['under load:', null],
    ['baseline:', null],
    ['before and after:', null],
    ['vor dem Neustart:', 'before'],
    ['après le redémarrage :', 'after'],
    ['después del reinicio:', 'after'],
    ['重启前:', 'before'],
    ['重启 kube-proxy 后:', 'after'],
    ['kube-proxy 重启前:', 'before'],
    ['修复之后的输出:', 'after'],
    ['故障时:', null],
    ['昨天:', null],
  ] as const)('%s tells a moment and no host', (line, order) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host: null, interface: null, order });
  });

  test.each([
    ['before restart on node-1:', 'node-1', 'before'],
    ['node-1 after kube-proxy restart:', 'node-1', 'after'],
    ['node-1 before restart:', 'node-1', 'before'],
    ['after restart, node-b:', 'node-b', 'after'],
    ['before the outage on gw1:', 'gw1', 'before'],
    ['during the outage on web-3:', 'web-3', null],
    ['before node-1 reboot:', 'node-1', 'before'],
    ['gw1 (before):', 'gw1', 'before'],
    ['server, after:', 'server', 'after'],
    ['node-1 重启前:', 'node-1', 'before'],
    ['重启前 node-1:', 'node-1', 'before'],
    ['restart-box-1:', 'restart-box-1', null],
    ['on restart-box-1:', 'restart-box-1', null],
  ] as const)('%s tells the host beside the moment', (line, host, order) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host, order });
  });

  test.each([
    'namespace kube-system:',
    'region eu-west-1:',
    'cluster prod-1:',
    'INC-1234:',
    'CVE-2024-1086:',
    'RFC 1034:',
    'CentOS 7:',
    'k8s 1.28:',
    'nat table:',
    'kernel log:',
    'Node info:',
    'pod-to-pod:',
    'same-node:',
    'host network:',
    '1400 bytes:',
    'line 12:',
  ])('%s names no host', (line) => {
    expect(parseLabel(line, noHosts)?.host ?? null).toBeNull();
  });

  test.each(['目前端口:', 'Steps to reproduce:', 'problem:', '前端服务器后台:'])(
    '%s tells no moment',
    (line) => {
      expect(parseLabel(line, noHosts)?.order ?? null).toBeNull();
    },
  );

  test('what was done again after a moment was done at the same prompt, and a host above a moment holds', () => {
    const counters = (failed: number) =>
      `cpu=0 found=1 invalid=0 insert=0 insert_failed=${failed} drop=${failed} early_drop=0 error=0 search_restart=0`;
    const { evidence } = readText(
      [
        'root@n-a1:~# conntrack -S',
        counters(10),
        'after restart:',
        counters(12),
        'srv-b:',
        'before kube-proxy restart:',
        counters(3),
        'after kube-proxy restart:',
        counters(4),
      ].join('\n'),
    );
    expect(evidence.map(({ artefact }) => [artefact.host, artefact.order])).toEqual([
      ['n-a1', null],
      ['n-a1', 'after'],
      ['srv-b', 'before'],
      ['srv-b', 'after'],
    ]);
  });

  test.each([
    ['Output of `conntrack -S` on srv-b:', 'srv-b', null, 'conntrack -S'],
    ['On srv-b I ran ip -d route show table all:', 'srv-b', null, 'ip -d route show table all'],
    [
      '在 srv-b cni0 上执行 tcpdump -i cni0 -nn port 53 or icmp and host 10.2.3.4 的结果：',
      'srv-b',
      'cni0',
      'tcpdump -i cni0 -nn port 53 or icmp and host 10.2.3.4',
    ],
    ['srv-b（tcpdump -i eth0 udp port 53）：', 'srv-b', 'eth0', 'tcpdump -i eth0 udp port 53'],
    ['srv-b 上 cat /proc/net/softnet_stat 输出：', 'srv-b', null, 'cat /proc/net/softnet_stat'],
    ['Ausgabe von iptables-save -c auf srv-b:', 'srv-b', null, 'iptables-save -c'],
    ['Résultat de ss -lnt sur srv-b :', 'srv-b', null, 'ss -lnt'],
    ['iptables -L FORWARD -n -v on srv-b gives', 'srv-b', null, 'iptables -L FORWARD -n -v'],
    ['Salida de nstat -az en srv-b:', 'srv-b', null, 'nstat -az'],
    ['2) srv-b - bridge fdb show dev flannel.1', 'srv-b', null, 'bridge fdb show dev flannel.1'],
    ['==== srv-b: dmesg -T | tail -n 20 ====', 'srv-b', null, 'dmesg -T | tail -n 20'],
    ['--- ethtool -S eth1 @ srv-b ---', 'srv-b', 'eth1', 'ethtool -S eth1'],
    ['[srv-b] sysctl -a | grep conntrack', 'srv-b', null, 'sysctl -a | grep conntrack'],
    [
      'ip route get 10.2.3.4 from 10.2.3.1 on srv-b:',
      'srv-b',
      null,
      'ip route get 10.2.3.4 from 10.2.3.1',
    ],
    [
      'Output of `kubectl exec api-7d9f8c6b5-x2x4z -- cat /etc/resolv.conf` on srv-b:',
      'api-7d9f8c6b5-x2x4z',
      null,
      'kubectl exec api-7d9f8c6b5-x2x4z -- cat /etc/resolv.conf',
    ],
  ])('%s tells the command', (line, host, device, command) => {
    expect(parseLabel(line, noHosts)).toMatchObject({ host, interface: device, command });
  });

  test.each([
    ['conntrack -S', 'conntrack -S'],
    ['ip route get 10.2.3.4', 'ip route get 10.2.3.4'],
    ['Output of `dmesg -T`:', 'dmesg -T'],
    ['tcpdump -i eth0 udp port 53 的输出如下：', 'tcpdump -i eth0 udp port 53'],
    ['I ran conntrack -S and it shows drops', null],
    ['host 10.2.3.4:', null],
    ['the ping is fine', null],
    ['conntrack -S shows nothing', null],
  ])('%s holds no more than a command: %s', (line, command) => {
    expect(loneCommand(line)).toBe(command);
  });

  test.each([
    'ip route get 10.2.3.4',
    'dig api-7.example.com',
    'ping srv-b',
    'we looked at dmesg on srv-b too',
    'is dig 9.18 on srv-b ok?',
    '抓包里看到 win 0',
    'auf der anderen Seite:',
    '[Network]',
    '--- 10.0.0.1 ping statistics ---',
    'tshark:',
  ])('%s is no label', (line) => {
    expect(parseLabel(line, noHosts)).toBeUndefined();
  });

  test('a heading with a hash below a file that takes remarks ends the file', () => {
    const { evidence } = readText(
      [
        '# api-7d9f8c6b5-x2x4z: cat /etc/resolv.conf',
        'nameserver 10.2.0.10',
        '# written by hand',
        'options ndots:5',
        '# srv-b: conntrack -S',
        'cpu=0 found=1 invalid=0 insert=0 insert_failed=0 drop=0 early_drop=0 error=0 search_restart=0',
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual([
      'resolv-conf api-7d9f8c6b5-x2x4z 2-4',
      'conntrack-stats srv-b 6-6',
    ]);
  });

  test.each([
    ['root@n-a1:~# ', 'root@n-b7:~# ', ['n-a1', 'n-b7']],
    ['$ ', '$ ', ['Working', 'Broken']],
  ])('hosts held against each other keep the names of their prompts (%s)', (one, other, hosts) => {
    const uname = 'uname -r\n5.10.0-28-amd64\n';
    const { evidence } = readText(`Working node:\n${one}${uname}\nBroken node:\n${other}${uname}`);
    expect(evidence.map(({ artefact }) => artefact.host)).toEqual(hosts);
  });

  test('a name alone is a label where a prompt uses it too', () => {
    expect(parseLabel('bastion', noHosts)).toBeUndefined();
    expect(parseLabel('bastion', new Set(['bastion']))).toMatchObject({ host: 'bastion' });
  });

  test.each([
    'I tried the following:',
    'it fails every 5 seconds:',
    'the pods cannot resolve names:',
    'What happened:',
    'Steps to reproduce:',
    'Environment:',
    'Expected:',
    'Output:',
    'Result:',
    'Kernel:',
    'so I ran tcpdump and got this:',
    'Then I ran tcpdump on both nodes:',
    'I captured on eth0 and saw nothing. Then I gave up.',
    'can someone take a look at this please?',
    'Any idea why?',
    'Thanks!',
    'Non-authoritative answer:',
    'Tcp:',
    'pero el servidor no responde:',
    'mais le serveur ne répond pas :',
    '由以上抓包信息可以看到,在 master 机器 cni0 抓包到的数据包,少了一个:',
    '由于没有这个数据包,也就是coreDNS没有收到这个 dns 请求:',
    '和预期一样,没有看到回包:',
    '# See man:systemd-resolved.service(8) for details about the supported modes of',
    '# operation for /etc/resolv.conf.',
    '# run "systemd-resolve --status" to see details',
    '# Generated by NetworkManager',
    '- restarted the pod',
    '10.0.3.7:*',
    '172.17.0.0/16',
    '0.0.0.0:68',
    '[fe80::5054:ff:fe6b:1c0a]:546',
  ])('%s is prose', (line) => {
    expect(parseLabel(line, noHosts)).toBeUndefined();
  });
});

describe('file names of the contract', () => {
  test.each([
    ['agent.cni0.tcpdump.txt', 'agent', 'cni0', 'tcpdump', null],
    ['agent.flannel.1.tcpdump.txt', 'agent', 'flannel.1', 'tcpdump', null],
    ['master.conntrack-S.before.txt', 'master', null, 'conntrack-stats', 'before'],
    ['master.conntrack-S.after.txt', 'master', null, 'conntrack-stats', 'after'],
    ['master.flannel.1.ip-link.txt', 'master', 'flannel.1', 'link', null],
    ['pod.resolv.conf.txt', 'pod', null, 'resolv-conf', null],
    ['/srv/case 7/node-b.ip-route.txt', 'node-b', null, 'route', null],
    ['C:\\case\\node-b.uname.txt', 'node-b', null, 'uname', null],
    ['node-b.eth0.100.pcap', 'node-b', 'eth0.100', null, null],
    ['node-b.any.pcapng', 'node-b', 'any', null, null],
  ])('%s', (name, host, device, kind, order) => {
    expect(parseFileName(name)).toEqual({ host, interface: device, kind, order });
  });

  test.each(['paste.txt', 'notes.md', 'a.b.txt', '.txt', '', 'out.log', 'node-b.unknown.txt'])(
    '%s says nothing',
    (name) => {
      expect(parseFileName(name)).toBeUndefined();
    },
  );

  test('a file name places what the text does not, and the text wins where both speak', () => {
    const named = read([{ name: 'node-c.conntrack-S.txt', text: ROWS.join('\n') }]);
    expect(placesOf(named.evidence)).toEqual(['conntrack-stats node-c 1-3']);
    const labelled = read([
      { name: 'node-c.conntrack-S.txt', text: ['node-b:', ...ROWS].join('\n') },
    ]);
    expect(placesOf(labelled.evidence)).toEqual(['conntrack-stats node-b 2-4']);
    const at = { host: 'node-d', interface: null };
    const told = read([
      { name: 'node-c.conntrack-S.txt', text: ['node-b:', ...ROWS].join('\n'), at },
    ]);
    expect(placesOf(told.evidence)).toEqual(['conntrack-stats node-d 2-4']);
  });
});

const BANNER = [
  'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode',
  'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes',
];
const TRAILER = [
  '^C',
  '2 packets captured',
  '2 packets received by filter',
  '0 packets dropped by kernel',
];
const ASKED = '10:00:00.100000 IP 10.20.1.8.40112 > 10.20.0.5.53: 4711+ A? api.example.org. (33)';
const ASKED_TOO =
  '10:00:00.100020 IP 10.20.1.8.40112 > 10.20.0.5.53: 4712+ AAAA? api.example.org. (33)';
const ANSWERED = '10:00:00.101000 IP 10.20.0.5.53 > 10.20.1.8.40112: 4711 1/0/0 A 203.0.113.7 (49)';

describe('where one capture ends and the next begins', () => {
  test('a second banner starts another capture', () => {
    const { evidence } = readText([...BANNER, ASKED, ASKED_TOO, ...BANNER, ASKED].join('\n'));
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-4', 'tcpdump null 5-7']);
    expect(evidence.map(({ artefact }) => artefact.interface)).toEqual(['eth0', 'eth0']);
  });

  test('a packet behind the counts starts another capture', () => {
    const { evidence } = readText([ASKED, ASKED_TOO, ...TRAILER, ASKED, ANSWERED].join('\n'));
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-6', 'tcpdump null 7-8']);
  });

  test('a blank line inside a capture does not end it', () => {
    const { evidence } = readText([ASKED, '', ASKED_TOO, '', '', ANSWERED].join('\n'));
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-6']);
  });

  test('one remark inside a capture does not end it, and is listed', () => {
    const { evidence, outside } = readText([ASKED, '三次握手', ASKED_TOO].join('\n'));
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-3']);
    expect(evidence[0]?.unread).toEqual([2]);
    expect(outside).toEqual([]);
  });

  test('a remark beside a blank line ends it', () => {
    const { evidence, outside } = readText([ASKED, 'and the other one', '', ASKED_TOO].join('\n'));
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-1', 'tcpdump null 4-4']);
    expect(outside).toEqual([{ source: 0, line: 2 }]);
  });

  test('lines quoted again in prose are no second place', () => {
    const { evidence } = readText(
      [
        'node-b cni0:',
        ASKED,
        ASKED_TOO,
        ANSWERED,
        '',
        'As you can see this one has no answer:',
        '',
        ASKED_TOO,
      ].join('\n'),
    );
    const captures = ofKind(evidence, 'tcpdump');
    expect(captures).toHaveLength(2);
    expect(pointsOf(captures).map(({ host, interface: device }) => ({ host, device }))).toEqual([
      { host: 'node-b', device: 'cni0' },
    ]);
  });

  test('nor are they where the blank lines were lost', () => {
    const { evidence } = readText(
      ['node-b cni0:', ASKED, ANSWERED, '可以看到,在 cni0 抓到的包里,少了一个:', ASKED_TOO].join(
        '\n',
      ),
    );
    expect(placesOf(evidence)).toEqual(['tcpdump node-b 2-3', 'tcpdump null 5-5']);
    const told = [ASKED, 'I never saw an answer to it.', ASKED_TOO].join('\n');
    expect(placesOf(readText(told).evidence)).toEqual(['tcpdump null 1-1', 'tcpdump null 3-3']);
  });

  test('a label holds for what stands right below it, and its host for the rest of the section', () => {
    const { evidence } = readText(
      [
        '### srv-b / cni0',
        ASKED,
        '',
        '### srv-c / eth0',
        '```',
        ASKED,
        '```',
        '```',
        ...ROWS,
        '```',
      ].join('\n'),
    );
    expect(
      evidence.map(({ artefact: { kind, host, interface: device } }) => [kind, host, device]),
    ).toEqual([
      ['tcpdump', 'srv-b', 'cni0'],
      ['tcpdump', 'srv-c', 'eth0'],
      ['conntrack-stats', 'srv-c', null],
    ]);
  });

  test('a heading below a fence is a label, though a remark of the file in the fence would look so', () => {
    const { evidence, outside } = readText(
      [
        '```',
        '/ # cat /etc/resolv.conf',
        'nameserver 10.96.0.10',
        '```',
        '### srv-b / cni0',
        '```',
        ASKED,
        '```',
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['resolv-conf null 3-3', 'tcpdump srv-b 7-7']);
    expect(outside).toEqual([]);
  });

  test('details stay with their packet, whatever their indentation', () => {
    const { evidence } = readText(
      [
        '10:00:00.100000 IP (tos 0xc0, ttl 1, id 7, offset 0, flags [none], proto OSPF (89), length 68)',
        '    10.0.0.1 > 224.0.0.5: OSPFv2, Hello, length 48',
        '\tRouter-ID 10.0.0.1, Backbone Area, Authentication Type: none (0)',
        '\tOptions [External]',
        '    2 record(s), Authentication SHA1,',
        '[|ospf2]',
        '10:00:00.200000 [|stp]',
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['tcpdump null 1-7']);
    expect(evidence[0]?.unread).toEqual([]);
  });

  test('an @ in a packet makes no prompt of it', () => {
    const { evidence } = readText(
      [
        '10:00:00.100000 IP (tos 0x0, ttl 64, id 7, offset 0, flags [DF], proto UDP (17), length 61)',
        '10.20.1.8.40112 > 10.20.0.5.53: [udp sum ok] 4711+ A? ^@api.example.org. (33)',
      ].join('\n'),
    );
    expect(evidence[0]?.unread).toEqual([]);
  });
});

describe('remarks in files', () => {
  test('what a hash switched off is not set', () => {
    const { evidence, outside } = readText(
      [
        '# nameserver 10.0.0.1',
        'nameserver 10.0.0.2',
        '#nameserver 10.0.0.3',
        'options edns0',
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['resolv-conf null 1-4']);
    const [file] = ofKind(evidence, 'resolv-conf');
    expect(file?.content.nameservers.map(({ address }) => address)).toEqual(['10.0.0.2']);
    expect(outside).toEqual([]);
  });

  test('a setting behind a hash is no setting, though it stands first', () => {
    const { evidence } = readText('#net.ipv4.ip_forward=1\nnet.ipv4.tcp_syncookies=1');
    const [file] = ofKind(evidence, 'sysctl');
    expect([...(file?.content.keys() ?? [])]).toEqual(['net.ipv4.tcp_syncookies']);
  });

  test('remarks above a blank line belong to the file', () => {
    const { evidence, outside } = readText(
      [
        '# This file is managed by man:systemd-resolved(8). Do not edit.',
        '#',
        '',
        'nameserver 127.0.0.53',
      ].join('\n'),
    );
    expect(placesOf(evidence)).toEqual(['resolv-conf null 1-4']);
    expect(outside).toEqual([]);
  });
});

test('a command that is echoed under a prompt keeps the host; another one does not', () => {
  const under = (echoed: string) =>
    placesOf(readText(`[root@node-b ~]# conntrack -S\n$ ${echoed}\n${ROWS.join('\n')}`).evidence);
  expect(under('conntrack -S')).toEqual(['conntrack-stats node-b 3-5']);
  expect(under('sudo conntrack -S')).toEqual(['conntrack-stats null 3-5']);
});

describe('fences', () => {
  test('the first line of output may be glued to the fence', () => {
    const { evidence } = readText(`\`\`\`${ROWS.join('\n')}\`\`\``);
    expect(placesOf(evidence)).toEqual(['conntrack-stats null 1-3']);
  });

  test('a prompt may be glued to the fence', () => {
    const { evidence } = readText(`\`\`\`root@node-b:~# conntrack -S\n${ROWS.join('\n')}\n\`\`\``);
    expect(placesOf(evidence)).toEqual(['conntrack-stats node-b 2-4']);
  });

  test('an unclosed fence and the language of a fence do no harm', () => {
    const { evidence, outside } = readText(`\`\`\`console\n${ROWS.join('\n')}`);
    expect(placesOf(evidence)).toEqual(['conntrack-stats null 2-4']);
    expect(outside).toEqual([]);
  });

  test('the last line of output may be glued to the fence, also one that needs its neighbours', () => {
    const [one] = ofKind(
      readText('```search shop.svc.cluster.local\nnameserver 10.96.0.10\noptions ndots:5```')
        .evidence,
      'resolv-conf',
    );
    expect(one?.artefact).toMatchObject({ first: 1, last: 3 });
    expect(one?.unread).toEqual([]);
    expect(one?.content.options.get('ndots')?.value).toBe(5);
    const [rules] = ofKind(
      readText('```0:\tfrom all lookup local\n32767:\tfrom all lookup default```').evidence,
      'rule',
    );
    expect(rules?.content.rules.map(({ table }) => table)).toEqual(['local', 'default']);
  });

  test('a fence ends what is open', () => {
    const { evidence } = readText(`\`\`\`\n${ASKED}\n\`\`\`\n\`\`\`\n${ASKED}\n\`\`\``);
    expect(placesOf(evidence)).toEqual(['tcpdump null 2-2', 'tcpdump null 5-5']);
  });
});

test('every line that is not blank is read, furniture, a prompt, a label, or listed once', () => {
  const lines = [
    ['Hello, our lookups are slow.', 'listed'],
    ['Here is what I have:', 'listed'],
    ['', 'blank'],
    ['ann@node-b:~$ sudo conntrack -S', 'silent'],
    ...ROWS.map((row) => [row, 'read'] as const),
    ['what a mess', 'listed'],
    ['', 'blank'],
    ['--More--', 'silent'],
    ['node-c eth0:', 'silent'],
    [ASKED, 'read'],
    ['<---- here', 'listed'],
    [ASKED_TOO, 'read'],
    ['Chain FORWARD (policy ACCEPT 0 packets, 0 bytes)', 'read'],
    [' pkts bytes target     prot opt in     out     source               destination', 'read'],
    ['```', 'silent'],
    ['nameserver 10.96.0.10', 'read'],
    ['nameserver is the word', 'listed'],
  ] as const;
  const { evidence, outside } = readText(lines.map(([line]) => line).join('\n'));
  const inside = evidence.flatMap(({ unread }) => unread);
  const listed = [...inside, ...outside.map(({ line }) => line)].toSorted((a, b) => a - b);
  expect(listed).toEqual(lines.flatMap(([, fate], at) => (fate === 'listed' ? [at + 1] : [])));
  const covered = new Set(
    evidence.flatMap(({ artefact: { first, last } }) => rangeOf(first, last)),
  );
  const read = lines.flatMap(([, fate], at) => (fate === 'read' ? [at + 1] : []));
  expect(read.filter((line) => !covered.has(line))).toEqual([]);
});

test('outputs that have no kind yet are claimed by none', () => {
  const foreign = [
    'Filesystem      Size  Used Avail Use% Mounted on',
    '/dev/sda2        98G   41G   53G  44% /',
    'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----',
  ];
  for (const line of foreign) expect(placesOf(readText(line).evidence), line).toEqual([]);
});

function readText(text: string): Reading {
  return read([{ name: null, text }]);
}

function placesOf(evidence: Reading['evidence']): readonly string[] {
  return evidence.map(
    ({ artefact: { kind, host, first, last } }) => `${kind} ${host} ${first}-${last}`,
  );
}

function rangeOf(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

test('a command on a pod leaves its place at once, a shell on it stays', () => {
  const after = (command: string) =>
    read([
      {
        name: null,
        text: `root@node-a:~# kubectl exec web-6c9f7d8b5-abcde -- ${command}\n$ sysctl net.core.somaxconn\nnet.core.somaxconn = 128\n`,
      },
    ]).evidence.map(({ artefact }) => artefact.host);
  expect(after('wget -qO- http://web.default')).toEqual([null]);
  expect(after('/bin/sh')).toEqual(['web-6c9f7d8b5-abcde']);
});

test('a heading that names another host ends the shell on a pod', () => {
  const setting = '# sysctl net.core.somaxconn\nnet.core.somaxconn = 128';
  const shell = 'root@node-a:~# kubectl exec -it web-6c9f7d8b5-abcde -- sh';
  const text = `${shell}\n/ ${setting}\n\nnode kw-19:\n${setting}\n`;
  const hosts = read([{ name: null, text }]).evidence.map(({ artefact }) => artefact.host);
  expect(hosts).toEqual(['web-6c9f7d8b5-abcde', 'kw-19']);
});

test.each([
  ['cat /proc/sys/net/ipv4/ip_forward', '0', [['net.ipv4.ip_forward', '0']]],
  [
    'cat /proc/sys/net/netfilter/nf_conntrack_{count,max}',
    '1021\n262144',
    [
      ['net.netfilter.nf_conntrack_count', '1021'],
      ['net.netfilter.nf_conntrack_max', '262144'],
    ],
  ],
  [
    'sysctl -n net.ipv4.tcp_rmem',
    '4096\t131072\t6291456',
    [['net.ipv4.tcp_rmem', '4096\t131072\t6291456']],
  ],
  ['cat /proc/sys/net/ipv4/ip_forward | wc -c', '2', undefined],
  ['cat /etc/machine-id', '0', undefined],
])('a value without its name has that of the command: %s', (command, printed, wanted) => {
  const text = `root@node-a:~# ${command}\n${printed}\n`;
  const [sysctl] = ofKind(read([{ name: null, text }]).evidence, 'sysctl');
  const settings = sysctl === undefined ? undefined : [...sysctl.content];
  expect(settings?.map(([key, { value }]) => [key, value])).toEqual(wanted);
});

test('rules in JSON are read alike on one line and as jq lays them out', () => {
  const line = readFileSync(
    new URL('artefacts/nft/json-set-and-reject.txt', import.meta.url),
    'utf8',
  );
  const rulesOf = (text: string) =>
    ofKind(read([{ name: null, text }]).evidence, 'nft').flatMap(({ content, unread }) => [
      ...content.readings.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, line: 0 }))),
      ...unread,
    ]);
  expect(rulesOf(line).length).toBe(2);
  expect(rulesOf(JSON.stringify(JSON.parse(line), null, 2))).toEqual(rulesOf(line));
});
