import type { Fault } from './fault.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import { type Ask, type Habits, lookUp, type Question, type Resolver } from './resolver.ts';
import { type Body, type Flow, type Trip, travel } from './trip.ts';

export interface Plan {
  readonly network: Network;
  readonly fault: Fault;
  readonly resolver: Resolver;
  readonly lookups: number;
  /** Suffixes tried before the name itself. */
  readonly search: readonly string[];
  /** SYN retransmissions since Linux 6.5 (tcp_syn_linear_timeouts) or before. */
  readonly linearSyn: boolean;
}

const SECOND = 1_000_000;
const NAMES = [
  'test.example.org',
  'api.shop.example.com',
  'pay.example.com',
  'orders.default',
  'db-1.example.internal',
] as const;

/** Every packet that the client whom the incident is about sends or is sent. */
export function victimTraffic(random: Random, plan: Plan): readonly Trip[] {
  return plan.network.protocol === 'dns' ? lookups(random, plan) : connections(random, plan);
}

function lookups(random: Random, plan: Plan): readonly Trip[] {
  const { fault, network, resolver } = plan;
  const trips: Trip[] = [];
  const ids = counters(random);
  const habits: Habits = { oneByOne: false };
  const maskedPorts = new Map<number, number>();
  const slow = new Map<string, number>();
  let now = 300_000;
  for (let lookup = 0; lookup < plan.lookups; lookup += 1) {
    const name = random.pick(NAMES);
    for (const [step, suffix] of [...plan.search, ''].entries()) {
      const qname = suffix === '' ? `${name}.` : `${name}.${suffix}.`;
      const ask: Ask = (question, attempt, atUs) => {
        const masked = maskedPorts.get(question.port) ?? random.int(1_024, 60_999);
        maskedPorts.set(question.port, masked);
        const sent = sendQuestion(random, plan, {
          question,
          attempt,
          atUs,
          flow: flowOf(network, question.port, masked),
          isLast: suffix === '',
          isHit: isHit(fault, {
            lookup,
            step,
            qtype: question.qtype,
            isFirst: isFirstTry(question, attempt),
          }),
          ids,
          slow,
        });
        trips.push(...sent.trips);
        return sent.backUs;
      };
      const { doneUs, answered } = lookUp(resolver, qname, now, { random, ask, habits });
      now = doneUs + random.int(40, 2_500);
      if (!answered) break;
    }
    now += random.int(60_000, 1_500_000);
  }
  return trips;
}

/** Go's second try is another question on another socket; its key says which it is. */
function isFirstTry({ key }: Question, attempt: number): boolean {
  return attempt === 0 && key.endsWith(' 0');
}

function isHit(
  fault: Fault,
  tried: {
    readonly lookup: number;
    readonly step: number;
    readonly qtype: 'A' | 'AAAA' | null;
    readonly isFirst: boolean;
  },
): boolean {
  if (fault.kind === 'none') return false;
  if (fault.qtype !== null && tried.qtype !== null && fault.qtype !== tried.qtype) return false;
  if (fault.kind === 'all-lost' || fault.kind === 'no-answer') return tried.lookup >= fault.lookup;
  return tried.lookup === fault.lookup && tried.step === fault.step && tried.isFirst;
}

interface Sending {
  readonly question: Question;
  readonly attempt: number;
  readonly atUs: number;
  readonly flow: Flow;
  readonly isLast: boolean;
  readonly isHit: boolean;
  readonly ids: Counters;
  /** When a server that is slow to answer a question gets round to it. */
  readonly slow: Map<string, number>;
}

function sendQuestion(random: Random, plan: Plan, sending: Sending) {
  const { question, isLast, isHit: hit } = sending;
  const { id, qtype, qname } = question;
  const zone = qname.includes('cluster.local') ? 'cluster.local.' : 'example.org.';
  // The same question gets the same answer, however often it is asked.
  const found = isLast && (qtype === 'A' || id % 5 < 2);
  const value = qtype === 'A' ? `198.51.100.${(id % 254) + 1}` : `2001:db8::${(id % 999) + 1}`;
  const rcode = isLast ? ('NoError' as const) : ('NXDomain' as const);
  const answer = { rcode, zone, value: found ? value : '' };
  const usual = isLast ? random.pick([250, 900, 6_000, 35_000]) : random.int(60, 300);
  return exchange(random, plan, {
    flow: sending.flow,
    question: question.key,
    lookup: question.lookup,
    attempt: sending.attempt,
    atUs: sending.atUs,
    asked: { kind: 'dns', id, qtype, qname, answer: null },
    answered: { kind: 'dns', id, qtype, qname, answer },
    thinkUs: thinkingTime(random, plan, sending, usual),
    askedId: sending.ids.client(),
    answeredId: sending.ids.server(),
    isHit: hit,
  });
}

/** A slow server answers the retry right behind the first try; one time in four only the first try was slow. */
function thinkingTime(
  random: Random,
  plan: Plan,
  {
    question,
    atUs,
    isHit: hit,
    slow,
  }: Pick<Sending, 'atUs' | 'isHit' | 'slow'> & { readonly question: Pick<Question, 'key'> },
  usualUs: number,
): number {
  const usual = usualUs + random.int(0, 80);
  if (hit && plan.fault.kind === 'late') {
    const late = lateBy(random, plan);
    if (random.chance(0.75)) slow.set(question.key, atUs + late);
    return late;
  }
  return Math.max(usual, (slow.get(question.key) ?? 0) - atUs + random.int(100, 900));
}

/** Later than the next try of the resolver, and before it gives up. */
function lateBy(random: Random, { resolver, network }: Plan): number {
  if (network.protocol === 'tcp') return random.int(1_100_000, 1_700_000);
  return resolver === 'musl' ? random.int(2_600_000, 4_400_000) : random.int(5_100_000, 7_000_000);
}

interface Exchanged {
  readonly flow: Flow;
  readonly question: string;
  readonly lookup: string;
  readonly attempt: number;
  readonly atUs: number;
  readonly asked: Body;
  readonly answered: Body;
  readonly thinkUs: number;
  readonly askedId: number;
  readonly answeredId: number;
  readonly isHit: boolean;
}

/** One try and its answer, and what the fault makes of them. */
function exchange(random: Random, { network, fault }: Plan, one: Exchanged) {
  const there = network.stops.map((_, at) => at);
  const back = there.toReversed();
  const { flow, question, lookup, attempt, atUs, isHit: hit } = one;
  const drops = hit && fault.kind.endsWith('-lost');
  const stem = { flow, question, lookup, attempt };
  const lostAfter = drops && fault.direction === 'request' ? fault.hop : null;
  const asked: Trip = {
    ...stem,
    way: 'request',
    body: one.asked,
    ipId: one.askedId,
    at: travel(random, network.stops, there, atUs, lostAfter),
    lostAfter,
  };
  const arrived = asked.at.get(there.length - 1);
  if (arrived === undefined || (hit && fault.kind === 'no-answer'))
    return { trips: [asked], backUs: null };
  const answerLost = drops && fault.direction === 'response' ? fault.hop + 1 : null;
  const answered: Trip = {
    ...stem,
    way: 'response',
    body: one.answered,
    ipId: one.answeredId,
    at: travel(random, network.stops, back, arrived + one.thinkUs, answerLost),
    lostAfter: answerLost,
  };
  return { trips: [asked, answered], backUs: answered.at.get(0) ?? null };
}

const SYN_OLD = [0, 1, 3, 7] as const;
const SYN_LINEAR = [0, 1, 2, 3, 4] as const;

function connections(random: Random, plan: Plan): readonly Trip[] {
  const { network, fault } = plan;
  const trips: Trip[] = [];
  const ids = counters(random);
  const slow = new Map<string, number>();
  let now = 300_000;
  for (let lookup = 0; lookup < plan.lookups; lookup += 1) {
    const flow = flowOf(network, random.int(32_768, 60_999), random.int(1_024, 60_999));
    const seq = random.int(1, 4_294_967_000);
    const isn = random.int(1, 4_294_967_000);
    const key = `tcp ${now}`;
    let backUs: number | null = null;
    let sentUs = now;
    for (const [attempt, seconds] of (plan.linearSyn ? SYN_LINEAR : SYN_OLD).entries()) {
      sentUs = now + seconds * SECOND + attempt * random.int(2_000, 30_000);
      if (backUs !== null && backUs <= sentUs) break;
      const hit = isHit(fault, { lookup, step: fault.step, qtype: null, isFirst: attempt === 0 });
      const sent = exchange(random, plan, {
        flow,
        question: key,
        lookup: key,
        attempt,
        atUs: sentUs,
        asked: { kind: 'tcp', flags: 'S', seq, ack: null, bytes: 0 },
        answered: { kind: 'tcp', flags: 'S.', seq: isn, ack: (seq + 1) >>> 0, bytes: 0 },
        thinkUs: thinkingTime(
          random,
          plan,
          { question: { key }, atUs: sentUs, isHit: hit, slow },
          random.int(20, 90),
        ),
        askedId: ids.client(),
        answeredId: 0,
        isHit: hit,
      });
      trips.push(...sent.trips);
      if (sent.backUs !== null) backUs = Math.min(sent.backUs, backUs ?? sent.backUs);
    }
    if (backUs !== null)
      trips.push(...conversation(random, network, { flow, key, fromUs: backUs, ids }));
    now = Math.max(sentUs, backUs ?? 0) + random.int(150_000, 1_500_000);
  }
  return trips;
}

/** The third packet of the handshake and a greeting from the server. */
function conversation(
  random: Random,
  { stops }: Network,
  one: {
    readonly flow: Flow;
    readonly key: string;
    readonly fromUs: number;
    readonly ids: Counters;
  },
): readonly Trip[] {
  const there = stops.map((_, at) => at);
  const trip = (
    way: 'request' | 'response',
    atUs: number,
    ipId: number,
    flags: '.' | 'P.',
    bytes: number,
  ): Trip => ({
    flow: one.flow,
    question: `${one.key} rest`,
    lookup: one.key,
    attempt: 0,
    way,
    body: { kind: 'tcp', flags, seq: bytes > 0 ? 1 : null, ack: 1, bytes },
    ipId,
    at: travel(random, stops, way === 'request' ? there : there.toReversed(), atUs, null),
    lostAfter: null,
  });
  const done = trip('request', one.fromUs + random.int(10, 60), one.ids.client(), '.', 0);
  const arrived = done.at.get(there.length - 1) ?? one.fromUs;
  const greeting = trip('response', arrived + random.int(300, 9_000), one.ids.server(), 'P.', 41);
  const read = greeting.at.get(0) ?? arrived;
  return [done, greeting, trip('request', read + random.int(10, 60), one.ids.client(), '.', 0)];
}

export interface Counters {
  readonly client: () => number;
  readonly server: () => number;
}

/** IP ids of two senders: each counts on, with the packets that it sends elsewhere between. */
export function counters(random: Random): Counters {
  let client = random.int(1, 60_000);
  let server = random.int(1, 60_000);
  const step = (value: number) => {
    const next = (value + random.int(1, 9)) % 65_536;
    return next === 0 ? 1 : next;
  };
  return {
    client: () => {
      client = step(client);
      return client;
    },
    server: () => {
      server = step(server);
      return server;
    },
  };
}

function flowOf(network: Network, clientPort: number, maskedPort: number): Flow {
  const { client, server, serverPort } = network;
  return { victim: true, client, clientPort, maskedPort, server, serverPort, translated: true };
}
