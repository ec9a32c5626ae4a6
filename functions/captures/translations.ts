import type { Flow, Tuple } from '../artefacts/conntrack-table/read.ts';
import { type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Endpoint, Packet } from '../artefacts/packet.ts';

/** Whether NAT made one packet of the other, as far as pasted connection tables tell: true, or undefined. */
export type Translations = (before: Packet, after: Packet) => true | undefined;

/** Nothing was pasted that tells of NAT. */
export const NO_TRANSLATIONS: Translations = () => undefined;

/** What the connection tables of a paste (`conntrack -L`, `-E`) say of addresses and ports that changed on the way. */
export function translationsIn(evidence: readonly Evidence[]): Translations {
  const flows = ofKind(evidence, 'conntrack-table').flatMap(({ content }) => content.flows);
  const changed = flows.filter(({ original, reply }) => !isMirror(original, reply));
  if (changed.length === 0) return NO_TRANSLATIONS;
  const byClient = Map.groupBy(changed, ({ original }) => keyOf(endOf(original, 'source')));
  return (before, after) => {
    const flow = byClient
      .get(keyOf(before.source))
      ?.find(
        (one) => one.protocol === before.protocol && isBefore(one, before) && isAfter(one, after),
      );
    return flow === undefined ? undefined : true;
  };
}

function isMirror(original: Tuple, reply: Tuple): boolean {
  return (
    original.source === reply.destination &&
    original.sport === reply.dport &&
    original.destination === reply.source &&
    original.dport === reply.sport
  );
}

function endOf(tuple: Tuple, end: 'source' | 'destination'): Endpoint {
  return end === 'source'
    ? { host: tuple.source, port: tuple.sport }
    : { host: tuple.destination, port: tuple.dport };
}

/** As it came to the host; on a bridge its destination may be rewritten already. */
function isBefore({ original, reply }: Flow, { destination }: Packet): boolean {
  return (
    isEnd(destination, endOf(original, 'destination')) || isEnd(destination, endOf(reply, 'source'))
  );
}

/** As it left: either end, or both, as the answer will come back to them. */
function isAfter({ original, reply }: Flow, { source, destination }: Packet): boolean {
  return (
    (isEnd(source, endOf(original, 'source')) || isEnd(source, endOf(reply, 'destination'))) &&
    (isEnd(destination, endOf(original, 'destination')) ||
      isEnd(destination, endOf(reply, 'source')))
  );
}

function isEnd(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

function keyOf({ host, port }: Endpoint): string {
  return `${host} ${port}`;
}
