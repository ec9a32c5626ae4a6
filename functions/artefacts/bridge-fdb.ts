import { type FdbEntry, fdbEntry, isShowmacsHead, showmacsEntry } from './bridge-fdb/read.ts';
import { ASCII, defineArtefact, found, missing, type Strength } from './define.ts';
import { asPrinted, isJsonField, jsonStrength } from './ip-json.ts';

/** `bridge fdb show` as text or JSON, and `brctl showmacs`: where a bridge or a VXLAN device sends frames for a MAC. */
export const bridgeFdb = defineArtefact({
  kind: 'bridge-fdb',
  title: 'bridge fdb show',
  ask: 'bridge fdb show dev flannel.1; ip neigh show dev flannel.1',
  hint: /\bbridge\s(?:-\S+\s+){0,4}fdb\b|\bbrctl\s+showmacs\b/,
  first: ASCII,
  recognise,
  continues: isJsonField,
  parse,
  size: ({ entries }) => ({ count: entries.length, unit: 'entries' }),
  facts: {
    remotes: {
      type: 'list',
      is: 'hosts that a VXLAN device sends to',
      of: ({ entries }) => {
        const remote = entries.filter(({ destination }) => destination !== null);
        return remote.length === 0
          ? missing('no entry of a VXLAN device is shown')
          : found(
              [...new Set(remote.flatMap(({ destination }) => destination ?? []))],
              remote.map(({ line }) => line),
            );
      },
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (isShowmacsHead(text) || showmacsEntry(text, 1) !== undefined) return 'strong';
  return fdbEntry(text, 1) === undefined ? jsonStrength(line, 'bridge-fdb') : 'strong';
}

function parse(lines: readonly string[]) {
  const entries: FdbEntry[] = [];
  const unread: number[] = [];
  for (const { line, text: raw } of asPrinted(lines)) {
    const text = raw.trim();
    if (text === '' || isShowmacsHead(text)) continue;
    const entry = fdbEntry(text, line) ?? showmacsEntry(text, line);
    if (entry === undefined) unread.push(line);
    else entries.push(entry);
  }
  // One line of compact JSON may hold several objects that are none.
  return entries.length === 0 ? undefined : { content: { entries }, unread: [...new Set(unread)] };
}
