import type { Report } from '../../report/schema.ts';

type Confidence = Report['findings'][number]['confidence'];
type Role = Report['findings'][number]['role'];

/** The fixed words of the Slack face. Causes, remedies and reasons come from the report, in its own language. */
export interface SlackWords {
  readonly language: Report['language'];
  readonly status: Readonly<Record<Report['status'], string>>;
  readonly confidence: Readonly<Record<Confidence, string>>;
  readonly role: Readonly<Record<Role, string>>;
  readonly colon: string;
  readonly comma: string;
  readonly semicolon: string;
  readonly dash: string;
  readonly aside: (text: string) => string;
  readonly where: (from: string, to: string, direction: 'request' | 'response') => string;
  readonly after: (place: string) => string;
  readonly atHost: (host: string) => string;
  readonly before: (place: string) => string;
  readonly unknownPlace: string;
  readonly proof: string;
  readonly basis: string;
  readonly proofPart: (shown: number, total: number) => string;
  readonly yourMessage: string;
  readonly lines: (source: string, lines: readonly number[]) => string;
  /** Explains `… (+n)`. */
  readonly cutMark: string;
  readonly cutProse: (left: number) => string;
  readonly preferWhen: string;
  readonly risk: string;
  readonly cost: string;
  readonly verify: string;
  readonly rollback: string;
  readonly steps: (key: string) => string;
  readonly stepsLabel: (title: string) => string;
  readonly stepsUnderDetails: string;
  readonly nothingRun: string;
  /** Before the name of who pressed the button. */
  readonly chosenBy: string;
  readonly nextWhen: Readonly<Record<Report['status'], string>>;
  /** What to do where the report asks for nothing. */
  readonly rest: Readonly<Partial<Record<Report['status'], string>>>;
  readonly onHost: (host: string) => string;
  readonly canRead: string;
  readonly howToPaste: string;
  readonly candidates: string;
  readonly alsoFound: string;
  readonly details: string;
  readonly counts: (ruledOut: number, read: number, unread: number) => string;
  readonly heads: Readonly<Record<DetailHead, string>>;
  readonly more: (left: number) => string;
  /** For notes that did not fit; after the first few these are files. */
  readonly moreNotes: (left: number) => string;
  readonly whole: string;
  /** The same where it goes with the message as a file. */
  readonly wholeAttached: string;
  readonly ranIt: string;
  readonly ranItLabel: (command: string) => string;
  readonly share: string;
  readonly shareConfirm: string;
  readonly cancel: string;
  readonly forget: string;
  readonly kept: string;
  readonly read: (read: number, lines: number) => string;
  readonly unread: (total: number) => string;
  readonly runbook: string;
  readonly rightCause: string;
  readonly wrongCause: string;
  readonly feedbackLabels: readonly [string, string];
  readonly vanished: (seen: string, missing: string) => string;
  readonly control: (ids: string, seen: string) => string;
  readonly retried: (ms: number) => string;
}

export type DetailHead =
  | 'picture'
  | 'says'
  | 'vanished'
  | 'compared'
  | 'others'
  | 'ruledOut'
  | 'harmless'
  | 'notThis'
  | 'next'
  | 'read'
  | 'remedies'
  | 'further';
/** Outputs worth naming to a newcomer; every one of them is bounded and read-only. */
export const readable =
  '`conntrack -S` · `ip route` · `tcpdump -nnvi any -c 200 port 53` · `cat /etc/resolv.conf`';

const en: SlackWords = {
  language: 'en',
  status: {
    diagnosed: 'Root cause',
    suspected: 'Not sure yet',
    resolved: 'Resolved',
    healthy: 'Healthy',
    unrecognised: 'Not recognised',
  },
  confidence: { confirmed: 'confirmed', likely: 'likely', possible: 'possible' },
  role: {
    'root-cause': 'root cause',
    contributing: 'makes it worse',
    resolved: 'no longer harmful',
  },
  colon: ': ',
  comma: ', ',
  semicolon: '; ',
  dash: ' — ',
  aside: (text) => ` (${text})`,
  where: (from, to, direction) => `The ${direction} was lost between ${from} and ${to}.`,
  after: (place) => `Lost somewhere after ${place}.`,
  atHost: (host) => `The fault stands on ${host}.`,
  before: (place) => `Lost somewhere before ${place}.`,
  unknownPlace: 'unknown place',
  proof: 'The lines that prove it',
  basis: 'The lines it rests on',
  proofPart: (shown, total) => `${shown} of the ${total} lines it rests on`,
  yourMessage: 'your message',
  lines: (source, lines) =>
    `${source} ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`,
  cutMark: '… (+n): n more characters of the line stand in your paste.',
  cutProse: (left) => `[${left} more characters in the full report]`,
  preferWhen: 'When',
  risk: 'Risk',
  cost: 'Cost',
  verify: 'Confirm',
  rollback: 'Undo',
  steps: (key) => `Steps ${key}`,
  stepsLabel: (title) => `Show the steps: ${title}`,
  stepsUnderDetails: 'The steps are under Details.',
  chosenBy: 'Chosen by ',
  nothingRun: 'netdx shows commands and runs none.',
  nextWhen: {
    diagnosed: 'To be surer still, paste',
    suspected: 'To settle it, paste',
    resolved: 'To see that it stays so, paste',
    healthy: 'If something is still wrong, paste',
    unrecognised: 'Start with',
  },
  rest: {
    resolved:
      'Nothing to do now. Should it come back, paste the same outputs taken while it hurts.',
    healthy: 'If something is still wrong, paste what you see while it is wrong.',
  },
  onHost: (host) => ` on ${host}`,
  canRead: `Among what I read: ${readable}.`,
  howToPaste:
    'Paste it as a code block or, better, as a text snippet: Slack leaves snippets untouched.',
  candidates: 'Possible causes',
  alsoFound: 'Also found',
  details: 'Details',
  counts: (ruledOut, read, unread) =>
    `${ruledOut} ruled out · ${counted(read, 'output')} read · ${counted(unread, 'line')} not read`,
  heads: {
    picture: 'The loss, packet by packet',
    says: 'What the quoted lines say',
    vanished: 'What vanished',
    compared: 'Before and after',
    others: 'Other causes',
    ruledOut: 'Ruled out',
    harmless: 'Looks alarming and is not',
    notThis: 'When it is not this',
    next: 'Further commands',
    read: 'What was read',
    remedies: 'Steps',
    further: 'Further options',
  },
  more: (left) => `… ${left} more in the full report`,
  moreNotes: (left) => `… and ${left} more that could not be read`,
  whole: 'Full report: run `npx netdx` on the same text.',
  wholeAttached: 'The full report is attached as netdx-report.md.',
  ranIt: 'I ran it',
  ranItLabel: (command) => `Paste what it printed: ${command}`,
  share: 'Share with everyone',
  shareConfirm: 'Everyone in this conversation will see the verdict and the lines it quotes.',
  cancel: 'Cancel',
  forget: 'Forget this',
  kept: 'What is kept',
  read: (read, lines) => `read ${read} of ${lines} lines`,
  unread: (total) => `Lines not read: ${total}`,
  runbook: 'Runbook',
  rightCause: 'Right cause',
  wrongCause: 'Wrong cause',
  feedbackLabels: ['This was the right cause', 'This was the wrong cause'],
  vanished: (seen, missing) => `seen at ${seen}, missing at ${missing}`,
  control: (ids, seen) => `its neighbour (${ids}) did pass: seen at ${seen}`,
  retried: (ms) => `asked again after ${ms} ms`,
};

const zh: SlackWords = {
  language: 'zh',
  status: {
    diagnosed: '根因',
    suspected: '尚不能确定',
    resolved: '已恢复',
    healthy: '未见异常',
    unrecognised: '无法识别',
  },
  confidence: { confirmed: '已证实', likely: '很可能', possible: '有可能' },
  role: { 'root-cause': '根因', contributing: '加重因素', resolved: '已不再造成影响' },
  colon: '：',
  comma: '，',
  semicolon: '；',
  dash: '——',
  aside: (text) => `（${text}）`,
  where: (from, to, direction) =>
    `丢包位置：${from} 与 ${to} 之间（${direction === 'request' ? '请求' : '应答'}方向）。`,
  after: (place) => `丢包位置：${place} 之后。`,
  atHost: (host) => `故障位于 ${host}。`,
  before: (place) => `丢包位置：${place} 之前。`,
  unknownPlace: '未知位置',
  proof: '证据原文',
  basis: '依据原文',
  proofPart: (shown, total) => `证据原文（共 ${total} 行，此处 ${shown} 行）`,
  yourMessage: '您的消息',
  lines: (source, lines) => `${source} 第 ${lines.join('、')} 行`,
  cutMark: '… (+n)：该行还有 n 个字符，见您粘贴的原文。',
  cutProse: (left) => `［还有 ${left} 个字符，见完整报告］`,
  preferWhen: '适用',
  risk: '风险',
  cost: '成本',
  verify: '验证',
  rollback: '回退',
  steps: (key) => `步骤 ${key}`,
  stepsLabel: (title) => `显示步骤：${title}`,
  stepsUnderDetails: '具体步骤见“详情”。',
  chosenBy: '选择此方案的人：',
  nothingRun: 'netdx 只给出命令，不执行任何操作。',
  nextWhen: {
    diagnosed: '想进一步确认，请贴出',
    suspected: '要作出判断，还请贴出',
    resolved: '要确认不再复发，请贴出',
    healthy: '如果故障仍在，请贴出',
    unrecognised: '可以先贴出',
  },
  rest: {
    resolved: '目前无需处理。如果再次出现，请在故障期间重新采集同样的输出贴上来。',
    healthy: '如果故障仍在，请贴出故障期间的输出。',
  },
  onHost: (host) => `（在 ${host} 上执行）`,
  canRead: `可以识别的输出包括：${readable} 等。`,
  howToPaste: '请用代码块粘贴；最好以文本片段（snippet）上传，Slack 不会改动片段里的内容。',
  candidates: '可能的原因',
  alsoFound: '另外还发现',
  details: '详情',
  counts: (ruledOut, read, unread) =>
    `已排除 ${ruledOut} 项 · 读取 ${read} 份输出 · ${unread} 行未能读懂`,
  heads: {
    picture: '逐包定位丢失点',
    says: '引用的各行说明什么',
    vanished: '丢失的报文',
    compared: '前后对比',
    others: '其他原因',
    ruledOut: '已排除',
    harmless: '看着吓人，其实无碍',
    notThis: '什么情况下不是它',
    next: '还可以执行的命令',
    read: '读取了什么',
    remedies: '步骤',
    further: '其他处置办法',
  },
  more: (left) => `……另有 ${left} 条，见完整报告`,
  moreNotes: (left) => `……另有 ${left} 个未能读取`,
  whole: '完整报告：对同一段文本执行 `npx netdx`。',
  wholeAttached: '完整报告见附件 netdx-report.md。',
  ranIt: '我已执行',
  ranItLabel: (command) => `粘贴它的输出：${command}`,
  share: '公开给所有人',
  shareConfirm: '这个会话里的所有人都会看到结论和引用的原文。',
  cancel: '取消',
  forget: '删除这次记录',
  kept: '保存了什么',
  read: (read, lines) => `共 ${lines} 行，读懂 ${read} 行`,
  unread: (total) => `未能读懂的行：${total}`,
  runbook: '操作手册',
  rightCause: '判断正确',
  wrongCause: '判断有误',
  feedbackLabels: ['根因判断正确', '根因判断有误'],
  vanished: (seen, missing) => `在 ${seen} 抓到，在 ${missing} 没有抓到`,
  control: (ids, seen) => `对照：相邻报文（${ids}）正常通过，在 ${seen} 抓到`,
  retried: (ms) => `${ms} 毫秒后重发`,
};

export const slackWords = { en, zh } as const satisfies Record<Report['language'], SlackWords>;

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
