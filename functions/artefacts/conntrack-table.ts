import { type Flow, flowIn } from './conntrack-table/read.ts';
import { defineArtefact, type Parsed, type Strength } from './define.ts';

interface ConntrackTable {
  /** In the order of the lines; two listings one after the other stand here as one. */
  readonly flows: readonly Flow[];
  /** Lines that say how many entries were shown. */
  readonly trailers: readonly number[];
}

/** `conntrack -L` and `-E` in their plain forms (conntrack-tools 1.4.x) and /proc/net/nf_conntrack. */
export const conntrackTable = defineArtefact({
  kind: 'conntrack-table',
  title: 'conntrack -L',
  ask: 'sudo conntrack -L -p udp --dport 53 2>/dev/null | head -200',
  hint: /\bconntrack\s[^|;&]{0,80}(?:-L\b|--dump\b|-E\b|--event\b|-G\b|--get\b)|\/proc\/net\/(?:nf|ip)_conntrack\b/,
  first: '[tuidsgc0123456789SECFLTN',
  recognise,
  parse,
  size: ({ flows }) => ({ count: flows.length, unit: 'entries' }),
  facts: {},
});

/** conntrack.c prints its count on standard error: it may stand before the entries. */
const TRAILER =
  /^conntrack v[\d.]+ \(conntrack-tools\): \d+ (?:flow entries|flow events|expectations) have been shown\.$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.startsWith('conntrack v')) return TRAILER.test(text) ? 'strong' : 'none';
  return flowIn(text, 1) === undefined ? 'none' : 'strong';
}

function parse(lines: readonly string[]): Parsed<ConntrackTable> | undefined {
  const flows: Flow[] = [];
  const trailers: number[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const flow = flowIn(text, index + 1);
    if (flow !== undefined) flows.push(flow);
    else if (TRAILER.test(text)) trailers.push(index + 1);
    else unread.push(index + 1);
  }
  return flows.length + trailers.length === 0
    ? undefined
    : { content: { flows, trailers }, unread };
}
