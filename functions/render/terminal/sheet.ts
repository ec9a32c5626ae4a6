import { columnsWidth, expandTabs, padColumns } from '../../primitives/columns-width.ts';
import { charactersIn, cutText, visibleText } from '../../primitives/visible-text.ts';
import { breakQuote, wrapProse } from '../../primitives/wrap-text.ts';
import type { Language, Status } from '../../report/schema.ts';
import { word } from '../words.ts';

/** How wide the terminal is, in columns, and whether it understands SGR colour codes. */
export interface TerminalOptions {
  readonly width: number;
  readonly color: boolean;
  /** Draw with ASCII alone: for terminals without UTF-8, or that show line-drawing characters two columns wide. */
  readonly ascii?: boolean;
}

/**
 * A sheet of terminal text that grows downwards. Every text put on it is made visible first, so that nothing
 * pasted can steer the terminal; every row keeps to the width, but for commands and addresses, which stay whole.
 */
export interface Sheet {
  readonly width: number;
  readonly banner: (status: Status, headline: string) => void;
  readonly heading: (text: string) => void;
  /** Prose after `lead` (a bullet or a number); the rows below are indented as deep as the text. */
  readonly prose: (lead: string, text: string) => void;
  readonly strong: (lead: string, text: string) => void;
  /** Where a quoted line stands. */
  readonly source: (indent: number, text: string) => void;
  /** A label in a column of its own and a text beside it; a label wider than the column stands above its text. */
  readonly labelled: (lead: string, label: string, text: string, column?: number) => void;
  /** Cells that are aligned already and fit the width. */
  readonly cells: (text: string) => void;
  readonly quote: (indent: number, text: string) => void;
  /** A command or an address on its own row, unbroken whatever its length. */
  readonly whole: (text: string) => void;
  readonly blank: () => void;
  readonly text: () => string;
}

const NARROWEST = 40;
const LABEL = 12;
/** Where a quote is cut: enough for the longest line of any tool that is meant to be read by people. */
const QUOTE_CHARACTERS = 1200;
const QUOTE_ROWS = 12;

type Style = 'bold' | 'dim' | 'source' | Status;

// ECMA-48 SGR. White on red, black on yellow, green or white: status words stay legible on any background.
const SGR: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  source: '36',
  diagnosed: '1;37;41',
  suspected: '1;30;43',
  resolved: '1;30;42',
  healthy: '1;30;42',
  unrecognised: '1;30;47',
};

/** An empty sheet. */
export function makeSheet(language: Language, options: TerminalOptions): Sheet {
  const width = Math.max(NARROWEST, options.width);
  const rows: string[] = [];
  const paint = (style: Style, text: string) =>
    options.color ? `\x1b[${SGR[style]}m${text}\x1b[0m` : text;

  function hang(lead: string, text: string, style?: Style): void {
    const indent = columnsWidth(lead);
    const wrapped = wrapProse(oneLine(text), Math.max(8, width - indent));
    for (const [index, row] of wrapped.entries()) {
      rows.push((index === 0 ? lead : ' '.repeat(indent)) + (style ? paint(style, row) : row));
    }
  }

  return {
    width,
    banner(status, headline) {
      const badge = `[ ${word(language, status)} ]`;
      const indent = columnsWidth(badge) + 1;
      const wrapped = wrapProse(oneLine(headline), width - indent);
      for (const [index, row] of wrapped.entries()) {
        rows.push(
          `${index === 0 ? paint(status, badge) : ' '.repeat(indent - 1)} ${paint('bold', row)}`,
        );
      }
    },
    heading(text) {
      if (rows.length > 0) rows.push('');
      hang('', text, 'bold');
      rows.push(paint('dim', '-'.repeat(Math.min(width, columnsWidth(text)))));
    },
    prose: (lead, text) => hang(lead, text),
    strong: (lead, text) => hang(lead, text, 'bold'),
    source: (indent, text) => hang(' '.repeat(indent), text, 'source'),
    labelled(lead, label, text, column = LABEL) {
      const name = oneLine(label);
      const fits = columnsWidth(name) <= column;
      if (!fits) hang(lead, name);
      hang(
        fits ? `${lead}${padColumns(name, column)} ` : ' '.repeat(columnsWidth(lead) + column + 1),
        text,
      );
    },
    cells: (text) => rows.push(visibleText(text).trimEnd()),
    quote(indent, text) {
      const edge = ' '.repeat(indent);
      const { kept, note } = cutQuote(language, text, width - indent - 2);
      for (const [index, row] of kept.entries())
        rows.push(`${edge}${index === 0 ? '|' : ':'} ${row}`);
      if (note !== null) hang(`${edge}  `, note, 'dim');
    },
    whole: (text) => {
      for (const row of text.split('\n')) rows.push(`    ${visibleText(row)}`);
    },
    blank: () => rows.push(''),
    text: () => `${rows.join('\n')}\n`,
  };
}

function oneLine(text: string): string {
  return visibleText(text.replace(/\s+/g, ' ').trim());
}

function cutQuote(
  language: Language,
  text: string,
  width: number,
): { readonly kept: readonly string[]; readonly note: string | null } {
  // Cut after making it visible, so that the numbers count what the reader sees.
  const cut = cutText(visibleText(expandTabs(text)), QUOTE_CHARACTERS);
  const broken = breakQuote(cut.shown, width - 1);
  if (cut.left === 0 && broken.length <= QUOTE_ROWS) return { kept: broken, note: null };
  const kept = broken.slice(0, QUOTE_ROWS);
  return {
    kept: kept.map((row, index) => (index === kept.length - 1 ? `${row}…` : row)),
    note: `(${word(language, 'cut', { shown: charactersIn(kept.join('')), total: cut.total })})`,
  };
}
