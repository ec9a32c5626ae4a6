import type { Language } from '../../report/schema.ts';
import { mrkdwn, plain } from './blocks.ts';

/** Commands as people type them; none changes anything. */
const accepted = [
  '`tcpdump -nnvi any -c 200 port 53` · pcap files',
  '`conntrack -S` · `conntrack -L` · `iptables-save -c` · `nft list ruleset` · `ipvsadm -Ln`',
  '`ip route` · `ip rule` · `ip neigh` · `ip -d -s link` · `ip addr` · `bridge fdb`',
  '`cat /etc/resolv.conf` · `dig` · `nslookup` · `getent hosts` · `resolvectl`',
  '`kubectl get pods,svc,endpoints,nodes,netpol -o wide` · `kubectl logs` · Corefile',
  '`ss -tanp` · `netstat -s` · `nstat -az` · `ethtool -S` · `sysctl -a` · `dmesg -T`',
  '`ping` · `traceroute` · `tracepath` · `mtr -rw` · `curl -v` · `ssh -vvv`',
] as const;

const words = {
  en: {
    what: 'Paste command output from a sick network: you get the root cause, the lines that prove it, what is ruled out, what to do, and the next command.',
    waysHead: 'How to ask',
    ways: [
      '• `/netdx` and the output behind it: only you see the answer. `/netdx` alone opens a form.',
      '• “Diagnose” in the menu of any message, or a mention of me in a thread.',
      '• A direct message, for what others should not see.',
    ],
    acceptedHead: 'What it reads, among others',
    privacyHead: 'Privacy',
    read: 'Read: the message or thread that you point me to, its files, and what is pasted later into a thread that I answered in.',
    kept: (hours: number) =>
      hours === 0
        ? 'Kept: nothing that anybody wrote; only, for seven days, which message was answered with which cause.'
        : `Kept: the messages of a case for at most ${hours} hours; files stay in Slack. For seven days, without text, which message was answered with which cause.`,
    logged:
      'Logged: counts of lines and the name of the cause; never text, names of files, or tokens.',
    run: 'Nothing is run, nothing is sent anywhere else, and no language model reads it: rules and their data decide.',
    forget:
      'Forgetting: “Forget this” under an answer, or delete the paste: the answer then forgets it.',
    causes: '`/netdx causes` lists what can be found, `/netdx help` says this in short.',
  },
  zh: {
    what: '把故障网络的命令输出贴给我：我会给出根因、作为证据的原文、已排除的原因、处置办法和下一条命令。',
    waysHead: '怎么用',
    ways: [
      '• `/netdx` 后面直接粘贴输出，回复只有您自己能看到；只输入 `/netdx` 会打开表单。',
      '• 任意消息菜单里的“Diagnose”，或在会话串里 @ 我。',
      '• 私信我：不便公开的内容。',
    ],
    acceptedHead: '可以识别的输出（部分）',
    privacyHead: '隐私',
    read: '读取：您指给我的消息或会话串及其文件，以及之后贴进我已回复的会话串里的内容。',
    kept: (hours: number) =>
      hours === 0
        ? '保存：任何人写的内容都不保存；只在七天内记录回复了哪条消息、判断为哪个原因。'
        : `保存：一次诊断的消息最多保存 ${hours} 小时，文件留在 Slack。七天内另记录回复了哪条消息、判断为哪个原因，不含原文。`,
    logged: '日志：只有行数和原因名称，从不包含原文、文件名或令牌。',
    run: '不执行任何操作，不向外发送任何内容，也不使用语言模型：结论全部由规则和数据得出。',
    forget: '删除：点回复下方的“删除这次记录”，或直接删除粘贴的消息，相应内容即被忘记。',
    causes: '`/netdx causes` 列出能识别的原因，`/netdx help` 是简要说明。',
  },
} as const;

/** The app's home: what it does, how to ask, what it reads, and what becomes of it. `hours` 0: nothing is kept. */
export function homeView(language: Language, hours: number): object {
  const text = words[language];
  const section = (id: string, rows: readonly string[]) => ({
    type: 'section',
    block_id: id,
    text: mrkdwn(rows.join('\n')),
  });
  const header = (id: string, head: string) => ({
    type: 'header',
    block_id: id,
    text: plain(head),
  });
  return {
    type: 'home',
    blocks: [
      section('what', [text.what]),
      header('ways-head', text.waysHead),
      section('ways', text.ways),
      header('accepted-head', text.acceptedHead),
      section('accepted', [...accepted, text.causes]),
      header('privacy-head', text.privacyHead),
      section('privacy', [text.read, text.kept(hours), text.logged, text.run, text.forget]),
    ],
  };
}
