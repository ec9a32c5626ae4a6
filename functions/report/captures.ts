import { type Drift, isRunning } from '../captures/clocks.ts';
import type { Conversation } from '../captures/conversations.ts';
import type { Exchange } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Vanished } from '../captures/losses.ts';
import { conversationOf, type LostPacket, type Place } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { withinHalfDay } from '../captures/same-packets.ts';
import type { Diagnosis } from '../diagnosis/examine.ts';
import { senderIn } from '../facts/resolver.ts';
import type { Report } from './schema.ts';

/** What vanished, each packet once: as a finding that is about it tells, else as its conversation does. */
export function toVanished({
  findings,
  losses,
  following,
  evidence,
}: Diagnosis): Report['vanished'] {
  const { points } = following;
  const places = findings.flatMap(({ role, place }) =>
    role === 'root-cause' && place !== null ? [place] : [],
  );
  const told = new Set<Sighting | Exchange>();
  const placed = places.flatMap((place) => {
    const fresh = place.packets.filter(({ seen, exchange }) => !told.has(exchange ?? seen));
    for (const { seen, exchange } of fresh) told.add(exchange ?? seen);
    return fresh.map((packet) => ({
      ...placedEntry(packet, place, points),
      resent_by: packet.retriedAfterUs === null ? null : senderOf(packet.exchange),
    }));
  });
  const lost = losses.flatMap((loss) =>
    loss.vanished
      .filter(({ transmission }) => !told.has(transmission.exchange))
      .map((one) => ({
        ...entry(one, loss, points),
        resent_by: one.retriedAfterUs === null ? null : senderOf(one.transmission.exchange),
      })),
  );
  return [...placed, ...lost];

  function senderOf(exchange: Exchange | null) {
    const own = exchange === null ? undefined : conversationOf(exchange, following);
    const sender = own === undefined ? undefined : senderIn([own], evidence);
    return sender?.known === true ? sender.value : null;
  }
}

function placedEntry(
  { seen, exchange, retriedAfterUs }: LostPacket,
  { direction, to }: Place,
  points: readonly Point[],
): Omit<Report['vanished'][number], 'resent_by'> {
  return {
    ...packetOf(seen, exchange, points),
    direction,
    missing: to ?? { host: null, interface: null },
    control: null,
    may_be_late: false,
    retried_after_ms: toMs(retriedAfterUs),
  };
}

/** What a packet is and where it was seen last. */
function packetOf(seen: Sighting, exchange: Exchange | null, points: readonly Point[]) {
  const { packet } = seen;
  const at = points[seen.point];
  return {
    protocol: exchange?.protocol === 'dns' ? 'udp' : packet.protocol,
    id: exchange?.dns?.id ?? null,
    ip_id: packet.ipId,
    qtype: exchange?.dns?.qtype ?? null,
    qname: exchange?.dns?.qname ?? null,
    flow: flowOf(seen),
    seen: {
      host: at?.host ?? null,
      interface: at?.interface ?? null,
      time: seen.outer.timeText,
    },
  };
}

function entry(
  one: Vanished,
  loss: Loss,
  points: readonly Point[],
): Omit<Report['vanished'][number], 'resent_by'> {
  const at = points[one.seen.point];
  const control = one.absence?.control ?? null;
  // Where nothing further on can tell, what is missing is the answer, at the very point that saw the question.
  const missing = one.missing ?? (one.direction === 'response' ? at : undefined);
  return {
    ...packetOf(one.seen, one.transmission.exchange, points),
    direction: loss.direction,
    missing: { host: missing?.host ?? null, interface: missing?.interface ?? null },
    control: control === null ? null : controlOf(control, points),
    may_be_late: one.mayBeLate,
    retried_after_ms: toMs(one.retriedAfterUs),
  };
}

function toMs(us: number | null): number | null {
  return us === null ? null : Math.round(us) / 1000;
}

function controlOf(control: Sighting, points: readonly Point[]) {
  const at = points[control.point];
  return {
    ip_id: control.packet.ipId,
    id: control.packet.dns?.id ?? null,
    seen: {
      host: at?.host ?? null,
      interface: at?.interface ?? null,
      time: control.outer.timeText,
    },
  };
}

function flowOf({ packet }: Sighting): string {
  const end = ({ host, port }: { host: string; port: number | null }) =>
    port === null ? host : `${host}:${port}`;
  if (packet.arp !== null)
    return [packet.arp.asker, packet.arp.target].filter((one) => one !== null).join(' -> ');
  return `${end(packet.source)} -> ${end(packet.destination)}`;
}

/** The conversation that the report is about: the one that lost something, else the one seen at most points. */
export function mainConversation(
  { conversations }: Following,
  losses: readonly Loss[],
): Conversation | undefined {
  return (
    losses[0]?.conversation ??
    conversations.toSorted((a, b) => b.path.length - a.path.length || b.count - a.count)[0]
  );
}

/** The points of a conversation in the order of its requests, with the TTL that requests had there. */
export function toPath(conversation: Conversation | undefined): Report['path'] {
  return (conversation?.path ?? []).map((point) => ({
    host: point.host,
    interface: point.interface,
    ...(conversation?.traffic(point) ?? { ttl: null, packets: 0 }),
  }));
}

function driftOf(drift: Drift | null) {
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    drift_ppm: drift === null ? null : round(drift.ppm),
    // Never said to be surer than it is.
    drift_error_ppm: drift === null ? null : Math.ceil(drift.error * 100) / 100,
    drift_over_s: drift === null ? null : Math.round(drift.span / 1e6),
  };
}

/** How far each host's clock is ahead of that of the path's first host. */
export function toClocks(
  { clocks, points }: Following,
  conversation: Conversation | undefined,
): Report['clocks'] {
  const home = conversation?.path.find(
    (point) => point.host !== null && point.seen > 0 && isRunning(point),
  );
  if (home === undefined || home.host === null) return [];
  const told = new Set([home.host]);
  return points.flatMap((point) => {
    const shift = clocks.shift(point.index, home.index);
    if (point.host === null || told.has(point.host) || shift === undefined || !isRunning(point))
      return [];
    told.add(point.host);
    return [
      {
        host: point.host,
        reference: home.host ?? '',
        ahead_ms: Math.round(withinHalfDay(shift.by)) / 1000,
        error_ms: Math.round(shift.error) / 1000,
        ...driftOf(clocks.drift(point.index, home.index)),
      },
    ];
  });
}
