import { cite } from '../artefacts/evidence.ts';
import { questionOf } from '../captures/exchanges.ts';
import type { Loss } from '../captures/loss.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { segmentOf, stepsOf } from '../captures/segment.ts';
import { firstPosition, lastPosition, type Transmission } from '../captures/transmissions.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** What vanished at this host: where, in which direction, and what did pass. */
export const loss = defineJoin({
  question: 'loss',
  needs: ['tcpdump'],
  facts: {
    place: label(
      'inside-host or between-hosts; refused where ICMP errors tell what became of it',
      ({ place, refused }) => (refused ? 'refused' : isTold(place) ? place : null),
    ),
    unplaced: flag(
      'no point further on can tell where it vanished',
      ({ place, refused }) => place === 'beyond-last-point' && !refused,
    ),
    segment: {
      type: 'label',
      is: 'the stretch of the way: client-bridge>client-tunnel, client-nic>server-nic, server-veth>reply …',
      of: (view) => fromLoss(view, (own) => segmentOf(own) ?? null, bothEnds),
    },
    betweenCards: {
      type: 'flag',
      is: "nothing but the network lies between the two points: both are hosts' cards",
      of: (view) => fromLoss(view, liesBetweenCards, bothEnds),
    },
    outsideHosts: flag(
      'it vanished between the hosts; unknown where it came to the card of the receiving host, whose own filter may have taken it',
      liesOutsideHosts,
      bothEnds,
    ),
    direction: label('request or response', directionOf),
    host: label('the host that saw the packet last', ({ from }) => from.host),
    fromHost: label('the host that saw the packet last', ({ from }) => from.host),
    toHost: label('the host that should have seen it next', ({ to }) => to?.host ?? null),
    from: label('the last point that saw it', (own) => pointName(own.from, own)),
    to: label('the first point that did not', (own) =>
      own.to === null ? null : pointName(own.to, own),
    ),
    packets: count('packets that vanished here', ({ vanished }) => vanished.length),
    question: label('what the vanished packet asked', ({ vanished }) =>
      questionAsked(vanished[0]?.transmission),
    ),
    twin: label('the other question of the same flow', ({ twin }) =>
      questionAsked(twin?.transmission),
    ),
    twinGapUs: count('microseconds between the twins', ({ twin }) =>
      twin?.gapUs == null ? null : Math.round(Math.abs(twin.gapUs)),
    ),
    twinPassed: flag(
      'every vanished packet had a twin, and it passed here',
      ({ twinPassed }) => twinPassed,
      passing,
    ),
    twinAnswered: flag('the twin was answered', ({ twinAnswered }) => twinAnswered, passing),
    retryAnswered: flag(
      'a later try of the same question was answered',
      ({ retryAnswered }) => retryAnswered,
      retries,
    ),
    retryAfterMs: count('milliseconds until the question was sent again', ({ vanished }) =>
      milli(vanished[0]?.retriedAfterUs),
    ),
    retryAnsweredAfterMs: count('milliseconds until the retry was answered', ({ vanished }) =>
      milli(vanished[0]?.retryAnsweredAfterUs),
    ),
    reachedServer: flag(
      "the question was seen at the server's own interface",
      ({ from, to, conversation }) => (to === null ? atServer(from, conversation.path) : null),
    ),
    everyPacket: flag('nothing of this conversation passed here', ({ everyPacket }) => everyPacket),
    controlArrived: flag(
      'other packets did arrive where these did not',
      ({ controlArrived }) => controlArrived || null,
    ),
    tunnel: label('what the packet travelled in when last seen', ({ tunnel }) =>
      tunnel === 'otv' ? 'vxlan' : tunnel,
    ),
    tunnelPort: count('the UDP port of that tunnel', ({ tunnel, vanished }) =>
      tunnel === null ? null : (vanished[0]?.seen.outer.destination.port ?? null),
    ),
    bypassedTunnel: flag(
      'it left by a card without entering the tunnel',
      (own) => (own.bypassedTunnel ? true : entering(own).length > 0 ? false : null),
      (own) => (own.bypassedTunnel ? bypass(own) : entering(own)),
    ),
    translated: flag(
      'this host rewrites addresses of the conversation',
      ({ translated }) => translated,
    ),
    destination: label(
      'where the packet was going when last seen',
      ({ vanished }) => vanished[0]?.seen.packet.destination.host ?? null,
    ),
  },
});

/** Where nothing further on can tell, a question may have been lost as well as its answer, but for the server's own interface. */
function directionOf({ direction, place, from, conversation }: Loss): string | null {
  const isOpen = place === 'beyond-last-point' && conversation.protocol === 'dns';
  return isOpen && !atServer(from, conversation.path) ? null : direction;
}

function isTold(place: Loss['place']): boolean {
  return place === 'inside-host' || place === 'between-hosts';
}

/** A capture on a card sees packets before the host's own firewall does. */
function liesOutsideHosts(own: Loss): boolean | null {
  if (own.refused || !isTold(own.place)) return null;
  if (own.place === 'between-hosts') return true;
  const segment = segmentOf(own) ?? '';
  const isReceived =
    own.direction === 'request'
      ? segment.startsWith('server-nic>')
      : segment.endsWith('>client-nic');
  return isReceived ? null : false;
}

/** Null where the stretch holds both the network and a part of a host. */
function liesBetweenCards(own: Loss): boolean | null {
  const segment = segmentOf(own);
  if (segment === undefined) return null;
  const steps = stepsOf(segment).map((step) => /-nic>\w+-nic$/.test(step));
  return steps.every(Boolean) ? true : steps.some(Boolean) ? null : false;
}

function questionAsked(transmission: Transmission | undefined): string | null {
  return transmission === undefined ? null : questionOf(transmission.exchange);
}

/** A pod's own interface, or the host's end of it, on another host than the client's. */
function atServer(point: Point, path: readonly Point[]): boolean {
  if (point === path[0] || point.host === path[0]?.host) return false;
  return point.pod || point.role === 'veth';
}

/** `cni0` inside one host, `worker-2 ens3` where two hosts are concerned. */
function pointName(point: Point, { place }: Loss): string {
  const device = point.interface ?? '?';
  return place === 'inside-host' || point.host === null ? device : `${point.host} ${device}`;
}

function milli(us: number | null | undefined): number | null {
  return us == null ? null : Math.round(us) / 1000;
}

type Lines = (loss: Loss) => readonly Sighting[];

function lastSeen({ vanished }: Loss): readonly Sighting[] {
  return vanished.slice(0, 3).map(({ seen }) => seen);
}

/** The packet where it was seen last, and what did arrive where it was missing. */
function bothEnds(own: Loss): readonly Sighting[] {
  const control = own.vanished[0]?.absence?.control;
  return [...lastSeen(own).slice(0, 1), ...(control == null ? [] : [control])];
}

/** The twin where the lost packet was missing, beside the lost packet itself. */
function passing(own: Loss): readonly Sighting[] {
  const { twin, to, conversation } = own;
  const position = to === null ? -1 : conversation.path.indexOf(to);
  const there = own.direction === 'request' ? twin?.transmission.seen : twin?.transmission.answers;
  const passed = there?.[position] ?? there?.find((one) => one !== undefined);
  return passed === undefined ? lastSeen(own) : [passed];
}

function retries({ vanished, conversation }: Loss): readonly Sighting[] {
  const first = vanished[0];
  if (first === undefined) return [];
  const later = conversation.transmissions.find(
    (one) =>
      one.exchange === first.transmission.exchange &&
      one.attempt > first.transmission.attempt &&
      one.answers.length > 0,
  );
  if (later === undefined) return [];
  const at = firstPosition(later.seen);
  return [later.seen[at], later.answers[at]].filter((one) => one !== undefined);
}

/** Where a vanished packet was seen in a tunnel, or wrapped. */
function entering({ vanished, conversation }: Loss): readonly Sighting[] {
  const { path } = conversation;
  return vanished.slice(0, 3).flatMap(({ transmission }) => {
    const inside = transmission.seen.find(
      (one, at) => one !== undefined && (path[at]?.role === 'tunnel' || one.outer !== one.packet),
    );
    return inside === undefined ? [] : [inside];
  });
}

/** The sighting on the card, unwrapped. */
function bypass({ vanished }: Loss): readonly Sighting[] {
  const first = vanished[0];
  if (first === undefined) return [];
  const last = lastPosition(first.transmission.seen);
  const sighting = first.transmission.seen[last];
  return sighting === undefined ? [first.seen] : [first.seen, sighting];
}

function count(is: string, of: (loss: Loss) => number | null): JoinedFact {
  return { type: 'count', is, of: (view) => fromLoss(view, of, lastSeen) };
}

function label(is: string, of: (loss: Loss) => string | null): JoinedFact {
  return { type: 'label', is, of: (view) => fromLoss(view, of, lastSeen) };
}

function flag(is: string, of: (loss: Loss) => boolean | null, lines: Lines = lastSeen): JoinedFact {
  return { type: 'flag', is, of: (view) => fromLoss(view, of, lines) };
}

function fromLoss<T>(view: View, of: (loss: Loss) => T | null, lines: Lines): Reading<T> {
  if (view.loss === null) return unknown('no packet was seen to vanish at this host');
  const value = of(view.loss);
  if (value === null) return unknown('the captures do not show it');
  return known(value, lines(view.loss).map(citation));
}

/** The line that shows the packet: the second of a `-v` pair, where its ports and question stand. */
export function citation({ evidence, packet }: Sighting): Citation {
  return cite(evidence.artefact, packet.lastLine);
}
