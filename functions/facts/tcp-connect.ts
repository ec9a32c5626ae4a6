import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import { type Place, wayOf } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { mayBeAnswered } from '../captures/vague.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { refusalsHere } from './icmp-errors.ts';
import { citation } from './loss.ts';
import { placeOfDelivery } from './places/delivery.ts';

/** Chance loses one SYN, and two in a bad minute; four say that nothing comes through. */
export const UNANSWERED_SENDINGS = 4;

/** What answers a connection attempt that was captured on this host: nothing, or a reset. */
export const tcpConnect = defineJoin({
  question: 'tcp-connect',
  needs: ['tcpdump'],
  facts: {
    unanswered: flag('a SYN is sent four times or more and nothing at all returns', silentAt),
    unansweredServer: label('the address that does not answer', silentAt),
    unansweredPort: port('the port that does not answer', silentAt),
    sendings: {
      type: 'count',
      is: 'how often the SYN was sent',
      of: (view) => reading(silentAt(view), ({ requests }) => requests.length),
    },
    schedule: {
      type: 'label',
      is: 'linear (Linux 6.5 and later: 1, 2, 3, 4, 5, 7, 11 s) or doubling (1, 3, 7, 15 s): when the SYN was sent again',
      of: (view) => {
        const found = silentAt(view);
        const schedule = found === undefined ? undefined : scheduleOf(found.requests);
        return schedule === undefined
          ? unknown('the times do not tell')
          : reading(found, () => schedule);
      },
    },
    sameServerAnswers: {
      type: 'flag',
      is: 'the same address answers on another port',
      of: (view) => {
        const silent = silentAt(view);
        const other = silent === undefined ? undefined : otherPortAt(view, silent);
        return reading(other, () => true);
      },
    },
    seenAtServer: {
      type: 'flag',
      is: 'a capture on another host shows the SYN arriving',
      of: (view) => {
        const silent = silentAt(view);
        const there = silent === undefined ? undefined : elsewhere(view, silent);
        return there === undefined
          ? unknown('no other host captured it')
          : known(true, [citation(there)]);
      },
    },
    refused: {
      ...flag('every attempt on a port is answered by RST and none is accepted', refusedAt),
      place: refusedPlace,
    },
    refusedServer: label('the address that answers RST', refusedAt),
    refusedPort: port('the port that answers RST', refusedAt),
  },
});

interface Attempt {
  readonly exchange: Exchange;
  readonly requests: readonly Sighting[];
  readonly answers: readonly Sighting[];
}

type Find = (view: View) => Attempt | undefined;

function flag(is: string, find: Find): JoinedFact {
  return { type: 'flag', is, of: (view) => reading(find(view), () => true) };
}

function label(is: string, find: Find): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view) => reading(find(view), ({ exchange }) => exchange.server.host),
  };
}

function port(is: string, find: Find): JoinedFact {
  return {
    type: 'count',
    is,
    of: (view) => reading(find(view), ({ exchange }) => exchange.server.port ?? 0),
  };
}

function reading<T>(shown: Attempt | undefined, of: (shown: Attempt) => T): Reading<T> {
  if (shown === undefined) return unknown('no such attempt in a capture on this host');
  const { requests, answers } = shown;
  const lines = [
    ...requests.slice(0, 2),
    ...(answers.length > 0 ? answers.slice(0, 1) : requests.slice(2).slice(-1)),
  ];
  return known(of(shown), lines.map(citation));
}

function attemptsAt(view: View): readonly (Attempt & { readonly point: Point })[] {
  const points = view.following.points.filter(({ host }) => host === view.host);
  return view.following.unsettled.flatMap((exchange) =>
    exchange.protocol !== 'tcp'
      ? []
      : points.flatMap((point) => {
          const seen = exchange.at[point.index];
          if (seen === undefined || seen.requests.length === 0) return [];
          return [{ exchange, point, requests: seen.requests, answers: seen.responses }];
        }),
  );
}

/** Nothing came back to any point, no ICMP names the address, and the capture could have seen an answer. */
function silentAt(view: View): Attempt | undefined {
  return attemptsAt(view).find(
    ({ exchange, point, requests }) =>
      requests.length >= UNANSWERED_SENDINGS &&
      sightedAt(exchange).every(({ responses }) => responses.length === 0) &&
      !refusalsHere(view).some(({ about }) => about === exchange.server.host) &&
      seesAnswers(point) &&
      !mayBeAnswered(exchange, point) &&
      isClientsEnd(view, point, exchange, requests),
  );
}

const FIRST_TTLS: readonly number[] = [64, 128, 255];

/**
 * Whether the capture stands where the SYN is sent. At the server's own end the question is another: why it does not answer
 * what reaches it. A SYN that comes in, that has passed routers, or other clients beside it tell of that end.
 */
function isClientsEnd(
  { following }: View,
  point: Point,
  { client, server }: Exchange,
  requests: readonly Sighting[],
): boolean {
  const { direction, ttl } = requests[0]?.packet ?? {};
  if (direction === 'in' || (ttl != null && !FIRST_TTLS.includes(ttl))) return false;
  return following.unsettled.every(
    (other) =>
      other.protocol !== 'tcp' ||
      other.server.host !== server.host ||
      other.client.host === client.host ||
      other.at[point.index] === undefined,
  );
}

/** A filter for SYN or one direction hides the answers: something must have come the other way, or no such filter be named. */
function seesAnswers({ captures }: Point): boolean {
  return captures.every(
    ({ artefact }) =>
      artefact.command === null ||
      !/\b(?:dst|src)\s+(?:host|port|net|[\d.]+)|tcp\[|tcp-syn\b/.test(artefact.command),
  );
}

function otherPortAt(view: View, silent: Attempt): Attempt | undefined {
  return attemptsAt(view).find(
    ({ exchange, answers }) =>
      exchange.server.host === silent.exchange.server.host &&
      exchange.server.port !== silent.exchange.server.port &&
      answers.some(({ packet }) => packet.tcp?.flags === 'S.'),
  );
}

function elsewhere({ following, host }: View, { exchange }: Attempt): Sighting | undefined {
  return following.points
    .filter((point) => point.host !== null && point.host !== host)
    .map(({ index }) => exchange.at[index]?.requests[0])
    .find((one) => one !== undefined);
}

/** A reset as the only answer to a SYN; one that was accepted at another time makes it no closed port. */
function refusedAt(view: View): Attempt | undefined {
  const attempts = attemptsAt(view);
  const isReset = ({ answers }: Attempt) =>
    answers.length > 0 && answers.every(({ packet }) => packet.tcp?.flags.startsWith('R'));
  return attempts.find(
    (attempt) =>
      isReset(attempt) &&
      answersAtOnce(attempt) &&
      !attempts.some((other) => isMirror(other, attempt)) &&
      attempts.every(
        ({ exchange, answers }) =>
          exchange.server.host !== attempt.exchange.server.host ||
          exchange.server.port !== attempt.exchange.server.port ||
          answers.every(({ packet }) => packet.tcp?.flags !== 'S.'),
      ),
  );
}

/** The reset says that the SYN came to its destination; of the points that saw it the last is nearest to that. */
function refusedPlace(view: View): Place | undefined {
  const exchange = refusedAt(view)?.exchange;
  const point = exchange === undefined ? undefined : wayOf(exchange, view.following).at(-1);
  const syn = exchange?.at[point?.index ?? -1]?.requests[0];
  if (exchange === undefined || point === undefined || syn === undefined) return undefined;
  const { host: address, port } = syn.packet.destination;
  const packets = [{ seen: syn, exchange, retriedAfterUs: null }];
  return placeOfDelivery(view, { point, address, protocol: 'tcp', port: port ?? 0, packets });
}

/** Peers that connect to each other on one port (BGP) need one connection; that the other one was refused harms nobody. */
function isMirror({ exchange: { client, server }, answers }: Attempt, { exchange }: Attempt) {
  return (
    client.host === exchange.server.host &&
    server.host === exchange.client.host &&
    server.port === exchange.server.port &&
    answers.some(({ packet }) => packet.tcp?.flags === 'S.')
  );
}

/** `Flags [R.], ack SYN + 1`: a reset that answers this SYN and not something later (RFC 9293 section 3.10.7.1). */
function answersAtOnce({ requests, answers }: Attempt): boolean {
  const seq = requests[0]?.packet.tcp?.seq;
  const reset = answers[0]?.packet.tcp;
  if (reset?.ack == null) return false;
  return reset.ack === 1 || (seq != null && reset.ack === (seq + 1) >>> 0);
}

function scheduleOf(requests: readonly Sighting[]): string | undefined {
  const times = requests.map(({ time }) => time);
  const gaps = times.slice(1).map((time, at) => {
    const before = times[at] ?? null;
    return time === null || before === null ? Number.NaN : (time - before) / 1_000_000;
  });
  const [first = 0, second = 0, third = 0] = gaps;
  const near = (value: number, wanted: number) => Math.abs(value - wanted) < 0.2 * wanted;
  if (near(first, 1) && near(second, 2) && near(third, 4)) return 'doubling';
  return near(first, 1) && near(second, 1) && near(third, 1) ? 'linear' : undefined;
}
