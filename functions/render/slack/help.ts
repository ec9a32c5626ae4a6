import type { Language } from '../../report/schema.ts';
import type { SlackMessage } from '../slack.ts';
import { renderNotice } from './replies.ts';
import { readable } from './words.ts';

const words = {
  en: [
    '*netdx* reads command output from a sick network and names the root cause, with the lines that prove it.',
    '• `/netdx` and the output behind it: only you see the answer, and may share it',
    '• `/netdx` alone: a form for several hosts, with files',
    '• “Diagnose” in the menu of any message, also inside threads',
    '• mention me in a thread: its code blocks, snippets and files are read together, and what is pasted there later too',
    '• a direct message, for what others should not see',
    '• `/netdx causes`, `/netdx explain CAUSE`, `/netdx runbook CAUSE`',
    `It reads, among others: ${readable}. Snippets and files are read best: Slack leaves them untouched. It runs nothing.`,
  ].join('\n'),
  zh: [
    '*netdx* 读取故障网络的命令输出，指出根因，并列出作为证据的原文。',
    '• `/netdx` 后面直接粘贴输出：回复只有您自己能看到，可以再公开',
    '• 只输入 `/netdx`：打开表单，可分主机填写、附文件',
    '• 任意消息菜单里的“Diagnose”，会话串里也可以',
    '• 在会话串里 @ 我：串里的代码块、文本片段和文件一并分析，之后再贴的也会加进来',
    '• 私信我：不便公开的内容',
    '• `/netdx causes`、`/netdx explain 原因`、`/netdx runbook 原因`',
    `可以识别的输出包括：${readable} 等。文本片段和文件最可靠，Slack 不会改动其内容。netdx 不执行任何操作。`,
  ].join('\n'),
} as const;

/** `/netdx help`. */
export function renderHelp(language: Language, id: string): SlackMessage {
  return renderNotice(words[language], [], id);
}
