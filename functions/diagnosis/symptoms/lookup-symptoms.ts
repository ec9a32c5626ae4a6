import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { answersOf } from '../../captures/dns/answers.ts';
import { slowServerIn } from '../../captures/dns/slow-server.ts';
import { questionOf } from '../../captures/exchanges.ts';
import type { Following } from '../../captures/follow.ts';
import { loggedIn } from '../../facts/dns-log/entries.ts';
import { failingUpstreamIn } from '../../facts/dns-log/upstream.ts';
import { failedNamesIn } from '../../facts/failed-names.ts';
import { askedIn } from '../../facts/lookups/asked.ts';
import { denialsIn } from '../../facts/lookups/refusals.ts';
import { lookupTroubles } from '../../facts/lookups/troubles.ts';
import { citation } from '../../facts/loss.ts';
import type { Symptom } from '../symptoms.ts';

/** Questions that captures show answered late, or refused by everybody who was asked. */
export function capturedLookups(following: Following): readonly Symptom[] {
  return [...lateAnswers(following), ...refusedAnswers(following)];
}

/** Lookups that tools, programs and DNS servers say went wrong. */
export function toldLookups(evidence: readonly Evidence[]): readonly Symptom[] {
  return [
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
    ...loggedLookups(evidence),
    ...refusedQueries(evidence),
    ...differingServers(evidence),
    ...deniedNames(evidence),
    ...filesWithoutServer(evidence),
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

/** A resolv.conf, shown whole, without a nameserver (resolv.conf(5): the default is the local machine). */
function filesWithoutServer(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'resolv-conf').flatMap(({ artefact, content }): readonly Symptom[] => {
    const isWhole = /\bcat\s+\S{0,80}resolv\.conf\s*$/.test(artefact.command ?? '');
    if (!isWhole || content.nameservers.length > 0) return [];
    const at = [cite(artefact, content.search?.line ?? 1)];
    return [
      { id: 'no-nameserver', host: artefact.host, target: null, outcome: '', server: null, at },
    ];
  });
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

/** What programs could not resolve, by name and server. */
function loggedLookups(evidence: readonly Evidence[]): readonly Symptom[] {
  const found = ofKind(evidence, 'lookup-error').flatMap(({ artefact, content }) =>
    content.lookups.map((lookup) => ({ artefact, ...lookup })),
  );
  const byName = Map.groupBy(found, ({ name, server, outcome }) => `${name} ${server} ${outcome}`);
  return [...byName.values()].flatMap(([first]): readonly Symptom[] => {
    if (first === undefined) return [];
    const { artefact, name: target, server, outcome, line } = first;
    const at = [cite(artefact, line)];
    return [{ id: 'lookup-failed', host: artefact.host, target, outcome, server, at }];
  });
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
