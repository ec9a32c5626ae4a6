import type { Point } from './points.ts';
import type { Transmission } from './transmissions.ts';

/** mtr counts its probes from here (MIN_SEQUENCE of its ui/net.c); a ping needs nine hours to come so far. */
const FIRST_OF_MTR = 33_000;
/** No system sends with so little; what has so little left was sent to find the routers, or goes round. */
const FEW_HOPS = 16;

/**
 * Whether an echo request was sent to die on the way, as traceroute and mtr send them: told by its TTL, by its number, or
 * by a router's `time exceeded` to its sender. That it is not answered says nothing.
 */
export function isProbe({ exchange, seen }: Transmission, path: readonly Point[]): boolean {
  if (exchange.protocol !== 'icmp') return false;
  const all = seen.filter((one) => one !== undefined);
  if (all.some(({ packet }) => packet.ttl !== null && packet.ttl <= FEW_HOPS)) return true;
  if (all.some(({ packet }) => (packet.icmp?.seq ?? 0) >= FIRST_OF_MTR)) return true;
  const [first] = all;
  return first !== undefined && path.some((point) => tracers(point).has(first.packet.source.host));
}

const found = new WeakMap<Point, ReadonlySet<string>>();

/** Who is told at a point that the time of its packets is exceeded. */
function tracers(point: Point): ReadonlySet<string> {
  const known = found.get(point) ?? tracersAt(point);
  found.set(point, known);
  return known;
}

function tracersAt({ others }: Point): ReadonlySet<string> {
  return new Set(
    others.flatMap(({ packet: { icmp, destination } }) =>
      icmp?.message.startsWith('time exceeded') === true ? [destination.host] : [],
    ),
  );
}
