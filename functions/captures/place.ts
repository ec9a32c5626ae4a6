import type { Exchange } from './exchanges.ts';
import { hidesConversation } from './filter.ts';
import type { Following } from './follow.ts';
import type { Loss } from './loss.ts';
import type { Point, Sighting } from './points.ts';
import type { Direction } from './timeline.ts';

/** One end of a stretch: an interface of a host, a socket on it, or a host of which nothing more is shown. */
export interface Spot {
  readonly host: string | null;
  readonly interface: string | null;
}

/** Where packets vanish: after the last spot that saw them, before the first that did not; null where nothing tells. */
export interface Place {
  readonly from: Spot | null;
  readonly to: Spot | null;
  /** Which way the packets went. */
  readonly direction: Direction;
  /** What vanished, where it is not what the losses of the conversations tell. */
  readonly packets: readonly LostPacket[];
}

/** A packet that vanished at a place. */
export interface LostPacket {
  /** Its last sighting. */
  readonly seen: Sighting;
  /** The question or answer that it is; null for ARP and for segments of a connection. */
  readonly exchange: Exchange | null;
  readonly retriedAfterUs: number | null;
}

/** A host on which the fault stands, by its own files and rules. */
export function onHost(host: string | null): Place | undefined {
  return host === null
    ? undefined
    : { from: { host, interface: null }, to: null, direction: 'request', packets: [] };
}

export function placeOfLoss({ from, to, direction }: Loss): Place {
  return { from: spotOf(from), to: to === null ? null : spotOf(to), direction, packets: [] };
}

export function spotOf({ host, interface: device }: Point): Spot {
  return { host, interface: device };
}

/** `socket udp/53`: where packets go that have come through the last interface. */
export function socketOf(host: string | null, protocol: 'tcp' | 'udp', port: number): Spot {
  return { host, interface: `socket ${protocol}/${port}` };
}

/** What one end sent again and again at one point is one packet; its first sending stands for it. */
export function lostPacket([seen, again]: readonly Sighting[]): readonly LostPacket[] {
  if (seen === undefined) return [];
  const retriedAfterUs = again?.time == null || seen.time === null ? null : again.time - seen.time;
  return [{ seen, exchange: null, retriedAfterUs }];
}

/** The points that saw the questions of an exchange, in the order in which they passed. */
export function wayOf(exchange: Exchange, following: Following): readonly Point[] {
  const path = conversationOf(exchange, following)?.path ?? following.points;
  return path.filter(({ index }) => (exchange.at[index]?.requests.length ?? 0) > 0);
}

/**
 * Where an exchange stops on a way that another one between the same ends went to the end of: the last point that saw its
 * questions, and the next that saw the other's alone.
 */
export function stopOf(
  stopped: Exchange,
  passed: Exchange,
  following: Following,
): Place | undefined {
  const way = wayOf(passed, following);
  const tries = conversationOf(stopped, following)?.transmissions ?? [];
  const unanswered = tries.filter(
    ({ exchange, answers }) => exchange === stopped && answers.length === 0,
  );
  const ends = unanswered.flatMap(({ seen, retriedAfterUs }) => {
    const last = way.findLast(({ index }) => seen.some((one) => one?.point === index));
    const sighting = seen.find((one) => one?.point === last?.index);
    return last === undefined || sighting === undefined
      ? []
      : [{ last, packet: { seen: sighting, exchange: stopped, retriedAfterUs } }];
  });
  const from = ends[0]?.last;
  if (from === undefined) return undefined;
  const to = way
    .slice(way.indexOf(from) + 1)
    .find((point) => !point.lossy && !hidesConversation(point, following.points, [stopped]));
  return {
    from: spotOf(from),
    to: to === undefined ? null : spotOf(to),
    direction: 'request',
    packets: ends.filter(({ last }) => last === from).map(({ packet }) => packet),
  };
}

/** The conversation that an exchange belongs to; settled ones are not looked into. */
export function conversationOf(exchange: Exchange, { conversations }: Following) {
  return conversations.find((one) => !one.isSettled && one.exchanges.includes(exchange));
}
