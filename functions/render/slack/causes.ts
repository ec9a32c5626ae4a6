import type { CauseLine, Explanation } from '../../report/explanation.ts';
import type { Language } from '../../report/schema.ts';
import type { SlackMessage } from '../slack.ts';
import {
  apart,
  bold,
  line,
  piece,
  preformatted,
  prose,
  type RichTextPart,
  type SlackBlock,
} from './blocks.ts';
import { escapeText, fitEscaped, fitLiteral, shown } from './fit.ts';
import { webLink } from './footer.ts';
import { renderNotice } from './replies.ts';
import { slackWords } from './words.ts';

const words = {
  en: {
    causes: (count: number) =>
      `netdx can find ${count} causes; \`/netdx explain CAUSE\` tells of one.`,
    proves: 'What proves it',
    unknown: (cause: string) =>
      `No cause is called \`${cause}\`. \`/netdx causes\` lists them all.`,
    which: 'Which cause? `/netdx causes` lists them.',
    like: (causes: string) => `Did you mean ${causes}?`,
    noRunbook: 'No address of runbooks is set here; `/netdx explain` shows the page.',
    left: (count: number) => `… ${count} more on its page`,
  },
  zh: {
    causes: (count: number) =>
      `netdx 能识别 ${count} 种原因；用 \`/netdx explain 原因\` 查看其中一种。`,
    proves: '凭什么判断',
    unknown: (cause: string) => `没有名为 \`${cause}\` 的原因。\`/netdx causes\` 列出全部。`,
    which: '要查哪个原因？`/netdx causes` 列出全部。',
    like: (causes: string) => `您要找的是不是 ${causes}？`,
    noRunbook: '这里没有配置操作手册的地址；`/netdx explain` 可以直接查看内容。',
    left: (count: number) => `……另有 ${count} 条，见原因页`,
  },
} as const;

/** Characters of one block of the list. */
const MOST_LIST = 2800;
const MOST_LISTED = 11_000;
const MOST_LINES = 6;

/** `/netdx causes`: every id with what it is. */
export function renderCauseList(
  causes: readonly CauseLine[],
  language: Language,
  id: string,
): SlackMessage {
  const head = words[language].causes(causes.length);
  const rows = causes.map(({ cause, title }) => shown(`${cause}  ${title}`));
  const parts: string[] = [];
  let used = head.length;
  let listed = 0;
  for (const row of rows) {
    const last = parts.at(-1);
    used += row.length + 1;
    if (used > MOST_LISTED) break;
    listed += 1;
    if (last !== undefined && last.length + row.length < MOST_LIST) {
      parts[parts.length - 1] = `${last}\n${row}`;
    } else parts.push(row);
  }
  return {
    text: head,
    blocks: [
      { type: 'rich_text', block_id: `${id}-causes`, elements: [line(...prose(head))] },
      ...parts.map(
        (part, index): SlackBlock => ({
          type: 'rich_text',
          block_id: `${id}-causes-${index + 1}`,
          elements: [preformatted(part)],
        }),
      ),
      ...(listed === rows.length
        ? []
        : [
            renderNotice(words[language].left(rows.length - listed), [], `${id}-left`).blocks,
          ].flat()),
    ],
  };
}

/** `/netdx explain CAUSE`: the page of a cause, as far as a message holds it. */
export function renderCausePage(page: Explanation, id: string): SlackMessage {
  const { language } = page;
  const own = words[language];
  const shared = slackWords[language];
  const fitting = (text: string, most: number) => fitLiteral(text, most, shared.cutProse);
  const list = (head: string, rows: readonly string[]): readonly RichTextPart[] =>
    rows.length === 0
      ? []
      : [
          line(bold(head)),
          ...rows.slice(0, MOST_LINES).map((row) => line(...prose(`• ${fitting(row, 300)}`))),
          ...(rows.length > MOST_LINES ? [line(piece(own.left(rows.length - MOST_LINES)))] : []),
        ];
  const remedies = page.remedies
    .slice(0, 3)
    .flatMap((remedy): readonly RichTextPart[] => [
      line(bold(`${remedy.key}) `), ...prose(fitting(remedy.title, 200))),
      ...remedy.steps.slice(0, MOST_LINES).map((step) => line(...prose(`• ${fitting(step, 300)}`))),
      ...(remedy.commands.length === 0
        ? []
        : [preformatted(fitting(remedy.commands.join('\n'), 700))]),
    ]);
  const block = (name: string, elements: readonly RichTextPart[]): readonly SlackBlock[] =>
    elements.length === 0
      ? []
      : [{ type: 'rich_text', block_id: `${id}-${name}`, elements: apart(elements) }];
  const asks = page.ask.slice(0, 3).map(({ command }) => fitting(command, 300));
  return {
    text: escapeText(`${page.title}${shared.dash}${fitting(page.summary, 1000)}`),
    blocks: [
      ...block('page', [
        line(bold(page.title), piece(shared.aside(page.cause))),
        line(...prose(fitting(page.summary, 700))),
      ]),
      ...block('proves', list(own.proves, page.evidence)),
      ...block('not', list(shared.heads.notThis, page.not_this_when)),
      ...block(
        'next',
        asks.length === 0
          ? []
          : [line(bold(shared.nextWhen.suspected)), preformatted(asks.join('\n'))],
      ),
      ...block('remedies', remedies),
      ...(page.runbook === null ? [] : renderRunbook(page, id).blocks),
    ],
  };
}

/** `/netdx runbook CAUSE`: where its page stands, and the first it says. */
export function renderRunbook(page: Explanation, id: string): SlackMessage {
  const shared = slackWords[page.language];
  const link = page.runbook === null ? undefined : webLink(page.runbook, shared.runbook);
  const where = link ?? words[page.language].noRunbook;
  const said = fitEscaped(`${page.title}${shared.dash}${page.summary}`, 900, shared.cutProse);
  return renderNotice(`${said}\n${where}`, [], `${id}-runbook`);
}

/** For a word that is no cause; it is what somebody typed. */
export function renderUnknownCause(
  word: string,
  like: readonly string[],
  language: Language,
  id: string,
): SlackMessage {
  const own = words[language];
  const typed = fitEscaped(word, 60, () => '').replaceAll('`', "'");
  const said = word === '' ? own.which : own.unknown(typed);
  const near = like.map((cause) => `\`${cause}\``).join(slackWords[language].comma);
  return renderNotice([said, ...(near === '' ? [] : [own.like(near)])].join('\n'), [], id);
}
