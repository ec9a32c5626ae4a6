import { cite, ofKind } from '../artefacts/evidence.ts';
import { onHost } from '../captures/place.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { slowServerIn, slowUpstreamIn } from './lookups/late.ts';
import { noRecursionIn, servfailIn, splitIn } from './lookups/refusals.ts';
import {
  deadServerIn,
  lostFragmentsIn,
  refusedPortIn,
  silentAaaaIn,
  silentTcpIn,
} from './lookups/silent.ts';
import { slowSixIn } from './lookups/slow-six.ts';

/** What dig, nslookup and host show when several of their lookups on one host are held against each other. */
export const lookups = defineJoin({
  question: 'lookups',
  needs: ['dig', 'resolv-conf', 'getent', 'empty-search'],
  facts: {
    servfailName: about(
      'label',
      'a name that got SERVFAIL and no answer afterwards',
      servfailIn,
      ({ name }) => name,
    ),
    servfailServer: about(
      'label',
      'the server that says SERVFAIL',
      servfailIn,
      ({ server }) => server,
    ),
    servfailWhy: about(
      'label',
      'what the server itself says of that failure: its Extended DNS Error (RFC 8914)',
      servfailIn,
      ({ why }) => why,
    ),
    servfailOnlyChecked: about(
      'flag',
      'the same server answers that question where it is told not to validate it (`+cd`)',
      servfailIn,
      ({ onlyUnchecked }) => onlyUnchecked,
    ),
    deadServer: about(
      'label',
      'a server of resolv.conf that answers none of the tries while another server answers this host',
      deadServerIn,
      ({ server }) => server,
    ),
    deadServerTries: about(
      'count',
      'tries that it left without an answer',
      deadServerIn,
      ({ tries }) => tries,
    ),
    deadServerAnswered: about(
      'label',
      'the server that does answer',
      deadServerIn,
      ({ other }) => other,
    ),
    portRefusedBy: about(
      'label',
      'a server from whose address comes that nobody listens on UDP port 53',
      refusedPortIn,
      ({ server }) => server,
    ),
    portRefusedHere: about(
      'flag',
      'that address is a loopback one: this host itself refuses',
      refusedPortIn,
      ({ onThisHost }) => onThisHost,
    ),
    aaaaSilentName: about(
      'label',
      'a name whose A question is answered and whose AAAA question never is, by one server',
      silentAaaaIn,
      ({ name }) => name,
    ),
    aaaaSilentTries: about(
      'count',
      'AAAA tries for it that got no answer',
      silentAaaaIn,
      ({ tries }) => tries,
    ),
    aaaaSilentServer: about('label', 'the server asked', silentAaaaIn, ({ server }) => server),
    slowSixName: about(
      'label',
      'a name that takes libc as long as a time-out when IPv6 is asked too, and comes at once for IPv4 alone',
      slowSixIn,
      ({ name }) => name,
    ),
    slowSixMs: about('count', 'milliseconds that it takes', slowSixIn, ({ ms }) => ms),
    slowSixQuickMs: about(
      'count',
      'milliseconds that it takes for IPv4 alone',
      slowSixIn,
      ({ quickMs }) => quickMs,
    ),
    tcpSilentServer: about(
      'label',
      'a server that answers over UDP while TCP port 53 lets nobody in',
      silentTcpIn,
      ({ server }) => server,
    ),
    tcpNeeded: about(
      'flag',
      'its answer over UDP was truncated, so that TCP was needed',
      silentTcpIn,
      ({ truncated }) => truncated,
    ),
    largeLostServer: about(
      'label',
      'a server whose answer comes when little room is offered for it and never when much is',
      lostFragmentsIn,
      ({ server }) => server,
    ),
    largeLostName: about('label', 'the name asked so', lostFragmentsIn, ({ name }) => name),
    slowUpstreamName: about(
      'label',
      'a name outside the cluster that a server answers late or not at all, while names of the cluster come at once',
      slowUpstreamIn,
      ({ name }) => name,
    ),
    slowUpstreamServer: about('label', 'the server asked', slowUpstreamIn, ({ server }) => server),
    slowServer: about(
      'label',
      'a server whose every answer is late, while another server answers the same host at once',
      slowServerIn,
      ({ server }) => server,
    ),
    slowServerMs: about(
      'count',
      'milliseconds after which its quickest answer came',
      slowServerIn,
      ({ ms }) => ms,
    ),
    slowServerOther: about('label', 'the server that is quick', slowServerIn, ({ other }) => other),
    slowServerKnows: about(
      'flag',
      'what it was asked it knows by itself: it waits for nobody',
      slowServerIn,
      ({ knows }) => knows,
    ),
    splitName: about(
      'label',
      'a name outside the cluster that the server in use denies and another server answers',
      splitIn,
      ({ name }) => name,
    ),
    splitDenies: about(
      'label',
      'the server in use, which denies it',
      splitIn,
      ({ wrong }) => wrong,
    ),
    splitAnswers: about('label', 'the server that answers', splitIn, ({ right }) => right),
    splitFromOutside: {
      ...about(
        'flag',
        'the server that denies it does not have the zone: what it says is no old denial of a new name',
        splitIn,
        ({ fromOutside }) => fromOutside,
      ),
      place: (view) => (splitIn(view)?.fromOutside === true ? onHost(view.host) : undefined),
    },
    splitAnswersInUse: about(
      'flag',
      'resolv.conf names that one too',
      splitIn,
      ({ rightInUse }) => rightInUse,
    ),
    splitFailedName: {
      ...about(
        'label',
        'that name, where a program of this host did not find it and resolv.conf names the server that denies it first',
        splitIn,
        ({ failedName }) => failedName,
      ),
      place: (view) => (splitIn(view)?.failedName == null ? undefined : onHost(view.host)),
    },
    noRecursionServer: about(
      'label',
      'a server of resolv.conf that refuses a name and offers no recursion',
      noRecursionIn,
      ({ server }) => server,
    ),
    noRecursionName: about('label', 'the name it refuses', noRecursionIn, ({ name }) => name),
    strangeSource: about(
      'label',
      'the address that answers although another one was asked',
      strangeIn,
      ({ from }) => from,
    ),
    strangeAsked: about('label', 'the address that was asked', strangeIn, ({ asked }) => asked),
    cutName: about(
      'label',
      'a name whose answer does not fit into 512 octets',
      cutIn,
      ({ name }) => name,
    ),
  },
});

interface Found {
  readonly at: readonly Citation[];
}

const MOST_LINES = 6;

/** A fact about something that the lookups show or do not show; what is not shown is unknown. */
function about<F extends Found>(
  type: JoinedFact['type'],
  is: string,
  find: (view: View) => F | undefined,
  of: (found: F) => unknown,
): JoinedFact {
  const read = (view: View): Reading<unknown> => {
    const found = find(view);
    const value = found === undefined ? null : of(found);
    if (found === undefined || value == null) return unknown('the lookups do not show it');
    return known(value, found.at.slice(0, MOST_LINES));
  };
  // `of` gives the type that `type` names; the table of facts is checked by the catalogue's tests.
  return { type, is, of: read } as unknown as JoinedFact;
}

/** `;; reply from unexpected source: 10.244.1.7#53, expected 10.96.0.10#53`. */
function strangeIn({ own }: View) {
  for (const { artefact, content } of ofKind(own, 'dig'))
    for (const { strange } of content.lookups)
      if (strange !== null && strange.from !== strange.asked)
        return { from: strange.from, asked: strange.asked, at: [cite(artefact, strange.line)] };
  return undefined;
}

/** A truncated answer to a question that offers no more room than libc does without EDNS. */
function cutIn({ own }: View) {
  for (const { artefact, content } of ofKind(own, 'dig'))
    for (const { truncated, name, options } of content.lookups)
      if (truncated !== null && name !== null && options.includes('noedns'))
        return { name, at: [cite(artefact, truncated)] };
  return undefined;
}
