import type { Exchange } from '../captures/exchanges.ts';
import { exchangesWith } from '../captures/follow.ts';
import { type Place, stopOf } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** Two packets handled on two CPUs at once are microseconds apart; by chance a port is used twice in a minute, not in this time. */
const AT_ONCE_US = 5000;

/** Whether two clients that used the same source port towards one server at the same moment cost one of them its packet. */
export const sourcePorts = defineJoin({
  question: 'source-ports',
  needs: ['tcpdump'],
  facts: {
    loserOfTwo: {
      type: 'label',
      is: 'the client whose packet got no answer while another with the same source port got one',
      of: (view) => reading(view, ({ loser }) => loser.client.host),
    },
    winner: {
      type: 'label',
      is: 'the client with the same source port that was answered',
      of: (view) => reading(view, ({ winner }) => winner.client.host),
    },
    port: {
      type: 'count',
      is: 'the source port of both',
      of: (view) => reading(view, ({ loser }) => loser.client.port ?? 0),
    },
    collisions: {
      type: 'count',
      is: 'how often that is seen',
      of: (view) => {
        const all = collisionsAt(view);
        return all.length === 0 ? none() : known(all.length, all.slice(0, 2).flatMap(linesOf));
      },
      place,
    },
  },
});

/** Where the losers stop on the way that the winner went: all of them at one place. */
function place(view: View): Place | undefined {
  const places = collisionsAt(view).flatMap(
    ({ loser, winner }) => stopOf(loser, winner, view.following) ?? [],
  );
  const [first] = places;
  return first === undefined
    ? undefined
    : { ...first, packets: places.flatMap(({ packets }) => packets) };
}

interface Collision {
  readonly loser: Exchange;
  readonly winner: Exchange;
  readonly seen: readonly Sighting[];
}

function none(): Reading<never> {
  return unknown('no capture shows two clients with one source port');
}

function linesOf({ seen }: Collision) {
  return seen.map(citation);
}

function reading<T>(view: View, of: (collision: Collision) => T): Reading<T> {
  const first = collisionsAt(view)[0];
  return first === undefined ? none() : known(of(first), linesOf(first));
}

const collisions = new WeakMap<View, readonly Collision[]>();

function collisionsAt(view: View): readonly Collision[] {
  const all = collisions.get(view) ?? collisionsOf(view);
  collisions.set(view, all);
  return all;
}

function collisionsOf({ following, host }: View): readonly Collision[] {
  const points = following.points.filter((point) => point.host === host);
  const losers = following.unsettled.filter((one) => points.some((at) => isLost(one, at)));
  if (losers.length === 0) return [];
  const byFlow = new Map<string, Exchange[]>();
  const ports = new Set(losers.map(({ client }) => client.port));
  const { settled } = following;
  for (const one of exchangesWith(following, (at) => ports.has(settled?.portAt(at) ?? null))) {
    const key = flowOf(one);
    const own = byFlow.get(key);
    if (own === undefined) byFlow.set(key, [one]);
    else own.push(one);
  }
  return losers.flatMap((loser) => {
    const rivals = byFlow.get(flowOf(loser)) ?? [];
    return points.flatMap((point) => collisionAt(loser, rivals, point) ?? []).slice(0, 1);
  });
}

/** What SNAT to one address makes the same of two clients: all but their addresses. */
function flowOf({ protocol, client, server }: Exchange): string {
  return `${protocol} ${client.port} ${server.host} ${server.port}`;
}

function collisionAt(
  loser: Exchange,
  rivals: readonly Exchange[],
  { index }: Point,
): Collision | undefined {
  const lost = loser.at[index]?.requests[0];
  if (lost?.time == null || loser.client.port === null) return undefined;
  for (const winner of rivals) {
    const asked = winner.at[index]?.requests[0];
    const answer = winner.at[index]?.responses[0];
    if (winner.client.host === loser.client.host || asked?.time == null || answer === undefined)
      continue;
    if (Math.abs(asked.time - lost.time) <= AT_ONCE_US)
      return { loser, winner, seen: [lost, asked, answer] };
  }
  return undefined;
}

/** No answer to the first try: none at all, or only after it was sent again. */
function isLost({ at, protocol }: Exchange, { index }: Point): boolean {
  if (protocol === 'icmp') return false;
  const seen = at[index];
  if (seen === undefined || seen.requests.length === 0) return false;
  if (at.every((one) => one === undefined || one.responses.length === 0)) return true;
  const [answer, again] = [seen.responses[0]?.time, seen.requests[1]?.time];
  return answer != null && again != null && answer > again;
}
