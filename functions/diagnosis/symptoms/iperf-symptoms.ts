import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { IperfRun } from '../../artefacts/iperf.ts';
import { urlHost } from '../../primitives/url.ts';
import type { Symptom } from '../symptoms.ts';

/** Of a hundred datagrams: below, a full buffer of the receiver is the usual reason. */
const LEAST_PERCENT = 2;
/** Seconds of silence that a slow start and a pause of the other program do not explain. */
const LEAST_STILL = 2;

/** Transfers of iperf3 that stood still, lost datagrams, or broke off. */
export function iperfTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'iperf').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run): readonly Symptom[] => {
      const { host } = artefact;
      const name = run.host ?? urlHost(artefact.command) ?? '?';
      const target = run.port === null ? name : `${name}:${run.port}`;
      const shared = { host, target, server: null };
      const still = standstill(run);
      const loss = lossOf(run);
      const broken = outcomeOf(run.error?.said ?? '');
      if (still.length > 0) {
        const at = still.map((line) => cite(artefact, line));
        return [{ ...shared, id: 'transfer-stood-still', outcome: String(still.length), at }];
      }
      if (run.error !== null && broken !== undefined)
        return [
          {
            ...shared,
            id: 'connection-failed',
            outcome: broken,
            at: [cite(artefact, run.error.line)],
          },
        ];
      if (loss === undefined || loss.percent < LEAST_PERCENT) return [];
      const at = [cite(artefact, loss.line)];
      return [{ ...shared, id: 'datagrams-lost', outcome: String(loss.percent), at }];
    }),
  );
}

/** Lines of intervals of a stream in which nothing at all was carried, in a row. */
function standstill({ intervals }: IperfRun): readonly number[] {
  const rows = intervals.filter(({ side, stream }) => side === null && stream !== 'SUM');
  for (const own of Map.groupBy(rows, ({ stream }) => stream).values()) {
    let from = 0;
    for (const [at, { isZero, to }] of own.entries()) {
      if (!isZero) from = at + 1;
      else if (to - (own[from]?.from ?? to) >= LEAST_STILL && !own[at + 1]?.isZero)
        return own.slice(from, at + 1).map(({ line }) => line);
    }
  }
  return [];
}

/** What the receiver missed in all; where the end is cut, nothing. */
function lossOf({
  intervals,
}: IperfRun): { readonly percent: number; readonly line: number } | undefined {
  const totals = intervals.filter(({ side, lost }) => side === 'receiver' && lost !== null);
  const told = totals.find(({ stream }) => stream === 'SUM') ?? totals[0];
  if (told?.lost == null || told.total === null || told.total === 0) return undefined;
  return { percent: Math.round((1000 * told.lost) / told.total) / 10, line: told.line };
}

/** iperf_error.c, iperf_strerror. */
function outcomeOf(said: string): string | undefined {
  if (/^(?:control|stream) socket has closed unexpectedly/.test(said)) return 'closed-unanswered';
  if (/Connection reset by peer$/.test(said)) return 'reset';
  if (/Connection timed out$|^idle timeout for receiving data/.test(said)) return 'stalled';
  return /No route to host$/.test(said) ? 'no-route' : undefined;
}
