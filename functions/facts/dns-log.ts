import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { type Logged, loggedIn, type Told } from './dns-log/entries.ts';
import {
  type FailingUpstream,
  ignoredProbesIn,
  silentUpstreamIn,
  unansweredProbesIn,
} from './dns-log/upstream.ts';

/** What the log of a DNS server says of its upstreams and of itself. */
export const dnsLog = defineJoin({
  question: 'dns-log',
  needs: ['coredns-log'],
  facts: {
    loopZone: about(
      'label',
      'the zone for which the server forwards its own questions to itself',
      loopIn,
      ({ said }) => said.zone,
    ),
    loopOnLoopback: about(
      'flag',
      'the question that came back came from a loopback address',
      loopIn,
      ({ said }) => (said.from === null ? null : /^(?:127\.|::1$)/.test(said.from)),
    ),
    silentUpstream: about(
      'label',
      'the upstream that left most questions without an answer',
      silentUpstreamIn,
      ({ upstream }: FailingUpstream) => upstream,
    ),
    upstreamTimeouts: about(
      'count',
      'questions it left without an answer, in the worst ten minutes where the log has times',
      silentUpstreamIn,
      ({ questions }: FailingUpstream) => questions,
    ),
    upstreamNames: about(
      'count',
      'different names among them',
      silentUpstreamIn,
      ({ names }: FailingUpstream) => names,
    ),
    upstreamPerThousand: about(
      'count',
      'of a thousand logged queries, those that it left without an answer',
      silentUpstreamIn,
      ({ perThousand }: FailingUpstream) => perThousand,
    ),
    upstreamIsOwn: about(
      'flag',
      'the silent upstream is the server itself: it asks the address it sends from, or a loopback one',
      silentUpstreamIn,
      ({ isOwn }: FailingUpstream) => isOwn,
    ),
    clusterNamesTimeOut: about(
      'flag',
      'names of the cluster are among them: the server is a cache that forwards those too',
      silentUpstreamIn,
      ({ clusterNames }: FailingUpstream) => clusterNames,
    ),
    onlyAaaaTimesOut: about(
      'flag',
      'every question without an answer is an AAAA one',
      silentUpstreamIn,
      ({ onlyAaaa }: FailingUpstream) => onlyAaaa,
    ),
    unansweredProbes: about(
      'count',
      "plugin/loop's own HINFO probes that no upstream answered, where no other answer of an upstream is logged",
      unansweredProbesIn,
      ({ count }) => count,
    ),
    probesIgnored: about(
      'flag',
      'such probes time out while the upstream answers other questions',
      ignoredProbesIn,
      () => true,
    ),
  },
});

function about<F extends Pick<Told, 'at'>>(
  type: JoinedFact['type'],
  is: string,
  find: (logged: Logged) => F | undefined,
  value: (found: F) => string | number | boolean | null,
): JoinedFact {
  const of = (view: View): Reading<string | number | boolean> => {
    const found = find(loggedIn(view));
    const told = found === undefined ? null : value(found);
    return found === undefined || told === null
      ? unknown('no log shows it')
      : known(told, found.at);
  };
  return { type, is, of } as JoinedFact;
}

/** The last restart counts: the loop may have been cut since. */
function loopIn({ entries }: Logged) {
  const last = entries.findLast(({ said }) => said.is === 'loop');
  return last?.said.is === 'loop' ? { said: last.said, at: last.at } : undefined;
}
