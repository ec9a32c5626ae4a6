import { afterAll, beforeAll, expect, test } from 'vitest';
import { unmangle } from '../functions/intake/unmangle.ts';
import { listOf } from '../functions/primitives/lines.ts';
import { bot, recorder } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { commandBody, eventBody, shapes } from './support/slack-events.ts';

/*
 * What Slack, composers and terminals do to pasted text, one row a change, each as a signed event in the three shapes
 * against the built handlers; what comes out is what the parsers match on.
 */
let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

const text = (value: string) => ({ type: 'text', text: value });
const rich = (...elements: readonly object[]) => [{ type: 'rich_text', elements }];
const section = (...elements: readonly object[]) => ({ type: 'rich_text_section', elements });
const code = (...elements: readonly object[]) => ({ type: 'rich_text_preformatted', elements });

interface Row {
  readonly message: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  'three characters escaped in text, and no other entity': {
    message: { text: '10.0.0.1 &gt; 10.0.0.2: a &amp;&amp; b &amp;copy;' },
    lines: ['10.0.0.1 > 10.0.0.2: a && b &copy;'],
  },
  'not escaped in rich text': {
    message: { text: 'x', blocks: rich(code(text('10.0.0.1 > 10.0.0.2: a && b'))) },
    lines: ['10.0.0.1 > 10.0.0.2: a && b'],
  },
  'domains made links in text': {
    message: {
      text: 'A? <http://test.example.cn|test.example.cn>. <https://x.example/a?b=1&amp;c>',
    },
    lines: ['A? test.example.cn. https://x.example/a?b=1&c'],
  },
  'domains made links in a code block': {
    message: {
      text: 'x',
      blocks: rich(
        code(
          text('A? '),
          { type: 'link', url: 'http://test.example.cn', text: 'test.example.cn' },
          text('. (33)'),
        ),
      ),
    },
    lines: ['A? test.example.cn. (33)'],
  },
  'prompts made addresses of mail, numbers made telephone numbers': {
    message: {
      text: '<mailto:root@node.example|root@node.example>:~# x <tel:1636353835|1636353835>',
    },
    lines: ['root@node.example:~# x 1636353835'],
  },
  'people, channels, groups and dates': {
    message: { text: 'ask <@U2|ann> in <#C2|net> at <!date^1700000000^{time}|10:00>' },
    lines: ['ask @ann in #net at 10:00'],
  },
  'a fence with the first line right behind it': {
    message: { text: '```nameserver 10.43.0.10\noptions ndots:5```' },
    lines: ['```nameserver 10.43.0.10', 'options ndots:5```'],
  },
  'quoted lines': {
    message: { text: 'x', blocks: rich({ type: 'rich_text_quote', elements: [text('a > b\nc')] }) },
    lines: ['a > b', 'c'],
  },
  'lists made of numbered lines': {
    message: {
      text: '• a',
      blocks: rich({
        type: 'rich_text_list',
        style: 'ordered',
        elements: [section(text('from all lookup local')), section(text('from all lookup main'))],
      }),
    },
    lines: ['from all lookup local', 'from all lookup main'],
  },
  'bold and italic marks': {
    message: {
      text: '*a* _b_',
      blocks: rich(section({ ...text('cni0'), style: { bold: true } }, text(' up'))),
    },
    lines: ['cni0 up'],
  },
  'names of emoji': {
    message: {
      text: 'x',
      blocks: rich(section(text('fe80'), { type: 'emoji', name: '100' }, text('x'))),
    },
    lines: ['fe80:100:x'],
  },
  'typographic quotes and dashes': {
    message: { text: 'iptables —dport 53 “x” ‘y’' },
    lines: ['iptables --dport 53 "x" \'y\''],
  },
  'blanks that are none, and characters without width': {
    message: { text: 'cpu=0\u00a0found=1\u200b drop=2\ufeff' },
    lines: ['cpu=0 found=1 drop=2'],
  },
  'a table pasted from a sheet': {
    message: {
      text: 'x',
      blocks: [
        {
          type: 'table',
          rows: [
            [
              { type: 'raw_text', text: 'cpu' },
              { type: 'raw_text', text: 'drop' },
            ],
            [
              { type: 'raw_number', value: 0, text: '0' },
              { type: 'raw_number', value: 17, text: '17' },
            ],
          ],
        },
      ],
    },
    lines: ['cpu\tdrop', '0\t17'],
  },
  'rich text beside a cut text: never both': {
    message: { text: 'cpu=0 fou…', blocks: rich(section(text('cpu=0 found=1'))) },
    lines: ['cpu=0 found=1'],
  },
  'a forwarded message': {
    message: {
      text: 'see',
      attachments: [
        {
          is_share: true,
          text: 'flat',
          message_blocks: [{ message: { blocks: rich(code(text('drop=5'))) } }],
        },
      ],
    },
    lines: ['see', '', '```', 'drop=5', '```'],
  },
  'colours and overwritten lines of a terminal': {
    message: { text: '\u001b[31mdrop=5\u001b[0m\n10%\r100% done' },
    lines: ['drop=5', '100% done'],
  },
};

test.each(Object.entries(rows))('%s', async (_, { message, lines }) => {
  for (const shape of shapes) {
    const { given, core } = recorder();
    const it = bot(lambdas, core, { history: false });
    const kept = it.slack.write({ channel: 'D1', user: 'U1', text: 'x' });
    const event = { ...message, channel_type: 'im' };
    const body = eventBody('message', kept, 'D1', 'Ev1', event);
    expect((await it.request(body, { shape, base64: shape === 'url' })).statusCode).toBe(200);
    await it.work();
    const read = given[0]?.map((one) => withoutFences(listOf(unmangle(one.text).text)));
    expect({ shape, read }).toEqual({ shape, read: [withoutFences(lines)] });
  }
});

/** A code block keeps its fence on the way, so that two never read as one; it is furniture to the parsers. */
function withoutFences(lines: readonly string[]): readonly string[] {
  return lines.filter((row) => row !== '```');
}

test('text behind a command, as people typed it', async () => {
  for (const shape of shapes) {
    const { given, core } = recorder();
    const it = bot(lambdas, core);
    await it.request(commandBody('a &gt; b\nsecond', it.slack.responseUrl('r')), { shape });
    await it.work();
    expect(given[0]?.[0]?.text).toBe('a > b\nsecond');
  }
});

test('a file is read as its bytes are, with none of this undone', async () => {
  const { given, core } = recorder();
  const it = bot(lambdas, core);
  const raw = '&lt;http://a.example|a.example&gt; “x”\n';
  const file = it.slack.upload('raw.txt', raw, 'C1');
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT>', files: [file] });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  expect(given[0]).toEqual([{ name: 'raw.txt', text: raw }]);
});
