import type { Request } from '../../artefacts/curl-timing.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { isMended } from '../../facts/attempt.ts';
import { urlHost } from '../../primitives/url.ts';
import type { Symptom } from '../symptoms.ts';

const FAILED: ReadonlySet<string> = new Set([
  'timed-out',
  'refused',
  'no-route',
  'unreachable',
  'reset',
  'hung-up',
  'broken-off',
  'unresolved',
  'no-port',
  'no-answer',
  'closed-unanswered',
  'unanswered',
  'not-connected',
  'stalled',
  'tls',
  'hello-open',
  'certificate-not-yet-valid',
  'certificate-expired',
]);

/** Connections that a client itself says failed, unless a later attempt got through. */
export function failedConnections(evidence: readonly Evidence[]): readonly Symptom[] {
  const connections = ofKind(evidence, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests.map((request) => ({ artefact, request })),
  );
  return [
    ...ofKind(evidence, 'ssh-error').flatMap(({ artefact, content }) =>
      content.attempts.flatMap((attempt) => failure(artefact, attempt)),
    ),
    ...connections.flatMap(({ artefact, request }, at) =>
      connections.slice(at + 1).some((later) => isMended(request, later.request))
        ? []
        : failure(
            artefact,
            request.certificate === undefined ? withHello(request) : withCertificate(request),
          ),
    ),
  ];
}

interface Attempt {
  readonly host: string | null;
  readonly outcome: string | null;
  readonly line: number;
  /** curl's own: `curl: (7)`. */
  readonly number?: number | null;
}

/** CURLE_COULDNT_CONNECT (curl.h): newer ones do not say why. */
const CURL_CONNECT = 7;

/** What somebody pastes while it hangs; whether anything came after the end of the text, nobody knows. */
function withHello(request: Request): Request | Attempt {
  const { helloLine } = request;
  return helloLine === undefined
    ? request
    : { host: request.host, outcome: 'hello-open', line: helloLine };
}

/** A certificate that is refused for its dates tells more than that TLS failed, or that TCP was connected. */
function withCertificate(request: Request): Attempt {
  const { certificate } = request;
  return certificate === undefined
    ? request
    : { ...request, outcome: `certificate-${certificate.is}`, line: certificate.line };
}

function failure(artefact: Artefact, { host, outcome, line, number }: Attempt): readonly Symptom[] {
  if (outcome === null || !(FAILED.has(outcome) || number === CURL_CONNECT)) return [];
  const at = [cite(artefact, line)];
  return [
    {
      id: 'connection-failed',
      host: artefact.host,
      target: host || (urlHost(artefact.command) ?? null),
      outcome,
      server: null,
      at,
    },
  ];
}
