import type { Language } from '../../report/schema.ts';
import { type PlainText, plain } from './blocks.ts';
import { fitLiteral } from './fit.ts';

/** Groups of fields at most; each is a host and an interface with what was taken there. */
export const MOST_PLACES = 5;

export interface PasteFormOptions {
  /** Groups of fields, from 1. */
  readonly places: number;
  /** Travels with the form and comes back with it; at most 3,000 characters. */
  readonly metadata: string;
  /** The command that somebody says they ran, and where; null where the form is empty. */
  readonly ran: { readonly command: string | null; readonly host: string | null } | null;
}

const words = {
  en: {
    title: 'Diagnose a network',
    submit: 'Diagnose',
    close: 'Cancel',
    ran: 'Paste here what this printed:',
    host: (place: number) => `Host or pod ${place}`,
    interface: (place: number) => `Interface ${place}`,
    output: (place: number) => `Output taken there ${place}`,
    outputHint:
      'At most 3,000 characters. Attach longer output as a file below: files stay untouched.',
    more: 'Add another place',
    files: 'Files (text, pcap, gzip)',
  },
  zh: {
    title: '网络诊断',
    submit: '开始诊断',
    close: '取消',
    ran: '请粘贴这条命令的输出：',
    host: (place: number) => `主机或 Pod ${place}`,
    interface: (place: number) => `网络接口 ${place}`,
    output: (place: number) => `在该处采集的输出 ${place}`,
    outputHint: '最多 3000 个字符。更长的输出请在下面以文件上传，文件内容不会被改动。',
    more: '再加一处',
    files: '文件（文本、pcap、gzip）',
  },
} as const;

const MOST_COMMAND = 2900;
const MOST_HOST = 150;

/** The form that `/netdx` alone, the shortcut and "I ran it" open, as a modal view. */
export function pasteForm(language: Language, options: PasteFormOptions): object {
  const text = words[language];
  const { ran } = options;
  const command = ran?.command ?? null;
  // Half a name would name another host.
  const host = ran?.host != null && ran.host.length <= MOST_HOST ? ran.host : null;
  const places = Array.from({ length: options.places }, (_, index) => index + 1);
  return {
    type: 'modal',
    callback_id: 'paste',
    private_metadata: options.metadata,
    title: plain(text.title),
    submit: plain(text.submit),
    close: plain(text.close),
    blocks: [
      ...(command === null
        ? []
        : [
            {
              type: 'section',
              block_id: 'ran',
              text: plain(`${text.ran}\n${fitLiteral(command, MOST_COMMAND, () => '')}`),
            },
          ]),
      ...places.flatMap((place) => [
        field(`host-${place}`, plain(text.host(place)), {
          ...(host === null ? {} : { initial_value: host }),
          max_length: MOST_HOST,
        }),
        field(`interface-${place}`, plain(text.interface(place)), { max_length: 50 }),
        field(
          `output-${place}`,
          plain(text.output(place)),
          { multiline: true, max_length: 3000 },
          plain(text.outputHint),
        ),
      ]),
      ...(ran === null && options.places < MOST_PLACES
        ? [
            {
              type: 'actions',
              block_id: 'more',
              elements: [{ type: 'button', action_id: 'paste-more', text: plain(text.more) }],
            },
          ]
        : []),
      {
        type: 'input',
        block_id: 'files',
        optional: true,
        label: plain(text.files),
        element: { type: 'file_input', action_id: 'value', max_files: 10 },
      },
    ],
  };
}

function field(id: string, label: PlainText, input: object, hint?: PlainText): object {
  return {
    type: 'input',
    block_id: id,
    optional: true,
    label,
    ...(hint === undefined ? {} : { hint }),
    element: { type: 'plain_text_input', action_id: 'value', ...input },
  };
}
