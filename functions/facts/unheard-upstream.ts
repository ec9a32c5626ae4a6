import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { addressInName } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { askedIn } from './lookups/asked.ts';
import { citation } from './loss.ts';

const WHY = 'no capture shows a question that a server passed on in vain';
const label = labelsOf(unheard, WHY);

/** Whether a DNS server passes a question on at once and hears nothing, so that its own client hears nothing either. */
export const unheardUpstream = defineJoin({
  question: 'unheard-upstream',
  needs: ['tcpdump', 'dig'],
  facts: {
    address: label('the server that the question was passed on to', ({ upstream }) => upstream),
    server: label('the server that passed it on', ({ server }) => server),
    name: label('the name asked for', ({ name }) => name),
    tries: {
      type: 'count',
      is: 'questions that were passed on to it, all of them in vain',
      of: (view) => {
        const found = unheard(view);
        return found === undefined ? unknown(WHY) : known(found.tries, found.at);
      },
    },
  },
});

interface Unheard {
  readonly upstream: string;
  readonly server: string;
  readonly name: string;
  readonly tries: number;
  readonly at: readonly Citation[];
}

/** A server asks on within this time. */
const AT_ONCE_US = 1_000_000;
/** An answer that takes longer is of no use to a client any more; resolvers wait so long for an upstream themselves. */
const PATIENCE_US = 2_000_000;

/** More questions for one name tell no more. */
const MOST = 64;

interface Silent {
  readonly exchange: Exchange;
  readonly first: Sighting;
}

function unheard(view: View): Unheard | undefined {
  for (const point of view.following.points) {
    if (point.host !== view.host || point.lossy) continue;
    const silent = view.following.unsettled.flatMap((exchange) => {
      const first = silentAt(exchange, point);
      return first === undefined ? [] : [{ exchange, first }];
    });
    const byName = Map.groupBy(
      silent,
      ({ exchange: { dns } }) => `${dns?.qtype} ${dns?.qname.toLowerCase()}`,
    );
    for (const all of byName.values()) {
      const few = all.slice(0, MOST);
      const found = few
        .map((asked) => passedOn(view, point, asked, few))
        .find((one) => one !== undefined);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The question at the server, and the same name asked on by the server right behind it at the same point. */
function passedOn(
  view: View,
  point: Point,
  { exchange, first: question }: Silent,
  others: readonly Silent[],
): Unheard | undefined {
  const server = addressInName(question.packet.destination.host);
  for (const { first: on } of others) {
    if (question.time === null || on.time === null) continue;
    const after = on.time - question.time;
    if (addressInName(on.packet.source.host) !== server || after < 0 || after > AT_ONCE_US)
      continue;
    const upstream = addressInName(on.packet.destination.host);
    // Put together only now: most captures come no further than this.
    const all = view.following.exchanges.filter(({ server: other }) => other.host === upstream);
    if (upstream === server || all.some(isAnswered) || !isWaitedFor(view, point, exchange, on))
      continue;
    const tries = all.reduce((sum, one) => sum + (one.at[point.index]?.requests.length ?? 0), 0);
    const at = [question, on].map(citation);
    return { upstream, server, name: exchange.dns?.qname ?? '', tries, at };
  }
  return undefined;
}

function silentAt(exchange: Exchange, { index }: Point): Sighting | undefined {
  if (exchange.protocol !== 'dns' || isAnswered(exchange)) return undefined;
  return exchange.at[index]?.requests[0];
}

function isAnswered(exchange: Exchange): boolean {
  return sightedAt(exchange).some(({ responses }) => responses.length > 0);
}

/** A capture that shows answers ran on for long enough, or the client says that it gave up: a filter may hide all answers. */
function isWaitedFor(view: View, point: Point, { dns }: Exchange, on: Sighting): boolean {
  const last = point.span?.to ?? on.time ?? 0;
  const shows = view.following.exchanges.some(
    ({ protocol, at }) => protocol === 'dns' && (at[point.index]?.responses.length ?? 0) > 0,
  );
  if (shows && on.time !== null && last - on.time >= PATIENCE_US) return true;
  const bare = dns?.qname.replace(/\.$/, '');
  return askedIn(view.all).some(
    ({ name, outcome }) => outcome === 'timed-out' && name?.replace(/\.$/, '') === bare,
  );
}
