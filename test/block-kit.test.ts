import { expect, test } from 'vitest';
import { faultsOf, faultsOfView } from './support/block-kit.ts';

const x = (count: number) => 'x'.repeat(count);
const list = <T>(count: number, make: (at: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));
const plain = (text: string) => ({ type: 'plain_text', text });
const button = (more: object = {}) => ({
  type: 'button',
  text: plain('b'),
  action_id: 'act',
  ...more,
});
const message = (...blocks: readonly object[]) => faultsOf({ text: 'said', blocks });
const actions = (...elements: readonly object[]) => message({ type: 'actions', elements });
const confirm = (more: object) => ({
  title: plain('t'),
  text: plain('t'),
  confirm: plain('y'),
  deny: plain('n'),
  ...more,
});
const modal = (more: object) =>
  faultsOfView({
    type: 'modal',
    callback_id: 'c',
    title: plain('t'),
    blocks: [field({})],
    ...more,
  });
const field = (more: object, element: object = {}) => ({
  type: 'input',
  label: plain('l'),
  element: { type: 'plain_text_input', action_id: 'v', ...element },
  ...more,
});
const files = (most: number) =>
  modal({ blocks: [field({}, { type: 'file_input', max_files: most })] });
const overflow = (count: number) =>
  actions({
    type: 'overflow',
    action_id: 'more',
    options: list(count, (at) => ({ text: plain('o'), value: `v${at}` })),
  });
const container = (more: object) =>
  message({
    type: 'container',
    title: plain('t'),
    child_blocks: [{ type: 'section', text: plain('c') }],
    ...more,
  });
const cell = { type: 'raw_text', text: 'c' };
const feedback = (more: object) =>
  message({ type: 'context_actions', elements: [{ ...opinion(), ...more }] });
const opinion = (at = 0) => ({
  type: 'feedback_buttons',
  action_id: `feedback-${at}`,
  positive_button: { text: plain('y'), value: 'right' },
  negative_button: { text: plain('n'), value: 'wrong' },
});

/** Each limit with the greatest number that Slack takes, and what a number makes. */
const limits: readonly (readonly [string, number, (size: number) => readonly string[]])[] = [
  ['blocks of a message', 50, (n) => message(...list(n, () => ({ type: 'divider' })))],
  ['section text', 3000, (n) => message({ type: 'section', text: plain(x(n)) })],
  ['section fields', 10, (n) => message({ type: 'section', fields: list(n, () => plain('f')) })],
  ['field text', 2000, (n) => message({ type: 'section', fields: [plain(x(n))] })],
  ['header', 150, (n) => message({ type: 'header', text: plain(x(n)) })],
  [
    'context elements',
    10,
    (n) => message({ type: 'context', elements: list(n, () => plain('c')) }),
  ],
  ['block_id', 255, (n) => message({ type: 'divider', block_id: x(n) })],
  ['actions', 25, (n) => actions(...list(n, (at) => button({ action_id: `a${at}` })))],
  ['button text', 75, (n) => actions(button({ text: plain(x(n)) }))],
  ['button value', 2000, (n) => actions(button({ value: x(n) }))],
  ['button url', 3000, (n) => actions(button({ url: x(n) }))],
  ['action_id', 255, (n) => actions(button({ action_id: x(n) }))],
  ['accessibility label', 75, (n) => actions(button({ accessibility_label: x(n) }))],
  ['confirm title', 100, (n) => actions(button({ confirm: confirm({ title: plain(x(n)) }) }))],
  ['confirm text', 300, (n) => actions(button({ confirm: confirm({ text: plain(x(n)) }) }))],
  ['confirm button', 30, (n) => actions(button({ confirm: confirm({ deny: plain(x(n)) }) }))],
  ['overflow options', 5, overflow],
  ['container title', 150, (n) => container({ title: plain(x(n)) })],
  ['container subtitle', 150, (n) => container({ subtitle: plain(x(n)) })],
  [
    'blocks of a container',
    10,
    (n) => container({ child_blocks: list(n, () => ({ type: 'section', text: plain('c') })) }),
  ],
  ['rows of a table', 100, (n) => message({ type: 'table', rows: list(n, () => [cell]) })],
  ['cells of a row', 20, (n) => message({ type: 'table', rows: [list(n, () => cell)] })],
  ['tables of a message', 1, (n) => message(...list(n, () => ({ type: 'table', rows: [[cell]] })))],
  [
    'feedback text',
    75,
    (n) => feedback({ positive_button: { text: plain(x(n)), value: 'right' } }),
  ],
  ['feedback value', 2000, (n) => feedback({ negative_button: { text: plain('n'), value: x(n) } })],
  ['feedback buttons', 5, (n) => message({ type: 'context_actions', elements: list(n, opinion) })],
  [
    'characters in all',
    12_000,
    (n) =>
      message(...list(4, () => ({ type: 'section', text: plain(x(2999)) })), {
        type: 'section',
        text: plain(x(n - 4 * 2999)),
      }),
  ],
  ['modal title', 24, (n) => modal({ title: plain(x(n)) })],
  ['modal submit', 24, (n) => modal({ submit: plain(x(n)) })],
  ['modal close', 24, (n) => modal({ close: plain(x(n)) })],
  ['private_metadata', 3000, (n) => modal({ private_metadata: x(n) })],
  ['blocks of a modal', 100, (n) => modal({ blocks: list(n, () => ({ type: 'divider' })) })],
  ['input label', 2000, (n) => modal({ blocks: [field({ label: plain(x(n)) })] })],
  ['input hint', 2000, (n) => modal({ blocks: [field({ hint: plain(x(n)) })] })],
  ['input length', 3000, (n) => modal({ blocks: [field({}, { max_length: n })] })],
  [
    'initial value',
    9,
    (n) => modal({ blocks: [field({}, { max_length: 9, initial_value: x(n) })] }),
  ],
  ['files of an input', 10, files],
  [
    'blocks of a home',
    100,
    (n) => faultsOfView({ type: 'home', blocks: list(n, () => ({ type: 'divider' })) }),
  ],
];

test.each(limits)('%s: %i and no more', (_, most, make) => {
  expect(make(most)).toEqual([]);
  expect(make(most + 1)).not.toEqual([]);
});

test('an overflow menu has two options or more', () => {
  expect(overflow(2)).toEqual([]);
  expect(overflow(1)).not.toEqual([]);
});

test('inputs stand in modals only, feedback and containers in messages only', () => {
  expect(message(field({}))).not.toEqual([]);
  expect(faultsOfView({ type: 'home', blocks: [field({})] })).not.toEqual([]);
  expect(
    modal({ blocks: [{ type: 'container', title: plain('t'), child_blocks: [] }] }),
  ).not.toEqual([]);
});

test('names of blocks stand once, and nothing pings', () => {
  const divider = { type: 'divider', block_id: 'd' };
  expect(message(divider, divider)).not.toEqual([]);
  expect(modal({ blocks: [divider, divider] })).not.toEqual([]);
  const ping = { type: 'mrkdwn', text: '<!channel>' };
  expect(message({ type: 'section', text: ping })).not.toEqual([]);
  expect(faultsOf({ text: '<@U1>', blocks: [] })).not.toEqual([]);
  expect(faultsOf({ text: '', blocks: [] })).not.toEqual([]);
});
