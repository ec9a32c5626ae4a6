import { sumOf } from '../artefacts/conntrack-stats.ts';
import type { Request } from '../artefacts/curl-timing.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Following } from '../captures/follow.ts';
import { unansweredArpings } from '../facts/arpings-in-vain.ts';
import { isMended } from '../facts/attempt.ts';
import { readingsOf } from '../facts/conntrack-clash.ts';
import { grown } from '../facts/conntrack-growth.ts';
import type { View } from '../facts/define.ts';
import { askedFor, isAskedAgain } from '../facts/silent-neighbour.ts';
import { unfinishedTraces } from '../facts/unfinished-traces.ts';
import type { Citation } from '../primitives/reading.ts';
import { urlHost } from '../primitives/url.ts';
import { bondsDown } from './bond-symptoms.ts';
import { brokenConnections } from './broken-connections.ts';
import { refusedCertificates, wrongClocks } from './clock-symptoms.ts';
import { countedOverflows } from './counted-overflows.ts';
import { dnsmasqTroubles } from './dnsmasq-symptoms.ts';
import { tablesAtLimit } from './full-tables.ts';
import { gatewayErrors } from './gateway-errors.ts';
import { linkTroubles } from './link-troubles.ts';
import { capturedLookups, toldLookups } from './lookup-symptoms.ts';
import { martianPackets } from './martian-packets.ts';
import { oddAnswers } from './odd-answers.ts';
import { openQuestions } from './open-capture.ts';
import { doubledPings, lossyPings, silentPings } from './ping-symptoms.ts';
import { receiveErrors } from './receive-errors.ts';
import { stuckSockets, unansweredSockets } from './stuck-sockets.ts';
import { unansweredRequests } from './unanswered-requests.ts';
import { unbuiltSandboxes } from './unbuilt-sandboxes.ts';
import { unheardAnswers } from './unheard-answers.ts';
import { unreadyNodes } from './unready-nodes.ts';
import { unreadyPods } from './unready-pods.ts';
import { unrepliedFlows } from './unreplied-flows.ts';
import { unservedConnections } from './unserved-connections.ts';

/** Something in the paste that failed, whether or not a rule knows why: a paste that shows it is not healthy. */
export interface Symptom {
  readonly id:
    | 'connection-failed'
    | 'answered-from-elsewhere'
    | 'answered-with-other-id'
    | 'answered-late'
    | 'answer-unheard'
    | 'servers-differ'
    | 'echoes-lost'
    | 'echoes-doubled'
    | 'request-unanswered'
    | 'gateway-error'
    | 'neighbour-silent'
    | 'trace-unfinished'
    | 'trace-silent'
    | 'lookup-failed'
    | 'lookup-slow'
    | 'questions-open'
    | 'forwarding-failed'
    | 'packets-counted'
    | 'datagrams-overflowed'
    | 'connections-overflowed'
    | 'packets-dropped'
    | 'table-at-limit'
    | 'bond-down'
    | 'bond-port-down'
    | 'link-down'
    | 'link-flaps'
    | 'card-hung'
    | 'martian-source'
    | 'sandbox-without-network'
    | 'receive-errors'
    | 'no-nameserver'
    | 'network-pod-not-ready'
    | 'node-not-ready'
    | 'clock-off';
  readonly host: string | null;
  /** What could not be reached, as the tool names it; null where it does not. */
  readonly target: string | null;
  /** How it failed, by a name that report/words.ts tells, or in a log's own words; of a slow lookup, its milliseconds; of a counter, its value; of an answer from elsewhere, its address; of a neighbour, the requests; of a trace, the last hop that answered; of an answer that nobody heard, the milliseconds until the question came again; of echoes, the percentage or how many came twice; of requests and lost links, how many; of a martian, the card; of a clock, the seconds by which it is off. */
  readonly outcome: string;
  /** Of a lookup: the server that was asked, where it is known. */
  readonly server: string | null;
  readonly at: readonly Citation[];
}

const FAILED: ReadonlySet<string> = new Set([
  'timed-out',
  'refused',
  'no-route',
  'unreachable',
  'reset',
  'hung-up',
  'unresolved',
  'no-port',
  'no-answer',
  'not-connected',
  'stalled',
  'tls',
  'certificate-not-yet-valid',
  'certificate-expired',
]);

/** Finds what failed. */
export function symptomsIn(
  evidence: readonly Evidence[],
  following: Following,
): readonly Symptom[] {
  const connections = ofKind(evidence, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests.map((request) => ({ artefact, request })),
  );
  return [
    ...oddAnswers(evidence, following),
    ...capturedLookups(following),
    ...ofKind(evidence, 'ssh-error').flatMap(({ artefact, content }) =>
      content.attempts.flatMap((attempt) => failure(artefact, attempt)),
    ),
    ...connections.flatMap(({ artefact, request }, at) =>
      connections.slice(at + 1).some((later) => isMended(request, later.request))
        ? []
        : failure(artefact, withCertificate(request)),
    ),
    ...refusedCertificates(evidence),
    ...brokenConnections(following),
    ...unservedConnections(following),
    ...stuckSockets(evidence),
    ...unansweredSockets(evidence),
    ...unrepliedFlows(evidence),
    ...unheardAnswers(following),
    ...silentPings(evidence),
    ...lossyPings(evidence),
    ...silentNeighbours(following, evidence),
    ...endlessTraces(evidence),
    ...toldLookups(evidence),
    ...unansweredRequests(following),
    ...gatewayErrors(evidence),
    ...doubledPings(evidence),
    ...linkTroubles(evidence),
    ...martianPackets(evidence),
    ...unbuiltSandboxes(evidence),
    ...receiveErrors(evidence),
    ...unreadyPods(evidence),
    ...unreadyNodes(evidence),
    ...packetsCounted(evidence, following.points.length > 0),
    ...countedOverflows(evidence, following.points.length > 0),
    ...tablesAtLimit(evidence),
    ...bondsDown(evidence),
    ...dnsmasqTroubles(evidence),
    ...wrongClocks(evidence),
    ...openQuestions(following),
  ];
}

/** A node that has run for months may well have lost some packets; whether so many are an old story is worth asking. */
const MANY_PACKETS = 1000;
/** Where nothing but counters is shown, they are all there is to go by, and no clash explains these. */
const SOME_PACKETS = 10;

/** Losses that conntrack counted since boot and one reading cannot date; of two, only the difference speaks. */
function packetsCounted(evidence: readonly Evidence[], hasCaptures: boolean): readonly Symptom[] {
  const hosts = new Set(ofKind(evidence, 'conntrack-stats').map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const own = evidence.filter(({ artefact }) => artefact.host === host);
    const [only, second] = readingsOf({ own });
    if (only === undefined || only.early) return [];
    if (second !== undefined) return packetsDropped(host, { own });
    const { artefact, reading, late } = only;
    const names = late ? ['drop', 'insert_failed'] : ['drop'];
    const counts = names.map((name) => ({ name, count: sumOf(reading, name) ?? 0 }));
    const [most] = counts.toSorted((a, b) => b.count - a.count);
    const isUnexplained = sumOf(reading, 'insert_failed') === 0 && !hasCaptures;
    const least = isUnexplained ? SOME_PACKETS : MANY_PACKETS;
    if (most === undefined || most.count < least) return [];
    const at = reading.rows.map(({ line }) => cite(artefact, line));
    const { name: target, count } = most;
    return [{ id: 'packets-counted', host, target, outcome: String(count), server: null, at }];
  });
}

function packetsDropped(host: string | null, view: Pick<View, 'own'>): readonly Symptom[] {
  const dropped = grown(view, 'drop');
  if (!dropped.known || dropped.value === 0) return [];
  const { value, at } = dropped;
  return [{ id: 'packets-dropped', host, target: null, outcome: String(value), server: null, at }];
}

/** Addresses that somebody asked for again and again by ARP, in a capture or by hand, and nobody was seen to answer. */
function silentNeighbours(following: Following, evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(following.points.map(({ host }) => host));
  const captured = [...hosts].flatMap((host) =>
    askedFor({ following, host })
      .filter(isAskedAgain)
      .map((one) => ({ ...one, host })),
  );
  return [...captured, ...unansweredArpings(evidence)].map(
    ({ host, address: target, count, at }): Symptom => ({
      id: 'neighbour-silent',
      host,
      target,
      outcome: String(count),
      server: null,
      at,
    }),
  );
}

/** Traces that end in silence; where the destination answers something else, they are as they should be. */
function endlessTraces(evidence: readonly Evidence[]): readonly Symptom[] {
  return unfinishedTraces(evidence).map(
    ({ host, target, last, at }): Symptom => ({
      id: last === null ? 'trace-silent' : 'trace-unfinished',
      host,
      target,
      outcome: last ?? '',
      server: null,
      at,
    }),
  );
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
      target: host || (urlHost(artefact.command) ?? '?'),
      outcome,
      server: null,
      at,
    },
  ];
}
