import type { Packet } from '../artefacts/packet.ts';
import type { Point, Sighting } from './points.ts';
import type { Transmission } from './transmissions.ts';

/** An ICMP error: what its sender says about a packet that it does not pass on. */
export interface Refusal {
  readonly sighting: Sighting;
  /** Who says so. */
  readonly from: string;
  /** Where the packet was going. */
  readonly about: string;
  readonly what: 'host' | 'net' | 'port' | 'prohibited' | 'size' | 'other';
  readonly mtu: number | null;
}

const refusals = new WeakMap<Point, readonly Refusal[]>();

/** The ICMP errors that a point saw. */
export function refusalsAt(point: Point): readonly Refusal[] {
  const known = refusals.get(point) ?? point.others.flatMap((one) => refusalIn(one) ?? []);
  refusals.set(point, known);
  return known;
}

/** `host 10.0.0.1 unreachable - admin prohibited` and the like (print-icmp.c, print-icmp6.c). */
function refusalIn(sighting: Sighting): Refusal | undefined {
  const { icmp, source } = sighting.packet;
  if (icmp === null || icmp.message.startsWith('echo')) return undefined;
  const { message, mtu, quoted } = icmp;
  if (!/unreachable|too big|need to frag/.test(message)) return undefined;
  const named =
    /^(?:host|net) (\S+) unreachable/.exec(message)?.[1] ??
    /^(\S+) (?:tcp|udp|protocol|unreachable)/.exec(message)?.[1];
  const about = quoted?.destination.host ?? named ?? '';
  const what = whatOf(message);
  // tshark's row does not name the packet; only of the size it matters little which one.
  if (about === '' && what !== 'size') return undefined;
  return { sighting, from: source.host, about, what, mtu };
}

function whatOf(message: string): Refusal['what'] {
  if (/need to frag|too big/.test(message)) return 'size';
  if (/prohibit|filtered|precedence/.test(message)) return 'prohibited';
  if (/\bport\b/.test(message)) return 'port';
  if (/^net .*unreachable|unreachable route/.test(message)) return 'net';
  return /^host .*unreachable|unreachable address|beyond scope/.test(message) ? 'host' : 'other';
}

/** A rule or route refuses at once. */
const AT_ONCE_US = 50_000;
/** A host that does not answer ARP is called unreachable after three requests a second apart (neigh/default/mcast_solicit). */
const LATEST_US = 4_000_000;

/** The ICMP errors that each try met, at every point of the path that saw both. */
export function refusedTries(
  transmissions: readonly Transmission[],
  path: readonly Point[],
): ReadonlyMap<Transmission, readonly Sighting[]> {
  const refused = new Map<Transmission, Sighting[]>();
  for (const [position, point] of path.entries()) {
    const here = new Set<Transmission>();
    for (const refusal of refusalsAt(point)) {
      const one = refusal.what === 'size' ? undefined : triedBefore(refusal, position, here);
      if (one === undefined) continue;
      here.add(one);
      const own = refused.get(one) ?? [];
      own.push(refusal.sighting);
      refused.set(one, own);
    }
  }
  return refused;

  /** The first try that it may be about if it came at once, else the last; one ICMP error is about one packet. */
  function triedBefore(refusal: Refusal, position: number, told: ReadonlySet<Transmission>) {
    const { order, time } = refusal.sighting;
    const fitting = transmissions.filter((one) => {
      const request = one.seen[position];
      if (request === undefined || told.has(one) || request.order > order) return false;
      const waited = time === null || request.time === null ? 0 : time - request.time;
      return waited <= LATEST_US && isAbout(refusal, request.packet);
    });
    const atOnce = fitting.find((one) => {
      const asked = one.seen[position]?.time ?? null;
      return time !== null && asked !== null && time - asked <= AT_ONCE_US;
    });
    return atOnce ?? fitting.at(-1);
  }
}

/** What the error quotes is the packet; without `-v` its addresses and the port of `udp port 53` must do. */
function isAbout({ sighting, about }: Refusal, request: Packet): boolean {
  const { icmp, destination } = sighting.packet;
  if (destination.host !== request.source.host) return false;
  const quoted = icmp?.quoted ?? null;
  if (quoted !== null)
    return (
      quoted.source.port === request.source.port &&
      quoted.destination.port === request.destination.port &&
      (quoted.dns == null || quoted.dns.id === request.dns?.id)
    );
  if (about !== request.destination.host) return false;
  const [, protocol, port] = /\b(tcp|udp) port (\d+|domain)\b/.exec(icmp?.message ?? '') ?? [];
  if (protocol === undefined) return true;
  const named = port === 'domain' ? 53 : Number(port);
  return request.protocol === protocol && request.destination.port === named;
}
