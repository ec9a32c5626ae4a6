import { sumOf } from '../artefacts/conntrack-stats.ts';
import type { Request } from '../artefacts/curl-timing.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { answersOf } from '../captures/dns/answers.ts';
import { slowServerIn } from '../captures/dns/slow-server.ts';
import { questionOf } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import { unansweredArpings } from '../facts/arpings-in-vain.ts';
import { isMended } from '../facts/attempt.ts';
import { readingsOf } from '../facts/conntrack-clash.ts';
import { grown } from '../facts/conntrack-growth.ts';
import type { View } from '../facts/define.ts';
import { loggedIn } from '../facts/dns-log/entries.ts';
import { failingUpstreamIn } from '../facts/dns-log/upstream.ts';
import { failedNamesIn } from '../facts/failed-names.ts';
import { askedIn } from '../facts/lookups/asked.ts';
import { denialsIn } from '../facts/lookups/refusals.ts';
import { lookupTroubles } from '../facts/lookups/troubles.ts';
import { citation } from '../facts/loss.ts';
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
import { oddAnswers } from './odd-answers.ts';
import { openQuestions } from './open-capture.ts';
import { lossyPings, silentPings } from './ping-symptoms.ts';
import { stuckSockets, unansweredSockets } from './stuck-sockets.ts';
import { unheardAnswers } from './unheard-answers.ts';

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
    | 'clock-off'
    | 'table-at-limit'
    | 'bond-down'
    | 'bond-port-down';
  readonly host: string | null;
  /** What could not be reached, as the tool names it; null where it does not. */
  readonly target: string | null;
  /** How it failed, by a name that report/words.ts tells, or in a log's own words; of a slow lookup, its milliseconds; of a counter, its value; of an answer from elsewhere, its address; of a neighbour, the requests; of a trace, the last hop that answered; of an answer that nobody heard, the milliseconds until the question came again; of echoes, the percentage; of a clock, the seconds by which it is off. */
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
    ...lateAnswers(following),
    ...refusedAnswers(following),
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
    ...stuckSockets(evidence),
    ...unansweredSockets(evidence),
    ...unheardAnswers(following),
    ...silentPings(evidence),
    ...lossyPings(evidence),
    ...silentNeighbours(following, evidence),
    ...endlessTraces(evidence),
    ...failedLookups(evidence),
    ...lookupTroubles(evidence).map(
      ({ host, name, server, outcome, ms, at }): Symptom => ({
        id: ms === null ? 'lookup-failed' : 'lookup-slow',
        host,
        target: name,
        outcome: ms === null ? outcome : String(ms),
        server,
        at,
      }),
    ),
    ...refusedQueries(evidence),
    ...differingServers(evidence),
    ...deniedNames(evidence),
    ...packetsCounted(evidence, following.points.length > 0),
    ...countedOverflows(evidence, following.points.length > 0),
    ...tablesAtLimit(evidence),
    ...bondsDown(evidence),
    ...dnsmasqTroubles(evidence),
    ...wrongClocks(evidence),
    ...openQuestions(following),
  ];
}

/** An upstream's two seconds, musl's 2.5 s and glibc's 5 s are above; first answers from afar seldom take so long. */
const LATE_MS = 1500;

/** An answer that captures show so late that its client has waited for it in vain, or nearly so. */
function lateAnswers(following: Following): readonly Symptom[] {
  const found = slowServerIn(following);
  const [first] = found?.at ?? [];
  if (found === undefined || first === undefined || found.ms < LATE_MS) return [];
  const host = following.points[first.point]?.host ?? null;
  return [
    {
      id: 'answered-late',
      host,
      target: found.name,
      outcome: String(Math.round(found.ms)),
      server: first.packet.destination.host,
      at: found.at.map(citation),
    },
  ];
}

/** Names that one server denies and another one answers; a server that resolv.conf does not name was asked for comparison. */
function differingServers(evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Map(
    ofKind(evidence, 'dig').map(({ artefact }) => [artefact.id, artefact.host]),
  );
  const named = new Set(
    ofKind(evidence, 'resolv-conf').flatMap(({ content }) =>
      content.nameservers.map(({ address }) => address),
    ),
  );
  const denials = denialsIn(askedIn(evidence)).filter(
    ({ denied }) => named.size === 0 || named.has(denied.server ?? ''),
  );
  return denials.map(
    ({ denied, answered }): Symptom => ({
      id: 'servers-differ',
      host: hosts.get(denied.at[0]?.artefact ?? '') ?? null,
      target: denied.name,
      outcome: answered.server ?? '?',
      server: denied.server,
      at: [...denied.at.slice(0, 1), ...answered.at.slice(0, 1)],
    }),
  );
}

/** Names that a program did not find and a server denies: whether another server of the host knows them is not shown. */
function deniedNames(evidence: readonly Evidence[]): readonly Symptom[] {
  const denied = failedNamesIn(evidence).filter(({ how }) => how === 'no-such-name');
  return failedNamesIn(evidence).flatMap((failed): readonly Symptom[] => {
    const { artefact, name, at } = failed;
    const denial = denied.find((one) => one.name === name && one.artefact.host === artefact.host);
    if (failed.how !== null || denial === undefined) return [];
    const { host } = artefact;
    const { server } = denial;
    return [
      { id: 'lookup-failed', host, target: name, outcome: 'nxdomain', server, at: [at, denial.at] },
    ];
  });
}

const REFUSALS: Readonly<Record<string, string>> = {
  Refused: 'refused',
  NotImp: 'notimp',
  FormErr: 'formerr',
};

/** Questions that got nothing but a refusal, from whomever they went to. */
function refusedAnswers({ unsettled, settled, points }: Following): readonly Symptom[] {
  const answered = new Set(settled?.outcomes().map(({ question }) => question));
  const byQuestion = Map.groupBy(
    unsettled.filter(({ protocol }) => protocol === 'dns'),
    ({ client, dns }) => `${client.host} ${dns?.qtype} ${dns?.qname}`,
  );
  return [...byQuestion.values()].flatMap((tries): readonly Symptom[] => {
    const answers = tries.flatMap((one) => answersOf(one));
    const [first] = answers;
    const outcome = REFUSALS[first?.packet.dns?.rcode ?? ''];
    const isRefused = answers.every(({ packet }) => (packet.dns?.rcode ?? '') in REFUSALS);
    const [asked] = tries;
    const isAnswered = asked !== undefined && answered.has(questionOf(asked));
    if (first === undefined || outcome === undefined || !isRefused || isAnswered) return [];
    return [
      {
        id: 'lookup-failed',
        host: points[first.point]?.host ?? null,
        target: asked?.dns?.qname ?? null,
        outcome,
        server: first.packet.source.host,
        at: [citation(first)],
      },
    ];
  });
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

/** One lost packet fails one lookup; two at one upstream within ten minutes are no accident. */
const LEAST_LOOKUPS = 2;
const REASONS = {
  timeout: 'i/o timeout',
  refused: 'connection refused',
  unreachable: 'unreachable',
  'not-permitted': 'operation not permitted',
} as const;

/** A name that does not exist fails as it should; the others are somebody's fault. */
const QUERY_FAILED: Readonly<Record<string, string>> = {
  dnssec: 'not-validated',
  servfail: 'servfail',
  'no-server': 'no-server',
  timeout: 'timed-out',
  refused: 'refused',
};

/** What `resolvectl query` could not resolve. */
function refusedQueries(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'resolvectl').flatMap(({ artefact, content }) =>
    content.lookups.flatMap(({ line, name, reason }): readonly Symptom[] => {
      const outcome = QUERY_FAILED[reason];
      if (outcome === undefined) return [];
      const at = [cite(artefact, line)];
      return [
        { id: 'lookup-failed', host: artefact.host, target: name, outcome, server: null, at },
      ];
    }),
  );
}

/** Lookups that a DNS server's log says it could not answer, by the upstream that failed it. */
function failedLookups(evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(ofKind(evidence, 'coredns-log').map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host) => {
    const logged = loggedIn({ own: evidence.filter(({ artefact }) => artefact.host === host) });
    return Object.entries(REASONS).flatMap(([reason, outcome]): readonly Symptom[] => {
      const failing = failingUpstreamIn(logged, reason as keyof typeof REASONS);
      if (failing === undefined || failing.questions < LEAST_LOOKUPS) return [];
      return [
        {
          id: 'forwarding-failed',
          host,
          target: failing.upstream,
          outcome,
          server: null,
          at: failing.at,
        },
      ];
    });
  });
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
