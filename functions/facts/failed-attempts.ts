import type { Evidence } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';

/** A connection that a client did not get, as its own program tells. */
export interface FailedAttempt {
  /** Address or name of the server, as the program prints it. */
  readonly address: string;
  readonly port: number;
  /** The host of the client; null where nothing names it. */
  readonly host: string | null;
  readonly at: Citation;
}

/** What curl, wget, nc and ssh tell of connections that ended so. */
export function failedAttempts(
  all: readonly Evidence[],
  wanted: 'timed-out' | 'refused',
): readonly FailedAttempt[] {
  return dialledIn(all).flatMap(({ artefact: { host }, at, server, port, outcome }) =>
    outcome !== wanted || port === null ? [] : [{ address: server, port, host, at }],
  );
}
