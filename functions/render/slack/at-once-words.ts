import type { Language } from '../../report/schema.ts';

/** What is said within Slack's three seconds, before any work is done. In Slack's own markup. */
interface AtOnceWords {
  readonly reading: string;
  readonly notQueued: (id: string) => string;
  readonly emptyForm: string;
  readonly noForm: string;
}

/** Apart from the other notices, which the Lambda that receives requests never gives and need not load. */
export const atOnceWords = {
  en: {
    reading: 'Reading your paste…',
    notQueued: (id) =>
      `netdx could not take this in just now; please try again in a minute. Id of the failure: ${id}`,
    emptyForm: 'Paste some output here, or attach a file below.',
    noForm:
      'The form did not open in time. Type `/netdx` and paste the output behind it, or try `/netdx` once more.',
  },
  zh: {
    reading: '正在读取您粘贴的内容……',
    notQueued: (id) => `netdx 暂时无法受理，请过一分钟再试。错误编号：${id}`,
    emptyForm: '请在这里粘贴输出，或在下面附上文件。',
    noForm: '表单没能及时打开。请在 `/netdx` 后面直接粘贴输出，或再输入一次 `/netdx`。',
  },
} as const satisfies Record<Language, AtOnceWords>;
