import type { Exchange, Seen } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';

/** A server whose answers leave late, by the captures nearest to it. */
export interface SlowServer {
  readonly name: string;
  readonly ms: number;
  readonly atServer: boolean;
  /** Null when no cluster name was asked, so that nothing is told apart. */
  readonly forwardedOnly: boolean | null;
  readonly at: readonly Sighting[];
}

/** Domain knowledge: a cluster's own names are answered in a few ms; 100 ms of the server's own time is an overload. */
const SLOW_US = 100_000;

interface Delay {
  readonly exchange: Exchange;
  readonly us: number;
  readonly point: number;
  readonly request: Sighting;
  readonly response: Sighting;
}

/** The latest answer, if one is late at the point where it came soonest. */
export function slowServerIn(following: Following): SlowServer | undefined {
  const delays = following.unsettled.flatMap((exchange) => delayOf(exchange) ?? []);
  const late = delays.filter(({ us }) => us >= SLOW_US).toSorted((a, b) => b.us - a.us);
  const [worst] = late;
  if (worst === undefined) return undefined;
  const { exchange, us, point, request, response } = worst;
  const fastCluster = delays.some((one) => one.us < SLOW_US && isCluster(one.exchange));
  const slowCluster = late.some((one) => isCluster(one.exchange));
  return {
    name: exchange.dns?.qname ?? '',
    ms: Math.round(us / 1000),
    atServer: isFar(following, exchange, point),
    forwardedOnly: slowCluster ? false : fastCluster ? true : null,
    at: [request, response],
  };
}

function isCluster({ dns }: Exchange): boolean {
  return /\.cluster\.local\.?$/.test(dns?.qname ?? '');
}

/** What the answer took at the point where it took least: what is left is the server's and what lies behind it. */
function delayOf(exchange: Exchange): Delay | undefined {
  if (exchange.protocol !== 'dns') return undefined;
  let least: Delay | undefined;
  for (const [point, seen] of exchange.at.entries()) {
    const own = seen === undefined ? undefined : latest(seen);
    if (own !== undefined && (least === undefined || own.us < least.us))
      least = { exchange, point, ...own };
  }
  return least;
}

/** The longest wait from the last question before an answer to that answer: no other pairing makes it shorter. */
function latest({ requests, responses }: Seen): Omit<Delay, 'exchange' | 'point'> | undefined {
  let worst: Omit<Delay, 'exchange' | 'point'> | undefined;
  for (const response of responses) {
    const { time } = response;
    const request = requests.findLast(
      (one) => one.time !== null && time !== null && one.time <= time,
    );
    if (request?.time == null || time === null) continue;
    const us = time - request.time;
    if (worst === undefined || us > worst.us) worst = { us, request, response };
  }
  return worst;
}

function isFar(following: Following, exchange: Exchange, point: number): boolean {
  const conversation = following.conversations.find(
    (one) => !one.isSettled && one.exchanges.includes(exchange),
  );
  const client = conversation?.path[0]?.host ?? null;
  const host = following.points[point]?.host ?? null;
  return client !== null && host !== null && client !== host;
}
