import type { Evidence } from '../artefacts/evidence.ts';
import type { Symptom } from '../diagnosis/symptoms.ts';
import { isOfWindows } from '../diagnosis/windows-commands.ts';
import { plainOr } from './fill.ts';
import type { Language, ReportAsk } from './schema.ts';

interface SymptomAsk {
  /** `{target}` is what could not be reached, `{name}` the same without its port, `{port}` that alone. */
  readonly command: string;
  readonly why: Readonly<Record<Language, string>>;
}

const DHCP: readonly SymptomAsk[] = [
  {
    command: "sudo timeout 60 tcpdump -nnei any -c 20 'port 67 or port 68'",
    why: {
      en: 'Whether the requests for an address leave, and whether a server answers.',
      zh: '看看请求有没有发出去，有没有 DHCP 服务器应答。',
    },
  },
  {
    command: "sudo journalctl -b --no-pager | egrep -i 'dhc|networkd|NetworkManager' | tail -50",
    why: {
      en: 'What the client of DHCP did and was told.',
      zh: '看看 DHCP 客户端做了什么、得到了什么。',
    },
  },
];

const WIREGUARD: readonly SymptomAsk[] = [
  {
    command: 'sudo timeout 60 tcpdump -nni any -c 20 udp port {port} and host {name}',
    why: {
      en: 'Whether the handshakes leave and anything comes back. Take it on the peer too: whether they arrive there.',
      zh: '看看握手包有没有发出去、有没有回应；在对端也抓一份，看看到没到。',
    },
  },
  {
    command: 'sudo wg show; date',
    why: {
      en: "On the peer: whether it knows this host's public key and which addresses it allows it.",
      zh: '在对端执行：看它是否认得本机的公钥、允许哪些地址。',
    },
  },
];

const ASKS: Readonly<Partial<Record<Symptom['id'], readonly SymptomAsk[]>>> = {
  'card-unaddressed': DHCP,
  'lease-missing': DHCP,
  'lease-lost': DHCP,
  'address-awaited': DHCP,
  'handshake-missing': WIREGUARD,
  'handshake-old': WIREGUARD,
  'sockets-unclosed': [
    {
      command: 'sudo ss -tanp state close-wait | head -20',
      why: {
        en: 'Which program holds them.',
        zh: '看看是哪个程序占着它们。',
      },
    },
  ],
  'sockets-unanswered': [
    {
      command: 'ss -tan state syn-sent | head -20',
      why: {
        en: 'Where they want to go: one server, or everywhere.',
        zh: '看看它们要连哪里：一台服务器，还是到处都是。',
      },
    },
  ],
  'process-killed': [
    {
      command: "free -m; sudo dmesg -T | egrep -i 'oom|killed process' | tail -20",
      why: {
        en: 'How much memory is left, and whether it has happened again.',
        zh: '看看还剩多少内存，有没有再次发生。',
      },
    },
  ],
  'tcp-scarce': [
    {
      command: 'cat /proc/net/sockstat; sysctl net.ipv4.tcp_mem net.ipv4.tcp_max_orphans',
      why: {
        en: 'How much TCP uses (mem, in pages; orphan) and how much it may.',
        zh: '看看 TCP 用了多少（mem 以页计；orphan），上限又是多少。',
      },
    },
  ],
  'service-without-endpoints': [
    {
      command: 'kubectl describe service {target}',
      why: {
        en: 'Its selector, which has to fit the labels of its pods.',
        zh: '看它的 selector，必须与 Pod 的标签相符。',
      },
    },
    {
      command: 'kubectl get pods -A -o wide --show-labels',
      why: {
        en: 'Whether such pods exist, and are ready.',
        zh: '看看有没有这样的 Pod，是否就绪。',
      },
    },
  ],
  'server-not-responding': [
    {
      command: 'ping -c 5 {target}; nc -vz -w 5 {target} 2049',
      why: {
        en: 'Whether it is reached at all, and its port (2049 for NFS, 445 for SMB).',
        zh: '看看它本身和它的端口通不通（NFS 是 2049，SMB 是 445）。',
      },
    },
  ],
  'default-route-dead': [
    {
      command: 'ip -br link; ip -br addr; ip rule',
      why: {
        en: 'Which card has a link, and whether another table leads out.',
        zh: '看看哪块网卡有链路，有没有别的路由表能出去。',
      },
    },
  ],
  'echoes-slow': [
    {
      command: 'mtr -rwnbzc 100 {target}',
      why: {
        en: 'From which hop on it takes so long.',
        zh: '看看从哪一跳开始变慢。',
      },
    },
  ],
  'half-duplex': [
    {
      command: 'ethtool {target}; ethtool -S {target}; sleep 60; ethtool -S {target}',
      why: {
        en: 'Whether the card negotiates, and whether collisions and errors grow.',
        zh: '看看是否自动协商，冲突和错误是否在增长。',
      },
    },
  ],
  'transmit-errors': [
    {
      command: 'ethtool {target}; ethtool -S {target}; sleep 60; ethtool -S {target}',
      why: {
        en: 'Whether the errors grow now, and of which sort they are.',
        zh: '看看错误现在是否还在增长，是哪一种。',
      },
    },
  ],
  'flow-denied': [
    {
      command: 'kubectl describe networkpolicies -A',
      why: {
        en: 'Which policies hold for these pods, and what they allow.',
        zh: '看看哪些策略管着这些 Pod，放行了什么。',
      },
    },
  ],
  'program-failed': [
    {
      command: 'sudo ss -lntup',
      why: {
        en: 'Which program has the port already.',
        zh: '看看端口已经被哪个程序占用。',
      },
    },
  ],
};

/** Every command that may be asked for, as it stands in the table. */
export const symptomCommands: readonly string[] = Object.values(ASKS).flatMap((asks) =>
  asks.map(({ command }) => command),
);

/** What to paste next for what failed, where it says so itself; on Windows these commands do not exist. */
export function symptomAsks(
  { id, target, host }: Symptom,
  evidence: readonly Evidence[],
  language: Language,
): readonly ReportAsk[] {
  if (isOfWindows(evidence, host)) return [];
  const [, name = target, port = null] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(target ?? '') ?? [];
  const values = { target, name, port };
  return (ASKS[id] ?? []).map(({ command, why }) => ({
    command: command.replace(/\{(target|name|port)\}/g, (_, key: keyof typeof values) =>
      plainOr(values[key], key.toUpperCase()),
    ),
    host,
    why: why[language],
    settles: [],
  }));
}
