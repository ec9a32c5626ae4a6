import type { Reason } from '../artefacts/command-failed/lines.ts';
import type { Unit } from '../artefacts/define.ts';
import type { Language } from './schema.ts';

type Fixed =
  | 'likely'
  | 'possible'
  | 'onHost'
  | 'betweenPoints'
  | 'betweenHosts'
  | 'seenAt'
  | 'healthyConnections'
  | 'healthyRefused'
  | 'thisHost'
  | 'resolvedSince'
  | 'resolvedTitle'
  | 'unanswered'
  | 'unansweredRetried'
  | 'vanished'
  | 'openQuestions'
  | 'unreadFailure'
  | 'unreadFailures'
  | 'openAttempts'
  | 'atServer'
  | 'unnamed'
  | 'unnamedCard'
  | 'unnamedPod'
  | 'unnamedServer'
  | 'fromHost'
  | 'causeOpen'
  | 'healthy'
  | 'healthyBecause'
  | 'healthyQueries'
  | 'healthyMore'
  | 'unrecognised'
  | 'alsoFound'
  | 'notRead'
  | 'cutShort'
  | 'hostClash'
  | 'podFile'
  | 'comparedReset'
  | 'comparedGrown'
  | 'comparedFlat'
  | 'comparedClashesGoOn'
  | 'elsewhere'
  | 'explainedBy'
  | 'elsewhereReached'
  | 'failedAt'
  | 'onlyFailed'
  | 'someFailed'
  | 'thatCommand'
  | 'sentence';

/** Sentences that belong to no cause; `{name}` is filled in. */
export const words = {
  en: {
    likely: 'Likely: ',
    possible: 'Possible, not proved: ',
    onHost: ' on {host}',
    betweenPoints: ' on {host}, between {from} and {to}',
    betweenHosts: ', between {from} and {to}',
    seenAt: ', seen at {from}',
    thisHost: 'this host',
    resolvedSince:
      ' A later reading on {host} shows drop 0 while clashes go on: resolved since then.',
    resolvedTitle: '{title}: resolved{where}.',
    unanswered: '{question} was seen at {place} and got no answer there.',
    unansweredRetried:
      '{question} was seen at {place}, got no answer there and was sent again {ms} ms later.',
    vanished: '{question} passed {from} and did not arrive at {to} ({direction}).',
    atServer: ' at {server}',
    unnamed: 'a name',
    unnamedCard: 'A card',
    unnamedPod: 'a pod',
    unnamedServer: 'a server that is not named',
    fromHost: ' from {host}',
    causeOpen: ' Which cause it was cannot be told yet.',
    healthy: 'No fault in what was pasted',
    healthyBecause: ': ',
    healthyQueries: ': every DNS question in the captures was answered ({count})',
    healthyConnections: ': every connection attempt in the captures was answered ({count})',
    unreadFailure:
      'Cannot tell: a line that speaks of a failure was not understood, line {where}: "{quote}". What was understood shows no fault.',
    unreadFailures:
      'Cannot tell: {count} lines that speak of a failure were not understood, the first is line {where}: "{quote}". What was understood shows no fault.',
    healthyRefused:
      ': of {count} connection attempts in the captures {refused} met a refusal, and another one in its place succeeded',
    openQuestions:
      'No fault is proved, but the captures show no answer to {open} of {count} DNS questions ({first}). Whether it was lost cannot be told from this: capture longer, at both ends.',
    openAttempts:
      'No fault is proved, but the captures show no answer to {open} of {count} connection attempts ({first}). Whether it was lost cannot be told from this: capture longer, at both ends.',
    healthyMore: '. That clears only what was shown, not what was not.',
    unrecognised:
      'No known command output in this text. Paste, for example: sudo conntrack -S, ip route, cat /etc/resolv.conf, or a tcpdump.',
    alsoFound: ' Also: {titles}.',
    notRead: 'line {line} not understood',
    cutShort: 'the output is cut short after line {line}',
    podFile: 'the prompt says {prompt}; the content is that of a pod',
    hostClash: 'the prompt says {prompt}; {host} was believed instead',
    comparedReset:
      'On {host} every reading starts again from 0 after a reboot, and here counters fell: they were reset in between and must not be subtracted. Before: insert_failed {failedBefore}, drop {dropBefore}. After: insert_failed {failedAfter}, drop {dropAfter}.',
    comparedGrown:
      'On {host} insert_failed grew by {failed} and drop by {drop} between the two readings.',
    comparedFlat: 'On {host} neither insert_failed nor drop grew between the two readings.',
    comparedClashesGoOn: ' Clashes go on and no longer lose packets.',
    explainedBy:
      'its signs are there, but they follow from "{title}", which is proved better: {says}.',
    elsewhere: 'the packet was lost between {from} and {to}; this fault loses packets elsewhere.',
    elsewhereReached: 'the packet came as far as {from}; this fault would have lost it elsewhere.',
    failedAt: 'line {line}: {why}',
    onlyFailed: 'No output to read: {why}. What the command would have shown is unknown.',
    someFailed: ' One command showed nothing, which proves nothing either: {why}.',
    thatCommand: 'the command',
    sentence: '. ',
  },
  zh: {
    likely: '很可能：',
    possible: '有可能，尚未证实：',
    onHost: '，位于 {host}',
    betweenPoints: '，在 {host} 的 {from} 与 {to} 之间',
    betweenHosts: '，在 {from} 与 {to} 之间',
    seenAt: '，见于 {from}',
    thisHost: '本机',
    resolvedSince: '之后在 {host} 上再读一次，drop 为 0，冲突仍有但不再丢包：此后已化解。',
    resolvedTitle: '{title}：已化解{where}。',
    unanswered: '{question} 在 {place} 上出现过，但在那里没有收到应答。',
    unansweredRetried: '{question} 在 {place} 上出现过，没有收到应答，{ms} 毫秒后重发。',
    vanished: '{question} 经过了 {from}，却没有到达 {to}（{direction}）。',
    atServer: '向 {server} ',
    unnamed: '某个名字',
    unnamedCard: '（未标名）',
    unnamedPod: '某个 Pod ',
    unnamedServer: '（未写明的）服务器',
    fromHost: '从 {host} ',
    causeOpen: '现有证据还不能断定是哪种原因。',
    healthy: '贴出的内容里没有发现故障',
    healthyBecause: '：',
    healthyQueries: '：抓包里有 {count} 个 DNS 查询，全部得到应答',
    healthyConnections: '：抓包里的 {count} 次连接尝试全部得到回应',
    unreadFailure:
      '还不能断定：有一行提到失败的内容没能读懂，第 {where} 行：“{quote}”。读懂的部分没有看出故障。',
    unreadFailures:
      '还不能断定：有 {count} 行提到失败的内容没能读懂，第一处是第 {where} 行：“{quote}”。读懂的部分没有看出故障。',
    healthyRefused: '：抓包里的 {count} 次连接尝试有 {refused} 次被拒绝，但换来的另一次连上了',
    openQuestions:
      '没有证实任何故障，但抓包里 {count} 个 DNS 查询有 {open} 个没看到应答（{first}），丢没丢还不能下结论：请在两端同时抓包，抓久一些。',
    openAttempts:
      '没有证实任何故障，但抓包里 {count} 次连接尝试有 {open} 次没看到回应（{first}），丢没丢还不能下结论：请在两端同时抓包，抓久一些。',
    healthyMore: '。这只说明已贴出的部分正常，没贴的还不能下结论。',
    unrecognised:
      '这段文字里没有认得出的命令输出。可以贴例如 sudo conntrack -S、ip route、cat /etc/resolv.conf 或 tcpdump 的输出。',
    alsoFound: '另有：{titles}。',
    notRead: '第 {line} 行没有读懂',
    cutShort: '输出在第 {line} 行之后被截断',
    podFile: '提示符写的是 {prompt}，但内容是 Pod 里的',
    hostClash: '提示符写的是 {prompt}，这里采信 {host}',
    comparedReset:
      '{host} 的计数器重启后会从 0 重新开始，而这里后一次读数变小了：中间被清零过，两次不能相减。之前：insert_failed {failedBefore}，drop {dropBefore}；之后：insert_failed {failedAfter}，drop {dropAfter}。',
    comparedGrown: '两次读数之间，{host} 的 insert_failed 增加 {failed}，drop 增加 {drop}。',
    comparedFlat: '两次读数之间，{host} 的 insert_failed 和 drop 都没有增长。',
    comparedClashesGoOn: '冲突仍在发生，但已不再丢包。',
    explainedBy: '它的迹象也有，但那是“{title}”带来的，后者的证据更确凿：{says}。',
    elsewhere: '包丢在 {from} 与 {to} 之间，而这种故障不会在这一段丢包。',
    elsewhereReached: '包已经到了 {from}，而这种故障会让它丢在别处。',
    failedAt: '第 {line} 行：{why}',
    onlyFailed: '没有可读的输出：{why}。命令本该显示什么，现在不知道。',
    someFailed: '另有一条命令没有输出，不能当作正常：{why}。',
    thatCommand: '这条命令',
    sentence: '。',
  },
} as const satisfies Record<Language, Record<Fixed, string>>;

export const units = {
  en: {
    counters: ['counter', 'counters'],
    cpus: ['CPU', 'CPUs'],
    entries: ['entry', 'entries'],
    hops: ['hop', 'hops'],
    interfaces: ['interface', 'interfaces'],
    kernels: ['kernel', 'kernels'],
    lines: ['line', 'lines'],
    lookups: ['lookup', 'lookups'],
    messages: ['message', 'messages'],
    modules: ['module', 'modules'],
    neighbours: ['neighbour', 'neighbours'],
    objects: ['object', 'objects'],
    packets: ['packet', 'packets'],
    requests: ['request', 'requests'],
    routes: ['route', 'routes'],
    rules: ['rule', 'rules'],
    routingRules: ['routing rule', 'routing rules'],
    settings: ['setting', 'settings'],
    sockets: ['socket', 'sockets'],
  },
  zh: {
    counters: ['项计数', '项计数'],
    cpus: ['个 CPU', '个 CPU'],
    entries: ['条', '条'],
    hops: ['跳', '跳'],
    interfaces: ['个接口', '个接口'],
    kernels: ['个内核', '个内核'],
    lines: ['行', '行'],
    lookups: ['次解析', '次解析'],
    messages: ['条消息', '条消息'],
    modules: ['个模块', '个模块'],
    neighbours: ['个邻居', '个邻居'],
    objects: ['个对象', '个对象'],
    packets: ['个包', '个包'],
    requests: ['次请求', '次请求'],
    routes: ['条路由', '条路由'],
    rules: ['条规则', '条规则'],
    routingRules: ['条策略路由规则', '条策略路由规则'],
    settings: ['项设置', '项设置'],
    sockets: ['个套接字', '个套接字'],
  },
} as const satisfies Record<Language, Record<Unit, readonly [string, string]>>;

/** Why a command showed nothing. */
export const failures = {
  en: {
    'not-installed': '{tool} is not installed there',
    'not-permitted': '{tool} needs root (or the capability) there',
    forbidden: 'this user may not ask the cluster for that',
    absent: 'what {tool} was pointed at does not exist there under that name',
    unsupported: 'the kernel there does not offer what {tool} needs',
    unreachable: '{tool} did not reach its server',
    nothing: '{tool} ran and found nothing in that namespace',
    misused: '{tool} did not understand how it was called',
  },
  zh: {
    'not-installed': '那里没有安装 {tool}',
    'not-permitted': '{tool} 在那里需要 root 权限',
    forbidden: '这个用户无权向集群查询这些内容',
    absent: '{tool} 所指的对象在那里不存在（名字或地方不对）',
    unsupported: '那里的内核没有提供 {tool} 所需的功能',
    unreachable: '{tool} 连不上它的服务端',
    nothing: '{tool} 执行了，但在那个命名空间里什么都没找到',
    misused: '{tool} 看不懂给它的参数',
  },
} as const satisfies Record<Language, Record<Reason, string>>;

export const directions = {
  en: { request: 'request', response: 'response' },
  zh: { request: '请求方向', response: '应答方向' },
} as const satisfies Record<Language, Record<'request' | 'response', string>>;
