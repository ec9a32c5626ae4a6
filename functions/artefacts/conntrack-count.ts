import { defineArtefact, found } from './define.ts';

/** The number of entries in the connection tracking table, and its line. */
export interface ConntrackCount {
  readonly count: number;
  readonly line: number;
}

/**
 * `conntrack -C` (conntrack-tools, src/conntrack.c: nfct_global_stats_cb) prints one bare number, as does the file
 * nf_conntrack_count; nothing but the command tells what the number counts.
 */
export const conntrackCount = defineArtefact({
  kind: 'conntrack-count',
  title: 'conntrack -C',
  ask: 'sudo conntrack -C',
  hint: /\bconntrack\s[^|;&]{0,80}(?:-C\b|--count\b)|\bcat\s[^|;&]{0,80}\/nf_conntrack_count\b/,
  first: '0123456789',
  recognise: (line) => (NUMBER.test(line.trim()) ? 'weak' : 'none'),
  parse,
  size: () => ({ count: 1, unit: 'lines' }),
  facts: {
    count: {
      type: 'count',
      is: 'entries in the connection tracking table',
      of: ({ count, line }) => found(count, [line]),
    },
  },
});

const NUMBER = /^\d{1,10}$/;

// A second number may be the output of another command on the same line (`conntrack -C; sysctl -n …`): it stays unread.
function parse(lines: readonly string[]) {
  const unread: number[] = [];
  let content: ConntrackCount | undefined;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    if (content === undefined && NUMBER.test(text))
      content = { count: Number(text), line: index + 1 };
    else unread.push(index + 1);
  }
  return content === undefined ? undefined : { content, unread };
}
