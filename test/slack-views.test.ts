import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { coreOver } from '../functions/adapters/core.ts';
import {
  renderCauseList,
  renderCausePage,
  renderRunbook,
  renderUnknownCause,
} from '../functions/render/slack/causes.ts';
import { renderHelp } from '../functions/render/slack/help.ts';
import { homeView } from '../functions/render/slack/home.ts';
import { MOST_PLACES, pasteForm } from '../functions/render/slack/paste-form.ts';
import {
  renderForgotten,
  renderKept,
  renderRestUnread,
  renderSuperseded,
} from '../functions/render/slack/replies.ts';
import { wrongForm } from '../functions/render/slack/wrong-form.ts';
import { faultsOf, faultsOfView, valuesOf } from './support/block-kit.ts';

const core = coreOver(readCatalogue(join(import.meta.dirname, '..')), 'https://runbooks.example/');
const nowhere = coreOver(readCatalogue(join(import.meta.dirname, '..')), null);
const HOSTILE = `<!channel> <@U1> \`\`\` *x* \u202e\u0000 ${'y'.repeat(5000)}`;

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  test('every form of the form passes Slack’s limits', () => {
    for (let places = 1; places <= MOST_PLACES; places += 1) {
      const view = pasteForm(language, { places, metadata: 'm', ran: null });
      expect(faultsOfView(view)).toEqual([]);
      const outputs = valuesOf(view, 'block_id').filter((id) => /^output-/.test(String(id)));
      expect(outputs).toHaveLength(places);
      expect(valuesOf(view, 'action_id').includes('paste-more')).toBe(places < MOST_PLACES);
    }
    for (const ran of [
      { command: HOSTILE, host: HOSTILE },
      { command: 'conntrack -S', host: null },
      { command: null, host: 'node-a' },
    ]) {
      expect(faultsOfView(pasteForm(language, { places: 1, metadata: 'm', ran }))).toEqual([]);
    }
    expect(faultsOfView(wrongForm(language, 'm'))).toEqual([]);
  });

  test('the home and the notices pass, whatever is kept', () => {
    for (const hours of [0, 24]) {
      expect(faultsOfView(homeView(language, hours))).toEqual([]);
      expect(faultsOf(renderKept(language, hours, 'ab12'))).toEqual([]);
    }
    for (const message of [
      renderHelp(language, 'ab12'),
      renderForgotten(language, 'ab12'),
      renderSuperseded(language, 'ab12', null),
      renderSuperseded(
        language,
        'ab12',
        'https://example.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1',
      ),
      renderRestUnread(language, ['`a` <!channel>'], 'ab12'),
    ]) {
      expect(faultsOf(message)).toEqual([]);
    }
  });

  test('the list of causes names every one, and every page of a cause passes', () => {
    const causes = core.causes(language);
    const list = renderCauseList(causes, language, 'ab12');
    expect(faultsOf(list)).toEqual([]);
    const listed = JSON.stringify(list.blocks);
    for (const { cause } of causes) {
      expect(listed).toContain(cause);
      const page = core.explain(cause, language);
      const bare = nowhere.explain(cause, language);
      if (page === undefined || bare === undefined) throw new Error(`no page of ${cause}`);
      expect(faultsOf(renderCausePage(page, 'ab12'))).toEqual([]);
      expect(renderCausePage(page, 'ab12').text).toContain(page.title);
      expect(faultsOf(renderRunbook(page, 'ab12'))).toEqual([]);
      expect(renderRunbook(page, 'ab12').text).toContain('https://runbooks.example/');
      expect(renderRunbook(bare, 'ab12').text).not.toContain('https://');
    }
  });

  test('a word that is no cause pings nobody', () => {
    for (const word of [HOSTILE, '', '`', 'mtu']) {
      const message = renderUnknownCause(word, core.like(word), language, 'ab12');
      expect(faultsOf(message)).toEqual([]);
    }
  });
});

test('the check of views sees each limit broken', () => {
  const modal = (changes: object) => ({
    type: 'modal',
    callback_id: 'x',
    title: { type: 'plain_text', text: 'x' },
    blocks: [{ type: 'divider' }],
    ...changes,
  });
  const text = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
  const input = (element: object, more: object = {}) => ({
    type: 'input',
    label: text(5),
    element: { action_id: 'a', ...element },
    ...more,
  });
  const field = (element: object) =>
    modal({ blocks: [input({ type: 'plain_text_input', ...element })] });
  const many = (count: number) =>
    modal({ blocks: Array.from({ length: count }, () => ({ type: 'divider' })) });
  const menu = (count: number) =>
    modal({
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'overflow',
              action_id: 'a',
              options: Array.from({ length: count }, (_, index) => ({
                text: text(3),
                value: `v${index}`,
              })),
            },
          ],
        },
      ],
    });
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['title', modal({ title: text(24) }), modal({ title: text(25) })],
    ['submit', modal({ submit: text(24) }), modal({ submit: text(25) })],
    ['close', modal({ close: text(24) }), modal({ close: text(25) })],
    [
      'metadata',
      modal({ private_metadata: 'x'.repeat(3000) }),
      modal({ private_metadata: 'x'.repeat(3001) }),
    ],
    ['blocks', many(100), many(101)],
    ['max_length', field({ max_length: 3000 }), field({ max_length: 3001 })],
    [
      'initial_value',
      field({ max_length: 3, initial_value: 'xxx' }),
      field({ max_length: 3, initial_value: 'xxxx' }),
    ],
    [
      'files',
      modal({ blocks: [input({ type: 'file_input', max_files: 10 })] }),
      modal({ blocks: [input({ type: 'file_input', max_files: 11 })] }),
    ],
    [
      'label',
      modal({ blocks: [input({ type: 'plain_text_input' }, { label: text(2000) })] }),
      modal({ blocks: [input({ type: 'plain_text_input' }, { label: text(2001) })] }),
    ],
    ['overflow, few', menu(2), menu(1)],
    ['overflow, many', menu(5), menu(6)],
    [
      'home has no input',
      { type: 'home', blocks: [{ type: 'divider' }] },
      { type: 'home', blocks: [input({ type: 'plain_text_input' })] },
    ],
    [
      'a block_id once',
      modal({ blocks: [{ type: 'divider', block_id: 'a' }] }),
      modal({
        blocks: [
          { type: 'divider', block_id: 'a' },
          { type: 'divider', block_id: 'a' },
        ],
      }),
    ],
  ];
  for (const [name, inside, outside] of rows) {
    expect(faultsOfView(inside), name).toEqual([]);
    expect(faultsOfView(outside), name).not.toEqual([]);
  }
});
