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
  | 'connectionFailed'
  | 'echoesLost'
  | 'answeredFromElsewhere'
  | 'answeredLate'
  | 'answerUnheard'
  | 'serversDiffer'
  | 'answeredWithOtherId'
  | 'neighbourSilent'
  | 'echoesDoubled'
  | 'requestUnanswered'
  | 'gatewayError'
  | 'linkDown'
  | 'linkFlaps'
  | 'cardHung'
  | 'nodeNotReady'
  | 'receiveErrors'
  | 'noNameserver'
  | 'networkPodNotReady'
  | 'martianSource'
  | 'sandboxWithoutNetwork'
  | 'traceUnfinished'
  | 'traceSilent'
  | 'questionsOpen'
  | 'openQuestions'
  | 'unreadFailure'
  | 'unreadFailures'
  | 'openAttempts'
  | 'forwardingFailed'
  | 'lookupFailed'
  | 'lookupSlow'
  | 'packetsCounted'
  | 'packetsDropped'
  | 'datagramsOverflowed'
  | 'connectionsOverflowed'
  | 'clockOff'
  | 'tableAtLimit'
  | 'bondDown'
  | 'bondPortDown'
  | 'atServer'
  | 'unnamed'
  | 'unnamedCard'
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
    unanswered: '{question} was seen at {host} {from} and got no answer there.',
    unansweredRetried:
      '{question} was seen at {host} {from}, got no answer there and was sent again {ms} ms later.',
    vanished: '{question} passed {from} and did not arrive at {to} ({direction}).',
    forwardingFailed: 'Lookups that the DNS server{from} forwarded to {target} failed: {outcome}.',
    connectionFailed: 'The connection to {target}{from} failed: {outcome}.',
    echoesLost: '{outcome} % of the pings of {target}{from} got no answer.',
    answeredFromElsewhere:
      'The question for {target}{from} went to {server}, and the answer came from another source, {outcome}: the client ignores such an answer.',
    serversDiffer: '{server} says that there is no {target}, and {outcome} answers it{from}.',
    answerUnheard:
      '{target} is answered at {host}, and comes again {outcome} ms later all the same: whoever asks does not get the answer.',
    answeredLate:
      'The answer for {target}{at} came {outcome} ms after the question{on}: late, not lost.',
    answeredWithOtherId:
      '{server} answers the question for {target}{from} with another id than it had: the client ignores such an answer.',
    traceUnfinished:
      'The trace to {target}{from} got answers as far as {outcome} and none from behind it; many hosts and routers answer no probes, so that alone proves nothing.',
    traceSilent:
      'No hop of the trace to {target}{from} answered; probes may be filtered, so that alone proves nothing.',
    neighbourSilent:
      'ARP asks for {target} {outcome} times at {host}, in a row, and no reply is seen there.',
    echoesDoubled:
      'The pings of {target}{from} got {outcome} answers more than they should: two machines answer, or a loop or a mirror doubles the packets.',
    requestUnanswered: '{target} was asked {outcome} times at {host}, and no answer is seen there.',
    gatewayError: '{target} answered{from} with {outcome}.',
    linkDown: '{target}{on} has no link.',
    linkFlaps: '{target}{on} lost its link {outcome} times.',
    cardHung:
      '{target}{on} did not send what it was given, says the kernel (transmit queue timed out).',
    martianSource:
      'The kernel{on} threw away packets from {target} because they came in by {outcome} (martian source).',
    sandboxWithoutNetwork: 'The network of {target} could not be set up, so it does not start.',
    receiveErrors:
      '{target}{on} has counted {outcome} receive errors so far, which is many for its packets: look at cable, port and duplex; one reading cannot tell when they came.',
    noNameserver: 'The resolv.conf{on} names no nameserver: programs ask 127.0.0.1.',
    networkPodNotReady:
      'The pod {target}, which makes the network of its node, is not ready ({outcome}).',
    nodeNotReady: 'Node {target} is not ready.',
    lookupFailed: 'The lookup of {target}{at}{from} failed: {outcome}.',
    lookupSlow: 'The lookup of {target}{at}{from} took {outcome} ms.',
    questionsOpen:
      'No answer is seen{on} to any of the DNS questions captured there ({outcome}, the first {target}); the capture may have ended too soon.',
    packetsCounted:
      'Conntrack{on} counts {target}={outcome} since boot: packets were lost, and one reading cannot tell when.',
    datagramsOverflowed:
      '{target}{on} has counted {outcome} datagrams lost to a full receive buffer so far; one reading cannot tell when.',
    connectionsOverflowed:
      '{target}{on} has counted {outcome} connections lost to a full accept queue so far; one reading cannot tell when.',
    tableAtLimit:
      'The conntrack table of {host} is {outcome} % full: at its limit it refuses new connections, and nothing that was pasted shows that it refused any.',
    bondDown: 'No device of the bond on {host} has a link: the bond carries nothing.',
    bondPortDown:
      '{target} of the bond on {host} has no link; the bond goes on without it, so that alone explains no loss.',
    clockOff:
      'The clock of {host} is {outcome} s off: certificates, tokens and Kerberos fail by that, and no packet is lost by it.',
    packetsDropped: 'Conntrack{on} dropped {outcome} packets between two readings.',
    atServer: ' at {server}',
    unnamed: 'a name',
    unnamedCard: 'A card',
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
    unanswered: '{question} 在 {host} 的 {from} 上出现过，但在那里没有收到应答。',
    unansweredRetried: '{question} 在 {host} 的 {from} 上出现过，没有收到应答，{ms} 毫秒后重发。',
    vanished: '{question} 经过了 {from}，却没有到达 {to}（{direction}）。',
    forwardingFailed: '{from}DNS 服务器转发给 {target} 的查询失败：{outcome}。',
    connectionFailed: '{from}连接 {target} 失败：{outcome}。',
    echoesLost: '{from}ping {target} 有 {outcome} % 没有应答。',
    answeredFromElsewhere:
      '对 {target} 的查询{from}发往 {server}，应答的来源却是另一个地址 {outcome}：客户端不会收这样的应答。',
    serversDiffer: '{from}查询 {target}：{server} 说没有这个名字，{outcome} 却有应答。',
    answerUnheard:
      '在 {host} 上看到 {target} 已经得到应答，{outcome} 毫秒后却又重发：提问的一方没有收到应答。',
    answeredLate: '{from}{at}查询 {target}，过了 {outcome} 毫秒才有应答：是慢，不是丢。',
    answeredWithOtherId:
      '{from}查询 {target}，{server} 的应答 ID 与查询的不一致：客户端不会收这样的应答。',
    traceUnfinished:
      '{from}到 {target} 的路由跟踪到 {outcome} 为止还有应答，再往后就没有了；很多主机和路由器本来就不回应探测，单凭这一点说明不了问题。',
    traceSilent:
      '{from}到 {target} 的路由跟踪没有一跳应答；探测包可能被过滤，单凭这一点说明不了问题。',
    neighbourSilent: '{host} 上的抓包里，ARP 连续 {outcome} 次询问 {target}，没看到应答。',
    echoesDoubled:
      '{from}ping {target} 多收到 {outcome} 个重复应答：可能有两台机器在应答，也可能有环路或镜像把包复制了一份。',
    requestUnanswered: '在 {host} 上看到 {target} 被请求了 {outcome} 次，没有看到任何应答。',
    gatewayError: '{from}访问 {target}，得到的是 {outcome}。',
    linkDown: '网卡 {target} 没有链路{on}。',
    linkFlaps: '网卡 {target} 的链路断了 {outcome} 次{on}。',
    cardHung: '内核报告 {target} 发送队列超时，交给它的包没有发出去{on}。',
    martianSource:
      '内核丢弃了来自 {target} 的包，因为它们从 {outcome} 进来（martian source）{on}。',
    sandboxWithoutNetwork: '{target} 的网络没有建立成功，所以起不来。',
    receiveErrors:
      '网卡 {target} 累计有 {outcome} 个接收错误，相对它收到的包数偏多：检查网线、端口和双工；只读一次看不出是什么时候发生的{on}。',
    noNameserver: 'resolv.conf 里一个 nameserver 也没有，程序会去问 127.0.0.1{on}。',
    networkPodNotReady: '负责所在节点网络的 Pod {target} 未就绪（{outcome}）。',
    nodeNotReady: '节点 {target} 未就绪（NotReady）。',
    lookupFailed: '{from}{at}解析 {target} 失败：{outcome}。',
    lookupSlow: '{from}{at}解析 {target} 用了 {outcome} 毫秒。',
    questionsOpen:
      '{from}抓到的 DNS 查询（{outcome} 个，第一个是 {target}）都没看到应答，也可能是抓包结束得太早。',
    packetsCounted:
      'conntrack 计数{on}：自开机以来 {target}={outcome}，确实丢过包，但只读一次看不出是什么时候丢的。',
    datagramsOverflowed:
      '{target}{on} 目前累计 {outcome} 个数据报因接收缓冲区已满被丢弃；只读一次看不出是什么时候丢的。',
    connectionsOverflowed:
      '{target}{on} 目前累计 {outcome} 个连接因 accept 队列已满被丢弃；只读一次看不出是什么时候丢的。',
    tableAtLimit:
      '{host} 的连接跟踪表已用到 {outcome}%：到了上限就会拒绝新连接，不过粘贴的内容里没有看到有连接因此被拒。',
    bondDown: '{host} 的 bond 没有一个成员有链路：整个 bond 不通。',
    bondPortDown:
      '{host} 的 bond 里 {target} 没有链路；bond 靠其他成员继续工作，单凭这一点解释不了丢包。',
    clockOff: '{host} 的时钟差了 {outcome} 秒：证书、令牌和 Kerberos 会因此出错，丢包则与它无关。',
    packetsDropped: 'conntrack{on} 在两次读数之间丢了 {outcome} 个包。',
    atServer: '向 {server} ',
    unnamed: '某个名字',
    unnamedCard: '（未标名）',
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
