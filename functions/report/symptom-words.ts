import type { Symptom } from '../diagnosis/symptoms.ts';
import type { Language } from './schema.ts';

/** One sentence for what failed; `{name}` is filled in. */
export const symptomWords: Readonly<Record<Language, Readonly<Record<Symptom['id'], string>>>> = {
  en: {
    'connection-failed': 'The connection to {target}{from} failed: {outcome}.',
    'answered-from-elsewhere':
      'The question for {target}{from} went to {server}, and the answer came from another source, {outcome}: the client ignores such an answer.',
    'answered-with-other-id':
      '{server} answers the question for {target}{from} with another id than it had: the client ignores such an answer.',
    'answered-late':
      'The answer for {target}{at} came {outcome} ms after the question{on}: late, not lost.',
    'answer-unheard':
      '{target} is answered at {host}, and comes again {outcome} ms later all the same: whoever asks does not get the answer.',
    'servers-differ': '{server} says that there is no {target}, and {outcome} answers it{from}.',
    'echoes-lost': '{outcome} % of the pings of {target}{from} got no answer.',
    'echoes-doubled':
      'The pings of {target}{from} got {outcome} answers more than they should: two machines answer, or a loop or a mirror doubles the packets.',
    'request-unanswered':
      '{target} was asked {outcome} times at {host}, and no answer is seen there.',
    'gateway-error': '{target} answered{from} with {outcome}.',
    'vlan-differs':
      'What is sent to {target} has another VLAN tag on {host} than on {server} ({outcome}; - is none), and no answer is seen: whoever has the address may wait for it in another VLAN.',
    'neighbour-silent':
      'ARP asks for {target} {outcome} times at {host}, in a row, and no reply is seen there.',
    'trace-unfinished':
      'The trace to {target}{from} got answers as far as {outcome} and none from behind it; many hosts and routers answer no probes, so that alone proves nothing.',
    'trace-silent':
      'No hop of the trace to {target}{from} answered; probes may be filtered, so that alone proves nothing.',
    'lookup-failed': 'The lookup of {target}{at}{from} failed: {outcome}.',
    'lookup-slow': 'The lookup of {target}{at}{from} took {outcome} ms.',
    'questions-open':
      'No answer is seen{on} to any of the DNS questions captured there ({outcome}, the first {target}); the capture may have ended too soon.',
    'forwarding-failed':
      'Lookups that the DNS server{from} forwarded to {target} failed: {outcome}.',
    'packets-counted':
      'Conntrack{on} counts {target}={outcome} since boot: packets were lost, and one reading cannot tell when.',
    'packets-dropped': 'Conntrack{on} dropped {outcome} packets between two readings.',
    'link-down': '{target}{on} has no link.',
    'link-off': '{target}{on} is switched off (not UP), and no other card is shown that works.',
    'link-flaps': '{target}{on} lost its link {outcome} times.',
    'card-hung':
      '{target}{on} did not send what it was given, says the kernel (transmit queue timed out).',
    'martian-source':
      'The kernel{on} threw away packets from {target} because they came in by {outcome} (martian source).',
    'sandbox-without-network': 'The network of {target} could not be set up, so it does not start.',
    'receive-errors':
      '{target}{on} has counted {outcome} receive errors so far, which is many for its packets: look at cable, port and duplex; one reading cannot tell when they came.',
    'no-nameserver': 'The resolv.conf{on} names no nameserver: programs ask 127.0.0.1.',
    'network-pod-not-ready':
      'The pod {target}, which makes the network of its node, is not ready ({outcome}).',
    'probe-failed': "The kubelet's probe of {target} ({server}) failed: {outcome}.",
    'node-not-ready': 'Node {target} is not ready.',
    'datagrams-overflowed':
      '{target}{on} has counted {outcome} datagrams lost to a full receive buffer so far; one reading cannot tell when.',
    'connections-overflowed':
      '{target}{on} has counted {outcome} connections lost to a full accept queue so far; one reading cannot tell when.',
    'clock-off':
      'The clock of {host} is {outcome} s off: certificates, tokens and Kerberos fail by that, and no packet is lost by it.',
    'table-at-limit':
      'The conntrack table of {host} is {outcome} % full: at its limit it refuses new connections, and nothing that was pasted shows that it refused any.',
    'bond-down': 'No device of the bond on {host} has a link: the bond carries nothing.',
    'bond-port-down':
      '{target} of the bond on {host} has no link; the bond goes on without it, so that alone explains no loss.',
    'echoes-slow':
      'Even the fastest answer to the pings of {target}{from} took {outcome} ms: a full queue on the way, or a long way.',
    'card-unaddressed':
      'Card {target}{on} is up and has no address but {outcome}, which it gave itself: nobody gave it one (DHCP without an answer, or none set).',
    'half-duplex':
      '{target}{on} runs at half duplex: where the other end runs at full duplex, frames are lost under load.',
    'address-taken':
      'The address {target}{on} is in use by another machine, says the kernel (duplicate address detection){outcome}.',
    'sockets-unclosed':
      '{outcome} connections{on} wait in CLOSE-WAIT: their peers have closed, and the program that holds them does not.',
    'sockets-unanswered':
      '{outcome} sockets{on} wait for the answer to their SYN, more than there are open connections.',
    'handshake-missing':
      'The WireGuard peer {target}{on} was called and never answered: no handshake, and nothing came back. Its port may be blocked or wrong, the peer down, or a key wrong: it drops without a word what it cannot check.',
    'handshake-old':
      'The WireGuard peer {target}{on} has not renewed its handshake for {outcome} s, though keepalives are sent: the tunnel carries nothing any more.',
    'flow-denied': "Cilium's policies refuse what {outcome} sends to {target}.",
    'program-failed': '{target}{on} says of itself: "{outcome}".',
    'packets-blocked':
      'The firewall{on} logged that it refused packets from {outcome} to {target}.',
    'transmit-errors':
      '{target}{on} counts {outcome} errors in sending, many for what it has sent: look at cable, port and duplex; one reading does not tell when they happened.',
    'default-route-dead': 'The default route{on} leads nowhere: `{outcome}`.',
    'process-killed': 'The kernel{on} killed {target}, because there was no memory left (OOM).',
    'transfer-stood-still':
      'The iperf3 transfer with {target}{from} stood still: nothing was carried in {outcome} of its intervals.',
    'datagrams-lost':
      'iperf3 lost {outcome} % of its datagrams on the way with {target}{from}; a rate above what the way or the receiver takes loses too.',
    'felix-stopped':
      "calicoctl finds no process of Calico's agent (Felix){on}: nobody keeps up the routes and policies of the node's pods.",
    'peer-down':
      'The BGP session with {target}{on} is not established ({outcome}): no route comes from there.',
    'node-unreached': 'Cilium{on} does not reach {target} at the address of the node ({outcome}).',
    'nodes-unreached': 'Cilium{on} reaches {outcome} nodes.',
    'proxy-failed': 'Envoy{on} could not serve a request for {target}: {outcome}.',
    'pods-unreached': 'Cilium{on} does not reach {target} through the pod network ({outcome}).',
    'agent-failing': 'Cilium{on} says that {target} is not well: {outcome}.',
    'link-not-set-up': '{target}{on} could not be configured ({outcome}).',
    'address-awaited':
      '{target}{on} has a link and waits for an address ({outcome}): no DHCP server has answered yet.',
    'lease-lost':
      '{target}{on} has lost the address that DHCP had lent it, and no new one is seen.',
    'route-not-set': 'A route of {target}{on} was refused: {outcome}.',
    'queue-dropped':
      'Packets for the program on NFQUEUE {target}{on} were thrown away, {outcome} so far: it was too slow; one reading cannot tell when.',
    'queue-dropping':
      '{outcome} packets for the program on NFQUEUE {target}{on} were thrown away between two readings: it is too slow.',
    'server-not-responding': 'The file server {target} does not answer{from}, says the kernel.',
    'tcp-scarce':
      'TCP{on} ran short: "{outcome}". Connections are broken off; whatever the sockets are held for is to blame, not the network.',
    'trace-refused': '{server} answers the trace to {target}{from} with {outcome}.',
    'lease-missing': 'No DHCP server gave {host} an address: {outcome}.',
    'service-without-endpoints':
      'The Service {target} has no endpoint: whoever calls it is refused or waits.',
  },
  zh: {
    'connection-failed': '{from}连接 {target} 失败：{outcome}。',
    'answered-from-elsewhere':
      '对 {target} 的查询{from}发往 {server}，应答的来源却是另一个地址 {outcome}：客户端不会收这样的应答。',
    'answered-with-other-id':
      '{from}查询 {target}，{server} 的应答 ID 与查询的不一致：客户端不会收这样的应答。',
    'answered-late': '{from}{at}查询 {target}，过了 {outcome} 毫秒才有应答：是慢，不是丢。',
    'answer-unheard':
      '在 {host} 上看到 {target} 已经得到应答，{outcome} 毫秒后却又重发：提问的一方没有收到应答。',
    'servers-differ': '{from}查询 {target}：{server} 说没有这个名字，{outcome} 却有应答。',
    'echoes-lost': '{from}ping {target} 有 {outcome} % 没有应答。',
    'echoes-doubled':
      '{from}ping {target} 多收到 {outcome} 个重复应答：可能有两台机器在应答，也可能有环路或镜像把包复制了一份。',
    'request-unanswered': '在 {host} 上看到 {target} 被请求了 {outcome} 次，没有看到任何应答。',
    'gateway-error': '{from}访问 {target}，得到的是 {outcome}。',
    'vlan-differs':
      '发往 {target} 的帧在 {host} 和 {server} 上的 VLAN 标签不同（依次为 {outcome}，- 表示没有），也没看到应答：有这个地址的主机可能在另一个 VLAN 里等。',
    'neighbour-silent': '{host} 上的抓包里，ARP 连续 {outcome} 次询问 {target}，没看到应答。',
    'trace-unfinished':
      '{from}到 {target} 的路由跟踪到 {outcome} 为止还有应答，再往后就没有了；很多主机和路由器本来就不回应探测，单凭这一点说明不了问题。',
    'trace-silent':
      '{from}到 {target} 的路由跟踪没有一跳应答；探测包可能被过滤，单凭这一点说明不了问题。',
    'lookup-failed': '{from}{at}解析 {target} 失败：{outcome}。',
    'lookup-slow': '{from}{at}解析 {target} 用了 {outcome} 毫秒。',
    'questions-open':
      '{from}抓到的 DNS 查询（{outcome} 个，第一个是 {target}）都没看到应答，也可能是抓包结束得太早。',
    'forwarding-failed': '{from}DNS 服务器转发给 {target} 的查询失败：{outcome}。',
    'packets-counted':
      'conntrack 计数{on}：自开机以来 {target}={outcome}，确实丢过包，但只读一次看不出是什么时候丢的。',
    'packets-dropped': 'conntrack{on} 在两次读数之间丢了 {outcome} 个包。',
    'link-down': '网卡 {target} 没有链路{on}。',
    'link-off': '网卡 {target} 没有启用（没有 UP）{on}，也没有看到别的能用的网卡。',
    'link-flaps': '网卡 {target} 的链路断了 {outcome} 次{on}。',
    'card-hung': '内核报告 {target} 发送队列超时，交给它的包没有发出去{on}。',
    'martian-source':
      '内核丢弃了来自 {target} 的包，因为它们从 {outcome} 进来（martian source）{on}。',
    'sandbox-without-network': '{target} 的网络没有建立成功，所以起不来。',
    'receive-errors':
      '网卡 {target} 累计有 {outcome} 个接收错误，相对它收到的包数偏多：检查网线、端口和双工；只读一次看不出是什么时候发生的{on}。',
    'no-nameserver': 'resolv.conf 里一个 nameserver 也没有，程序会去问 127.0.0.1{on}。',
    'network-pod-not-ready': '负责所在节点网络的 Pod {target} 未就绪（{outcome}）。',
    'probe-failed': 'kubelet 对 {target}（{server}）的健康检查失败：{outcome}。',
    'node-not-ready': '节点 {target} 未就绪（NotReady）。',
    'datagrams-overflowed':
      '{target}{on} 目前累计 {outcome} 个数据报因接收缓冲区已满被丢弃；只读一次看不出是什么时候丢的。',
    'connections-overflowed':
      '{target}{on} 目前累计 {outcome} 个连接因 accept 队列已满被丢弃；只读一次看不出是什么时候丢的。',
    'clock-off':
      '{host} 的时钟差了 {outcome} 秒：证书、令牌和 Kerberos 会因此出错，丢包则与它无关。',
    'table-at-limit':
      '{host} 的连接跟踪表已用到 {outcome}%：到了上限就会拒绝新连接，不过粘贴的内容里没有看到有连接因此被拒。',
    'bond-down': '{host} 的 bond 没有一个成员有链路：整个 bond 不通。',
    'bond-port-down':
      '{host} 的 bond 里 {target} 没有链路；bond 靠其他成员继续工作，单凭这一点解释不了丢包。',
    'echoes-slow':
      '{from}ping {target} 最快的一个应答也用了 {outcome} 毫秒：路上有队列排满，或者绕了远路。',
    'card-unaddressed':
      '网卡 {target} 已启用，却只有自己分配的地址 {outcome}{on}：没有人给它地址（DHCP 没有应答，或没有配置）。',
    'half-duplex': '网卡 {target} 工作在半双工{on}：如果对端是全双工，负载一高就会丢帧。',
    'address-taken': '内核发现地址 {target} 已被别的机器占用（重复地址检测）{outcome}{on}。',
    'sockets-unclosed':
      '有 {outcome} 个连接停在 CLOSE-WAIT{on}：对端已经关闭，持有它们的程序却没有关。',
    'sockets-unanswered': '有 {outcome} 个套接字在等 SYN 的应答，比已建立的连接还多{on}。',
    'handshake-missing':
      'WireGuard 对端 {target} 一直没有应答{on}：没有握手，也没有收到任何数据。可能是端口被挡或写错、对端没有运行，或者密钥不对（校验不过的包会被它悄悄丢弃）。',
    'handshake-old':
      'WireGuard 对端 {target} 已有 {outcome} 秒没有重新握手{on}，而保活包一直在发：隧道已经不通。',
    'flow-denied': 'Cilium 的策略拒绝 {outcome} 访问 {target}。',
    'program-failed': '{target} 报告自身出错：“{outcome}”{on}。',
    'packets-blocked': '防火墙日志记录了它拒绝 {outcome} 发往 {target} 的包{on}。',
    'transmit-errors':
      '网卡 {target} 累计有 {outcome} 个发送错误，相对它发出的包数偏多：检查网线、端口和双工；只读一次看不出是什么时候发生的{on}。',
    'default-route-dead': '默认路由不通向任何地方{on}：`{outcome}`。',
    'process-killed': '内存不足，内核杀掉了进程 {target}（OOM）{on}。',
    'transfer-stood-still':
      '{from}与 {target} 的 iperf3 传输停住了：有 {outcome} 个时间段一个字节也没传过去。',
    'datagrams-lost':
      '{from}与 {target} 的 iperf3 测试丢了 {outcome} % 的数据报；发送速率超过链路或接收端的能力时也会这样。',
    'felix-stopped':
      'calicoctl 没有找到 Calico 的 agent（Felix）进程{on}：没有人维护本节点 Pod 的路由和策略。',
    'peer-down': '与 {target} 的 BGP 会话没有建立（{outcome}），收不到那边的路由{on}。',
    'node-unreached': 'Cilium 通过节点地址连不上 {target}（{outcome}）{on}。',
    'nodes-unreached': 'Cilium 只连得上 {outcome} 个节点{on}。',
    'proxy-failed': 'Envoy 没能完成对 {target} 的请求：{outcome}{on}。',
    'pods-unreached': 'Cilium 通过 Pod 网络连不上 {target}（{outcome}）{on}。',
    'agent-failing': 'Cilium 报告 {target} 不正常：{outcome}{on}。',
    'link-not-set-up': '网卡 {target} 没能配置成功（{outcome}）{on}。',
    'address-awaited':
      '网卡 {target} 有链路，但还在等地址（{outcome}），目前没有 DHCP 服务器应答{on}。',
    'lease-lost': '网卡 {target} 失去了 DHCP 租约，没看到重新拿到地址{on}。',
    'route-not-set': '网卡 {target} 的一条路由没能写入：{outcome}{on}。',
    'queue-dropped':
      'NFQUEUE {target} 上的程序处理太慢，累计丢弃了 {outcome} 个包；只读一次看不出是什么时候丢的{on}。',
    'queue-dropping': 'NFQUEUE {target} 上的程序处理太慢，两次读数之间丢弃了 {outcome} 个包{on}。',
    'server-not-responding': '内核报告文件服务器 {target} 没有应答{on}。',
    'tcp-scarce': 'TCP 资源不足{on}：“{outcome}”。连接会被中断；原因在占住套接字的程序，不在网络。',
    'trace-refused': '{from}跟踪到 {target} 时，{server} 回答 {outcome}。',
    'lease-missing': '没有 DHCP 服务器给 {host} 分配地址：{outcome}。',
    'service-without-endpoints': 'Service {target} 没有任何端点：访问它只会被拒绝或一直等待。',
  },
};
