import type { Network } from './network.ts';
import type { Random } from './random.ts';

export type FaultKind =
  | 'none'
  | 'late'
  | 'no-answer'
  | 'request-lost'
  | 'response-lost'
  | 'all-lost';

/** What goes wrong, once; `hop` is the stop nearer the client of the two between which packets vanish. */
export interface Fault {
  readonly kind: FaultKind;
  readonly hop: number;
  readonly direction: 'request' | 'response';
  /** The lookup (or connection) hit, the step of its search list, and the question; null qtype: both. */
  readonly lookup: number;
  readonly step: number;
  readonly qtype: 'A' | 'AAAA' | null;
}

/** Draws what goes wrong, mostly where two captures can tell. */
export function faultFrom(
  random: Random,
  network: Network,
  captured: readonly number[],
  counts: { readonly lookups: number; readonly steps: number },
): Fault {
  const kind = random.weighted<FaultKind>([
    ['request-lost', 34],
    ['response-lost', 22],
    ['all-lost', 12],
    ['no-answer', 8],
    ['late', 10],
    ['none', 14],
  ]);
  const hops = network.stops.slice(1).map((_, at) => at);
  const told = hops.filter(
    (hop) => captured.some((at) => at <= hop) && captured.some((at) => at > hop),
  );
  const among = told.length > 0 && random.chance(0.9) ? told : hops;
  const isWide = kind === 'all-lost' || kind === 'no-answer';
  return {
    kind,
    hop: among[random.int(0, among.length - 1)] ?? 0,
    direction:
      kind === 'response-lost' || (kind === 'all-lost' && random.chance(0.3))
        ? 'response'
        : 'request',
    lookup: isWide && random.chance(0.6) ? 0 : random.int(0, counts.lookups - 1),
    step: isWide ? 0 : random.int(0, counts.steps - 1),
    qtype:
      kind === 'all-lost' || (kind === 'no-answer' && random.chance(0.6))
        ? null
        : random.chance(0.7)
          ? 'AAAA'
          : 'A',
  };
}
