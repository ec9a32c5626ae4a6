import type { Language } from '../../report/schema.ts';
import { readable } from './words.ts';

/** Why a file attached to a message could not serve as evidence. */
export type FileRefusalCode =
  | 'too-large'
  | 'too-many'
  | 'binary'
  | 'no-access'
  | 'not-shared-here'
  | 'unavailable';

/** What the bot says when it has no report to show, or something to say beside one. In Slack's own markup. */
export interface NoticeWords {
  readonly reading: string;
  readonly help: string;
  readonly nothingToRead: string;
  readonly failed: (id: string) => string;
  /** `name` is the reader's own: escape what this returns. */
  readonly refused: (name: string, code: FileRefusalCode) => string;
  readonly threadUnreadable: string;
  readonly threadTooLong: (messages: number) => string;
  readonly message: (count: number) => string;
  readonly notQueued: (id: string) => string;
}

const REFUSED_EN: Readonly<Record<FileRefusalCode, string>> = {
  'too-large': 'not read, larger than 5 MB. Cut it to the minutes around the fault.',
  'too-many': 'not read: more than 20 files in one thread.',
  binary: 'not read, it is neither text nor a capture file. Unpack it first if it is compressed.',
  'no-access': 'not read: Slack did not give me the file. Invite the app to this channel.',
  'not-shared-here': 'not read: the file does not belong to this conversation.',
  unavailable: 'not read: Slack could not deliver it just now.',
};

const REFUSED_ZH: Readonly<Record<FileRefusalCode, string>> = {
  'too-large': '超过 5 MB，未读取。请只截取故障前后几分钟。',
  'too-many': '未读取：一个会话串中的文件超过 20 个。',
  binary: '既不是文本，也不是抓包文件，未读取。如果是压缩文件，请先解压。',
  'no-access': '未读取：Slack 没有把文件交给我，请先把应用邀请到该频道。',
  'not-shared-here': '未读取：该文件不属于这个会话。',
  unavailable: '未读取：Slack 暂时无法提供该文件。',
};

export const noticeWords = {
  en: {
    reading: 'Reading your paste…',
    help: [
      '*netdx* reads command output from a sick network and names the root cause.',
      'Type `/netdx` and paste the output behind it, or mention me in a thread that holds it: code blocks and text snippets of that thread are read together.',
      `It reads, among others: ${readable}.`,
      'Only you see the answer to a command; the answer to a mention goes into the thread. It runs nothing.',
    ].join('\n'),
    nothingToRead:
      'There is no text here to read. Paste command output into this thread, as a code block or a text snippet, and mention me again.',
    failed: (id) =>
      `Something broke in netdx itself while reading this, not in your network. Id of the failure: ${id}`,
    refused: (name, code) => `${name}: ${REFUSED_EN[code]}`,
    threadUnreadable:
      'I may not read the rest of this thread (the app lacks the history permission here, or is not in the channel), so only the message that mentions me was read.',
    threadTooLong: (messages) =>
      `Only the first ${messages} messages of this thread were read. Mention me in a shorter one.`,
    message: (count) => `message ${count}`,
    notQueued: (id) =>
      `netdx could not take this in just now; please try again in a minute. Id of the failure: ${id}`,
  },
  zh: {
    reading: '正在读取您粘贴的内容……',
    help: [
      '*netdx* 读取故障网络的命令输出，指出根因。',
      '在 `/netdx` 后面直接粘贴输出；或者在贴有输出的会话串里 @ 我，串里的代码块和文本片段会放在一起分析。',
      `可以识别的输出包括：${readable} 等。`,
      '命令的回复只有您自己能看到；@ 我的回复发在会话串里。netdx 不执行任何操作。',
    ].join('\n'),
    nothingToRead:
      '这里没有可读的文本。请把命令输出以代码块或文本片段贴到这个会话串里，再 @ 我一次。',
    failed: (id) => `netdx 自身在处理时出错，与您的网络无关。错误编号：${id}`,
    refused: (name, code) => `${name}：${REFUSED_ZH[code]}`,
    threadUnreadable:
      '我无权读取这个会话串的其余消息（应用没有历史消息权限，或不在该频道中），因此只读取了 @ 我的这一条。',
    threadTooLong: (messages) =>
      `只读取了这个会话串的前 ${messages} 条消息。请另开一个较短的会话串再 @ 我。`,
    message: (count) => `第 ${count} 条消息`,
    notQueued: (id) => `netdx 暂时无法受理，请过一分钟再试。错误编号：${id}`,
  },
} as const satisfies Record<Language, NoticeWords>;
