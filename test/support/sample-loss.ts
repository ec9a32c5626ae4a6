import { type Language, type Report, reportSchema } from '../../functions/report/schema.ts';

// Lines as the tools print them: conntrack-tools src/conntrack.c (one line per CPU), tcpdump print-ip.c and
// print-domain.c (-nnv), iproute2 ip/iproute.c. Every value is made up.
const quotes = {
  cpu0: 'cpu=0   \tfound=812 invalid=19 insert=0 insert_failed=21 drop=21 early_drop=0 error=0 search_restart=118',
  cpu1: 'cpu=1   \tfound=790 invalid=11 insert=0 insert_failed=9 drop=9 early_drop=0 error=0 search_restart=97',
  seen: '    10.60.4.19.40817 > 10.60.0.31.53: 52114+ AAAA? api.shop.example.com. (38)',
  twin: '    10.60.4.19.40817 > 10.60.0.31.53: 51902+ A? api.shop.example.com. (38)',
  uname: '#1 SMP Debian 4.9.210-1 (2020-01-20)',
  route: 'default via 192.168.40.1 dev eth0 proto static metric 100',
  checksum:
    '    10.60.0.31.53 > 10.60.4.19.40817: [bad udp cksum 0x1c5e -> 0x9f02!] 51902* 1/0/0 api.shop.example.com. A 10.60.9.9 (54)',
  down: '172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown',
};

const steady = { drift_ppm: null, drift_error_ppm: null, drift_over_s: null };

/** A confirmed loss inside one host, with everything a report can hold. */
export function confirmedLoss(language: Language): Report {
  const say = (en: string, zh: string) => (language === 'zh' ? zh : en);
  return reportSchema.parse({
    schema: 'netdx.report/1',
    language,
    status: 'diagnosed',
    headline: say(
      'node-b loses 1 of 2 DNS queries sent together: both race for one conntrack entry, and each loss costs 2.5 s.',
      'node-b 会丢掉同时发出的两个 DNS 查询之一：两者争抢同一条连接跟踪表项，每丢一次多等 2.5 秒。',
    ),
    artefacts: artefactsIn(say),
    findings: [race(say), ndots(say)],
    vanished: vanished(),
    unanswered: [],
    clocks: [
      { host: 'node-b', reference: 'node-a', ahead_ms: 7.312, error_ms: 0.094, ...steady },
      { host: 'node-c', reference: 'node-a', ahead_ms: -1.05, error_ms: 0.2, ...steady },
    ],
    path: hops(),
    ladder: ladder(),
    ruled_out: ruledOut(say),
    harmless: harmless(say),
    ask: asks(say),
    compared: {
      before: 'a4',
      after: 'a5',
      says: say(
        'Drops on node-b grew by 30 while 12 lookups were slow.',
        '12 次慢解析期间，node-b 的丢弃数增加了 30。',
      ),
      rows: [
        { counter: 'insert_failed', before: 1042, after: 1072, change: 30 },
        { counter: 'drop', before: 1042, after: 1072, change: 30 },
        { counter: 'early_drop', before: 0, after: 0, change: 0 },
        { counter: 'search_restart', before: 215, after: 9, change: null },
      ],
    },
    coverage: {
      lines: 131,
      read: 124,
      unread: Array.from({ length: 7 }, (_, index) => ({
        source: index < 3 ? null : 'node-b.cni0.tcpdump.txt',
        line: 40 + index,
        quote: `Last login: Mon Mar  4 09:1${index} from 192.0.2.${index + 4}`,
      })),
      unread_total: 7,
    },
  });
}

type Say = (en: string, zh: string) => string;

function artefactsIn(say: Say) {
  const packets = (count: number) => say(`${count} packets`, `${count} 个报文`);
  const capture = (id: string, host: string, on: string, last: number, count: number) => ({
    id,
    kind: 'tcpdump',
    host,
    interface: on,
    lines: [1, last],
    source: `${host}.${on}.tcpdump.txt`,
    summary: packets(count),
    warnings:
      id === 'a3'
        ? [say('line 31: cut off in the middle of a packet', '第 31 行：报文中途被截断')]
        : [],
  });
  const counters = {
    kind: 'conntrack-stats',
    host: 'node-b',
    interface: null,
    lines: [1, 2],
    summary: say('2 CPUs', '2 个 CPU'),
    warnings: [],
  };
  return [
    capture('a1', 'node-a', 'cni0', 48, 24),
    capture('a2', 'node-b', 'flannel.1', 48, 24),
    capture('a3', 'node-b', 'cni0', 46, 23),
    { ...counters, id: 'a4', source: 'node-b.conntrack-S.before.txt' },
    { ...counters, id: 'a5', source: 'node-b.conntrack-S.after.txt' },
    {
      ...counters,
      id: 'a6',
      kind: 'route',
      lines: [1, 4],
      source: 'node-b.route.txt',
      summary: say('4 routes', '4 条路由'),
    },
    {
      ...counters,
      id: 'a7',
      kind: 'uname',
      lines: [1, 1],
      source: null,
      summary: say('1 kernel', '1 个内核'),
    },
  ];
}

function race(say: Say) {
  return {
    cause: 'conntrack-race-plain',
    title: say(
      'Two packets of one flow race for one conntrack entry',
      '同一条流的两个报文争抢同一条连接跟踪表项',
    ),
    summary: say(
      'The A and AAAA query leave the same port at the same moment. The kernel of node-b inserts one and drops the other; the resolver waits 2.5 s and asks again.',
      'A 与 AAAA 查询同一时刻从同一端口发出，node-b 的内核插入其中一个、丢弃另一个，解析器要等 2.5 秒才会重试。',
    ),
    role: 'root-cause',
    confidence: 'confirmed',
    where: {
      from: { host: 'node-b', interface: 'flannel.1' },
      to: { host: 'node-b', interface: 'cni0' },
      direction: 'request',
    },
    evidence: proofs(say),
    not_this_when: [
      say(
        'The table is full: the kernel then says so in dmesg.',
        '表满：此时内核会在 dmesg 中报出。',
      ),
      say('Every query is lost, not one of two.', '所有查询都丢，而不是两个里丢一个。'),
    ],
    remedies: remediesFor(say),
    runbook: 'https://runbooks.example.com/netdx/conntrack-race',
    sources: [
      'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/commit/?id=ed07d9a021df6da53456663a76999189badc432a',
    ],
  };
}

function remediesFor(say: Say) {
  return [
    {
      key: 'a',
      title: say('Keep DNS queries out of conntrack', '让 DNS 查询绕过连接跟踪'),
      prefer_when: say(
        'users are waiting and nobody may reboot a node',
        '业务受影响，且暂时不能重启节点',
      ),
      cost: say('minutes', '几分钟'),
      variants: [],
      risk: say(
        'rules that match on connection state no longer see these packets',
        '依赖连接状态的规则将看不到这些报文',
      ),
      steps: [
        say(
          'Check that no rule on node-b translates port 53.',
          '确认 node-b 上没有对 53 端口做地址转换的规则。',
        ),
        say('Add the two rules on node-b.', '在 node-b 上加入这两条规则。'),
      ],
      commands: [
        'iptables -t raw -I PREROUTING -i flannel.1 -p udp --dport 53 -m comment --comment netdx -j CT --notrack',
        'iptables -t raw -I PREROUTING -i cni0 -p udp --sport 53 -m comment --comment netdx -j CT --notrack',
      ],
      verify: say(
        '`conntrack -S` twice, a minute apart: `drop` stays the same.',
        '隔一分钟执行两次 `conntrack -S`，`drop` 不再增长。',
      ),
      rollback: say('Delete the same two rules with -D.', '用 -D 删除这两条规则。'),
    },
    {
      key: 'b',
      title: say('Upgrade the kernel of node-b', '升级 node-b 的内核'),
      prefer_when: say('a maintenance window is near', '近期有维护窗口'),
      cost: say('one reboot', '重启一次'),
      variants: [],
      risk: say('a reboot moves every pod off the node', '重启会迁走该节点上的所有 Pod'),
      steps: [
        say('Drain the node.', '排空节点。'),
        say('Install the kernel and reboot.', '安装新内核并重启。'),
      ],
      commands: [
        'kubectl drain node-b --ignore-daemonsets --delete-emptydir-data',
        'apt-get install linux-image-amd64',
      ],
      verify: say('`uname -v` says 4.19 or later.', '`uname -v` 显示 4.19 或更新。'),
      rollback: say('Boot the old kernel from the boot menu.', '在引导菜单中选择旧内核启动。'),
    },
    {
      key: 'c',
      title: say('Run a DNS cache on every node', '每个节点运行 DNS 缓存'),
      prefer_when: say('many pods resolve many names', 'Pod 多、解析量大'),
      cost: say('one DaemonSet', '一个 DaemonSet'),
      variants: [
        say(
          'GKE: tick NodeLocal DNSCache in the cluster settings.',
          'GKE：在集群设置里勾选 NodeLocal DNSCache。',
        ),
      ],
      risk: say('one more part to watch', '多一个需要监控的组件'),
      steps: [say('Deploy node-local-dns.', '部署 node-local-dns。')],
      commands: [],
      verify: say(
        'Captures on flannel.1 show no more queries from pods.',
        'flannel.1 上不再抓到 Pod 发出的查询。',
      ),
      rollback: '',
    },
  ];
}

function ndots(say: Say) {
  return {
    cause: 'ndots-amplification',
    title: say('Every name is tried with four suffixes', '每个域名都要拼接四个后缀'),
    summary: say(
      'Eight queries leave where two would do, and each pair may be lost.',
      '本来两个查询就够，却发出八个，每一对都可能丢。',
    ),
    role: 'contributing',
    confidence: 'likely',
    where: null,
    evidence: [
      {
        artefact: 'a1',
        line: 3,
        quote:
          '    10.60.4.19.40817 > 10.60.0.31.53: 50011+ A? api.shop.example.com.default.svc.cluster.local. (64)',
        says: say('a search suffix was added', '拼接了搜索后缀'),
      },
    ],
    not_this_when: [],
    remedies: [],
    runbook: null,
    sources: [],
  };
}

function vanished() {
  return [
    {
      protocol: 'udp',
      id: 52114,
      ip_id: 20735,
      qtype: 'AAAA',
      qname: 'api.shop.example.com.',
      flow: '10.60.4.19:40817 > 10.60.0.31:53',
      direction: 'request',
      seen: { host: 'node-b', interface: 'flannel.1', time: '09:15:22.408117' },
      missing: { host: 'node-b', interface: 'cni0' },
      control: {
        ip_id: 20734,
        id: 51902,
        seen: { host: 'node-b', interface: 'cni0', time: '09:15:22.408121' },
      },
      retried_after_ms: 2502.1,
      resent_by: 'musl',
      may_be_late: false,
    },
  ];
}

function hops() {
  return [
    { host: 'node-a', interface: 'cni0', ttl: 64, packets: 24 },
    { host: 'node-a', interface: 'flannel.1', ttl: 63, packets: 24 },
    { host: 'node-b', interface: 'flannel.1', ttl: 63, packets: 24 },
    { host: 'node-b', interface: 'cni0', ttl: 62, packets: 23 },
  ];
}

/** The flow that lost its AAAA query inside node-b, and asked again 2.5 s later. */
function ladder() {
  const passed = [true, true, true, true];
  const row = (label: string, direction: string, attempt: number, times: readonly number[]) => ({
    carries: 'dns',
    label,
    direction,
    attempt,
    times,
    seen: passed,
    lost_at: null,
    bypassed: null,
    beyond: null,
  });
  return {
    points: hops().map(({ host, interface: on }) => ({ host, interface: on })),
    rows: [
      row('A', 'request', 0, [0, 0.011, 0.214, 0.222]),
      {
        ...row('AAAA', 'request', 0, []),
        times: [0.027, 0.035, 0.219, null],
        seen: [true, true, true, false],
        lost_at: 3,
      },
      row('A', 'response', 0, [0.611, 0.602, 0.41, 0.401]),
      row('AAAA', 'request', 1, [2502.127, 2502.139, 2502.33, 2502.337]),
      row('AAAA', 'response', 1, [2502.73, 2502.722, 2502.531, 2502.524]),
    ],
    uncaptured: false,
    omitted: 0,
  };
}

function ruledOut(say: Say) {
  return [
    {
      cause: 'conntrack-table-full',
      title: say('Title of conntrack-table-full', 'conntrack-table-full 的标题'),
      explained_by: null,
      because: say('no entry was thrown out early', '没有提前淘汰的表项'),
      evidence: [{ artefact: 'a4', line: 1, quote: quotes.cpu0, says: 'early_drop = 0' }],
    },
    {
      cause: 'asymmetric-return-path',
      title: say('Title of asymmetric-return-path', 'asymmetric-return-path 的标题'),
      explained_by: null,
      because: say(
        'the only default route leaves by the interface the queries came in on',
        '唯一的默认路由与查询报文的入接口一致',
      ),
      evidence: [
        {
          artefact: 'a6',
          line: 1,
          quote: quotes.route,
          says: say('one default route', '只有一条默认路由'),
        },
      ],
    },
  ];
}

function harmless(say: Say) {
  return [
    {
      id: 'checksum-offload',
      says: say(
        '`bad udp cksum` on packets this host sends: the card fills the sum in later',
        '本机发出的报文显示 `bad udp cksum`：校验和由网卡稍后填写',
      ),
      evidence: [
        {
          artefact: 'a3',
          line: 9,
          quote: quotes.checksum,
          says: say('sent by this host', '由本机发出'),
        },
      ],
    },
    {
      id: 'linkdown-docker0',
      says: say('`linkdown` on a bridge without containers', '没有容器的网桥显示 `linkdown`'),
      evidence: [{ artefact: 'a6', line: 3, quote: quotes.down, says: 'docker0' }],
    },
  ];
}

function asks(say: Say) {
  return [
    {
      command: 'uname -rv',
      host: 'node-c',
      why: say(
        'tells whether the third node needs the same upgrade',
        '判断第三个节点是否也需要升级',
      ),
      settles: ['conntrack-race-plain'],
    },
    {
      command:
        'for node in node-a node-b node-c; do ssh "$node" \'conntrack -S | grep -o "drop=[0-9]*"; nstat -az UdpInErrors UdpRcvbufErrors\'; done',
      host: null,
      why: say('shows which node keeps losing packets', '看还有哪个节点在丢包'),
      settles: [],
    },
  ];
}

function proofs(say: Say) {
  return [
    {
      artefact: 'a2',
      line: 14,
      quote: quotes.seen,
      says: say(
        'the AAAA query arrives on flannel.1 and is never seen on cni0',
        'AAAA 查询到达 flannel.1，在 cni0 上始终没有出现',
      ),
    },
    {
      artefact: 'a3',
      line: 12,
      quote: quotes.twin,
      says: say('its twin, the A query, passes both', '与它成对的 A 查询两处都抓到了'),
    },
    {
      artefact: 'a5',
      line: 1,
      quote: quotes.cpu0,
      says: say(
        '`insert_failed` equals `drop` on this CPU',
        '该 CPU 上 `insert_failed` 与 `drop` 相等',
      ),
    },
    {
      artefact: 'a5',
      line: 1,
      quote: quotes.cpu0,
      says: say('the table was never full: `early_drop` is 0', '表从未满过：`early_drop` 为 0'),
    },
    {
      artefact: 'a5',
      line: 2,
      quote: quotes.cpu1,
      says: say('and on the other one', '另一个 CPU 也是如此'),
    },
    {
      artefact: 'a7',
      line: 1,
      quote: quotes.uname,
      says: say(
        '4.9.210 lacks the change that resolves the clash (4.19)',
        '4.9.210 没有化解冲突的补丁（4.19 引入）',
      ),
    },
  ];
}
