import { columnsWidth } from '../../functions/primitives/columns-width.ts';
import { breakQuote, wrapProse } from '../../functions/primitives/wrap-text.ts';

const WIDTH = 80;

interface Shown {
  readonly user?: string;
  readonly text: string;
  readonly blocks?: readonly unknown[] | undefined;
  readonly files?: readonly unknown[] | undefined;
}

type Part = Readonly<Record<string, unknown>>;

/** A thread as a person would see it, as plain text of at most 80 columns; `open` unfolds the details. */
export function viewThread(
  messages: readonly Shown[],
  names: Readonly<Record<string, string>>,
  open = false,
): string {
  return messages
    .map((message, index) => {
      const who = names[message.user ?? ''] ?? message.user ?? 'netdx';
      const indent = index === 0 ? '' : '  ';
      const rows = [`${who}`, ...bodyRows(message, names, open).map((row) => `  ${row}`)];
      return rows.map((row) => `${indent}${row}`.trimEnd()).join('\n');
    })
    .join('\n\n');
}

function bodyRows(
  message: Shown,
  names: Readonly<Record<string, string>>,
  open: boolean,
): readonly string[] {
  const files = list(message.files).map((file) => `[file] ${file.name} (${file.size} bytes)`);
  const blocks = list(message.blocks);
  const rows =
    blocks.length === 0
      ? wrap(markup(message.text))
      : blocks.flatMap((block) => [...blockRows(block, names, open), '']);
  return [...rows, ...files].filter(
    (row, at, all) => row !== '' || (at > 0 && at < all.length - 1),
  );
}

function blockRows(
  block: Part,
  names: Readonly<Record<string, string>>,
  open: boolean,
): readonly string[] {
  switch (block.type) {
    case 'section': {
      const rows = wrap(markup(String(record(block.text).text ?? '')));
      const accessory = record(block.accessory);
      return accessory.text === undefined ? rows : [...rows, `[ ${label(accessory)} ]`];
    }
    case 'context':
      return list(block.elements).flatMap((one) => wrap(markup(String(one.text ?? ''))));
    case 'rich_text':
      return richRows(list(block.elements), names);
    case 'container': {
      const title = String(record(block.title).text ?? '');
      const children = list(block.child_blocks).flatMap((child) => blockRows(child, names, open));
      return open
        ? [...wrap(`▾ ${title}`), ...children.map((row) => `  ${row}`)]
        : wrap(`▸ ${title}`);
    }
    case 'actions':
      return [
        list(block.elements)
          .map((one) => (one.type === 'overflow' ? '[ ⋯ ]' : `[ ${label(one)} ]`))
          .join(' '),
      ];
    case 'context_actions':
      return list(block.elements).map(
        (one) =>
          `[ 👍 ${label(record(one.positive_button))} ] [ 👎 ${label(record(one.negative_button))} ]`,
      );
    default:
      return [`(${String(block.type)})`];
  }
}

function richRows(
  parts: readonly Part[],
  names: Readonly<Record<string, string>>,
): readonly string[] {
  const rows: string[] = [];
  let running = '';
  const flush = () => {
    if (running.trim() !== '') rows.push(...wrap(running.replace(/\n$/, '')));
    running = '';
  };
  for (const part of parts) {
    const elements = list(part.elements);
    if (part.type === 'rich_text_section') {
      running += elements.map((one) => pieceText(one, names)).join('');
      continue;
    }
    flush();
    if (part.type === 'rich_text_list') {
      rows.push(
        ...elements.flatMap((entry, index) =>
          wrap(
            `${index + 1}. ${list(entry.elements)
              .map((one) => pieceText(one, names))
              .join('')}`,
          ),
        ),
      );
      continue;
    }
    const text = elements.map((one) => pieceText(one, names)).join('');
    rows.push(
      ...text
        .split('\n')
        .flatMap((row) => breakQuote(row.replaceAll('\t', '  '), WIDTH - 8))
        .map((row) => `│ ${row}`),
    );
  }
  flush();
  return rows;
}

function pieceText(one: Part, names: Readonly<Record<string, string>>): string {
  if (one.type === 'emoji') return EMOJI.get(String(one.name)) ?? `:${one.name}:`;
  if (one.type === 'user') return `@${names[String(one.user_id)] ?? one.user_id}`;
  return String(one.text ?? '');
}

const EMOJI: ReadonlyMap<string, string> = new Map([
  ['red_circle', '🔴'],
  ['large_yellow_circle', '🟡'],
  ['large_blue_circle', '🔵'],
  ['large_green_circle', '🟢'],
  ['white_circle', '⚪'],
  ['mag', '🔍'],
]);

/** What remains of Slack's markup to the eye: bold without stars, links as their label, entities as characters. */
function markup(text: string): string {
  return text
    .replace(/<(https?:[^|>]*)\|([^>]*)>/g, '$2 ($1)')
    .replace(/\*([^*\n]+)\*/g, '$1')
    .replaceAll('\u200b', '')
    .replace(/&(amp|lt|gt);/g, (_, name) => (name === 'amp' ? '&' : name === 'lt' ? '<' : '>'));
}

function wrap(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((row) => (columnsWidth(row) <= WIDTH - 6 ? [row] : wrapProse(row, WIDTH - 6)));
}

function label(button: Part): string {
  return String(record(button.text).text ?? '');
}

function list(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Part {
  return typeof value === 'object' && value !== null ? (value as Part) : {};
}
