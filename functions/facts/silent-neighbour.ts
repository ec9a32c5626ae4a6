import { cite, ofKind } from '../artefacts/evidence.ts';
import { isUnanswered } from '../artefacts/neighbour/read.ts';
import { lostPacket, type Place } from '../captures/place.ts';
import type { Sighting } from '../captures/points.ts';
import { refusalsAt } from '../captures/refusals.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';
import { arpingsInVain } from './arpings-in-vain.ts';
import { calledUnreachable } from './called-unreachable.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { targetsOf } from './targets.ts';

/** Three requests a second apart are what the kernel sends before it gives an address up (neigh/default/mcast_solicit). */
export const LEAST_REQUESTS = 3;

/** Whether a neighbour on the link does not answer for its address. */
export const silentNeighbour = defineJoin({
  question: 'silent-neighbour',
  needs: ['neighbour', 'tcpdump', 'arping'],
  facts: {
    askedInVain: {
      type: 'flag',
      is: 'this host asked for an address at least three times and nobody answered',
      of: askedInVain,
      place: (view) => placeOf(view, vain(view)[0]),
    },
    unresolved: {
      type: 'flag',
      is: 'the neighbour table has no MAC for an address that this host failed to reach, sends through, or that is called unreachable',
      of: (view) => unresolved(view),
      place: (view) => placeOf(view, open(view)[0]),
    },
    address: {
      type: 'label',
      is: 'the address that nobody answers for',
      of: (view) => {
        const [one] = [...vain(view), ...open(view)];
        return one === undefined ? unknown('not shown') : known(one.address, one.at);
      },
    },
    requests: {
      type: 'count',
      is: 'ARP requests for it in the captures',
      of: (view) => {
        const [one] = vain(view);
        return one === undefined ? unknown('not captured') : known(one.count, one.at);
      },
    },
    device: {
      type: 'label',
      is: 'the interface it should be behind',
      of: (view) => {
        const [one] = [...vain(view), ...open(view)];
        return one?.device == null ? unknown('not shown') : known(one.device, one.at);
      },
    },
  },
});

interface Silent {
  readonly address: string;
  readonly device: string | null;
  readonly count: number;
  /** The ARP requests, where they were captured. */
  readonly requests: readonly Sighting[];
  readonly at: readonly Citation[];
}

/** The addresses that do not answer this host. */
export function silentAddresses(view: View): ReadonlySet<string> {
  return new Set([...vain(view), ...open(view)].map(({ address }) => address));
}

/** Between the interface that asks and the neighbour of which nothing but the address is known. */
function placeOf(view: View, silent: Silent | undefined): Place | undefined {
  if (silent === undefined) return undefined;
  const { address, device, requests } = silent;
  return {
    from: { host: view.host, interface: device },
    to: { host: address, interface: null },
    direction: 'request',
    packets: lostPacket(requests),
  };
}

function askedInVain(view: View): Reading<boolean> {
  const [one] = vain(view);
  if (one !== undefined) return known(true, one.at);
  const answered = arpsAt(view).flatMap(({ sightings }) =>
    sightings.filter(({ packet }) => packet.arp?.operation === 'reply').slice(0, 1),
  );
  return answered.length === 0
    ? unknown('no ARP in a capture on this host')
    : known(false, answered.map(citation));
}

function arpsAt({ following, host }: Pick<View, 'following' | 'host'>) {
  return following.points
    .filter((point) => point.host === host && !point.lossy)
    .map((point) => ({
      device: point.interface,
      sightings: point.others.filter(({ packet }) => packet.arp !== null),
    }));
}

/** An address for which nobody was seen to answer. */
export interface AskedFor extends Silent {
  readonly asker: string;
  /** Nobody else asks for anything in the capture, where other hosts' broadcasts would be seen. */
  readonly alone: boolean;
}

/** Addresses that were asked for in captures on a host, by whomever, and for which no reply is in the paste. */
export function askedFor(view: Pick<View, 'following' | 'host'>): readonly AskedFor[] {
  const answeredFor = new Set(
    view.following.points.flatMap(({ others }) =>
      others.flatMap(({ packet }) => (packet.arp?.operation === 'reply' ? packet.arp.target : [])),
    ),
  );
  return arpsAt(view).flatMap(({ device, sightings }) => {
    const asked = new Map<string, Sighting[]>();
    for (const sighting of sightings) {
      const { arp } = sighting.packet;
      if (arp === null || arp.operation !== 'request' || !isQuestion(arp)) continue;
      const key = `${arp.target} ${arp.asker}`;
      const known = asked.get(key);
      if (known === undefined) asked.set(key, [sighting]);
      else known.push(sighting);
    }
    const alone = new Set([...asked.keys()].map(askerOf)).size <= 1;
    return [...asked].flatMap(([key, all]) => {
      const [address = '', asker = ''] = key.split(' ');
      if (answeredFor.has(address)) return [];
      const at = [...new Set([...all.slice(0, 2), ...all.slice(-1)])].map(citation);
      return [{ address, asker, alone, device, count: all.length, requests: all, at }];
    });
  });
}

/**
 * Replies go to the asker alone: only where the asker is this host does their absence mean anything. That is so where
 * nobody else asks in the capture and other hosts' broadcasts would be seen, or where the asker is known to be this host.
 */
function vain(view: View): readonly Silent[] {
  const reached = reachedFrom(view);
  const captured = askedFor(view).filter(
    (one) =>
      one.count >= LEAST_REQUESTS &&
      (one.alone || isOwn(view, one.asker)) &&
      // Who has the address and does not answer is not down.
      !isOwn(view, one.address) &&
      !isInner(one.device) &&
      !isStandIn(one.address) &&
      !reached.has(one.address) &&
      !speaksAfterwards(view, one),
  );
  const typed = arpingsInVain(view.own);
  return [...captured, ...typed.map((one) => ({ ...one, requests: [] }))];
}

/**
 * No host has such an address: Calico's pods call 169.254.1.1 their gateway, for which their node answers by proxy ARP, and
 * clouds answer for 169.254.169.254 without any host on the link.
 */
function isStandIn(address: string): boolean {
  return address.startsWith('169.254.');
}

/** Whoever sends packets is not down: this host looks for it at the wrong place. */
function speaksAfterwards({ following, host }: View, { address, requests }: AskedFor): boolean {
  const [first] = requests;
  return following.points.some(
    (point) =>
      point.host === host &&
      point.others.some(
        ({ packet, time, order, point: at }) =>
          packet.source.host === address &&
          packet.arp === null &&
          (time === null || first?.time == null
            ? at !== first?.point || order > first.order
            : time > first.time),
      ),
  );
}

/**
 * Whether the questions follow each other as those of a kernel that hears nothing: three, each within two seconds of
 * the one before (neigh/default/retrans_time_ms is 1000). Whoever was answered, be it where this capture cannot see it,
 * asks again only when the entry has gone stale, and then the old MAC first.
 */
export function isAskedAgain({ requests }: AskedFor): boolean {
  let run = 1;
  for (const [at, { time }] of requests.entries()) {
    const before = requests[at - 1]?.time;
    run = time != null && before != null && time - before <= AGAIN_US ? run + 1 : 1;
    if (run >= LEAST_REQUESTS) return true;
  }
  return false;
}

const AGAIN_US = 2_000_000;

function askerOf(key: string): string {
  return key.split(' ')[1] ?? '';
}

// Announcements ask for themselves; a probe before use (RFC 5227) tells 0.0.0.0 and hopes for silence.
function isQuestion(arp: { readonly target: string; readonly asker: string | null }): boolean {
  return arp.asker !== null && arp.asker !== arp.target && arp.asker !== '0.0.0.0';
}

function isOwn(view: View, address: string): boolean {
  return addressesIn(view.own).some((one) => one.address === address);
}

function unresolved(view: View): Reading<boolean> {
  const [one] = open(view);
  if (one !== undefined) return known(true, one.at);
  const shown = ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.slice(0, 2).map(({ line }) => cite(artefact, line)),
  );
  return shown.length === 0
    ? unknown('not pasted')
    : unknown('no open entry for an address in need');
}

/** Old unanswered entries are in every table; one matters where the address is in need: asked, pinged, a gateway, or called unreachable. */
function open(view: View): readonly Silent[] {
  const needed = inNeed(view);
  const answered = answeredIn(view);
  const reached = reachedFrom(view);
  return ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.flatMap((one) => {
      const why = needed.get(one.address);
      if (why === undefined || !isUnanswered(one) || isInner(one.device)) return [];
      if (isStandIn(one.address)) return [];
      if (answered.has(one.address) || reached.has(one.address)) return [];
      const { address, device } = one;
      return [{ address, device, count: 0, requests: [], at: [cite(artefact, one.line), ...why] }];
    }),
  );
}

/** By address: the lines that show that it is in need. */
function inNeed(view: View): ReadonlyMap<string, readonly Citation[]> {
  const needed = new Map<string, readonly Citation[]>();
  for (const { text, at } of targetsOf(view)) needed.set(text, [at]);
  for (const { address, at } of vain(view)) needed.set(address, at);
  const refusals = view.following.points.flatMap(refusalsAt);
  const others = [...calledUnreachable(view.all, refusals), ...gatewaysIn(view)];
  for (const [address, at] of others) if (!needed.has(address)) needed.set(address, [at]);
  return needed;
}

/** The next hops of routes and of looked up ways, tunnels apart, each with its line. */
function gatewaysIn(view: View): readonly (readonly [string, Citation])[] {
  const routed = ofKind(view.own, 'route').flatMap(({ artefact, content }) =>
    content.routes.flatMap(({ via, dev, line, type }) =>
      via === null || type !== 'unicast' || isTunnel(dev)
        ? []
        : [[via, cite(artefact, line)] as const],
    ),
  );
  const looked = ofKind(view.own, 'route-get').flatMap(({ artefact, content }) =>
    content.answers.flatMap(({ via, dev, line }) =>
      via === null || isTunnel(dev) ? [] : [[via, cite(artefact, line)] as const],
    ),
  );
  return [...routed, ...looked];
}

/** The addresses that captures or the neighbour table show with an answer. */
function answeredIn(view: View): ReadonlySet<string> {
  const answered = new Set(
    view.following.points.flatMap(({ others }) =>
      others.flatMap(({ packet }) => (packet.arp?.operation === 'reply' ? packet.arp.target : [])),
    ),
  );
  for (const { content } of ofKind(view.own, 'neighbour'))
    for (const { address, mac } of content.neighbours) if (mac !== null) answered.add(address);
  return answered;
}

/** Behind a bridge of containers an address is a container's, or one that the bridge's network hides: no host is down. */
function isInner(device: string | null): boolean {
  if (device !== null && deviceRole(device) === 'veth') return true;
  return isTunnel(device) || /^(?:docker|br-|virbr|podman|lxcbr|lxdbr)/.test(device ?? '');
}

/** What this host's own pings had answers from. What another one reaches is told as such. */
function reachedFrom({ own }: View): ReadonlySet<string> {
  return new Set(answeredPings(own).map(({ address }) => address));
}

// The entries of tunnel devices are written, not asked for.
function isTunnel(device: string | null): boolean {
  return device !== null && deviceRole(device) === 'tunnel';
}
