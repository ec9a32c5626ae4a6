import { type Exchange, sightedAt } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';

/** A question that a server answers at once with a code that the client takes for silence, for it asks again. */
export interface Refused {
  readonly server: string;
  readonly rcode: string;
  readonly waitMs: number;
  readonly at: readonly Sighting[];
}

/** REFUSED, NOTIMP and FORMERR as tcpdump prints them (print-domain.c, ns_resp). */
const IGNORED: ReadonlySet<string> = new Set(['Refused', 'NotImp', 'FormErr']);
/** A resolver that takes the answer for one asks the next server at once. */
const WAITED_US = 400_000;

/** Finds the first question that was sent again from the same port well after such an answer had come. */
export function refusedIn({ unsettled }: Following): Refused | undefined {
  for (const exchange of unsettled) {
    const found = exchange.protocol === 'dns' ? repeated(exchange) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function repeated(exchange: Exchange): Refused | undefined {
  for (const { requests, responses } of sightedAt(exchange)) {
    const answer = responses.find(({ packet }) => IGNORED.has(packet.dns?.rcode ?? ''));
    if (answer?.time == null) continue;
    const { time } = answer;
    const again = requests.find((one) => one.time !== null && one.time - time >= WAITED_US);
    if (again?.time == null) continue;
    return {
      server: answer.packet.source.host,
      rcode: answer.packet.dns?.rcode ?? '',
      waitMs: Math.round((again.time - time) / 1000),
      at: [answer, again],
    };
  }
  return undefined;
}
