import type { ProxiedRequest } from '../../artefacts/envoy-log.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Of Envoy's flags, those that say that the server behind it, or the way there, failed (docs: Access logging, RESPONSE_FLAGS). */
const TELLING = ['UF', 'UH', 'NC', 'NR', 'UO', 'UT', 'UC', 'UR', 'LR', 'UPE'] as const;
type Flag = (typeof TELLING)[number];

interface Told {
  readonly artefact: Artefact;
  readonly request: ProxiedRequest;
  readonly flag: Flag | undefined;
  readonly target: string;
}

/** Requests that Envoy could not serve, by what they were for; those that it has served since count as mended. */
export function proxyTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  const told = ofKind(evidence, 'envoy-log').flatMap(({ artefact, content }) =>
    content.requests.map((request): Told => {
      const flag = TELLING.find((one) => request.flags.includes(one));
      return { artefact, request, flag, target: targetOf(request) };
    }),
  );
  const groups = Map.groupBy(told, ({ artefact, request }) =>
    [artefact.host, request.cluster ?? request.authority].join(' '),
  );
  return [...groups.values()].flatMap((own): readonly Symptom[] => {
    const failed = own.filter(({ flag }) => flag !== undefined);
    const last = failed.at(-1);
    if (last?.flag === undefined || isMended(own)) return [];
    // Whoever scans a gateway asks for what was never there.
    if (last.flag === 'NR' && told.some(({ flag }) => flag === undefined)) return [];
    const alike = failed.filter(({ flag }) => flag === last.flag);
    return [symptomOf(last, last.flag, alike)];
  });
}

/** Served at last, and never failed again once served. */
function isMended(own: readonly Told[]): boolean {
  const served = own.findIndex(({ flag }) => flag === undefined);
  return served >= 0 && own.slice(served).every(({ flag }) => flag === undefined);
}

function symptomOf(
  { artefact, request, target }: Told,
  flag: Flag,
  alike: readonly Told[],
): Symptom {
  const at = alike.slice(-3).map((one) => cite(one.artefact, one.request.line));
  const { host } = artefact;
  const how = flag === 'UF' ? connectOutcome(request.details) : undefined;
  return how === undefined
    ? { id: 'proxy-failed', host, target, outcome: `envoy-${flag}`, server: null, at }
    : { id: 'connection-failed', host, target, outcome: how, server: null, at };
}

/** What the transport said, with Linux' errno (source/common/tcp/conn_pool.cc: `delayed connect error: 111`). */
function connectOutcome(details: string): string | undefined {
  if (/connect_error:_(?:111\b|Connection_refused)/i.test(details)) return 'refused';
  if (/connect_error:_(?:113\b|No_route_to_host)/i.test(details)) return 'no-route';
  if (/connect_error:_(?:101\b|Network_is_unreachable)/i.test(details)) return 'unreachable';
  if (/connect_error:_(?:110\b|Connection_timed_out)|connection_timeout/i.test(details))
    return 'timed-out';
  return /TLS_error/i.test(details) ? 'tls' : undefined;
}

/** Who was to be reached: the server chosen, else the cluster's Service, else what the client asked for. */
function targetOf({ upstream, cluster, authority }: ProxiedRequest): string {
  const [, port, service] =
    /^(?:outbound|inbound)\|(\d{1,5})\|[^|]*\|(\S+)$/.exec(cluster ?? '') ?? [];
  const named = service === undefined ? cluster : `${service}:${port}`;
  return upstream ?? named ?? authority ?? '?';
}
