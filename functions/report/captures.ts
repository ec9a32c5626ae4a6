import type { Evidence } from '../artefacts/evidence.ts';
import type { Drift } from '../captures/clocks.ts';
import type { Conversation } from '../captures/conversations.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Vanished } from '../captures/losses.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { withinHalfDay } from '../captures/same-packets.ts';
import { senderIn } from '../facts/resolver.ts';
import type { Report } from './schema.ts';

/** What vanished, each packet once. */
export function toVanished(
  losses: readonly Loss[],
  points: readonly Point[],
  evidence: readonly Evidence[],
): Report['vanished'] {
  return losses.flatMap((loss) => {
    const sender = senderIn([loss.conversation], evidence);
    const resentBy = sender.known ? sender.value : null;
    return loss.vanished.map((one) => ({
      ...entry(one, loss, points),
      resent_by: one.retriedAfterUs === null ? null : resentBy,
    }));
  });
}

function entry(
  one: Vanished,
  loss: Loss,
  points: readonly Point[],
): Omit<Report['vanished'][number], 'resent_by'> {
  const { exchange } = one.transmission;
  const { packet } = one.seen;
  const at = points[one.seen.point];
  const control = one.absence?.control ?? null;
  // Where nothing further on can tell, what is missing is the answer, at the very point that saw the question.
  const missing = one.missing ?? (one.direction === 'response' ? at : undefined);
  return {
    protocol: exchange.protocol === 'dns' ? 'udp' : exchange.protocol,
    id: exchange.dns?.id ?? null,
    ip_id: packet.ipId,
    qtype: exchange.dns?.qtype ?? null,
    qname: exchange.dns?.qname ?? null,
    flow: flowOf(one.seen),
    direction: loss.direction,
    seen: {
      host: at?.host ?? null,
      interface: at?.interface ?? null,
      time: one.seen.outer.timeText,
    },
    missing: { host: missing?.host ?? null, interface: missing?.interface ?? null },
    control: control === null ? null : controlOf(control, points),
    may_be_late: one.mayBeLate,
    retried_after_ms: one.retriedAfterUs === null ? null : Math.round(one.retriedAfterUs) / 1000,
  };
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
  const home = conversation?.path.find((point) => point.host !== null && point.seen > 0);
  if (home === undefined || home.host === null) return [];
  const told = new Set([home.host]);
  return points.flatMap((point) => {
    const shift = clocks.shift(point.index, home.index);
    if (point.host === null || told.has(point.host) || shift === undefined) return [];
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
