import { inAnyLanguage } from '../../primitives/libc-messages.ts';

/** What a host on the way said instead of an answer; `timeout` is the tool's own word for silence. */
export type PingTrouble =
  | 'host-unreachable'
  | 'net-unreachable'
  | 'port-unreachable'
  | 'filtered'
  | 'too-big'
  | 'too-big-here'
  | 'ttl-exceeded'
  | 'no-permission'
  | 'no-route'
  | 'no-buffer'
  | 'timeout'
  | 'other';

/** What one line tells. */
export type PingEvent =
  | {
      readonly is: 'header';
      readonly target: string;
      readonly address: string | null;
      readonly payload: number | null;
    }
  | {
      readonly is: 'reply';
      readonly from: string;
      readonly bytes: number;
      readonly seq: number | null;
      readonly ttl: number | null;
      readonly ms: number | null;
      readonly duplicate: boolean;
    }
  | {
      readonly is: 'trouble';
      readonly trouble: PingTrouble;
      readonly from: string | null;
      readonly mtu: number | null;
    }
  | {
      readonly is: 'summary';
      readonly sent: number;
      readonly received: number;
      readonly errors: number;
      readonly duplicates: number;
    }
  /** The fastest of all answers, in milliseconds. */
  | { readonly is: 'fastest'; readonly ms: number }
  | { readonly is: 'furniture' };

type Groups = Readonly<Record<string, string | undefined>>;

interface Form {
  /** A word without which the shape cannot fit: most lines are refused by it alone. */
  readonly word: string;
  readonly shape: RegExp;
  readonly strength: 'strong' | 'weak';
  readonly event: (groups: Groups) => PingEvent;
}

/** iputils ping/ping_common.c and ping.c, BusyBox networking/ping.c, the BSDs, Windows in English and Chinese. */
const FORMS: readonly Form[] = [
  strong(
    'bytes of data',
    /^PING (?<target>[^\s(]+) ?\((?:[^\s()]+ \()?(?<address>[^\s()]+)\)?\)(?: from [^:]+:)? (?<payload>\d+)(?:\(\d+\))? bytes of data/,
    header,
  ),
  strong(
    'data bytes',
    /^PING (?<target>[^\s(]+) ?\((?:[^\s()]+ \()?(?<address>[^\s():]+(?::[^\s()]*)?)\)?\)(?: from [^\s]+)?:? ?(?<payload>\d+) data bytes/,
    header,
  ),
  strong(
    'bytes) ',
    /^PING6\((?<total>\d+)=40\+8\+(?<payload>\d+) bytes\) \S+ --> (?<target>(?<address>\S+))/,
    header,
  ),
  strong(
    'Pinging ',
    /^Pinging (?<target>\S+) (?:\[(?<address>[^\]]+)\] )?with (?<payload>\d+) bytes of data/,
    header,
  ),
  strong(
    '正在 Ping',
    /^正在 Ping (?<target>\S+) (?:\[(?<address>[^\]]+)\] )?具有 (?<payload>\d+) 字节的数据/,
    header,
  ),
  strong(
    'seq=',
    /^(?:\[\d+\.\d+\] ?)?(?<bytes>\d+) bytes from (?<from>[^\s,(]+)(?: \((?<address>[^)]+)\))?[:,]? ?(?:icmp_)?seq=(?<seq>\d+)(?: ident=\d+)?(?: (?:ttl|hlim)=(?<ttl>\d+))?(?: time[=<](?<ms>[\d.]+) ?ms)?(?<rest>.*)$/,
    reply,
  ),
  strong(
    'Reply from',
    /^Reply from (?<from>[^\s]+): bytes=(?<bytes>\d+) time[=<](?<ms>\d+)ms(?: TTL=(?<ttl>\d+))?/,
    reply,
  ),
  strong(
    '的回复',
    /^来自 (?<from>\S+) 的回复: ?字节=(?<bytes>\d+) 时间[=<](?<ms>\d+)ms(?: TTL=(?<ttl>\d+))?/,
    reply,
  ),
  strong(
    'Reply from',
    /^Reply from (?<from>[^\s:]+): (?<said>Destination .+|TTL expired.*|Packet needs to be fragmented.*)$/,
    trouble,
  ),
  strong('的回复', /^来自 (?<from>\S+) 的回复: ?(?<said>无法访问.+|需要拆分.+|.*TTL.*)$/, trouble),
  strong(
    'seq=',
    /^(?:\[\d+\.\d+\] ?)?From (?<from>[^\s(:]+)(?: \([^)]+\))?:? icmp_seq=\d+ (?<said>.+)$/,
    trouble,
  ),
  strong(
    'bytes from',
    /^\d+ bytes from (?<from>[^\s(]+)(?: \([^)]+\))?: (?<said>(?:Destination|Time to live|frag|Packet|Communication|Redirect).+)$/,
    trouble,
  ),
  // What else was answered, as `Source Quench` or a message that a terminal has mixed in.
  weak(
    'bytes from',
    /^\d+ bytes from (?<from>[^\s,(]+)(?: \([^)]+\))?[:,] (?<said>[A-Za-z].*)$/,
    trouble,
  ),
  strong('ocal error', /^(?:ping6?: )?local error: (?<said>.+)$/, trouble),
  strong(
    'ping',
    /^(?:[\w/]*ping6?): (?<said>(?:sendto|sendmsg|connect|permission|Message too|Do you want|socket|transmit failed).*)$/,
    trouble,
  ),
  strong(
    'connect: ',
    new RegExp(`^connect: (?<said>${inAnyLanguage('Network is unreachable')})$`),
    trouble,
  ),
  strong(
    'icmp_seq',
    /^(?:\[\d+\.\d+\] ?)?(?<said>no answer yet|Request timeout) for icmp_seq[ =]\d+$/,
    trouble,
  ),
  weak('Request timed out', /^(?<said>Request timed out)\.$/, trouble),
  weak('请求超时', /^(?<said>请求超时)。$/, trouble),
  weak(
    'DF',
    /^(?<said>Packet needs to be fragmented but DF set|需要拆分数据包但是设置 DF)[.。]$/,
    trouble,
  ),
  strong(
    ' packets transmitted, ',
    /^(?<sent>\d+) packets transmitted, (?<received>\d+) (?:packets )?received(?<rest>.*)$/,
    summary,
  ),
  strong(
    'Sent = ',
    /^Packets: Sent = (?<sent>\d+), Received = (?<received>\d+), Lost = \d+/,
    summary,
  ),
  strong(
    '已发送 = ',
    /^数据包: 已发送 = (?<sent>\d+)，已接收 = (?<received>\d+)，丢失 = \d+/,
    summary,
  ),
  strong('ping', /^--- \S+ ping6? statistics ---$/, furniture),
  strong('Ping ', /^Ping statistics for |^\S+ 的 Ping 统计信息/, furniture),
  strong(
    'min/avg/max',
    /^(?:rtt|round-trip) (?:\(ms\) +)?min\/avg\/max(?:\/\w+)?(?: = (?<ms>[\d.]+)\/)?/,
    fastest,
  ),
  weak('Minimum = ', /^Minimum = (?<ms>\d+)ms, Maximum = /, fastest),
  weak('最短 = ', /^最短 = (?<ms>\d+)ms，最长 = /, fastest),
  weak('round trip times', /^Approximate round trip times in milli-seconds:$/, furniture),
  weak('往返行程', /^往返行程的估计时间/, furniture),
  weak('pipe ', /^pipe \d+$/, furniture),
  strong('PATTERN: 0x', /^PATTERN: 0x[\da-f]+$/, furniture),
  weak(
    'ping',
    /^ping6?: Warning: .+$|^WARNING: failed to set mark|^ping: (?:source address might|invalid|usage)/,
    furniture,
  ),
];

/** How sure the line is of being ping's. */
export function strengthOf(line: string): 'strong' | 'weak' | 'none' {
  return formOf(line.trim())?.form.strength ?? 'none';
}

/** What the line tells; undefined when it is none of ping's. */
export function eventOf(line: string): PingEvent | undefined {
  const found = formOf(line.trim());
  return found?.form.event(found.groups);
}

function formOf(text: string): { readonly form: Form; readonly groups: Groups } | undefined {
  if (text.length > 400) return undefined;
  for (const form of FORMS) {
    if (!text.includes(form.word)) continue;
    const match = form.shape.exec(text);
    if (match !== null) return { form, groups: match.groups ?? {} };
  }
  return undefined;
}

function strong(word: string, shape: RegExp, event: Form['event']): Form {
  return { word, shape, strength: 'strong', event };
}

function weak(word: string, shape: RegExp, event: Form['event']): Form {
  return { word, shape, strength: 'weak', event };
}

function furniture(): PingEvent {
  return { is: 'furniture' };
}

function fastest({ ms }: Groups): PingEvent {
  return ms === undefined ? { is: 'furniture' } : { is: 'fastest', ms: Number(ms) };
}

function header({ target = '', address, payload }: Groups): PingEvent {
  return { is: 'header', target, address: address ?? null, payload: numberOf(payload) };
}

function reply({ from = '', address, bytes, seq, ttl, ms, rest = '' }: Groups): PingEvent {
  return {
    is: 'reply',
    from: address ?? from.replace(/:$/, ''),
    bytes: Number(bytes),
    seq: numberOf(seq),
    ttl: numberOf(ttl),
    ms: numberOf(ms),
    duplicate: rest.includes('DUP!'),
  };
}

function summary({ sent, received, rest = '' }: Groups): PingEvent {
  return {
    is: 'summary',
    sent: Number(sent),
    received: Number(received),
    errors: Number(/\+(\d{1,9}) errors/.exec(rest)?.[1] ?? 0),
    duplicates: Number(/\+(\d{1,9}) duplicates/.exec(rest)?.[1] ?? 0),
  };
}

/** By the words of iputils' pr_icmph and of strerror(3). */
const TROUBLES: readonly (readonly [RegExp, PingTrouble])[] = [
  [/^message too long, mtu=/i, 'too-big-here'],
  [/message too long/i, 'too-big-here'],
  [/^frag(?:mentation)? needed|^Packet too big|needs to be fragmented|需要拆分/i, 'too-big'],
  [
    new RegExp(
      `prohibited|filtered|administratively|${inAnyLanguage('Operation not permitted')}`,
      'i',
    ),
    'filtered',
  ],
  [
    /(?:Destination )?(?:Address|Host) (?:Unreachable|Unknown)|No route to host|无法访问目标主机/i,
    'host-unreachable',
  ],
  [/Port Unreachable/i, 'port-unreachable'],
  // ENOBUFS: no room for a new neighbour (net/core/neighbour.c: __neigh_create), or in the card's queue.
  [/No buffer space available|没有可用的缓冲区空间/i, 'no-buffer'],
  [
    new RegExp(
      `^(?:sendto|sendmsg|connect)?:? ?(?:Network unreachable|${inAnyLanguage('Network is unreachable')})|no route`,
      'i',
    ),
    'no-route',
  ],
  [/Net(?:work)? Unreachable|无法访问目标网/i, 'net-unreachable'],
  [/Time to live exceeded|TTL|Hop limit/i, 'ttl-exceeded'],
  // The routing table's own refusals of a prohibit and a blackhole route (net/ipv4/fib_semantics.c: fib_props).
  [/^connect: (?:Permission denied|Invalid argument)/i, 'no-route'],
  [/Permission denied|permission|are you root/i, 'no-permission'],
  [/no answer yet|Request time|请求超时/i, 'timeout'],
];

function trouble({ from, said = '' }: Groups): PingEvent {
  const kind = TROUBLES.find(([shape]) => shape.test(said))?.[1] ?? 'other';
  const mtu = /mtu ?=? ?(\d{2,5})/i.exec(said)?.[1];
  return { is: 'trouble', trouble: kind, from: from ?? null, mtu: numberOf(mtu) };
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
