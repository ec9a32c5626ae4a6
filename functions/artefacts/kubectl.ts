import type { Cluster } from './cluster.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { isAlignedHead } from './kubectl/aligned.ts';
import { headIn, isTableLine, readTables, rowsBehind } from './kubectl/table.ts';

/**
 * Tables of `kubectl get`, with `-o wide`, `-A`, `--show-labels`, custom columns or several kinds in one command;
 * pkg/printers/internalversion/printers.go. They are of the whole cluster, wherever they were asked for.
 */
export const kubectl = defineArtefact({
  kind: 'kubectl',
  title: 'kubectl get',
  ask: 'kubectl -n kube-system get pods,svc,endpoints -l k8s-app=kube-dns -o wide; kubectl get nodes -o wide',
  hint: /\b(?:kubectl|k|oc)\s(?:\S+\s){0,8}?(?:get|top)\s/,
  first: ASCII,
  recognise,
  begins: (line) => headIn(line.trim()) !== undefined,
  run: ({ at, length }, from) => rowsBehind(at, from, length),
  anywhere: true,
  parse,
  size: ({ objects }) => ({ count: objects.length, unit: 'objects' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (isTableLine(text)) return 'strong';
  // Other programs print headlines like it.
  return isAlignedHead(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<Cluster> | undefined {
  const { objects, unread } = readTables(lines);
  return objects.length === 0 ? undefined : { content: { objects, isList: false }, unread };
}
