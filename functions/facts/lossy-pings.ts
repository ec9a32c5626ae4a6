import { type Artefact, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { PingRun } from '../artefacts/ping.ts';

/** ARP costs the first echo, chance another one; a router may answer none of many, a host that answers some loses the rest. */
const LEAST_LOST = 2;
const LEAST_LOST_PERCENT = 5;

/** A run of pings of which too many were lost for an accident. */
export interface LossyPing {
  readonly artefact: Artefact;
  readonly run: PingRun;
  readonly percent: number;
  /** Of the summary, within the artefact. */
  readonly line: number;
}

/** Pings of which some were answered and too many were not. */
export function lossyPingsIn(evidence: readonly Evidence[]): readonly LossyPing[] {
  return ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run): readonly LossyPing[] => {
      const { summary } = run;
      const lost = summary === null ? 0 : summary.sent - summary.received;
      if (summary === null || summary.received === 0 || lost < LEAST_LOST) return [];
      const percent = Math.round((lost / summary.sent) * 100);
      return percent < LEAST_LOST_PERCENT ? [] : [{ artefact, run, percent, line: summary.line }];
    }),
  );
}
