import { countOf } from '../artefacts/digest.ts';
import type { Conversation } from '../captures/conversations.ts';
import { lostPacket, type Place, spotOf } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import {
  acknowledged,
  flowsAt,
  isSameFlow,
  rangesOf,
  type SentRange,
  type Side,
  sentBy,
  type TcpFlow,
} from '../captures/tcp-flows.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/** Below this a segment passes every usual path (576 bytes is what every IPv4 host must take, RFC 791; tunnels leave 1200). */
const LARGE_BYTES = 1000;
/** Chance takes one segment twice, not four times over seconds while others arrive. */
const STALLED_SENDINGS = 4;

/** Whether it is the size of a TCP segment that decides if it arrives: at one point, and between two. */
export const tcpSize = defineJoin({
  question: 'tcp-size',
  needs: ['tcpdump'],
  facts: {
    split: {
      type: 'flag',
      is: 'between two points every large segment of a connection vanishes and every smaller one arrives',
      of: (view) => reading(sureSplit(view), ({ bySize }) => bySize, splitLines),
      place: splitPlace,
    },
    splitAtEnd: {
      type: 'flag',
      is: 'the same, where nothing at all of that end arrives any more and the other capture stands there whole',
      of: (view) => {
        const split = splitAt(view);
        return split?.running === false && split.bySize
          ? reading(split, () => true, splitLines)
          : unknown('no two captures show it');
      },
      place: splitPlace,
    },
    splitSomewhere: {
      type: 'flag',
      is: 'the captures of some host show where large segments vanish and smaller ones arrive',
      of: splitSomewhere,
    },
    lostWhatever: {
      type: 'flag',
      is: 'between two hosts data segments vanish again and again, and their size does not decide which',
      of: (view) => {
        const split = sureSplit(view);
        return split === undefined || !isPathLoss(split)
          ? unknown('no two captures show it')
          : reading(split, () => true, splitLines);
      },
      place: splitPlace,
    },
    from: label('the last point that saw the segment', ({ from }) => nameOf(from)),
    to: label('the first point that did not', ({ to }) => nameOf(to)),
    smallestLost: size('payload bytes of the smallest segment that vanished', ({ lost }) =>
      Math.min(...lost.map(({ bytes }) => bytes)),
    ),
    largestPassed: size(
      'payload bytes of the largest segment that arrived',
      ({ largestPassed }) => largestPassed,
    ),
    sendings: size('how often the vanished segments were sent', ({ lost }) =>
      lost.reduce((sum, { sightings }) => sum + sightings.length, 0),
    ),
    stalled: {
      type: 'flag',
      is: 'a large segment is sent four times or more and never acknowledged, while smaller packets of the connection pass both ways',
      of: (view) => reading(stalledAt(view), () => true, stalledLines),
      place: stalledPlace,
    },
    unheard: {
      type: 'flag',
      is: 'after smaller ones were acknowledged a large segment is sent four times or more, and nothing comes back at all',
      of: (view) => reading(unheardAt(view), () => true, stalledLines),
      place: stalledPlace,
    },
    stalledBytes: {
      type: 'count',
      is: 'payload bytes of that segment',
      of: (view) =>
        reading(stalledAt(view) ?? unheardAt(view), ({ range }) => range.bytes, stalledLines),
    },
    stalledSendings: {
      type: 'count',
      is: 'how often that segment was sent',
      of: (view) =>
        reading(
          stalledAt(view) ?? unheardAt(view),
          ({ range }) => range.sightings.length,
          stalledLines,
        ),
    },
    stalledPort: {
      type: 'count',
      is: 'server port of that connection',
      of: (view) =>
        reading(
          stalledAt(view) ?? unheardAt(view),
          ({ flow }) => flow.server.port ?? 0,
          stalledLines,
        ),
    },
  },
});

interface Split {
  readonly side: Side;
  readonly from: Point;
  readonly to: Point;
  readonly lost: readonly SentRange[];
  readonly largestPassed: number;
  readonly bySize: boolean;
  /** What arrived after the first vanished segment had been sent, else the last that arrived. */
  readonly control: Sighting;
  /** Whether something did arrive after it: the other capture was running. */
  readonly running: boolean;
}

interface Stalled {
  readonly side: Side;
  readonly flow: TcpFlow;
  readonly range: SentRange;
  readonly answer: Sighting;
}

function label(is: string, of: (split: Split) => string): JoinedFact {
  return { type: 'label', is, of: (view) => reading(splitAt(view), of, splitLines) };
}

function size(is: string, of: (split: Split) => number): JoinedFact {
  return { type: 'count', is, of: (view) => reading(splitAt(view), of, splitLines) };
}

function reading<S, T>(
  shown: S | undefined,
  of: (shown: S) => T,
  lines: (shown: S) => readonly Sighting[],
): Reading<T> {
  return shown === undefined
    ? unknown('no capture shows it')
    : known(of(shown), lines(shown).map(citation));
}

function splitLines({ lost, control }: Split): readonly Sighting[] {
  return [...(lost[0]?.sightings.slice(0, 2) ?? []), control];
}

function stalledLines({ range, answer }: Stalled): readonly Sighting[] {
  return [...range.sightings.slice(0, 2), ...range.sightings.slice(-1), answer];
}

function nameOf({ host, interface: device }: Point): string {
  return host === null ? (device ?? '?') : `${host} ${device ?? '?'}`;
}

const SIDES: readonly Side[] = ['client', 'server'];

/** More of one connection's segments tell nothing new. */
const MOST_SEGMENTS = 4;

function sureSplit(view: View): Split | undefined {
  const split = splitAt(view);
  return split?.running === true ? split : undefined;
}

function splitPlace(view: View): Place | undefined {
  const split = splitAt(view);
  if (split === undefined) return undefined;
  const { side, from, to, lost } = split;
  const packets = lost.slice(0, MOST_SEGMENTS).flatMap(({ sightings }) => lostPacket(sightings));
  return { from: spotOf(from), to: spotOf(to), direction: DIRECTION[side], packets };
}

/** Behind the only point that shows the segment. */
function stalledPlace(view: View): Place | undefined {
  const stalled = stalledAt(view) ?? unheardAt(view);
  if (stalled === undefined) return undefined;
  const { side, flow, range } = stalled;
  const packets = lostPacket(range.sightings);
  return { from: spotOf(flow.point), to: null, direction: DIRECTION[side], packets };
}

const DIRECTION = { client: 'request', server: 'response' } as const;

/** What vanished behind a point of this host, the first by the order of the outputs. */
function splitAt(view: View): Split | undefined {
  for (const point of view.following.points) {
    if (point.host !== view.host) continue;
    for (const flow of flowsAt(point)) {
      for (const side of SIDES) {
        const split = splitOf(view, flow, side);
        if (split !== undefined) return split;
      }
    }
  }
  return undefined;
}

function splitSomewhere(view: View): Reading<boolean> {
  const hosts = new Set(view.following.points.map(({ host }) => host));
  for (const host of hosts) {
    const split = splitAt({ ...view, host });
    if (split?.bySize === true) return known(true, splitLines(split).map(citation));
  }
  return unknown('no two captures show it');
}

function splitOf(view: View, flow: TcpFlow, side: Side): Split | undefined {
  if (rangesOf(flow, side).every(({ sightings }) => sightings.length < 2)) return undefined;
  const onWay = alongTheWay(view, flow, side);
  const at = onWay.findIndex((other) => other.point === flow.point);
  const next = onWay[at + 1];
  return next === undefined || at < 0 ? undefined : between(view, flow, next, side);
}

/** The points that saw the connection, in the order in which this end's packets pass them. */
function alongTheWay({ following }: View, flow: TcpFlow, side: Side): readonly TcpFlow[] {
  const same = following.points.flatMap((point) => {
    const own = point === flow.point ? flow : flowsAt(point).find((one) => isSameFlow(one, flow));
    return own === undefined ? [] : [own];
  });
  const path = pathOf(following.conversations, same);
  const ordered =
    path === undefined
      ? same.toSorted((a, b) => (ttlOf(b, side) ?? 0) - (ttlOf(a, side) ?? 0))
      : same.toSorted((a, b) => path.indexOf(a.point) - path.indexOf(b.point));
  return path !== undefined && side === 'server' ? ordered.toReversed() : ordered;
}

function pathOf(
  conversations: readonly Conversation[],
  flows: readonly TcpFlow[],
): readonly Point[] | undefined {
  return conversations.find(
    ({ protocol, path }) => protocol === 'tcp' && flows.every(({ point }) => path.includes(point)),
  )?.path;
}

function ttlOf(flow: TcpFlow, side: Side): number | null {
  return sentBy(flow, side)[0]?.packet.ttl ?? null;
}

function between(view: View, here: TcpFlow, there: TcpFlow, side: Side): Split | undefined {
  const arrived = rangesOf(there, side);
  const covers = ({ from, to }: SentRange) => covered(arrived, from, to);
  const sent = rangesOf(here, side);
  const lost = sent.filter((range) => covers(range) === 0 && range.bytes > 0);
  const tries = lost.reduce((sum, { sightings }) => sum + sightings.length, 0);
  const first = lost[0]?.sightings[0];
  if (first === undefined || tries < 2) return undefined;
  const later = laterArrival(here, there, side, first) ?? arrivalByClock(view, there, side, first);
  const control = later ?? (isWhole(there.point) ? sentBy(there, side).at(-1) : undefined);
  if (control === undefined) return undefined;
  const passed = sent.filter((range) => covers(range) === range.bytes).map(({ bytes }) => bytes);
  const largestPassed = Math.max(0, ...passed);
  const smallestLost = Math.min(...lost.map(({ bytes }) => bytes));
  const again = lost.some(({ sightings }) => sightings.length >= 3);
  const bySize = smallestLost >= LARGE_BYTES && smallestLost > largestPassed && again;
  const running = later !== undefined;
  const [from, to] = [here.point, there.point];
  return { side, from, to, lost, largestPassed, bySize, control, running };
}

/** Captures that end with as many packets as they say: they saw no more before somebody stopped them. */
function isWhole({ captures, lossy }: Point): boolean {
  return !lossy && captures.every(({ content }) => content.captured === countOf(content));
}

/** How many bytes of the range arrived, in whatever segments. */
function covered(arrived: readonly SentRange[], from: number, to: number): number {
  const parts = arrived
    .map((range) => [Math.max(from, range.from), Math.min(to, range.to)] as const)
    .filter(([start, end]) => end > start)
    .sort(([a], [b]) => a - b);
  let bytes = 0;
  let reached = from;
  for (const [start, end] of parts) {
    bytes += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return bytes;
}

/** A packet of the same end that was sent after the vanished one and did arrive. */
function laterArrival(
  here: TcpFlow,
  there: TcpFlow,
  side: Side,
  first: Sighting,
): Sighting | undefined {
  const later = sentBy(here, side).filter(({ order }) => order > first.order);
  return sentBy(there, side).find((arrival) => later.some((one) => isSamePacket(one, arrival)));
}

/** The same where the first capture was cut: an arrival after the moment of sending, clocks compared. A RST may be forged. */
function arrivalByClock(
  { following }: View,
  there: TcpFlow,
  side: Side,
  first: Sighting,
): Sighting | undefined {
  const shift = following.clocks.shift(there.point.index, first.point);
  const sent = first.time;
  if (shift === undefined || sent === null) return undefined;
  return sentBy(there, side).find(
    ({ time, packet }) =>
      time !== null &&
      packet.tcp?.flags.startsWith('R') !== true &&
      time - shift.by > sent + shift.error,
  );
}

function isSamePacket({ packet: a }: Sighting, { packet: b }: Sighting): boolean {
  if (a.ipId !== null && b.ipId !== null && a.ipId !== 0) return a.ipId === b.ipId;
  return (
    a.tcp?.flags === b.tcp?.flags &&
    a.tcp?.seq === b.tcp?.seq &&
    a.tcp?.seqEnd === b.tcp?.seqEnd &&
    a.tcp?.ack === b.tcp?.ack &&
    a.payload === b.payload
  );
}

/** Outside the hosts, sent again in vain, and not merely cut from the second text. */
function isPathLoss({ from, to, lost, bySize }: Split): boolean {
  return (
    !bySize &&
    from.host !== to.host &&
    !to.lossy &&
    lost.some(({ sightings }) => sightings.length >= 2)
  );
}

function stalledAt(view: View): Stalled | undefined {
  return stalledBy(view, stalledIn);
}

function unheardAt(view: View): Stalled | undefined {
  return stalledBy(view, unheardIn);
}

function stalledBy(
  view: View,
  find: (flow: TcpFlow, side: Side) => Stalled | undefined,
): Stalled | undefined {
  for (const point of view.following.points) {
    if (point.host !== view.host) continue;
    for (const flow of flowsAt(point)) {
      for (const side of SIDES) {
        const stalled = find(flow, side);
        if (stalled !== undefined) return stalled;
      }
    }
  }
  return undefined;
}

/** An upload: the other end has nothing to say but that it got the small ones, and of the large ones it gets none. */
function unheardIn(flow: TcpFlow, side: Side): Stalled | undefined {
  const found = largeUnacknowledged(flow, side);
  const first = found?.sightings[0];
  if (found === undefined || first === undefined) return undefined;
  const said = sentBy(flow, side === 'client' ? 'server' : 'client');
  const small = rangesOf(flow, side).filter(({ bytes, to }) => bytes > 0 && to <= found.from);
  const answer = said.at(-1);
  if (answer === undefined || said.some(({ order }) => order > first.order)) return undefined;
  const isLargest = small.every(({ bytes }) => bytes < found.bytes);
  return small.length > 0 && isLargest ? { side, flow, range: found, answer } : undefined;
}

function largeUnacknowledged(flow: TcpFlow, side: Side): SentRange | undefined {
  if (sentBy(flow, side).length < STALLED_SENDINGS) return undefined;
  const reached = acknowledged(flow, side);
  return rangesOf(flow, side).find(
    ({ bytes, to, sightings }) =>
      bytes >= LARGE_BYTES && sightings.length >= STALLED_SENDINGS && reached < to,
  );
}

function stalledIn(flow: TcpFlow, side: Side): Stalled | undefined {
  const range = largeUnacknowledged(flow, side);
  const first = range?.sightings[0];
  if (range === undefined || first === undefined) return undefined;
  // The other end is alive and hears this one: it says something after the segment was sent, and not that it is full.
  const answers = sentBy(flow, side === 'client' ? 'server' : 'client').filter(
    ({ order, packet }) => order > first.order && !packet.tcp?.flags.startsWith('R'),
  );
  const answer = answers[0];
  if (answer === undefined || answers.some(({ packet }) => packet.tcp?.win === 0)) return undefined;
  return { side, flow, range, answer };
}
