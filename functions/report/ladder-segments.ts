import type { Clocks } from '../captures/clocks.ts';
import type { Following } from '../captures/follow.ts';
import type { Place, Spot } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import {
  flowsAt,
  isSameFlow,
  rangesOf,
  type Side,
  sentBy,
  type TcpFlow,
} from '../captures/tcp-flows.ts';
import { farEnd, firstTime, type Ladder, MOST_ROWS, msSince, onClockOf } from './ladder-rows.ts';

/** A segment takes less time on its way than until it is sent again. */
const ON_ITS_WAY_US = 190_000;

/**
 * The connection whose segments a place names: its handshake and every sending of those segments, at each point that saw
 * the connection. Null where the packets are no segments.
 */
export function toSegmentLadder(place: Place, { points, clocks }: Following): Ladder | null {
  const lost = place.packets[0]?.seen;
  const home = points[lost?.point ?? -1];
  if (lost?.packet.tcp == null || home === undefined) return null;
  const flow = flowsAt(home).find((one) => [...one.fromClient, ...one.fromServer].includes(lost));
  if (flow === undefined) return null;
  const side: Side = flow.fromClient.includes(lost) ? 'client' : 'server';
  const others = points.flatMap((point) =>
    point === home ? [] : (flowsAt(point).find((one) => isSameFlow(one, flow)) ?? []),
  );
  const scene = sceneOf(flow, others, place, side, clocks);
  const wanted = new Set(place.packets.map(({ seen }) => rangeKey(seen)));
  const sent = rangesOf(flow, side)
    .flatMap(({ sightings }) => sightings.map((one, attempt) => ({ one, attempt })))
    .filter(({ one }) => wanted.has(rangeKey(one)));
  const rows = [
    ...[flow.syn, flow.synAck].flatMap((one) => (one === null ? [] : [handshake(one, scene)])),
    ...sent.map(({ one, attempt }) => segment(one, attempt, scene)),
  ].toSorted((a, b) => firstTime(a) - firstTime(b));
  if (sent.length === 0) return null;
  return {
    points: [...scene.ends],
    rows: rows.slice(0, MOST_ROWS),
    uncaptured: scene.isUncaptured,
    omitted: Math.max(0, rows.length - MOST_ROWS),
  };
}

interface Scene {
  readonly flow: TcpFlow;
  readonly side: Side;
  /** The points that saw the connection, client first, and the end behind them. */
  readonly flows: readonly TcpFlow[];
  readonly ends: readonly Spot[];
  readonly isUncaptured: boolean;
  /** Where the segments should have been seen, if anything tells. */
  readonly lostAt: number | null;
  readonly clocks: Clocks;
  readonly start: number;
}

function sceneOf(
  flow: TcpFlow,
  others: readonly TcpFlow[],
  place: Place,
  side: Side,
  clocks: Clocks,
): Scene {
  // The sender's side of the loss comes first where the client sent.
  const along = [flow, ...others.filter(({ point }) => isAt(point, place.to))];
  const flows = side === 'client' ? along : along.toReversed();
  const spots: Spot[] = flows.map(({ point }) => ({
    host: point.host,
    interface: point.interface,
  }));
  const isUncaptured = flows.length < 2;
  const first = flow.syn ?? flow.fromClient[0] ?? flow.fromServer[0];
  const lostAt = side === 'client' ? 1 : 0;
  return {
    flow,
    side,
    flows,
    ends: isUncaptured ? [...spots, place.to ?? farEnd(flow.server, 'tcp')] : spots,
    isUncaptured,
    lostAt: isUncaptured && (side === 'server' || place.to === null) ? null : lostAt,
    clocks,
    start: first?.time ?? Number.NaN,
  };
}

function isAt(point: Point, spot: Spot | null): boolean {
  return spot !== null && point.host === spot.host && point.interface === spot.interface;
}

function rangeKey({ packet: { tcp } }: Sighting): string {
  return `${tcp?.seq} ${tcp?.seqEnd}`;
}

function handshake(one: Sighting, scene: Scene): Ladder['rows'][number] {
  const isSyn = one === scene.flow.syn;
  const same = (flow: TcpFlow) => (isSyn ? flow.syn : flow.synAck);
  return rowOf(
    one,
    isSyn ? 'SYN' : 'SYN-ACK',
    isSyn ? 'client' : 'server',
    scene,
    (flow) => same(flow) ?? undefined,
  );
}

function segment(one: Sighting, attempt: number, scene: Scene): Ladder['rows'][number] {
  const { side, flow: home, clocks, lostAt } = scene;
  const row = rowOf(one, `${one.packet.payload} B`, side, scene, (flow) =>
    sentBy(flow, side).find((other) => {
      if (rangeKey(other) !== rangeKey(one)) return false;
      const time = onClockOf(home.point, other, clocks);
      return time !== null && one.time !== null && Math.abs(time - one.time) < ON_ITS_WAY_US;
    }),
  );
  const isMissing = lostAt !== null && row.seen[lostAt] !== true;
  if (isMissing) return { ...row, attempt, lost_at: lostAt, beyond: null };
  return {
    ...row,
    attempt,
    beyond: scene.isUncaptured && side === 'client' ? 'unknown' : row.beyond,
  };
}

function rowOf(
  one: Sighting,
  label: string,
  sender: Side,
  { flow: home, flows, isUncaptured, clocks, start }: Scene,
  same: (flow: TcpFlow) => Sighting | undefined,
): Ladder['rows'][number] {
  const sightings = flows.map((flow) => (flow === home ? one : same(flow)));
  const times = sightings.map((sighting) =>
    sighting === undefined ? null : msSince(onClockOf(home.point, sighting, clocks), start),
  );
  const seen = sightings.map((sighting) => sighting !== undefined);
  return {
    carries: 'tcp',
    label,
    direction: sender === 'client' ? 'request' : 'response',
    attempt: 0,
    times: isUncaptured ? [...times, null] : times,
    seen: isUncaptured ? [...seen, false] : seen,
    lost_at: null,
    bypassed: null,
    beyond: isUncaptured ? 'passed' : null,
  };
}
