import { type Flow, flowIn } from './conntrack-table/read.ts';
import { savedFlowIn } from './conntrack-table/save.ts';
import { defineArtefact, type Parsed, type Strength } from './define.ts';

interface ConntrackTable {
  /** In the order of the lines; two listings one after the other stand here as one. */
  readonly flows: readonly Flow[];
  /** Lines that say how many entries were shown. */
  readonly trailers: readonly number[];
}

/** `conntrack -L` and `-E`, plain and as `-o save` (conntrack-tools 1.4.x), and /proc/net/nf_conntrack. */
export const conntrackTable = defineArtefact({
  kind: 'conntrack-table',
  title: 'conntrack -L',
  ask: 'sudo conntrack -L -p udp --dport 53 2>/dev/null | head -200',
  hint: /\bconntrack\s[^|;&]{0,80}(?:-L\b|--dump\b|-E\b|--event\b|-G\b|--get\b)|\/proc\/net\/(?:nf|ip)_conntrack\b/,
  first: '[-tuidsgc0123456789SECFLTN',
  recognise,
  continues: (line) => REST.test(line.trimEnd()),
  parse,
  size: ({ flows }) => ({ count: flows.length, unit: 'entries' }),
  facts: {},
});

/**
 * conntrack.c prints its count on standard error: it may stand before the entries, and inside one of them where both went
 * into one pipe, which takes the entries in blocks.
 */
const TRAILER =
  /^((?:(?:\[(?:NEW|UPDATE|DESTROY|\d)|ipv[46] |tcp|udp|icmp|sctp|dccp|gre|unknown|-[AIUD] ).{0,300}?)?)conntrack v[\d.]+ \(conntrack-tools\): \d+ (?:flow entries|flow events|expectations) have been shown\.$/;
/** What may be left of an entry behind the count. */
const REST = /^[^\s#>]{0,60}(?: .{0,300})?\buse=\d+$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.endsWith(' have been shown.')) return TRAILER.test(text) ? 'strong' : 'none';
  return entryIn(text, 1) === undefined ? 'none' : 'strong';
}

function entryIn(text: string, line: number): Flow | undefined {
  return text.startsWith('-') ? savedFlowIn(text, line) : flowIn(text, line);
}

function parse(lines: readonly string[]): Parsed<ConntrackTable> | undefined {
  const flows: Flow[] = [];
  const trailers: number[] = [];
  const unread: number[] = [];
  /** An entry that the count cut in two. */
  let cut: { readonly head: string; readonly line: number } | null = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const line = index + 1;
    const whole: string = cut === null ? text : cut.head + text;
    const flow = entryIn(whole, cut?.line ?? line) ?? entryIn(text, line);
    const head = TRAILER.exec(text)?.[1];
    if (flow !== undefined) flows.push(flow);
    else if (head !== undefined) trailers.push(line);
    else unread.push(line);
    cut = head ? { head, line } : null;
  }
  return flows.length + trailers.length === 0
    ? undefined
    : { content: { flows, trailers }, unread };
}
