import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { urlHost } from './url-host.ts';

/** A connection that a client did not get, as its own program tells. */
export interface FailedAttempt {
  /** Address or name of the server, as the program prints it. */
  readonly address: string;
  readonly port: number;
  /** The host of the client; null where nothing names it. */
  readonly host: string | null;
  readonly at: Citation;
}

const SSH = 22;

/** What curl, wget, nc and ssh tell of connections that ended so. */
export function failedAttempts(
  all: readonly Evidence[],
  wanted: 'timed-out' | 'refused',
): readonly FailedAttempt[] {
  const requests = ofKind(all, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests.flatMap(({ host, port, outcome, line }): readonly FailedAttempt[] => {
      const only = content.requests.length === 1;
      const address = host ?? (only ? urlHost(artefact.command) : null);
      const asked = port ?? (only ? urlPort(artefact.command) : null);
      return outcome !== wanted || address === null || asked === null
        ? []
        : [{ address, port: asked, host: artefact.host, at: cite(artefact, line) }];
    }),
  );
  const logins = ofKind(all, 'ssh-error').flatMap(({ artefact, content }) =>
    content.attempts.flatMap(({ host, address, port, outcome, line }): readonly FailedAttempt[] =>
      outcome !== wanted
        ? []
        : [
            {
              address: address ?? host,
              port: port ?? SSH,
              host: artefact.host,
              at: cite(artefact, line),
            },
          ],
    ),
  );
  return [...requests, ...logins];
}

function urlPort(command: string | null): number | null {
  const [, scheme, port] =
    /\b(https?):\/\/(?:\[[\da-f:]+\]|[^\s/:'"]+)(?::(\d{1,5}))?/i.exec(command ?? '') ?? [];
  if (port !== undefined) return Number(port);
  if (scheme === undefined) return null;
  return scheme.toLowerCase() === 'https' ? 443 : 80;
}
