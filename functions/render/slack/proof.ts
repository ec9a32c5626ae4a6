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
  const quoted: string[] = [];
  let room = MOST_CHARACTERS;
  for (const evidence of all.slice(0, MOST_LINES)) {
    if (quoted.length > 0 && room < 60) break;
    const text = quote(evidence.quote, Math.max(60, room), words);
    quoted.push(text);
    room -= text.length;
  }
  const used = all.slice(0, quoted.length);
  const title = proofTitle(report, used.length, all.length, words);
  const from = fitLiteral(sourcesOf(report, used, words), 400, words.cutProse);
  return [
    {
      type: 'rich_text',
      block_id: `${id}-proof`,
      elements: [
        line(bold(title), piece(`${words.colon}${from}`)),
        preformatted(quoted.join('\n')),
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

function distinct(evidence: readonly ReportEvidence[]): readonly ReportEvidence[] {
  const seen = new Set<string>();
  return evidence.filter((one) => {
    const key = `${one.artefact} ${one.line}`;
    if (seen.has(key) || one.quote.trim() === '') return false;
    seen.add(key);
    return true;
  });
}

/** Keeps the line's own start, which is what a reader compares with the paste. */
function quote(text: string, most: number, words: SlackWords): string {
  const visible = shown(text);
  if (visible.length <= most) return visible;
  const head = cutText(text, Math.max(20, most - words.cutQuote(text.length).length - 2));
  return `${fitLiteral(head.shown, most, words.cutQuote)}… ${words.cutQuote(head.left)}`;
}
