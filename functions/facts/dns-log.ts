import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import {
  answeredNamesIn,
  lateForwardedAnswersIn,
  lateOwnAnswersIn,
  searchStepsIn,
  servfailsIn,
} from './dns-log/answers.ts';
import { isProbe, type Logged, loggedIn, type Told } from './dns-log/entries.ts';
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
    aaaaNamesHaveAddress: about(
      'flag',
      'the A question for every one of these names is answered',
      aaaaIn,
      ({ isAnsweredForA }) => isAnsweredForA,
    ),
    cannotAskApi: about(
      'count',
      'times that the server could not read Services and endpoints from the API',
      apiFailuresIn,
      ({ count }) => count,
    ),
    notReady: about(
      'count',
      'times that it said it is not ready because it waits for the API, and nothing after it',
      waitingIn,
      ({ count }) => count,
    ),
    countedTimeouts: about(
      'count',
      'questions without an answer that plugin/errors counted instead of writing each down',
      countedTimeoutsIn,
      ({ count }) => count,
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
    waitingRefused: about(
      'count',
      'questions refused because too many others waited for an upstream',
      tooManyIn,
      ({ count }) => count,
    ),
    noNextName: about(
      'label',
      'a name for which the server says that it has no next plugin: nothing in its Corefile could answer it',
      noNextIn,
      ({ name }) => name,
    ),
    noNextCount: about('count', 'how often it says so', noNextIn, ({ count }) => count),
    lateOwnAnswers: about(
      'count',
      'answers out of its own zones that took 100 ms or more',
      lateOwnAnswersIn,
      ({ count }) => count,
    ),
    lateOwnPercent: about(
      'count',
      'how many of a hundred answers out of its own zones took 100 ms or more',
      lateOwnAnswersIn,
      ({ percent }) => percent,
    ),
    lateOwnName: about('label', 'the first name of these', lateOwnAnswersIn, ({ name }) => name),
    lateForwardedAnswers: about(
      'count',
      'answers of upstreams that took half a second or more',
      lateForwardedAnswersIn,
      ({ count }) => count,
    ),
    lateForwardedPercent: about(
      'count',
      'how many of a hundred answers of upstreams took half a second or more',
      lateForwardedAnswersIn,
      ({ percent }) => percent,
    ),
    servfailAnswers: about('count', 'answers that say SERVFAIL', servfailsIn, ({ count }) => count),
    servfailPercent: about(
      'count',
      'how many of a hundred answers say SERVFAIL',
      servfailsIn,
      ({ percent }) => percent,
    ),
    servfailName: about('label', 'the first name of these', servfailsIn, ({ name }) => name),
    searchStepPercent: about(
      'count',
      'how many of a hundred queries got NXDOMAIN for a name with a suffix while the name itself is asked too',
      searchStepsIn,
      ({ percent }) => percent,
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

/** The upstream that leaves AAAA questions alone without an answer, and whether A questions for the same names have one. */
function aaaaIn(logged: Logged) {
  const silent = silentUpstreamIn(logged);
  if (silent === undefined || !silent.onlyAaaa) return undefined;
  const answered = answeredNamesIn(logged);
  return { at: silent.at, isAnsweredForA: silent.asked.every((name) => answered.has(name)) };
}

/** Reverse names are handed on where the Corefile says `fallthrough`, and nobody waits for them. */
function noNextIn({ failed }: Logged) {
  const found = failed().filter(
    ({ said }) =>
      said.failure.reason === 'no-next-plugin' &&
      !isProbe(said) &&
      !/\.(?:in-addr|ip6)\.arpa\.$/.test(said.name) &&
      said.name.split('.').length > 2,
  );
  const [first] = found;
  return first === undefined
    ? undefined
    : {
        count: found.length,
        name: first.said.name,
        at: found.slice(0, 3).flatMap(({ at }) => at),
      };
}

const API_FAILURE = /failed to (?:list|watch) \*v\d\w*\.|Failed to watch \*v\d/;
const WAITING = /^(?:Still waiting on|Plugins not ready): .*"kubernetes"/;

function apiFailuresIn({ entries }: Logged) {
  const failures = entries.filter(
    ({ said }) => said.is === 'notice' && API_FAILURE.test(said.text),
  );
  return counted(failures);
}

/** Where queries were answered after the last of them, the wait is over. */
function waitingIn({ entries, queries }: Logged) {
  const waiting = entries.filter(({ said }) => said.is === 'notice' && WAITING.test(said.text));
  const last = waiting.at(-1);
  const lastQuery = queries().at(-1);
  const isOver =
    last !== undefined &&
    lastQuery !== undefined &&
    entries.indexOf(lastQuery) > entries.indexOf(last);
  return isOver ? undefined : counted(waiting);
}

/** `consolidate` in the Corefile: one line for all errors of a pattern. */
function countedTimeoutsIn({ entries }: Logged) {
  const lines = entries.flatMap(({ said, at }) =>
    said.is === 'consolidated' && said.failure.reason === 'timeout'
      ? [{ count: said.count, at }]
      : [],
  );
  return lines.length === 0
    ? undefined
    : {
        count: lines.reduce((sum, { count }) => sum + count, 0),
        at: lines.slice(0, 3).flatMap(({ at }) => at),
      };
}

function counted(told: readonly Told[]) {
  return told.length === 0
    ? undefined
    : { count: told.length, at: told.slice(0, 3).flatMap(({ at }) => at) };
}

function tooManyIn({ failed }: Logged) {
  const refused = failed().filter(({ said }) => said.failure.reason === 'too-many-waiting');
  return counted(refused);
}

/** The last restart counts: the loop may have been cut since. */
function loopIn({ entries }: Logged) {
  const last = entries.findLast(({ said }) => said.is === 'loop');
  return last?.said.is === 'loop' ? { said: last.said, at: last.at } : undefined;
}
