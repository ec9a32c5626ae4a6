import type { Source } from '../intake/paste.ts';
import type { SlackMessageIn } from './slack-message.ts';

/** A file attached to a message; `url` is null where Slack gives only its id. */
export interface RemoteFile {
  readonly id: string;
  readonly name: string;
  readonly url: string | null;
  readonly bytes: number | null;
}

/**
 * What one message says: its rich text, or its plain `text` when there is none. Never both, which would double every
 * counter. Code blocks are fenced, so that two of them never read as one output; headings stay above what they name.
 */
export function bodyOf(message: SlackMessageIn, botUser: string | null): string {
  const rich = (message.blocks ?? []).map((block) => blockText(record(block), botUser));
  const body = rich.filter((text) => text.trim() !== '').join('\n');
  const own = body !== '' ? body : decodeMarkup(message.text ?? '', botUser);
  return [own, ...(message.attachments ?? []).map((one) => forwarded(record(one), botUser))]
    .filter((text) => text.trim() !== '')
    .join('\n\n');
}

/** The files of a message, in order. */
export function filesOf(message: SlackMessageIn): readonly RemoteFile[] {
  return (message.files ?? []).map(readFile).filter((file) => file !== null);
}

/** One entry of `files[]` or of `files.info`; null when it has no id. */
export function readFile(value: unknown): RemoteFile | null {
  const file = record(value);
  const id = file.id;
  if (typeof id !== 'string') return null;
  const url = file.url_private_download ?? file.url_private;
  const name = file.name ?? file.title;
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : id,
    url: typeof url === 'string' && file.file_access !== 'check_file_info' ? url : null,
    bytes: typeof file.size === 'number' ? file.size : null,
  };
}

/**
 * Gives each text a name of its own: bodies are named only when there are several, and a second `Untitled` becomes
 * `2/Untitled`, which leaves what a file's name says of its origin readable.
 */
export function named(texts: readonly Source[]): readonly Source[] {
  const seen = new Map<string, number>();
  return texts.map((one) => {
    if (one.name === null) return one;
    const count = (seen.get(one.name) ?? 0) + 1;
    seen.set(one.name, count);
    return count === 1 ? one : { ...one, name: `${count}/${one.name}` };
  });
}

/** Undoes how Slack writes `text`: our own mention goes, links become their labels, then three entities, in one pass. */
export function decodeMarkup(text: string, botUser: string | null): string {
  const withoutUs = text.replaceAll(`<@${botUser}>`, '');
  return withoutUs
    .replace(/<((?:https?|mailto|tel|slack):[^<>|]*)(?:\|([^<>]*))?>/g, (_, url: string, label) =>
      typeof label === 'string' ? label : url.replace(/^(?:mailto|tel):/, ''),
    )
    .replace(/&(amp|lt|gt);/g, (entity) => ENTITIES.get(entity) ?? entity)
    .replace(/^[ \t]+(?=\S)/, '');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
]);

function blockText(block: Readonly<Record<string, unknown>>, botUser: string | null): string {
  if (block.type === 'table') return tableText(block);
  if (block.type !== 'rich_text') return '';
  return list(block.elements)
    .map((element) => partText(element, botUser))
    .filter((text) => text !== '')
    .join('\n');
}

function partText(element: Readonly<Record<string, unknown>>, botUser: string | null): string {
  const type = element.type;
  if (type === 'rich_text_list') {
    return list(element.elements)
      .map((entry) => partText(entry, botUser))
      .join('\n');
  }
  const text = list(element.elements)
    .map((one) => pieceText(one, botUser))
    .join('');
  if (type !== 'rich_text_preformatted') return text.replace(/^ +(?=\S)|\n$/g, '');
  return `\`\`\`\n${text.replace(/\n$/, '')}\n\`\`\``;
}

/** Emoticons and names that Slack made of plain characters become characters again; text is not escaped in here. */
function pieceText(one: Readonly<Record<string, unknown>>, botUser: string | null): string {
  const { type, text, url, name } = one;
  if (typeof text === 'string') return text;
  if (type === 'link' && typeof url === 'string') return url.replace(/^(?:mailto|tel):/, '');
  if (type === 'emoji' && typeof name === 'string') return `:${name}:`;
  if (type === 'user') return one.user_id === botUser ? '' : `@${one.user_id ?? ''}`;
  if (type === 'broadcast') return `@${one.range ?? ''}`;
  if (type === 'channel') return `#${one.channel_id ?? ''}`;
  return '';
}

function tableText(block: Readonly<Record<string, unknown>>): string {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  return rows.map((row) => list(row).map(cellText).join('\t')).join('\n');
}

function cellText(cell: Readonly<Record<string, unknown>>): string {
  if (typeof cell.text === 'string') return cell.text;
  if (cell.type === 'rich_text') return blockText(cell, '');
  return typeof cell.value === 'number' ? String(cell.value) : '';
}

/** A forwarded message stands in an attachment: as blocks, or as text alone. */
function forwarded(attachment: Readonly<Record<string, unknown>>, botUser: string | null): string {
  const inner = list(attachment.message_blocks).flatMap((one) => list(record(one.message).blocks));
  const rich = inner.map((block) => blockText(block, botUser)).filter((text) => text !== '');
  if (rich.length > 0) return rich.join('\n');
  const text = attachment.text ?? attachment.fallback;
  const isQuote = attachment.is_msg_unfurl === true || attachment.is_share === true;
  return isQuote && typeof text === 'string' ? decodeMarkup(text, botUser) : '';
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
