import type { Language } from '../report/schema.ts';
import { renderDocument } from './html/document.ts';
import { html, prose } from './html/markup.ts';

/** How an installation ended. */
export type InstallOutcome =
  | { readonly code: 'installed'; readonly title: string }
  | { readonly code: 'denied' | 'not-offered' | 'not-begun-here' | 'refused-by-slack' | 'failed' };

interface Words {
  readonly title: string;
  /** What happened and what to do now; spans between backticks become code. */
  readonly text: readonly string[];
}

type Table = Readonly<Record<InstallOutcome['code'], Words>>;

const words = {
  en: {
    installed: {
      title: 'netdx is installed',
      text: [
        'In a channel: `/invite @netdx`, then mention it under the output that you pasted.',
        'Alone: type `/netdx` anywhere, or write to it directly.',
      ],
    },
    denied: {
      title: 'Nothing was installed',
      text: ['The request was declined in Slack. Nothing was kept.'],
    },
    'not-offered': {
      title: 'Not found',
      text: [
        'This deployment of netdx serves its own workspace and cannot be installed by others.',
      ],
    },
    'not-begun-here': {
      title: 'This installation was not begun here',
      text: [
        'It was begun in another browser, more than ten minutes ago, or has ended already. Nothing was kept; begin anew at `/slack/install`.',
      ],
    },
    'refused-by-slack': {
      title: 'Slack did not confirm the installation',
      text: [
        'Nothing was kept. Begin anew at `/slack/install`; if it comes back, tell whoever runs netdx.',
      ],
    },
    failed: {
      title: 'The installation failed',
      text: [
        'The fault is ours and stands in the log. Begin anew at `/slack/install` in a few minutes.',
      ],
    },
  },
  zh: {
    installed: {
      title: 'netdx 已安装',
      text: [
        '在频道里：先 `/invite @netdx`，再在贴出的输出下面 @ 它。',
        '单独使用：在任意位置输入 `/netdx`，或直接给它发消息。',
      ],
    },
    denied: {
      title: '未安装',
      text: ['授权请求在 Slack 中被拒绝，没有保存任何内容。'],
    },
    'not-offered': {
      title: '页面不存在',
      text: ['这套 netdx 只服务自己的工作区，不对外提供安装。'],
    },
    'not-begun-here': {
      title: '这次安装不是从这里开始的',
      text: [
        '可能是在另一个浏览器里开始的、已超过十分钟，或者已经完成。没有保存任何内容，请从 `/slack/install` 重新开始。',
      ],
    },
    'refused-by-slack': {
      title: 'Slack 没有确认这次安装',
      text: [
        '没有保存任何内容。请从 `/slack/install` 重新开始；若再次出现，请联系 netdx 的维护者。',
      ],
    },
    failed: {
      title: '安装失败',
      text: ['问题出在我们这边，已记入日志。请几分钟后从 `/slack/install` 重新开始。'],
    },
  },
} as const satisfies Record<Language, Table>;

/** The page on which an installation ends; a workspace's name is its owner's text and escaped like any other. */
export function renderInstallPage(outcome: InstallOutcome, language: Language): string {
  const { title, text } = words[language][outcome.code];
  const where = outcome.code === 'installed' ? html`<p>${outcome.title}</p>` : null;
  return renderDocument(
    language,
    title,
    html`<main>
<h1>${title}</h1>
${where}
${text.map((one) => html`<p>${prose(one)}</p>`)}
</main>`,
  );
}
