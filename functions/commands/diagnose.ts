import { readCatalogue } from '../adapters/catalogue-files.ts';
import { readSources } from '../adapters/terminal.ts';
import { read } from '../intake/read.ts';
import type { Arguments } from '../primitives/arguments.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { renderSlack } from '../render/slack.ts';
import { renderTerminal } from '../render/terminal.ts';
import { tell } from '../report/report.ts';
import type { Report } from '../report/schema.ts';
import type { Outcome, Surroundings } from './outcome.ts';

/** `netdx FILE…`: reads, judges and prints. Status 1 when nothing was recognised; the report is printed all the same. */
export async function diagnose(args: Arguments, around: Surroundings): Promise<Outcome> {
  const sources = readSources(args.files);
  if (!sources.ok) return { refused: sources.error.detail };
  const catalogue = readCatalogue(around.directory, around.own);
  const started = performance.now();
  const reading = read(sources.value);
  const parsed = performance.now();
  const report = await tell(reading, sources.value, catalogue, {
    language: around.language,
    runbookBase: args.runbookBase,
  });
  const times = { parse_ms: parsed - started, rules_ms: performance.now() - parsed };
  const timing = { ...times, total_ms: performance.now() - started };
  const text = render(args.timing ? { ...report, timing } : report, args.format, around);
  return { text, status: report.status === 'unrecognised' ? 1 : 0 };
}

function render(report: Report, format: Arguments['format'], around: Surroundings): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'markdown') return renderMarkdown(report);
  if (format === 'slack') return `${JSON.stringify(renderSlack(report), null, 2)}\n`;
  return renderTerminal(report, { width: around.width, color: around.color });
}
