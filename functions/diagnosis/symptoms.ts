import { sumOf } from '../artefacts/conntrack-stats.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { PingTrouble } from '../artefacts/ping/lines.ts';
import { type PingRun, refusalIn, targetOf } from '../artefacts/ping.ts';
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
import { askedIn } from '../facts/lookups/asked.ts';
import { denialsIn } from '../facts/lookups/refusals.ts';
import { lookupTroubles } from '../facts/lookups/troubles.ts';
import { citation } from '../facts/loss.ts';
import { askedFor, isAskedAgain } from '../facts/silent-neighbour.ts';
import type { Citation } from '../primitives/reading.ts';
import { urlHost } from '../primitives/url.ts';
import { brokenConnections } from './broken-connections.ts';
import { oddAnswers } from './odd-answers.ts';

/** Something in the paste that failed, whether or not a rule knows why: a paste that shows it is not healthy. */
export interface Symptom {
  readonly id:
    | 'connection-failed'
    | 'answered-from-elsewhere'
    | 'answered-with-other-id'
    | 'answered-late'
    | 'servers-differ'
    | 'echoes-lost'
    | 'neighbour-silent'
    | 'lookup-failed'
    | 'lookup-slow'
    | 'forwarding-failed'
    | 'packets-counted'
    | 'packets-dropped';
  readonly host: string | null;
  /** What could not be reached, as the tool names it; null where it does not. */
  readonly target: string | null;
  /** How it failed, by a name that report/words.ts tells, or in a log's own words; of a slow lookup, its milliseconds; of a counter, its value; of an answer from elsewhere, its address; of a neighbour, the requests; of echoes, the percentage. */
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
  'stalled',
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
        : failure(artefact, request),
    ),
    ...brokenConnections(following),
    ...silentPings(evidence),
    ...lossyPings(evidence),
    ...silentNeighbours(following, evidence),
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
    ...packetsCounted(evidence, following.points.length > 0),
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

/** Pings of which none was answered; a later one that is answers for them. */
function silentPings(evidence: readonly Evidence[]): readonly Symptom[] {
  const runs = ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.map((run) => ({ artefact, run })),
  );
  return runs.flatMap(({ artefact, run }, at): readonly Symptom[] => {
    const { summary } = run;
    const target = run.target || targetOf(run, artefact.command);
    const refusal = refusalIn(run);
    if (refusal !== undefined) {
      const { host } = artefact;
      const outcome = REFUSED_BY_ITSELF[refusal.trouble] ?? 'no-route';
      const at = [cite(artefact, refusal.line)];
      return [{ id: 'connection-failed', host, target: target || '?', outcome, server: null, at }];
    }
    if (summary === null || summary.received > 0 || summary.sent === 0) return [];
    if (isProbe(run) && isTold(run, runs)) return [];
    const isBack = runs
      .slice(at + 1)
      .some(
        (later) =>
          later.artefact.host === artefact.host &&
          later.run.target === target &&
          later.run.replies > 0,
      );
    if (isBack) return [];
    const outcome = 'no-echo-reply';
    const cited = [cite(artefact, summary.line)];
    return [
      { id: 'connection-failed', host: artefact.host, target, outcome, server: null, at: cited },
    ];
  });
}

const REFUSED_BY_ITSELF: Readonly<Partial<Record<PingTrouble, string>>> = {
  'no-route': 'unreachable',
  'no-buffer': 'no-buffer',
};

/** ARP costs the first echo, chance another one; a router may answer none of many, a host that answers some loses the rest. */
const LEAST_LOST = 2;
const LEAST_LOST_PERCENT = 5;

function lossyPings(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap(({ summary, target }): readonly Symptom[] => {
      const lost = summary === null ? 0 : summary.sent - summary.received;
      if (summary === null || summary.received === 0 || lost < LEAST_LOST) return [];
      const percent = Math.round((lost / summary.sent) * 100);
      if (percent < LEAST_LOST_PERCENT) return [];
      const { host } = artefact;
      const at = [cite(artefact, summary.line)];
      return [{ id: 'echoes-lost', host, target, outcome: String(percent), server: null, at }];
    }),
  );
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

/** Somebody said why, or a smaller one to the same address is answered. */
function isTold(run: PingRun, all: readonly { readonly run: PingRun }[]): boolean {
  const passed = all.some(({ run: other }) => other.target === run.target && other.replies > 0);
  return passed || run.troubles.some(({ trouble }) => trouble !== 'timeout');
}

/** With a size of its own the ping asks for the MTU: that a large one fails is an answer. */
function isProbe({ payload }: { readonly payload: number | null }): boolean {
  return payload !== null && payload > LARGEST_USUAL;
}

/** Bytes of payload: 56 on Linux, 32 on Windows. */
const LARGEST_USUAL = 64;

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
