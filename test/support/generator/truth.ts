import { type Capture, momentOf } from './capture.ts';
import type { Network, Stop } from './network.ts';
import { clockOf, type Line } from './tcpdump-text.ts';
import type { End, Trip } from './trip.ts';
import { endsAt } from './trip.ts';

export interface Place {
  readonly host: string;
  /** Null where a whole host was captured (`-i any`) and saw nothing at all. */
  readonly interface: string | null;
}

/**
 * What can be known of a lost packet from the captures: `placed` where its absence is proved, `doubtful` where a careful
 * reader may say so or not, `unprovable` where no capture behind the loss proves anything, `beyond` where none was taken.
 */
export type Standing = 'placed' | 'doubtful' | 'unprovable' | 'beyond';

export interface LostPacket {
  readonly trip: Trip;
  readonly direction: 'request' | 'response';
  readonly seen: Place;
  readonly ends: { readonly from: End; readonly to: End };
  readonly standing: Standing;
  /** Where it was missing: the first place that proves it, and doubtful ones before. */
  readonly missing: readonly Place[];
}

export interface Truth {
  /** Each packet that was dropped and seen at least once. */
  readonly lost: readonly LostPacket[];
  /** The captured places that saw the client's packets, in the order of requests. */
  readonly path: readonly Place[];
  /** Whether TTLs, times or kinds of interface fix that order. */
  readonly isOrderKnown: boolean;
  /** How far each host's clock is ahead of true time, in microseconds; only where a capture prints a running clock. */
  readonly aheadUs: ReadonlyMap<string, number>;
}

const TWIN_US = 1_000;

interface Point {
  readonly at: number;
  readonly stop: Stop;
  readonly place: Place;
  readonly capture: Capture;
  readonly lines: readonly Line[];
}

/** Works out what the text that is left lets a careful reader know. */
export function truthOf(
  network: Network,
  captures: readonly Capture[],
  trips: readonly Trip[],
  endUs: number,
  isThinned: boolean,
): Truth {
  const points = pointsOf(
    network,
    captures.map((capture) => readable(capture, isThinned)),
  );
  const lost = trips.filter(({ lostAfter, flow }) => lostAfter !== null && flow.victim);
  const seen = points.filter((point) => point.lines.some(({ trip }) => trip.flow.victim));
  const isOrderKnown = orderKnown(seen, network);
  return {
    lost: lost.flatMap((trip) => lostPacket(trip, points, network, { lost, isOrderKnown })),
    path: seen.map(({ place }) => place),
    isOrderKnown,
    aheadUs: clocksOf(captures, endUs),
  };
}

/** Clocks of the hosts of which every capture prints a running one. */
function clocksOf(captures: readonly Capture[], endUs: number): ReadonlyMap<string, number> {
  const isRunning = ({ style }: Capture) => ['day', 'date', 'epoch'].includes(style.time);
  return new Map(
    captures.flatMap(({ machine }) =>
      captures.every((one) => one.machine !== machine || isRunning(one))
        ? [[machine.name, clockOf(machine, endUs / 2, 0) - endUs / 2] as const]
        : [],
    ),
  );
}

/** The captured places; one that shares a `-i any` exists only if the text names it. */
function pointsOf(network: Network, captures: readonly Capture[]): readonly Point[] {
  return captures
    .flatMap((capture) =>
      capture.stops.flatMap((at, index) => {
        const isSilent = capture.device === 'any' && capture.kept.length === 0;
        const stop = network.stops[at];
        const lines = capture.kept.filter((line) => line.stop === at);
        const isNamed = lines.length > 0 || capture.device !== 'any' || (isSilent && index === 0);
        if (stop === undefined || !isNamed) return [];
        const place = { host: stop.machine.name, interface: isSilent ? null : stop.device };
        return [{ at, stop, place, capture, lines }];
      }),
    )
    .toSorted((a, b) => a.at - b.at);
}

interface Known {
  readonly lost: readonly Trip[];
  readonly isOrderKnown: boolean;
}

function lostPacket(
  trip: Trip,
  points: readonly Point[],
  network: Network,
  known: Known,
): readonly LostPacket[] {
  const along = trip.way === 'request' ? points : points.toReversed();
  const last = along.findLastIndex(({ lines }) => lines.some((line) => line.trip === trip));
  const from = along[last];
  if (from === undefined) return [];
  const stem = {
    trip,
    direction: trip.way,
    seen: from.place,
    ends: endsAt(trip, from.stop, network),
  } as const;
  const behind = along.slice(last + 1);
  if (behind.length === 0) return [{ ...stem, standing: 'beyond', missing: [] }];
  const missing: Place[] = [];
  let isDoubtful = false;
  for (const point of behind) {
    const proof = absenceAt(point, from, trip, network, { ...known, behind });
    if (proof === 'none') continue;
    missing.push(point.place);
    if (proof === 'sure')
      return [{ ...stem, standing: isDoubtful ? 'doubtful' : 'placed', missing }];
    isDoubtful = true;
  }
  return [{ ...stem, standing: isDoubtful ? 'doubtful' : 'unprovable', missing }];
}

type Proof = 'sure' | 'doubtful' | 'none';

function absenceAt(
  { capture, lines, stop, at }: Point,
  from: Point,
  trip: Trip,
  network: Network,
  known: Known & { readonly behind: readonly Point[] },
): Proof {
  const { handicap, hole, kept } = capture;
  if (handicap === 'filtered' || handicap === 'kernel-dropped') return 'none';
  // A trailer that counts more packets than the text shows says that lines were taken out, of whatever packets.
  if (capture.trailer && kept.length < capture.lines.length) return 'none';
  const moment = momentOf(trip, at, network);
  if (hole !== null && moment >= hole.from && moment <= hole.to) return 'none';
  const own = lines.filter((line) => line.trip.flow.victim && line.trip.way === trip.way);
  if (own.length === 0) return silence(capture, lines, trip, { ...known, stop, from });
  const before = kept.some(({ trueUs }) => trueUs <= moment);
  const after = kept.some(({ trueUs }) => trueUs >= moment);
  const soon = kept.some(({ trueUs }) => trueUs > moment && trueUs <= moment + TWIN_US);
  if (!after || (!before && !soon)) return 'none';
  if (!before && !(capture.banner && handicap === 'none')) return 'doubtful';
  if (!known.isOrderKnown || !isReadable(capture, from.capture)) return 'doubtful';
  const shared = own.some((line) => from.lines.some((other) => other.trip === line.trip));
  return shared ? 'sure' : 'doubtful';
}

/**
 * The capture as a reader must take it, without its times where they cannot be used: what was taken out of a text with
 * `-ttt` took its time with it, and differences that only grow look like times since the first packet.
 */
function readable(capture: Capture, isThinned: boolean): Capture {
  const { style, kept, hole } = capture;
  if (style.time !== 'delta') return capture;
  const steps = kept.map(({ trueUs }, at) => trueUs - (kept[at - 1]?.trueUs ?? trueUs));
  const falls = steps.some((step, at) => at > 0 && step < (steps[at - 1] ?? 0));
  const isUsable = falls && !isThinned && hole === null;
  return isUsable ? capture : { ...capture, style: { ...style, time: 'none' } };
}

/** Without times, IP ids must tell the tries apart, and nothing tells when strangers' packets came. */
function isReadable(capture: Capture, other: Capture): boolean {
  return [capture, other].every(({ style, kept, hole }) =>
    style.time === 'none'
      ? style.verbose > 0 && kept.every(({ trip }) => trip.flow.victim)
      : hole === null,
  );
}

/** Nothing of the client's came by: an empty capture that ran proves it after two tries, and others' packets to the same server do. */
function silence(
  { banner, trailer, kept, style, handicap, device }: Capture,
  lines: readonly Line[],
  trip: Trip,
  {
    lost,
    stop,
    behind,
    from,
  }: Known & { readonly stop: Stop; readonly behind: readonly Point[]; readonly from: Point },
): Proof {
  if (handicap !== 'none') return 'none';
  const tries = lost.filter(({ way }) => way === trip.way).length;
  const alike = behind.filter(
    (one) => one.stop.machine === stop.machine && one.stop.role === stop.role,
  );
  // Beyond the client's own pod, nothing tells on whose side an unseen node lies, nor which way its interfaces face.
  const isStray = from.stop.machine.pod && from.stop.machine !== stop.machine;
  const nodes = behind.filter((one) => !one.stop.machine.pod);
  if (isStray && nodes.length > 1) return 'doubtful';
  if (kept.length === 0)
    return banner &&
      trailer &&
      tries >= 2 &&
      alike.length === 1 &&
      device !== 'any' &&
      trip.way === 'request'
      ? 'sure'
      : 'doubtful';
  const moment = Math.min(...trip.at.values());
  const same = lines.filter((line) => line.trip.flow.server === trip.flow.server);
  const spans =
    same.some(({ trueUs }) => trueUs < moment) &&
    same.some(({ trueUs }) => trueUs > moment + 20_000);
  const isRunning = [style, from.capture.style].every(({ time }) =>
    ['day', 'date', 'epoch'].includes(time),
  );
  // The moment is known at the other place only by a clock that both share or by packets that both saw.
  const isComparable =
    (isRunning && from.stop.machine === stop.machine) ||
    (![style.time, from.capture.style.time].includes('none') &&
      lines.some((line) => from.lines.some((other) => other.trip === line.trip)));
  return spans && tries >= 2 && isComparable && alike.length === 1 ? 'sure' : 'doubtful';
}

function orderKnown(points: readonly Point[], network: Network): boolean {
  return points.every((a, index) =>
    points.slice(index + 1).every((b) => {
      if (a.stop.machine === b.stop.machine)
        return pairKnown(a, b, network) || a.stop.role !== b.stop.role;
      const others = (one: Point) =>
        points.filter((other) => other.stop.machine === one.stop.machine);
      return others(a).some((left) => others(b).some((right) => pairKnown(left, right, network)));
    }),
  );
}

function pairKnown(a: Point, b: Point, _network: Network): boolean {
  const both = [a, b] as const;
  const shared = (way: Trip['way']) =>
    new Set(
      a.lines
        .filter(({ trip }) => trip.way === way && b.lines.some((line) => line.trip === trip))
        .map(({ trip }) => `${trip.question} ${trip.attempt}`),
    );
  const requests = shared('request');
  if (
    requests.size > 0 &&
    both.every(({ capture }) => capture.style.verbose > 0) &&
    a.stop.hops !== b.stop.hops
  )
    return true;
  if (both.some(({ capture }) => capture.style.time === 'none')) return false;
  const responses = shared('response');
  if ([...requests].some((key) => responses.has(key))) return true;
  const isRunning = both.every(({ capture }) => !['delta', 'since'].includes(capture.style.time));
  return isRunning && a.stop.machine === b.stop.machine && requests.size > 0;
}
