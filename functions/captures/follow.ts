import { once } from '../primitives/once.ts';
import { type Clocks, clocksOf } from './clocks.ts';
import { allOf, type Conversation, conversationsOf, orderOf } from './conversations.ts';
import { type Exchange, exchangesOf } from './exchanges.ts';
import { type CaptureEvidence, type Point, pointsOf } from './points.ts';
import { type Bearings, precedes } from './precedence.ts';
import type { Settled } from './settled.ts';
import { NO_TOPOLOGY, type Topology } from './topology.ts';
import type { Translations } from './translations.ts';
import { throughWireGuard } from './wireguard.ts';

/** Everything that the captures of a paste tell about packets that were seen at several points. */
export interface Following {
  readonly points: readonly Point[];
  readonly exchanges: readonly Exchange[];
  /** All but the settled ones: what there may be to say something about. */
  readonly unsettled: readonly Exchange[];
  /** Exchanges of which nothing has to be told apart; only where the paste has but one point. */
  readonly settled: Settled | null;
  readonly conversations: readonly Conversation[];
  readonly clocks: Clocks;
}

/** What other outputs of a paste tell of the way of packets. */
interface Surroundings {
  readonly translations?: Translations;
  readonly topology?: Topology;
}

/** Follows every packet of the captures from point to point, through the NAT that connection tables show. */
export function follow(
  captures: readonly CaptureEvidence[],
  { translations, topology = NO_TOPOLOGY }: Surroundings = {},
): Following {
  const points = throughWireGuard(pointsOf(captures));
  const found = exchangesOf(points, translations);
  const clocks = clocksOf(points, found);
  const bearings = { clocks, topology };
  const unsettled = fromTheClient(found, points, bearings);
  const settled = points[0]?.settled ?? null;
  const exchanges = once(() => allOf(unsettled, settled));
  return {
    points,
    get exchanges() {
      return exchanges();
    },
    unsettled,
    settled,
    conversations: conversationsOf(unsettled, points, bearings),
    clocks,
  };
}

/** Exchanges in their order, but of the settled ones only those whose answer is of one `FORM` and question (`A? name.`) wanted. */
export function answeredBy(
  following: Following,
  form: number,
  isWanted: (question: string) => boolean = () => true,
): Generator<Exchange, void> {
  const { settled } = following;
  return exchangesWith(
    following,
    (index) => settled?.formAt(index) === form && isWanted(settled.questionAt(index)),
  );
}

/** Exchanges in their order, but of the settled ones only those that ask what is wanted (`A? name.`). */
export function askedFor(
  following: Following,
  isWanted: (question: string) => boolean,
): Generator<Exchange, void> {
  const { settled } = following;
  return exchangesWith(following, (index) => isWanted(settled?.questionAt(index) ?? ''));
}

/** Exchanges in their order, but of the settled ones only those in wanted places: the others are not put together. */
export function* exchangesWith(
  { settled, unsettled }: Following,
  isWanted: (index: number) => boolean,
): Generator<Exchange, void> {
  let next = 0;
  const length = settled?.length ?? 0;
  for (const exchange of unsettled) {
    for (
      ;
      settled !== null && next < length && settled.askedAt(next) < orderOf(exchange);
      next += 1
    )
      if (isWanted(next)) yield settled.exchangeAt(next);
    yield exchange;
  }
  for (; settled !== null && next < length; next += 1)
    if (isWanted(next)) yield settled.exchangeAt(next);
}

/**
 * Names each exchange by its ends as the point nearest the client shows them, before any translation: a client whose
 * packets get another address on the way stays one client, whichever capture was pasted first.
 */
function fromTheClient(
  exchanges: readonly Exchange[],
  points: readonly Point[],
  bearings: Bearings,
): readonly Exchange[] {
  const order = new Map<string, number>();
  const isBefore = (a: Point, b: Point) => {
    const key = `${a.index} ${b.index}`;
    const known = order.get(key) ?? precedes(exchanges, bearings, a, b);
    order.set(key, known);
    return known > 0;
  };
  return exchanges.map((exchange) => {
    if (isOneEnd(exchange)) return exchange;
    const seen = points.filter(({ index }) => (exchange.at[index]?.requests.length ?? 0) > 0);
    const endsOf = ({ index }: Point) => {
      const { source, destination } = exchange.at[index]?.requests[0]?.packet ?? {};
      return `${source?.host} ${destination?.port}`;
    };
    const first = seen.find((point) =>
      seen.every((other) => endsOf(other) === endsOf(point) || isBefore(point, other)),
    );
    const packet = exchange.at[first?.index ?? -1]?.requests[0]?.packet;
    return packet === undefined
      ? exchange
      : { ...exchange, client: packet.source, server: packet.destination };
  });
}

/** Whether all points that saw the question saw it come from the same address and go to the same port. */
function isOneEnd({ at, client, server }: Exchange): boolean {
  for (const seen of at) {
    const [first] = seen?.requests ?? [];
    if (first === undefined) continue;
    const { source, destination } = first.packet;
    if (source.host !== client.host || destination.port !== server.port) return false;
  }
  return true;
}
