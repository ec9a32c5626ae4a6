import type { Sighting } from '../captures/points.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/** What routers and hosts say by ICMP about packets that they do not pass on, as captured on this host. */
export const icmpErrors = defineJoin({
  question: 'icmp-errors',
  needs: ['tcpdump'],
  facts: {
    unreachable: label(
      'the address that is called unreachable',
      isUnreachable,
      ({ about }) => about,
    ),
    unreachableFrom: label('who says that it is unreachable', isUnreachable, ({ from }) => from),
    unreachableWhat: label('host or net', isUnreachable, ({ what }) => what),
    unreachableByOwnHost: {
      type: 'flag',
      is: 'the host that sent the packet says itself that there is no way to the address',
      of: byOwnHost,
    },
    unreachableOften: {
      type: 'count',
      is: 'how often that is said',
      of: (view) => {
        const own = refusalsAt(view).filter(isUnreachable);
        return own.length === 0
          ? unknown('no capture shows it')
          : known(
              own.length,
              own.slice(0, 2).map(({ sighting }) => citation(sighting)),
            );
      },
    },
    prohibited: label(
      'the address that a packet filter refuses to let through to',
      ({ what }) => what === 'prohibited',
      ({ about }) => about,
    ),
    prohibitedFrom: label(
      'who says that it is prohibited',
      ({ what }) => what === 'prohibited',
      ({ from }) => from,
    ),
    answeredAnyway: {
      type: 'flag',
      is: 'the address that is called unreachable accepts a connection',
      of: answeredAnyway,
    },
    tooBigMtu: {
      type: 'count',
      is: 'the MTU that a router names in need to frag',
      of: (view) => {
        const said = refusalsAt(view).find(({ mtu }) => mtu !== null && mtu > 0);
        return said?.mtu == null
          ? unknown('no capture shows it')
          : known(said.mtu, [citation(said.sighting)]);
      },
    },
    tooBigFrom: label(
      'the router that says need to frag',
      ({ what }) => what === 'size',
      ({ from }) => from,
    ),
  },
});

interface Refusal {
  readonly sighting: Sighting;
  readonly from: string;
  readonly about: string;
  readonly what: 'host' | 'net' | 'port' | 'prohibited' | 'size' | 'other';
  readonly mtu: number | null;
}

function isUnreachable({ what }: Refusal): boolean {
  return what === 'host' || what === 'net';
}

function label(
  is: string,
  wanted: (refusal: Refusal) => boolean,
  of: (refusal: Refusal) => string,
): JoinedFact {
  return { type: 'label', is, of: (view) => first(view, wanted, of) };
}

function first<T>(
  view: View,
  wanted: (refusal: Refusal) => boolean,
  of: (refusal: Refusal) => T,
): Reading<T> {
  const found = refusalsAt(view).find(wanted);
  return found === undefined
    ? unknown('no capture shows it')
    : known(of(found), [citation(found.sighting)]);
}

/**
 * The sender hears it from itself; or a pod hears it from its node: captured on the pods' side of the node, with a TTL that
 * no router has touched (ip_default_ttl is 64, 255 for ICMP errors of some systems).
 */
function byOwnHost(view: View): Reading<boolean> {
  const said = refusalsAt(view).find(isUnreachable);
  if (said === undefined) return unknown('no capture shows it');
  const { sighting, from } = said;
  const lines = [citation(sighting)];
  if (from === sighting.packet.destination.host) return known(true, lines);
  const { role } = view.following.points[sighting.point] ?? {};
  if (role !== 'bridge' && role !== 'veth') return known(false, lines);
  const { ttl } = sighting.packet;
  return ttl === null
    ? unknown('without a TTL it may be the node itself that says so')
    : known(ttl === 64 || ttl === 255, lines);
}

const refusals = new WeakMap<View, readonly Refusal[]>();

/** The ICMP errors that captures on this host show. */
export function refusalsAt(view: View): readonly Refusal[] {
  const known = refusals.get(view) ?? refusalsOf(view);
  refusals.set(view, known);
  return known;
}

function refusalsOf({ following, host }: View): readonly Refusal[] {
  return following.points
    .filter((point) => point.host === host)
    .flatMap(({ others }) => others.flatMap((sighting) => refusalIn(sighting) ?? []));
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
  return { sighting, from: source.host, about, what: whatOf(message), mtu };
}

function whatOf(message: string): Refusal['what'] {
  if (/need to frag|too big/.test(message)) return 'size';
  if (/prohibit|filtered|precedence/.test(message)) return 'prohibited';
  if (/\bport\b/.test(message)) return 'port';
  if (/^net .*unreachable|unreachable route/.test(message)) return 'net';
  return /^host .*unreachable|unreachable address|beyond scope/.test(message) ? 'host' : 'other';
}

function answeredAnyway(view: View): Reading<boolean> {
  const said = refusalsAt(view).find(isUnreachable);
  if (said === undefined) return unknown('no capture shows it');
  const accepted = view.following.unsettled
    .filter(({ protocol, server }) => protocol === 'tcp' && server.host === said.about)
    .flatMap(({ at }) => at.flatMap((seen) => seen?.responses ?? []))
    .find(({ packet }) => packet.tcp?.flags === 'S.');
  return accepted === undefined
    ? unknown('no connection to it is accepted')
    : known(true, [citation(accepted)]);
}
