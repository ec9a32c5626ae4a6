import type { Report } from '../../report/schema.ts';
import { ladderText } from '../ladder/text.ts';
import { bold, line, preformatted, type RichTextBlock } from './blocks.ts';
import type { SlackWords } from './words.ts';

/** A block of code on a phone breaks rows that are longer. */
const PHONE_COLUMNS = 46;

/** The ladder as text for a narrow screen; empty where the report has none. */
export function pictureText(report: Report): string {
  return ladderText(report, PHONE_COLUMNS).join('\n');
}

/** The ladder in a block of its own: preformatted, so that Slack reads nothing in it. */
export function picture(text: string, words: SlackWords, id: string): readonly RichTextBlock[] {
  if (text === '') return [];
  return [
    {
      type: 'rich_text',
      block_id: `${id}-picture`,
      elements: [line(bold(words.heads.picture)), preformatted(text)],
    },
  ];
}
