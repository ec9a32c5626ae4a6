import type { Conversation } from './conversations.ts';
import type { Following } from './follow.ts';
import type { Vanished } from './losses.ts';
import type { Point } from './points.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import type { Transmission } from './transmissions.ts';

/** The best proved first. */
const PLACES = ['inside-host', 'between-hosts', 'between-points', 'beyond-last-point'] as const;

/** Everything that vanished between the same two points in the same direction: one thing to explain. */
export interface Loss {
  /** `between-points` where a host is not told, and may be the same, or where a part of a host lies between them besides the network. */
  readonly place: (typeof PLACES)[number];
  readonly direction: 'request' | 'response';
  readonly from: Point;
  readonly to: Point | null;
  readonly vanished: readonly Vanished[];
  readonly conversation: Conversation;
  /** The other question of the same flow, sent within milliseconds, passed where this one vanished. */
  readonly twin: Twin | null;
  /** Every lost packet that had a twin saw it pass; null when none had one, or no point further on can tell. */
  readonly twinPassed: boolean | null;
  readonly twinAnswered: boolean | null;
  readonly retryAnswered: boolean;
  /** ICMP errors say of every one that it was refused: somebody told the sender. */
  readonly refused: boolean;
  /** Nothing of the conversation passed here; null where no point further on can tell. */
  readonly everyPacket: boolean | null;
  readonly tunnel: string | null;
  /** Something else arrived at `to` while this did not; false where nothing shows it. */
  readonly controlArrived: boolean;
  readonly bypassedTunnel: boolean;
  /** Whether the host of the loss rewrites addresses of this conversation; null when the captures do not show it. */
  readonly translated: boolean | null;
}

export interface Twin {
  readonly transmission: Transmission;
  /** Microseconds between the two at the point that saw both last. */
  readonly gapUs: number | null;
}

/** Two questions of one lookup leave within this time; retries and other lookups are further apart. */
const TWIN_US = 20_000;

/** Groups what vanished into losses, the best proved first. */
export function lossesOf(following: Following): readonly Loss[] {
  const losses = following.conversations.flatMap((conversation) => {
    if (conversation.vanished.length === 0) return [];
    const timeline = timelineOf(conversation.transmissions, conversation.path);
    const byPlace = new Map<string, Vanished[]>();
    for (const one of conversation.vanished) {
      const key = `${one.seen.point} ${one.missing?.index} ${one.direction}`;
      const group = byPlace.get(key) ?? [];
      group.push(one);
      byPlace.set(key, group);
    }
    return [...byPlace.values()].flatMap((group) =>
      toLoss(group, conversation, timeline, following.points),
    );
  });
  return losses.toSorted((a, b) => rank(a) - rank(b) || b.vanished.length - a.vanished.length);
}

function rank(loss: Loss): number {
  return PLACES.indexOf(loss.place);
}

function toLoss(
  vanished: readonly Vanished[],
  conversation: Conversation,
  timeline: Timeline,
  points: readonly Point[],
): readonly Loss[] {
  const first = vanished[0];
  const from = points[first?.seen.point ?? -1];
  if (first === undefined || from === undefined) return [];
  const to = first.missing;
  const twins = vanished.map((one) => twinOf(one, timeline));
  const found = twins.filter((twin) => twin !== undefined);
  const position = to === null ? -1 : conversation.path.indexOf(to);
  const passedAt = (twin: Twin) =>
    (first.direction === 'request' ? twin.transmission.seen : twin.transmission.answers)[
      position
    ] !== undefined;
  return [
    {
      place: placeBetween(from, to),
      direction: first.direction,
      from,
      to,
      vanished,
      conversation,
      twin: found[0] ?? null,
      twinPassed:
        found.length === 0 || to === null
          ? null
          : found.length === vanished.length && found.every(passedAt),
      twinAnswered:
        found.length === 0 ? null : found.every((twin) => twin.transmission.answers.length > 0),
      retryAnswered: vanished.every((one) => one.retryAnswered),
      refused: vanished.every((one) => one.refused.length > 0),
      everyPacket:
        to === null
          ? null
          : !conversation.transmissions.some(
              (one) =>
                (first.direction === 'request' ? one.seen : one.answers)[position] !== undefined,
            ),
      tunnel:
        first.seen.outer === first.seen.packet ? null : (first.seen.outer.tunnel?.kind ?? null),
      controlArrived: to !== null && to.seen > 0,
      bypassedTunnel: vanished.every((one) => one.bypassedTunnel),
      translated: translatesAt(from.host, conversation),
    },
  ];
}

function placeBetween(from: Point, to: Point | null): Loss['place'] {
  if (to === null) return 'beyond-last-point';
  if (from.host === null || to.host === null) return 'between-points';
  if (from.host === to.host) return 'inside-host';
  // Behind its bridge a part of a host lies on the way too.
  return isInner(from) || isInner(to) ? 'between-points' : 'between-hosts';
}

function isInner({ pod, role }: Point): boolean {
  return pod || role === 'veth' || role === 'bridge';
}

function twinOf({ transmission, seen }: Vanished, timeline: Timeline): Twin | undefined {
  const { client, dns } = transmission.exchange;
  for (const other of timeline.onPort(client.port)) {
    if (other.exchange === transmission.exchange) continue;
    if (other.exchange.dns?.qname !== dns?.qname || other.attempt !== transmission.attempt)
      continue;
    const sighting =
      other.seen.find((one) => one?.point === seen.point) ?? other.seen[transmission.reference];
    const own = sighting?.point === seen.point ? seen : transmission.seen[transmission.reference];
    if (sighting === undefined || own === undefined) continue;
    if (sighting.time === null || own.time === null) return { transmission: other, gapUs: null };
    const gapUs = own.time - sighting.time;
    if (Math.abs(gapUs) <= TWIN_US) return { transmission: other, gapUs };
  }
  return undefined;
}

/**
 * A host translates when the question's destination changes between its points, or when at one point the question goes
 * to one address and the answer comes from another (a bridge with br_netfilter shows both sides of the NAT).
 */
function translatesAt(host: string | null, { exchanges, path }: Conversation): boolean | null {
  const own = path.filter((point) => point.host === host && host !== null);
  const destinations = new Set<string>();
  for (const exchange of exchanges) {
    for (const point of own) {
      const here = exchange.at[point.index];
      for (const { packet } of here?.requests ?? []) destinations.add(packet.destination.host);
      for (const { packet } of here?.responses ?? []) destinations.add(packet.source.host);
    }
  }
  if (destinations.size > 1) return true;
  return destinations.size === 1 && standsAround(own) ? false : null;
}

/** Whether the points lie on both sides of where a host routes and translates: a pod's bridge sees neither. */
function standsAround(points: readonly Point[]): boolean {
  const inner = points.filter(isInner);
  const outer = points.filter((point) => !inner.includes(point));
  const cards = outer.filter(({ role }) => role !== 'tunnel');
  return (inner.length > 0 && outer.length > 0) || cards.length > 1;
}
