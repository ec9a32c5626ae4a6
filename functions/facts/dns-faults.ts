import { FORM } from '../artefacts/digest.ts';
import { answersOf } from '../captures/dns/answers.ts';
import { cutIn } from '../captures/dns/cut.ts';
import { type DeadServer, deadServerIn } from '../captures/dns/dead-server.ts';
import { failingAaaaIn } from '../captures/dns/failing-aaaa.ts';
import { refusedIn } from '../captures/dns/refused.ts';
import { silentAaaaIn } from '../captures/dns/silent-aaaa.ts';
import { type SlowServer, slowServerIn } from '../captures/dns/slow-server.ts';
import { strangeSourcesIn } from '../captures/dns/strange-source.ts';
import { truncatedIn, truncatedRefusedIn } from '../captures/dns/truncated.ts';
import { type Exchange, questionOf, sightedAt } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import type { Place } from '../captures/place.ts';
import type { Sighting } from '../captures/points.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';
import {
  deadServerPlace,
  portUnreachablePlace,
  strangeSourcePlace,
  truncatedPlace,
} from './places/dns.ts';

/** What captures show of a DNS server that answers wrongly, late, for one type only, or not at all. */
export const dnsFaults = defineJoin({
  question: 'dns-faults',
  needs: ['tcpdump'],
  facts: {
    servfailName: about(
      'label',
      'a name that got SERVFAIL and never an answer of that type',
      servfail,
      ({ name }) => name,
    ),
    servfailType: about('label', 'the types that get it: A, AAAA …', servfail, ({ type }) => type),
    servfailAnswers: about(
      'count',
      'answers that say SERVFAIL, retries included',
      servfail,
      ({ at }) => at.length,
    ),
    servfailServer: about(
      'label',
      'the address that says SERVFAIL',
      servfail,
      ({ server }) => server,
    ),
    servfailOthersFine: about(
      'flag',
      'the same captures show names that are answered',
      servfail,
      ({ othersFine }) => othersFine,
    ),
    deadServer: about(
      'label',
      'a server that answers nobody, while the next one answers the same questions',
      ({ following }) => deadServerIn(following),
      (found: DeadServer) => found.server,
    ),
    deadServerAnswered: about(
      'label',
      'the server that does answer',
      ({ following }) => deadServerIn(following),
      (found: DeadServer) => found.other,
    ),
    deadServerQuestions: about(
      'count',
      'questions that the dead server left without an answer',
      ({ following }) => deadServerIn(following),
      (found: DeadServer) => found.questions,
      deadServerPlace,
    ),
    deadServerWaitMs: about(
      'count',
      'milliseconds until the next server is asked',
      ({ following }) => deadServerIn(following),
      (found: DeadServer) => found.waitMs,
    ),
    slowName: about(
      'label',
      'the name answered latest',
      ({ following }) => slowServerIn(following),
      (found: SlowServer) => found.name,
    ),
    slowMs: about(
      'count',
      'milliseconds the server took, measured where its answers leave, at least',
      ({ following }) => slowServerIn(following),
      (found: SlowServer) => found.ms,
    ),
    slowAtServer: about(
      'flag',
      'measured on the far side, not at the client',
      ({ following }) => slowServerIn(following),
      (found: SlowServer) => found.atServer,
    ),
    slowForwardedOnly: about(
      'flag',
      'only names outside the cluster are late; cluster names are answered at once',
      ({ following }) => slowServerIn(following),
      (found: SlowServer) => found.forwardedOnly,
    ),
    aaaaSilentName: about(
      'label',
      'a name whose A question is answered and whose AAAA question never is',
      ({ following }) => silentAaaaIn(following),
      ({ name }) => name,
    ),
    aaaaSilentTries: about(
      'count',
      'AAAA questions for it that got no answer',
      ({ following }) => silentAaaaIn(following),
      ({ tries }) => tries,
    ),
    aaaaServfailName: about(
      'label',
      'a name whose A question is answered at once and whose AAAA question gets nothing but SERVFAIL',
      ({ following }) => failingAaaaIn(following),
      ({ name }) => name,
    ),
    aaaaServfailMs: about(
      'count',
      'milliseconds from the first AAAA question for it to SERVFAIL',
      ({ following }) => failingAaaaIn(following),
      ({ ms }) => ms,
    ),
    truncatedName: about(
      'label',
      'a name whose answer was truncated and could not be fetched over TCP',
      ({ following }) => truncatedIn(following),
      ({ name }) => name,
    ),
    truncatedTries: about(
      'count',
      'SYNs to TCP port 53 after it that got no answer',
      ({ following }) => truncatedIn(following),
      ({ tries }) => tries,
      truncatedPlace,
    ),
    truncatedRefused: about(
      'label',
      'a name whose answer is truncated by a server that refuses TCP',
      ({ following }) => truncatedRefusedIn(following),
      ({ name }) => name,
    ),
    keptTruncatedName: about(
      'label',
      'a name whose answer is truncated, and whose client opens no TCP connection to port 53',
      ({ following }) => cutIn(following),
      ({ name }) => name,
    ),
    keptTruncatedClient: about(
      'label',
      'the client that takes the truncated answer as it is',
      ({ following }) => cutIn(following),
      ({ client }) => client,
    ),
    refusedServer: about(
      'label',
      'a server that answers REFUSED, NOTIMP or FORMERR at once',
      ({ following }) => refusedIn(following),
      ({ server }) => server,
    ),
    refusedRcode: about(
      'label',
      'Refused, NotImp or FormErr',
      ({ following }) => refusedIn(following),
      ({ rcode }) => rcode,
    ),
    refusedWaitMs: about(
      'count',
      'milliseconds after that answer until the same question is sent again from the same port',
      ({ following }) => refusedIn(following),
      ({ waitMs }) => waitMs,
    ),
    strangeSource: about(
      'label',
      'the address that answers although another one was asked, at the client itself',
      ({ following }) => strangeSourcesIn(following)[0],
      ({ source }) => source,
    ),
    strangeSourceAsked: about(
      'label',
      'the address that was asked',
      ({ following }) => strangeSourcesIn(following)[0],
      ({ asked }) => asked,
    ),
    strangeSourceRefused: about(
      'flag',
      'the client refuses such an answer, or asks again although it came',
      ({ following }) => strangeSourcesIn(following)[0],
      ({ refused }) => refused,
      strangeSourcePlace,
    ),
    portUnreachableFrom: about(
      'label',
      'the address that says that nothing listens on UDP port 53',
      portUnreachable,
      ({ server }) => server,
    ),
    portUnreachableAtServer: about(
      'flag',
      'it is the address that was asked, seen on another host than the client stands on',
      portUnreachable,
      ({ atServer }) => atServer,
      (view) => portUnreachablePlace(view, portUnreachable(view)?.at[0]),
    ),
  },
});

interface Found {
  readonly at: readonly Sighting[];
}

type Kind = JoinedFact['type'];

/** A fact about something that the captures show or do not show; what is not shown is unknown. */
function about<T extends Kind, F extends Found>(
  type: T,
  is: string,
  find: (view: View) => F | undefined,
  of: (found: F) => unknown,
  place?: (view: View) => Place | undefined,
): JoinedFact {
  const read = (view: View): Reading<unknown> => {
    const found = find(view);
    const value = found === undefined ? null : of(found);
    if (found === undefined || value == null) return unknown('the captures do not show it');
    return known(value, found.at.slice(0, MOST_LINES).map(citation) as readonly Citation[]);
  };
  // `of` gives the type that `type` names; the table of facts is checked by the catalogue's tests.
  return { type, is, of: read, place } as unknown as JoinedFact;
}

const MOST_LINES = 4;

interface Servfail extends Found {
  readonly name: string;
  readonly type: string;
  readonly server: string;
  readonly othersFine: boolean;
}

function servfail({ following }: View): Servfail | undefined {
  const failed: Sighting[] = [];
  if (!following.unsettled.some((one) => saysServfail(one))) return undefined;
  const fine = answeredQuestions(following);
  const types = new Set<string>();
  let name: string | undefined;
  for (const exchange of following.unsettled) {
    const { dns } = exchange;
    if (dns === null || fine.has(questionOf(exchange))) continue;
    const bad = answersOf(exchange).filter(({ packet }) => packet.dns?.rcode === 'ServFail');
    if (bad.length === 0 || (name !== undefined && dns.qname !== name)) continue;
    name = dns.qname;
    types.add(dns.qtype);
    failed.push(...bad);
  }
  const [first] = failed;
  if (name === undefined || first === undefined) return undefined;
  const type = [...types].join(', ');
  const server = first.packet.source.host;
  return { name, type, server, othersFine: fine.size > 0, at: failed };
}

/** Questions that some answer does not deny; settled ones are not put together for it. */
function answeredQuestions({ unsettled, settled }: Following): ReadonlySet<string> {
  const questions = new Set<string>();
  for (const exchange of unsettled)
    if (exchange.dns !== null && answersOf(exchange).some(isNoError))
      questions.add(questionOf(exchange));
  for (let index = 0; index < (settled?.length ?? 0); index += 1)
    if (settled?.formAt(index) !== FORM.negative) questions.add(settled?.questionAt(index) ?? '');
  return questions;
}

function isNoError({ packet }: Sighting): boolean {
  return packet.dns?.rcode === 'NoError';
}

function saysServfail(exchange: Exchange): boolean {
  return answersOf(exchange).some(({ packet }) => packet.dns?.rcode === 'ServFail');
}

interface PortUnreachable extends Found {
  readonly server: string;
  readonly atServer: boolean | null;
}

const UNREACHABLE = /^(\S+) udp port (?:53|domain) unreachable/;

/** `ICMP 10.0.0.1 udp port 53 unreachable` from the address itself, and no answer of it in any capture. */
function portUnreachable({ following }: View): PortUnreachable | undefined {
  const said: Sighting[] = [];
  const answered = answeringAddresses(following);
  for (const { others } of following.points)
    for (const sighting of others) {
      const server = UNREACHABLE.exec(sighting.packet.icmp?.message ?? '')?.[1];
      if (server !== undefined && sighting.packet.source.host === server && !answered.has(server))
        said.push(sighting);
    }
  const [first] = said;
  if (first === undefined) return undefined;
  const clientHosts = new Set(
    following.conversations
      .filter(({ protocol }) => protocol === 'dns')
      .map(({ path }) => path[0]?.host ?? null),
  );
  const far = said.find((one) => {
    const host = following.points[one.point]?.host ?? null;
    return host !== null && clientHosts.size === 1 && !clientHosts.has(host);
  });
  const best = far ?? first;
  const atServer = far !== undefined ? true : null;
  return { server: best.packet.source.host, atServer, at: [best, ...said] };
}

function answeringAddresses({ unsettled, settled }: Following): ReadonlySet<string> {
  const addresses = new Set<string>();
  for (const exchange of unsettled)
    for (const { packet } of answersOf(exchange)) addresses.add(packet.source.host);
  if (settled !== null && settled.length > 0) {
    const [seen] = sightedAt(settled.exchangeAt(0));
    for (const { packet } of seen?.responses ?? []) addresses.add(packet.source.host);
  }
  return addresses;
}
