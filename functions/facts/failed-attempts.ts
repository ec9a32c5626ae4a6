import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { askedIn } from './lookups/asked.ts';

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

/** Pings that nothing answered, not even an error. */
export function silentPings(
  all: readonly Evidence[],
): readonly (Omit<FailedAttempt, 'port'> & { readonly port: null })[] {
  return ofKind(all, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap(({ summary, replies, troubles, address, target }) =>
      summary === null || summary.sent === 0 || summary.received + replies + troubles.length > 0
        ? []
        : [
            {
              address: address ?? target,
              port: null,
              host: artefact.host,
              at: cite(artefact, summary.line),
            },
          ],
    ),
  );
}

/** Questions of dig and its like that one server never answered; those over TCP mostly come after an answer that was too large. */
export function silentLookups(
  all: readonly Evidence[],
): readonly (FailedAttempt & { readonly protocol: 'udp' })[] {
  const asked = askedIn(all);
  const heard = new Set(
    asked.flatMap(({ server, outcome }) => (outcome === 'timed-out' ? [] : [server])),
  );
  return asked.flatMap(({ outcome, server, tcp, at: [at] }) => {
    const own = all.find(({ artefact }) => artefact.id === at?.artefact);
    if (outcome !== 'timed-out' || tcp || server === null || heard.has(server)) return [];
    if (at === undefined || own === undefined) return [];
    const { host } = own.artefact;
    return [{ address: server, port: DNS_PORT, host, at, protocol: 'udp' }];
  });
}

const DNS_PORT = 53;
