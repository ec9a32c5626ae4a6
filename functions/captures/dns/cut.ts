import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';
import { answersOf } from './answers.ts';

/** A truncated answer whose client never asks for the whole one over TCP. */
export interface Cut {
  readonly name: string;
  readonly client: string;
  readonly at: readonly Sighting[];
}

/** RFC 7766: what does not fit into UDP is fetched over TCP; here the client opens no connection to port 53 at all. */
export function cutIn({ unsettled }: Following): Cut | undefined {
  const asking = new Set(
    unsettled.flatMap(({ protocol, server, client }) =>
      protocol === 'tcp' && server.port === 53 ? [client.host] : [],
    ),
  );
  for (const exchange of unsettled) {
    if (exchange.dns === null || asking.has(exchange.client.host)) continue;
    const cut = answersOf(exchange).find(({ packet }) => packet.dns?.truncatedAnswer);
    if (cut !== undefined)
      return { name: exchange.dns.qname, client: exchange.client.host, at: [cut] };
  }
  return undefined;
}
