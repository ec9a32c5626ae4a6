import { defineArtefact, found, type Strength } from './define.ts';

// A listing that is narrowed by options counts a part of the table only.
const COMMANDS =
  /\bconntrack\s[^|;&]{0,80}(?:-C\b|--count\b)|\bcat\s[^|;&]{0,80}\/nf_conntrack_count\b|\bconntrack\s+(?:-L|--dump)(?:\s+(?:conntrack|2>\s?\/dev\/null|2>&1)){0,3}\s*\|\s*wc\s+-l\b|\bwc\s+-l\s+<?\s*\/proc\/net\/(?:nf|ip)_conntrack\b|\bcat\s+\/proc\/net\/(?:nf|ip)_conntrack\s*\|\s*wc\s+-l\b/;
const NUMBER = /^(\d{1,10})( \/proc\/net\/(?:nf|ip)_conntrack)?$/;

/** The number of entries in the connection tracking table, and its line. */
export interface ConntrackCount {
  readonly count: number;
  readonly line: number;
}

/**
 * `conntrack -C` (conntrack-tools, src/conntrack.c: nfct_global_stats_cb) prints one bare number, as do the file
 * nf_conntrack_count and `wc -l` behind a whole listing; nothing but the command tells what the number counts. `wc -l`
 * of a file prints the file's name behind it.
 */
export const conntrackCount = defineArtefact({
  kind: 'conntrack-count',
  title: 'conntrack -C',
  ask: 'sudo conntrack -C',
  hint: COMMANDS,
  first: '0123456789',
  recognise,
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

function recognise(line: string): Strength {
  const [, , file] = NUMBER.exec(line.trim()) ?? [];
  if (file !== undefined) return 'strong';
  return NUMBER.test(line.trim()) ? 'weak' : 'none';
}

/** Whether a command prints the number of all entries and nothing else. */
export function countsEntries(command: string): boolean {
  const match = COMMANDS.exec(command);
  return match?.index === 0 && match[0].length === command.trim().length;
}

// A second number may be the output of another command on the same line (`conntrack -C; sysctl -n …`): it stays unread.
function parse(lines: readonly string[]) {
  const unread: number[] = [];
  let content: ConntrackCount | undefined;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const [, count] = NUMBER.exec(text) ?? [];
    if (content === undefined && count !== undefined)
      content = { count: Number(count), line: index + 1 };
    else unread.push(index + 1);
  }
  return content === undefined ? undefined : { content, unread };
}
