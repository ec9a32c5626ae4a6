import { type Exchange, sightedAt } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';
import { answersOf } from './answers.ts';

/** An answer that did not fit into UDP, and the TCP connection for the whole one that nobody lets through. */
export interface Truncated {
  readonly name: string;
  /** SYNs to port 53 that got no answer at any point. */
  readonly tries: number;
  readonly at: readonly Sighting[];
  /** The question that was answered so, and those SYNs. */
  readonly question: Exchange;
  readonly silent: readonly Exchange[];
}

/** An answer that did not fit into UDP, and the reset by which the same server refuses TCP. */
export function truncatedRefusedIn({ unsettled }: Following) {
  const resets = unsettled.flatMap((exchange) => resetOf(exchange) ?? []);
  if (resets.length === 0) return undefined;
  for (const exchange of unsettled) {
    const cut = answersOf(exchange).find(({ packet }) => packet.dns?.truncatedAnswer);
    const reset = resets.find((one) => one.packet.source.host === cut?.packet.source.host);
    if (cut !== undefined && reset !== undefined && exchange.dns !== null)
      return { name: exchange.dns.qname, at: [cut, reset] };
  }
  return undefined;
}

function resetOf(exchange: Exchange): Sighting | undefined {
  if (exchange.protocol !== 'tcp' || exchange.server.port !== 53) return undefined;
  const answers = sightedAt(exchange).flatMap(({ responses }) => responses);
  const isReset = answers.every(({ packet }) => packet.tcp?.flags.startsWith('R'));
  return isReset ? answers[0] : undefined;
}

/** RFC 7766: a client that sees the TC bit asks again over TCP; here its SYNs stay without an answer. */
export function truncatedIn(following: Following): Truncated | undefined {
  const silent = following.unsettled.filter(isSilentTcp);
  if (silent.length === 0) return undefined;
  // A truncated answer settles nothing.
  for (const exchange of following.unsettled) {
    const cut = answersOf(exchange).find(({ packet }) => packet.dns?.truncatedAnswer);
    const own = silent.filter(({ client }) => client.host === exchange.client.host);
    const tries = own.flatMap(synsOf);
    if (cut !== undefined && exchange.dns !== null && tries.length >= 2)
      return {
        name: exchange.dns.qname,
        tries: tries.length,
        at: [cut, ...tries],
        question: exchange,
        silent: own,
      };
  }
  return undefined;
}

function isSilentTcp(exchange: Exchange): boolean {
  return (
    exchange.protocol === 'tcp' &&
    exchange.server.port === 53 &&
    sightedAt(exchange).every(({ responses }) => responses.length === 0)
  );
}

/** The SYNs at the point that saw most of them. */
function synsOf(exchange: Exchange): readonly Sighting[] {
  const seen = sightedAt(exchange).map(({ requests }) => requests);
  return seen.toSorted((a, b) => b.length - a.length)[0] ?? [];
}
