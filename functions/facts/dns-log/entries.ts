import { type ContentOf, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { once } from '../../primitives/once.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';
import { inOrder } from '../order.ts';

type Entry = ContentOf<'coredns-log'>['entries'][number];
type Said = Entry['said'];
type One<Is extends Said['is']> = Extract<Said, { readonly is: Is }>;

/** One thing that the log says, and the line that says it. */
export interface Told<S = Said> {
  readonly said: S;
  readonly timeMs: number | null;
  readonly at: readonly Citation[];
}

/** The logs of one vantage point as one. */
export interface Logged {
  readonly entries: readonly Told[];
  readonly queries: () => readonly Told<One<'query'>>[];
  readonly failed: () => readonly Told<One<'failed'>>[];
  /** Lines were left out before they were pasted, so shares of them mean nothing. */
  readonly isSelected: boolean;
  /** It is the log of a cache on the node, which forwards names of the cluster too. */
  readonly isCache: boolean;
}

const logs = new WeakMap<View['own'], Logged>();

/** The logs of a vantage point; where some were taken after a change, only those tell how things are. */
export function loggedIn({ own }: Pick<View, 'own'>): Logged {
  const found = logs.get(own) ?? join(own);
  logs.set(own, found);
  return found;
}

function join(own: View['own']): Logged {
  const all = inOrder(ofKind(own, 'coredns-log'));
  const after = all.filter(({ artefact }) => artefact.order === 'after');
  const chosen = after.length > 0 ? after : all;
  const entries: readonly Told[] = chosen.flatMap(({ artefact, content }) =>
    content.entries.map(({ said, timeMs, line }) => ({ said, timeMs, at: [cite(artefact, line)] })),
  );
  return {
    entries,
    queries: once(() => entries.filter(isSaying('query'))),
    failed: once(() => entries.filter(isSaying('failed'))),
    isCache: chosen.some(isOfCache),
    isSelected: chosen.some(({ artefact }) => /\bgrep\b|\bawk\b/.test(artefact.command ?? '')),
  };
}

const CACHE = /node-?local-?dns|node-cache/;

function isOfCache({ artefact, content }: Evidence<'coredns-log'>): boolean {
  if (CACHE.test(`${artefact.host} ${artefact.command}`)) return true;
  return content.entries.some(
    ({ said, pod }) =>
      CACHE.test(pod ?? '') ||
      (said.is === 'notice' && (CACHE.test(said.text) || / on 169\.254\./.test(said.text))),
  );
}

function isSaying<Is extends Said['is']>(is: Is) {
  return (told: Told): told is Told<One<Is>> => told.said.is === is;
}

/** plugin/loop asks for two random numbers, type HINFO (plugin/loop/setup.go, qname). */
export function isProbe({ name, type }: { readonly name: string; readonly type: string }): boolean {
  return type === 'HINFO' && /^\d{6,20}\.\d{6,20}\./.test(name);
}

/** A name of the cluster, which its server answers from memory. */
export function isClusterName(name: string): boolean {
  return name.endsWith('.cluster.local.');
}
