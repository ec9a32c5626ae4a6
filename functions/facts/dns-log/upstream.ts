import type { Citation } from '../../primitives/reading.ts';
import { isClusterName, isProbe, type Logged } from './entries.ts';

/** An upstream at which questions failed: without an answer, refused. */
export interface FailingUpstream {
  readonly upstream: string;
  /** In the worst ten minutes, where every line has a time. */
  readonly questions: number;
  readonly names: number;
  /** The names of all of them. */
  readonly asked: readonly string[];
  /** Null where the log does not hold every query. */
  readonly perThousand: number | null;
  readonly isOwn: boolean;
  readonly clusterNames: boolean;
  readonly onlyAaaa: boolean;
  readonly at: readonly Citation[];
}

const WINDOW_MS = 10 * 60_000;
const MOST_LINES = 4;

type Failed = ReturnType<Logged['failed']>[number];

/** The upstream that most questions waited for in vain; the server's own probes are no questions of anybody. */
export function silentUpstreamIn(logged: Logged): FailingUpstream | undefined {
  return failingUpstreamIn(logged, 'timeout');
}

/** The upstream at which most questions failed for one reason. */
export function failingUpstreamIn(
  logged: Logged,
  reason: Failed['said']['failure']['reason'],
): FailingUpstream | undefined {
  const failures = logged
    .failed()
    .filter(({ said }) => said.failure.reason === reason && !isProbe(said));
  const byUpstream = Map.groupBy(
    failures.filter(({ said }) => said.failure.upstream !== null),
    ({ said }) => said.failure.upstream ?? '',
  );
  const [worst] = [...byUpstream].toSorted(([, a], [, b]) => b.length - a.length);
  if (worst === undefined) return undefined;
  const [upstream, own] = worst;
  const dense = densest(own);
  const queries = logged.queries().length;
  return {
    upstream,
    questions: dense.length,
    names: new Set(dense.map(({ said }) => said.name)).size,
    asked: [...new Set(own.map(({ said }) => said.name))],
    perThousand:
      queries === 0 || logged.isSelected ? null : Math.round((10_000 * own.length) / queries) / 10,
    isOwn: own.some(({ said: { failure } }) => failure.from === upstream) || isLoopback(upstream),
    clusterNames: own.some(({ said }) => isClusterName(said.name)),
    onlyAaaa: own.every(({ said }) => said.type === 'AAAA'),
    at: linesOf(dense),
  };
}

/** Those of the ten minutes that hold most; all, where some line has no time. */
function densest(own: readonly Failed[]): readonly Failed[] {
  const times = own.flatMap(({ timeMs }) => timeMs ?? []);
  if (times.length < own.length) return own;
  const sorted = own.toSorted((a, b) => (a.timeMs ?? 0) - (b.timeMs ?? 0));
  let best = { from: 0, to: 0 };
  let from = 0;
  for (let to = 0; to < sorted.length; to += 1) {
    while ((sorted[to]?.timeMs ?? 0) - (sorted[from]?.timeMs ?? 0) > WINDOW_MS) from += 1;
    if (to + 1 - from > best.to - best.from) best = { from, to: to + 1 };
  }
  return sorted.slice(best.from, best.to);
}

function isLoopback(address: string): boolean {
  return /^127\.|^::1$/.test(address);
}

/** Some upstreams do not answer HINFO; one that answers nothing else either is silent. */
export function unansweredProbesIn(logged: Logged): Probes | undefined {
  const probes = timedOutProbes(logged);
  return probes.length === 0 || answersOthers(logged)
    ? undefined
    : { count: probes.length, at: linesOf(probes) };
}

/** Probes that timed out while other questions were answered through the upstream. */
export function ignoredProbesIn(logged: Logged): Probes | undefined {
  const probes = timedOutProbes(logged);
  return probes.length > 0 && answersOthers(logged) && silentUpstreamIn(logged) === undefined
    ? { count: probes.length, at: linesOf(probes) }
    : undefined;
}

/** plugin/loop's own questions. */
interface Probes {
  readonly count: number;
  readonly at: readonly Citation[];
}

function timedOutProbes(logged: Logged): readonly Failed[] {
  return logged.failed().filter(({ said }) => isProbe(said) && said.failure.reason === 'timeout');
}

function linesOf(told: readonly Failed[]): readonly Citation[] {
  return told.slice(0, MOST_LINES).flatMap(({ at }) => at);
}

/** An answer that an upstream gave, now or before it was cached: not authoritative, and not a failure. */
function answersOthers(logged: Logged): boolean {
  return logged
    .queries()
    .some(
      ({ said: { name, type, rcode, flags } }) =>
        type !== 'HINFO' &&
        !isClusterName(name) &&
        !flags.includes('aa') &&
        (rcode === 'NOERROR' || rcode === 'NXDOMAIN'),
    );
}
