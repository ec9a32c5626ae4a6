import { isForeign, lineOf, type Said, strengthOf } from './coredns-log/lines.ts';
import { ASCII, defineArtefact } from './define.ts';

/** One line of the log: what it says, when, and which pod said it where something tells. */
interface Entry {
  readonly line: number;
  readonly timeMs: number | null;
  readonly pod: string | null;
  readonly said: Said;
}

/**
 * What CoreDNS (and node-cache, which is CoreDNS) writes: queries (plugin/log), failures (plugin/errors), plugins' own words
 * (plugin/pkg/log), coremain/run.go; versions 1.1 to 1.13, with what kubectl, container runtimes and journald put before it.
 */
export const corednsLog = defineArtefact({
  kind: 'coredns-log',
  title: 'CoreDNS log',
  ask: 'kubectl -n kube-system logs -l k8s-app=kube-dns --prefix --timestamps --since=30m --tail=500',
  hint: /\blogs?\s[^|;&]{0,120}(?:dns|DNS)|\bjournalctl\s[^|;&]{0,80}coredns/,
  first: ASCII,
  recognise: strengthOf,
  continues: (line) => isForeign(line) || strengthOf(line) !== 'none',
  parse,
  size: ({ entries }) => ({ count: entries.length, unit: 'lines' }),
  place: ({ entries }) => placeOf(entries),
  facts: {},
});

function parse(lines: readonly string[]) {
  const entries: Entry[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    if (raw.trim() === '') continue;
    const read = lineOf(raw);
    if (read !== undefined) {
      const { timeMs, pod, said } = read;
      entries.push({ line: index + 1, timeMs, pod, said });
    } else if (!isForeign(raw)) unread.push(index + 1);
  }
  return entries.length === 0 ? undefined : { content: { entries }, unread };
}

/** The pod that a prefix names, when it is the only one; a cluster's server runs in a pod wherever the log was read. */
function placeOf(entries: readonly Entry[]) {
  const pods = new Set(entries.flatMap(({ pod }) => pod ?? []));
  const [host] = pods;
  if (host !== undefined) return pods.size === 1 ? { host, pod: true } : { pod: true };
  return entries.some(({ said }) => isOfCluster(said)) ? { pod: true } : {};
}

function isOfCluster(said: Said): boolean {
  if (said.is === 'notice')
    return said.plugin === 'kubernetes' || /node-?local|node-cache/.test(said.text);
  return (said.is === 'query' || said.is === 'failed') && said.name.endsWith('.cluster.local.');
}
