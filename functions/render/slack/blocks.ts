/**
 * The Block Kit blocks that a reply is made of, and how text gets into them without being read as markup.
 * Shapes after @slack/types 3.2.0; the core may not import Slack's packages, and needs only these few.
 */
export interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: boolean;
}

/** Slack's own markup. `verbatim` keeps addresses and host names from being made into links. */
export interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

export interface Button {
  readonly type: 'button';
  readonly text: PlainText;
  readonly action_id: string;
  readonly value: string;
  readonly accessibility_label: string;
  readonly confirm?: {
    readonly title: PlainText;
    readonly text: PlainText;
    readonly confirm: PlainText;
    readonly deny: PlainText;
  };
}

interface Overflow {
  readonly type: 'overflow';
  readonly action_id: string;
  /** Two to five. */
  readonly options: readonly { readonly text: PlainText; readonly value: string }[];
}

export interface ActionsBlock {
  readonly type: 'actions';
  readonly block_id: string;
  readonly elements: readonly (Button | Overflow)[];
}

interface TextPiece {
  readonly type: 'text';
  readonly text: string;
  readonly style?: { readonly bold?: true; readonly code?: true };
}

export type RichTextPiece =
  | TextPiece
  | { readonly type: 'emoji'; readonly name: string }
  | { readonly type: 'user'; readonly user_id: string };

export interface RichTextSection {
  readonly type: 'rich_text_section';
  readonly elements: readonly RichTextPiece[];
}

export type RichTextPart =
  | RichTextSection
  | { readonly type: 'rich_text_preformatted'; readonly elements: readonly TextPiece[] }
  | {
      readonly type: 'rich_text_list';
      readonly style: 'ordered';
      readonly elements: readonly RichTextSection[];
    };

export interface SectionBlock {
  readonly type: 'section';
  readonly block_id: string;
  readonly text: Mrkdwn;
  readonly accessory?: Button;
}

export interface RichTextBlock {
  readonly type: 'rich_text';
  readonly block_id: string;
  readonly elements: readonly RichTextPart[];
}

interface ContainerBlock {
  readonly type: 'container';
  readonly block_id: string;
  readonly title: PlainText;
  readonly is_collapsible: true;
  readonly default_collapsed: true;
  readonly child_blocks: readonly SectionBlock[];
}

interface ContextBlock {
  readonly type: 'context';
  readonly block_id: string;
  readonly elements: readonly Mrkdwn[];
}

interface FeedbackButton {
  readonly text: PlainText;
  readonly value: string;
  readonly accessibility_label: string;
}

interface ContextActionsBlock {
  readonly type: 'context_actions';
  readonly block_id: string;
  readonly elements: readonly [
    {
      readonly type: 'feedback_buttons';
      readonly action_id: string;
      readonly positive_button: FeedbackButton;
      readonly negative_button: FeedbackButton;
    },
  ];
}

export type SlackBlock =
  | SectionBlock
  | RichTextBlock
  | ActionsBlock
  | ContainerBlock
  | ContextBlock
  | ContextActionsBlock;

/** Slack's limits that this face comes near (characters), from docs.slack.dev/reference/block-kit. */
export const slackLimits = {
  section: 3000,
  buttonText: 75,
  buttonValue: 2000,
  containerTitle: 150,
  containerChildren: 10,
} as const;

export function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

/** `text` must be escaped already, by `escapeText` or `fitEscaped`. */
export function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

export function piece(text: string): TextPiece {
  return { type: 'text', text };
}

export function bold(text: string): RichTextPiece {
  return { type: 'text', text, style: { bold: true } };
}

export function preformatted(text: string): RichTextPart {
  return { type: 'rich_text_preformatted', elements: [piece(text)] };
}

export function line(...elements: readonly RichTextPiece[]): RichTextSection {
  // Slack refuses empty text elements.
  const filled = elements.filter((one) => one.type !== 'text' || one.text !== '');
  return { type: 'rich_text_section', elements: filled };
}

/** Sections of one rich text block run on; a line end keeps each on a line of its own. */
export function apart(rows: readonly RichTextPart[]): readonly RichTextPart[] {
  return rows.map((row, index) =>
    row.type === 'rich_text_section' && rows[index + 1]?.type === 'rich_text_section'
      ? { ...row, elements: [...row.elements, piece('\n')] }
      : row,
  );
}

/** Prose with `code` spans as rich text: nothing else in it is read as markup. An unpaired backtick stays itself. */
export function prose(text: string): readonly RichTextPiece[] {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return [piece(text)];
  return parts.flatMap((part, index): readonly RichTextPiece[] => {
    if (part === '') return [];
    return index % 2 === 0 ? [piece(part)] : [{ type: 'text', text: part, style: { code: true } }];
  });
}
