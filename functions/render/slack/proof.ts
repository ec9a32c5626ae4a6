import { cutText } from '../../primitives/visible-text.ts';
import type { Report, ReportEvidence, ReportFinding } from '../../report/schema.ts';
import { bold, line, piece, preformatted, type RichTextBlock } from './blocks.ts';
import { fitLiteral, shown } from './fit.ts';
import type { SlackWords } from './words.ts';

const MOST_LINES = 6;
const MOST_CHARACTERS = 600;

/**
 * The pasted lines that prove a finding, as preformatted text: Slack reads no mention, link or markup in it. Above
 * them stands where they come from, and how many more there are.
 */
export function proof(
  report: Report,
  finding: ReportFinding,
  words: SlackWords,
  id: string,
): readonly RichTextBlock[] {
  const all = distinct(finding.evidence);
  if (all.length === 0) return [];
  const used = all.slice(0, MOST_LINES);
  const shares = sharesOf(used.map((one) => shown(one.quote).length));
  const quoted = used.map((one, index) => quote(one.quote, shares[index] ?? 0));
  const cut = quoted.some((text, index) => text !== shown(used[index]?.quote ?? ''));
  const title = proofTitle(report, used.length, all.length, words);
  const from = fitLiteral(sourcesOf(report, used, words), 400, words.cutProse);
  return [
    {
      type: 'rich_text',
      block_id: `${id}-proof`,
      elements: [
        line(bold(title), piece(`${words.colon}${from}`)),
        preformatted(quoted.join('\n')),
        ...(cut ? [line(piece(words.cutMark))] : []),
      ],
    },
  ];
}

function proofTitle(report: Report, used: number, total: number, words: SlackWords): string {
  if (used < total) return words.proofPart(used, total);
  return report.status === 'suspected' ? words.basis : words.proof;
}

/** Where lines come from, each source once: `master.txt lines 3, 8; agent.txt line 2`. */
export function sourcesOf(
  report: Report,
  evidence: readonly ReportEvidence[],
  words: SlackWords,
): string {
  const lines = new Map<string, number[]>();
  for (const one of evidence) {
    const artefact = report.artefacts.find((candidate) => candidate.id === one.artefact);
    const name = artefact?.source ?? words.yourMessage;
    const list = lines.get(name) ?? [];
    if (!list.includes(one.line)) list.push(one.line);
    lines.set(name, list);
  }
  return [...lines].map(([name, numbers]) => words.lines(name, numbers)).join(words.semicolon);
}

/** What each line gets of the room: short ones all they need, long ones equal parts of what is left. */
function sharesOf(lengths: readonly number[]): readonly number[] {
  let room = MOST_CHARACTERS;
  let open = lengths.length;
  const shares = new Map<number, number>();
  for (const [index, length] of [...lengths.entries()].toSorted((a, b) => a[1] - b[1])) {
    const share = Math.min(length, Math.floor(room / open));
    shares.set(index, share);
    room -= share;
    open -= 1;
  }
  return lengths.map((_, index) => shares.get(index) ?? 0);
}

function distinct(evidence: readonly ReportEvidence[]): readonly ReportEvidence[] {
  const seen = new Set<string>();
  return evidence.filter((one) => {
    const key = `${one.artefact} ${one.line}`;
    if (seen.has(key) || one.quote.trim() === '') return false;
    seen.add(key);
    return true;
  });
}

/** Keeps the line's own start, which is what a reader compares with the paste; `… (+n)` counts what is cut. */
function quote(text: string, most: number): string {
  const visible = shown(text);
  if (visible.length <= most) return visible;
  const whole = cutText(text, 0).total;
  const head = cutText(visible, Math.max(20, most - `… (+${whole})`.length)).shown;
  // What is shown may have grown by visible codes; what is left is counted in the characters of the paste.
  const kept = longestPrefix(text, head);
  return `${shown(kept)}… (+${whole - cutText(kept, 0).total})`;
}

/** The longest start of `text` whose visible form begins `head`. */
function longestPrefix(text: string, head: string): string {
  let units = 0;
  let room = head.length;
  for (const character of text) {
    const width = shown(character).length;
    if (width > room) break;
    room -= width;
    units += character.length;
  }
  return text.slice(0, units);
}
