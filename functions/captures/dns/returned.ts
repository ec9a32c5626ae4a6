import { sightedAt } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';

/** A question that comes back to the server that sent it on. */
export interface Returned {
  readonly name: string;
  /** The server that asks, and is asked. */
  readonly server: string;
  /** The address that it forwards to. */
  readonly upstream: string;
  readonly count: number;
  readonly at: readonly Sighting[];
}

/**
 * Address translation changes the two addresses of a packet, not its id, and its port seldom: a question that leaves a
 * server and arrives at it with the same id, from the same port, is its own. So is one that a bridge shows on its way from
 * an address to the same address.
 */
export function returnedIn({ unsettled, points }: Following): Returned | undefined {
  const found: { readonly sent: Sighting; readonly back: Sighting }[] = [];
  const sentBy = new Map<string, Sighting>();
  for (const request of unsettled.flatMap(sightedAt).flatMap(({ requests }) => requests)) {
    const { dns, source, destination } = request.packet;
    if (dns === null) continue;
    const key = `${request.point} ${source.port} ${dns.id} ${dns.qtype} ${dns.qname}`;
    const sent = sentBy.get(key);
    if (sent !== undefined && isReturn(sent, destination.host)) found.push({ sent, back: request });
    else if (source.host === destination.host && points[request.point]?.interface !== 'lo')
      found.push({ sent: request, back: request });
    if (sent === undefined) sentBy.set(key, request);
  }
  const [first] = found;
  if (first === undefined || found.length < LEAST) return undefined;
  if (!isAskedOn(found.map(({ sent }) => sent))) return undefined;
  const { source, destination, dns } = first.sent.packet;
  const at = found.slice(0, LEAST).flatMap(({ sent, back }) => [sent, back]);
  return {
    name: dns?.qname ?? '',
    server: source.host,
    upstream: destination.host,
    count: found.length,
    at: [...new Set(at)],
  };
}

/**
 * A server that gets its own question asks on at once, by another id or port. Without that the question was a client's own,
 * to a Service that it stands behind, and only came again when nobody answered.
 */
function isAskedOn(sent: readonly Sighting[]): boolean {
  return sent.some(({ time, packet }, at) => {
    const next = sent.slice(at + 1).find((one) => keyOf(one) !== keyOf({ packet }));
    return (
      next !== undefined && (time === null || next.time === null || next.time - time < AT_ONCE_US)
    );
  });
}

function keyOf({ packet: { source, dns } }: Pick<Sighting, 'packet'>): string {
  return `${source.port} ${dns?.id}`;
}

/** No resolver repeats a question sooner. */
const AT_ONCE_US = 900_000;

/** One may be chance. */
const LEAST = 2;

function isReturn({ packet: { source, destination } }: Sighting, to: string): boolean {
  return source.host === to && destination.host !== to;
}
