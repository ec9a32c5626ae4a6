import type { Exchange } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';

const known = new WeakMap<Point, readonly Sighting[]>();

/** Packets of which the paste holds too little to tell what they carry. */
function vagueAt(point: Point): readonly Sighting[] {
  const found = known.get(point) ?? point.others.filter(isVague);
  known.set(point, found);
  return found;
}

function isVague({ packet: { tcp, dns, icmp, arp, source, truncated } }: Sighting): boolean {
  if (source.host === '') return truncated;
  return (tcp === null || tcp.flags === '') && dns === null && icmp === null && arp === null;
}

/** Whether a line that is cut short may be the answer that seems to be missing at a point. */
export function mayBeAnswered({ client, server }: Exchange, point: Point): boolean {
  return vagueAt(point).some(
    ({ packet: { source, destination } }) =>
      source.host === '' ||
      (source.host === server.host &&
        (source.port ?? server.port) === server.port &&
        client.host.startsWith(destination.host) &&
        (destination.port ?? client.port) === client.port),
  );
}
