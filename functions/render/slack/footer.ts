import type { Report, ReportFinding } from '../../report/schema.ts';
import { mrkdwn, plain, type SlackBlock } from './blocks.ts';
import { fitEscaped } from './fit.ts';
import type { SlackWords } from './words.ts';

const MOST_NOTES_CHARACTERS = 2000;

/** Runbook, how much was read, the reply's id, and what happened around the report. */
export function footer(
  report: Report,
  words: SlackWords,
  options: { readonly id: string; readonly notes: readonly string[] },
): SlackBlock {
  const runbook = report.findings[0]?.runbook ?? null;
  const link = runbook === null ? undefined : webLink(runbook, words.runbook);
  const read = words.read(report.coverage.read, report.coverage.lines);
  const first = [link, read, words.nothingRun, options.id].filter((part) => part !== undefined);
  const notes = notesFitting(options.notes, words);
  return {
    type: 'context',
    block_id: `${options.id}-about`,
    elements: [first.join(' · '), ...(notes === '' ? [] : [notes])].map(mrkdwn),
  };
}

/** Notes stand nowhere else, so as many as fit are shown in full and the others are counted. */
function notesFitting(notes: readonly string[], words: SlackWords): string {
  const rows: string[] = [];
  let room = MOST_NOTES_CHARACTERS;
  for (const note of notes) {
    const row = fitEscaped(note, 300, words.cutProse);
    if (row.length + 1 > room) break;
    rows.push(row);
    room -= row.length + 1;
  }
  const left = notes.length - rows.length;
  return [...rows, ...(left > 0 ? [words.moreNotes(left)] : [])].join('\n');
}

/** Only web addresses, and none that could end the link early. */
export function webLink(address: string, label: string): string | undefined {
  if (!/^https?:\/\/[^\s<>|"`]{1,900}$/.test(address)) return undefined;
  return `<${address.replaceAll('&', '&amp;')}|${label}>`;
}

/** Two buttons that tell us, by the reply's id, whether the cause was right. */
export function feedback(finding: ReportFinding, words: SlackWords, id: string): SlackBlock {
  const cause = finding.cause.replace(/[^\w.-]/g, '').slice(0, 200);
  const [right, wrong] = words.feedbackLabels;
  return {
    type: 'context_actions',
    block_id: `${id}-feedback`,
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: {
          text: plain(words.rightCause),
          value: `right ${id} ${cause}`,
          accessibility_label: right,
        },
        negative_button: {
          text: plain(words.wrongCause),
          value: `wrong ${id} ${cause}`,
          accessibility_label: wrong,
        },
      },
    ],
  };
}
