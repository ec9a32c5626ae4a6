import { sumOf } from '../artefacts/conntrack-stats.ts';
import { type Evidence, ofKind } from '../artefacts/evidence.ts';
import { type Counted, readingsOf, wasReset } from '../facts/conntrack-clash.ts';

/** Two readings of the same counters on the same host. */
export interface Compared {
  readonly host: string | null;
  readonly before: Counted;
  readonly after: Counted;
  /** A counter fell: the host was rebooted in between and nothing may be subtracted. */
  readonly reset: boolean;
  readonly rows: readonly {
    readonly counter: string;
    readonly before: number;
    readonly after: number;
    readonly change: number | null;
  }[];
}

const SHOWN = [
  'insert_failed',
  'drop',
  'early_drop',
  'clash_resolve',
  'chaintoolong',
  'invalid',
  'search_restart',
  'found',
];

/** Compares the first and the last reading of a host that gave two; the host with the most to tell first. */
export function compareReadings(evidence: readonly Evidence[]): Compared | null {
  const hosts = new Set(ofKind(evidence, 'conntrack-stats').map(({ artefact }) => artefact.host));
  const pairs = [...hosts].flatMap((host) => {
    const readings = readingsOf({ own: evidence.filter(({ artefact }) => artefact.host === host) });
    const [before, after] = [readings[0], readings.at(-1)];
    return before === undefined || after === undefined || before === after
      ? []
      : [pair(host, before, after)];
  });
  const lost = ({ rows }: Compared) => rows.find(({ counter }) => counter === 'drop')?.before ?? 0;
  return pairs.toSorted((a, b) => lost(b) - lost(a))[0] ?? null;
}

function pair(host: string | null, before: Counted, after: Counted): Compared {
  const reset = wasReset(before.reading, after.reading);
  const rows = SHOWN.flatMap((counter) => {
    const [from, to] = [sumOf(before.reading, counter), sumOf(after.reading, counter)];
    return from === undefined || to === undefined
      ? []
      : [{ counter, before: from, after: to, change: reset ? null : to - from }];
  });
  return { host, before, after, reset, rows };
}
