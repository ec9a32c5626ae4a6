import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Vanished } from '../captures/losses.ts';
import { type Place, spotOf } from '../captures/place.ts';
import { type Refusal, refusalsAt } from '../captures/refusals.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, type JoinedFact, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { placeOfDelivery } from './places/delivery.ts';

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
    pingSaidByOwnHost: flagOf(
      'a ping says unreachable in the name of an address of this host itself: nobody on the link answered ARP',
      pingedInVain,
    ),
    unreachableOften: {
      type: 'count',
      is: 'how often that is said',
      of: (view) => {
        const own = refusalsHere(view).filter(isUnreachable);
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
    tunnelPort: label(
      'the VXLAN port on which a node says that nobody takes packets',
      (refusal) => tunnelPortOf(refusal) !== null,
      (refusal) => tunnelPortOf(refusal) ?? '',
    ),
    tunnelPortFrom: label(
      'the node that says so',
      (refusal) => tunnelPortOf(refusal) !== null,
      ({ from }) => from,
    ),
    tcpRefused: label(
      'the address whose TCP port is called unreachable: TCP itself answers with a reset (RFC 9293, 3.10.7.1)',
      isOfTcp,
      ({ about }) => about,
    ),
    tcpRefusedFrom: label('who says so', isOfTcp, ({ from }) => from),
    tooBigMtu: {
      type: 'count',
      is: 'the MTU that a router names in need to frag',
      of: (view) => {
        const said = refusalsHere(view).find(({ mtu }) => mtu !== null && mtu > 0);
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

export function isUnreachable({ what }: Refusal): boolean {
  return what === 'host' || what === 'net';
}

/** 8472 is Linux's and flannel's VXLAN, `otv` in /etc/services; 4789 the standard's. */
const TUNNEL_PORTS: ReadonlyMap<string, string> = new Map([
  ['8472', '8472'],
  ['otv', '8472'],
  ['4789', '4789'],
  ['vxlan', '4789'],
]);

function isOfTcp({ what, sighting }: Refusal): boolean {
  return what === 'port' && /\btcp port \S+ unreachable/.test(sighting.packet.icmp?.message ?? '');
}

function tunnelPortOf({ what, sighting }: Refusal): string | null {
  const named = /\budp port (\S+) unreachable/.exec(sighting.packet.icmp?.message ?? '')?.[1];
  return what === 'port' ? (TUNNEL_PORTS.get(named ?? '') ?? null) : null;
}

function label(
  is: string,
  wanted: (refusal: Refusal) => boolean,
  of: (refusal: Refusal) => string,
): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view) => first(view, wanted, of),
    place: (view) => placeOf(view, wanted),
  };
}

/** Where the packets went no further that are refused so: the error comes from there, on whatever host it was captured. */
function placeOf(view: View, wanted: (refusal: Refusal) => boolean): Place | undefined {
  const refusal = refusalsHere(view).find(wanted);
  const said = refusal?.sighting;
  const { points, conversations } = view.following;
  const refused = conversations
    .flatMap(({ vanished }) => vanished)
    .find((one) => said !== undefined && one.refused.includes(said));
  const from = points[refused?.seen.point ?? -1];
  if (refusal === undefined || refused === undefined || from === undefined) return undefined;
  const { source, destination } = refused.seen.packet;
  // Whoever calls a host unreachable in its own name is the one that translates that address: nothing was delivered.
  if (refused.missing !== null || isUnreachable(refusal) || !isOwn(refused, destination.host)) {
    const to = refused.missing === null ? null : spotOf(refused.missing);
    return { from: spotOf(from), to, direction: 'request', packets: [] };
  }
  const protocol = refused.transmission.exchange.protocol === 'tcp' ? 'tcp' : 'udp';
  if (source.port === null || destination.port === null) return undefined;
  const { host: address, port } = destination;
  return placeOfDelivery(view, { point: from, address, protocol, port, packets: [] });
}

function first<T>(
  view: View,
  wanted: (refusal: Refusal) => boolean,
  of: (refusal: Refusal) => T,
): Reading<T> {
  const found = refusalsHere(view).find(wanted);
  return found === undefined
    ? unknown('no capture shows it')
    : known(of(found), [citation(found.sighting)]);
}

/**
 * The sender hears it from itself; or a pod hears it from its node: captured on the pods' side of the node, with a TTL that
 * no router has touched (ip_default_ttl is 64, 255 for ICMP errors of some systems).
 */
function byOwnHost(view: View): Reading<boolean> {
  const said = refusalsHere(view).find(isUnreachable);
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

/** ping prints whose error it is; without a MAC for the next hop the own kernel makes it (ipv4_link_failure of net/ipv4/route.c). */
function pingedInVain({ own }: View): { readonly at: readonly Citation[] } | undefined {
  const ours = new Set([
    ...addressesIn(own).map(({ address }) => address),
    ...ofKind(own, 'route-get').flatMap(({ content }) =>
      content.answers.flatMap(({ src }) => src ?? []),
    ),
  ]);
  return ofKind(own, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap(({ troubles }) =>
      troubles
        .filter(({ trouble, from }) => trouble === 'host-unreachable' && ours.has(from ?? ''))
        .map(({ line }) => ({ at: [cite(artefact, line)] })),
    ),
  )[0];
}

/** The ICMP errors that captures on this host show. */
export function refusalsHere({ following, host }: View): readonly Refusal[] {
  return following.points.filter((point) => point.host === host).flatMap(refusalsAt);
}

/** The destination itself refuses: the packet has come there and goes to no socket. */
function isOwn({ refused, seen }: Vanished, address: string): boolean {
  return refused.some(
    ({ point, packet }) => point === seen.point && packet.source.host === address,
  );
}

function answeredAnyway(view: View): Reading<boolean> {
  const said = refusalsHere(view).find(isUnreachable);
  if (said === undefined) return unknown('no capture shows it');
  const accepted = view.following.unsettled
    .filter(({ protocol, server }) => protocol === 'tcp' && server.host === said.about)
    .flatMap(({ at }) => at.flatMap((seen) => seen?.responses ?? []))
    .find(({ packet }) => packet.tcp?.flags === 'S.');
  return accepted === undefined
    ? unknown('no connection to it is accepted')
    : known(true, [citation(accepted)]);
}
