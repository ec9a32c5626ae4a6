import type { Language } from '../../report/schema.ts';

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
  readonly nothingToRead: string;
  readonly failed: (id: string) => string;
  /** `name` is the reader's own: escape what this returns. */
  readonly refused: (name: string, code: FileRefusalCode) => string;
  readonly threadUnreadable: string;
  readonly threadTooLong: (messages: number) => string;
  readonly message: (count: number) => string;
  readonly threadScope: (scope: string) => string;
  readonly lacks: (scope: string) => string;
  readonly nothingNew: string;
  /** `link`: the address of the present answer, where it is known. */
  readonly superseded: (link: string | null) => string;
  readonly evidenceGone: string;
  /** The paste is gone, and what else there is cannot be read at the moment. */
  readonly restUnread: string;
  readonly forgotten: string;
  /** Hours; 0 for none. */
  readonly shareGone: (hours: number) => string;
  readonly kept: (hours: number) => string;
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
    threadScope: (scope) =>
      `I may not read the rest of this thread: the app lacks the permission \`${scope}\` here. Only what was sent to me was read.`,
    lacks: (scope) =>
      `I could not answer where you asked: the app lacks the permission \`${scope}\`. Whoever manages the app can add it.`,
    nothingNew:
      'There is nothing new in this thread since my answer above. Paste more output, and I read all of it again.',
    superseded: (link) =>
      `Superseded: newer evidence changed this verdict. ${link === null ? 'My present answer stands below.' : `My present answer: <${link}|open>`}`,
    evidenceGone: 'The paste that this answer was read from was deleted, so I have forgotten it.',
    restUnread:
      'The paste that this answer was read from was deleted, and what is left of the evidence cannot be read just now. Mention me to try again.',
    forgotten: 'Forgotten: the answer, the record of it, and what was kept of the paste.',
    shareGone: (hours) =>
      hours === 0
        ? 'I cannot share this: nothing that is pasted here is kept. Paste it into a thread and mention me.'
        : `I cannot share this any more: pastes are kept for at most ${hours} hours. Paste it again, or into a thread with a mention of me.`,
    kept: (hours) =>
      [
        hours === 0
          ? 'Of what you pasted: nothing; it is read and dropped.'
          : `Of what you pasted: the messages of this conversation for at most ${hours} hours, so that later evidence can join them; files stay in Slack and are read again.`,
        'Besides, for seven days and without any text: which message I answered, and with which cause.',
        '“Forget this” deletes both at once. The log counts lines and causes and never holds what was pasted.',
      ].join('\n'),
  },
  zh: {
    nothingToRead:
      '这里没有可读的文本。请把命令输出以代码块或文本片段贴到这个会话串里，再 @ 我一次。',
    failed: (id) => `netdx 自身在处理时出错，与您的网络无关。错误编号：${id}`,
    refused: (name, code) => `${name}：${REFUSED_ZH[code]}`,
    threadUnreadable:
      '我无权读取这个会话串的其余消息（应用没有历史消息权限，或不在该频道中），因此只读取了 @ 我的这一条。',
    threadTooLong: (messages) =>
      `只读取了这个会话串的前 ${messages} 条消息。请另开一个较短的会话串再 @ 我。`,
    message: (count) => `第 ${count} 条消息`,
    threadScope: (scope) =>
      `我无权读取这个会话串的其余消息：应用在这里缺少权限 \`${scope}\`。只读取了直接发给我的内容。`,
    lacks: (scope) => `无法在您提问的地方回复：应用缺少权限 \`${scope}\`，请应用管理员添加。`,
    nothingNew: '自上次回复以来，这个会话串里没有新的证据。请继续贴出输出，我会全部重新分析。',
    superseded: (link) =>
      `此结论已作废：新的证据改变了判断。${link === null ? '请看下方最新的回复。' : `最新的回复：<${link}|打开>`}`,
    evidenceGone: '这条回复所依据的粘贴内容已被删除，我也已一并忘记。',
    restUnread: '这条回复所依据的粘贴内容已被删除，其余证据目前无法读取。再 @ 我一次即可重试。',
    forgotten: '已删除：这条回复、相关记录，以及保存的粘贴内容。',
    shareGone: (hours) =>
      hours === 0
        ? '无法公开：这里不保存任何粘贴内容。请把它贴到会话串里再 @ 我。'
        : `无法公开：粘贴内容最多保存 ${hours} 小时，现已删除。请重新粘贴，或贴到会话串里再 @ 我。`,
    kept: (hours) =>
      [
        hours === 0
          ? '粘贴的内容：不保存，读完即弃。'
          : `粘贴的内容：本次对话的消息最多保存 ${hours} 小时，供后续证据一并分析；文件留在 Slack，需要时重新读取。`,
        '此外保存七天、但不含任何原文：回复了哪条消息、判断为哪个原因。',
        '点“删除这次记录”会立即全部删除。日志只统计行数和原因，从不包含粘贴的内容。',
      ].join('\n'),
  },
} as const satisfies Record<Language, NoticeWords>;
