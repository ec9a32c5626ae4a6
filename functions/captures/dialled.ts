import type { ConnectOutcome } from '../artefacts/curl-timing/outcome.ts';
import type { Request } from '../artefacts/curl-timing.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { SshOutcome } from '../artefacts/ssh-error/lines.ts';
import { telnetPort, urlHost, urlPort } from '../primitives/url.ts';

/** A connection that a person tried to open with ssh, curl, wget or nc. */
export interface Dialled {
  /** On which host it was typed, among others. */
  readonly artefact: Artefact;
  readonly at: { readonly artefact: string; readonly line: number };
  /** Address or name of the server. */
  readonly server: string;
  readonly port: number | null;
  /** Null where only figures tell how it ended. */
  readonly outcome: ConnectOutcome | SshOutcome | null;
  readonly isFailed: boolean;
  /** curl's own number: `curl: (28)`. */
  readonly number: number | null;
}

/** Where ssh connects when nothing else is said (RFC 4253). */
export const SSH_PORT = 22;

/** The connections that clients tried to open; what curl does not repeat stands in its command. */
export function dialledIn(evidence: readonly Evidence[]): readonly Dialled[] {
  const requests = ofKind(evidence, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests.flatMap((request): readonly Dialled[] => {
      const { outcome, number, line } = request;
      const { server, port } = serverOf(request, artefact, content.requests.length);
      if (server === null) return [];
      const isFailed = outcome === null ? neverConnected(request) : outcome !== 'established';
      const at = cite(artefact, line);
      return [{ artefact, at, server, port, outcome, isFailed, number }];
    }),
  );
  const logins = ofKind(evidence, 'ssh-error').flatMap(({ artefact, content }) =>
    content.attempts.map(({ host, address, port, outcome, line }) => ({
      artefact,
      at: cite(artefact, line),
      server: address ?? host,
      port: port ?? SSH_PORT,
      outcome,
      isFailed: outcome !== null && outcome !== 'established',
      number: null,
    })),
  );
  return [...requests, ...logins];
}

/** Host and port of a request, completed by the command where it is the only one of it. */
export function serverOf(
  { host, port }: Pick<Request, 'host' | 'port'>,
  artefact: Artefact,
  requests: number,
): { readonly server: string | null; readonly port: number | null } {
  const command = requests === 1 ? artefact.command : null;
  return {
    server: host ?? urlHost(command),
    port: port ?? urlPort(command) ?? telnetPort(command),
  };
}

/** `time_connect` stays zero where no connection came about (curl(1), `-w`). */
function neverConnected({ times }: Request): boolean {
  return times.connect === 0 && (times.total ?? 0) > 0;
}
