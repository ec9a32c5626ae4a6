import type { Following } from '../captures/follow.ts';
import type { Place } from '../captures/place.ts';
import type { Sighting } from '../captures/points.ts';
import { type Ladder, MOST_ROWS, msSince } from './ladder-rows.ts';

/** The ARP requests that a place names, and the replies to them: one point, and the address that was asked for behind it. */
export function toArpLadder({ packets }: Place, { points }: Following): Ladder | null {
  const seen = packets[0]?.seen;
  const target = seen?.packet.arp?.target;
  const point = points[seen?.point ?? -1];
  if (seen === undefined || target === undefined || point === undefined) return null;
  const asked = point.others.filter(({ packet }) => packet.arp?.target === target);
  const start = asked.find(({ time }) => time !== null)?.time ?? Number.NaN;
  let attempt = -1;
  const rows = asked.map((one) => {
    const isReply = one.packet.arp?.operation === 'reply';
    if (!isReply) attempt += 1;
    return rowOf(one, isReply, attempt, start);
  });
  return {
    points: [
      { host: point.host, interface: point.interface },
      { host: target, interface: null },
    ],
    rows: rows.slice(0, MOST_ROWS),
    uncaptured: true,
    omitted: Math.max(0, rows.length - MOST_ROWS),
  };
}

function rowOf(
  { time }: Sighting,
  isReply: boolean,
  attempt: number,
  start: number,
): Ladder['rows'][number] {
  return {
    carries: 'arp',
    label: isReply ? 'is-at' : 'ARP',
    direction: isReply ? 'response' : 'request',
    attempt,
    times: [msSince(time, start), null],
    seen: [true, false],
    lost_at: null,
    bypassed: null,
    // Nobody answering is not the same as a request that got lost.
    beyond: isReply ? 'passed' : 'unknown',
  };
}
