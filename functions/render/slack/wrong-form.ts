import type { Language } from '../../report/schema.ts';
import { plain } from './blocks.ts';

const words = {
  en: {
    title: 'Which cause was it?',
    submit: 'Send',
    close: 'Cancel',
    cause: 'The cause: its id from /netdx causes, or in words',
    comment: 'What should netdx have seen?',
  },
  zh: {
    title: '真正的原因是什么？',
    submit: '提交',
    close: '取消',
    cause: '原因：/netdx causes 里的编号，或用文字描述',
    comment: 'netdx 本应看到什么？',
  },
} as const;

/** Asks, after "wrong cause", which it was; `metadata` comes back with it. */
export function wrongForm(language: Language, metadata: string): object {
  const text = words[language];
  const field = (id: string, label: string, input: object) => ({
    type: 'input',
    block_id: id,
    optional: true,
    label: plain(label),
    element: { type: 'plain_text_input', action_id: 'value', ...input },
  });
  return {
    type: 'modal',
    callback_id: 'wrong-cause',
    private_metadata: metadata,
    title: plain(text.title),
    submit: plain(text.submit),
    close: plain(text.close),
    blocks: [
      field('cause', text.cause, { max_length: 200 }),
      field('comment', text.comment, { multiline: true, max_length: 1000 }),
    ],
  };
}
