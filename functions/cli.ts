#!/usr/bin/env node
import { join } from 'node:path';
import { readCatalogue } from './adapters/catalogue-files.ts';
import { languageOf, readSources } from './adapters/terminal.ts';
import { read } from './intake/read.ts';
import { type Arguments, parseArguments } from './primitives/arguments.ts';
import { renderMarkdown } from './render/markdown.ts';
import { renderSlack } from './render/slack.ts';
import { renderTerminal } from './render/terminal.ts';
import { tell } from './report/report.ts';
import type { Report } from './report/schema.ts';

const USAGE = `usage: netdx [FILE...] [--at HOST[/INTERFACE]=FILE] [--format text|json|markdown|slack] [--lang en|zh]
             [--color auto|always|never] [--runbook-base URL] [--timing]
`;

process.exitCode = await run();

/** Exit status: 0 a report was printed, 1 nothing was recognised, 2 bad usage or unreadable input. */
async function run(): Promise<number> {
  const args = parseArguments(process.argv.slice(2));
  if (!args.ok) return refuse(args.error.detail);
  if (args.value.help) return print(USAGE);
  const sources = readSources(args.value.files);
  if (!sources.ok) return refuse(sources.error.detail);
  const language = args.value.language ?? languageOf(process.env);
  const catalogue = readCatalogue(join(import.meta.dirname, '..'));
  const started = performance.now();
  const reading = read(sources.value);
  const parsed = performance.now();
  const report = await tell(reading, sources.value, catalogue, {
    language,
    runbookBase: args.value.runbookBase,
  });
  const times = { parse_ms: parsed - started, rules_ms: performance.now() - parsed };
  const timing = { ...times, total_ms: performance.now() - started };
  const shown = render(args.value.timing ? { ...report, timing } : report, args.value);
  return print(shown, report.status === 'unrecognised' ? 1 : 0);
}

function print(text: string, status = 0): number {
  process.stdout.write(text);
  return status;
}

function render(report: Report, { format, color }: Arguments): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'markdown') return renderMarkdown(report);
  if (format === 'slack') return `${JSON.stringify(renderSlack(report), null, 2)}\n`;
  const wanted =
    color === 'auto' ? process.stdout.isTTY && !process.env.NO_COLOR : color === 'always';
  return renderTerminal(report, {
    width: Math.min(process.stdout.columns || 80, 100),
    color: wanted,
  });
}

function refuse(detail: string): number {
  process.stderr.write(`netdx: ${detail.replaceAll('\n', ' ')}\n`);
  return 2;
}
