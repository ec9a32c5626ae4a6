import { cite, ofKind } from '../artefacts/evidence.ts';
import { targetOf } from '../artefacts/ping.ts';
import { lookup } from '../artefacts/route.ts';
import { dialledIn } from '../captures/dialled.ts';
import type { Place } from '../captures/place.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { failedElsewhere } from './failed-elsewhere.ts';
import { addressesIn } from './hosts.ts';
import { refusalsHere } from './icmp-errors.ts';
import { citation } from './loss.ts';
import { policyWay } from './policy-route.ts';
import { refusedLookups, targetsOf } from './targets.ts';

const label = labelsOf(
  (view) => told(view) ?? back(view) ?? onward(view) ?? supposed(view) ?? here(view),
  'not shown',
);

/** Whether this host has no route at all for what it has to answer, or to pass on. */
export const noWay = defineJoin({
  question: 'no-way',
  needs: ['route', 'route-get'],
  facts: {
    back: flagOf(
      'what comes in here is not answered, and this host has no route to the client, not even a default one',
      back,
    ),
    supposed: flagOf(
      'another host does not reach an address of this one, or behind it as a router, which has no route to that client; nobody saw its packets here',
      supposed,
    ),
    onward: flagOf(
      'packets on their way through this host go no further, and it has no route to where they are going',
      onward,
    ),
    here: flagOf(
      'this host has no route to an address that it tried in vain, not even a default one',
      here,
    ),
    told: {
      ...flagOf(
        'a router says to this host by ICMP that a network is unreachable, and that router has no route to it',
        told,
      ),
      place: placeOf,
    },
    router: label('the router that says so', ({ router }) => router),
    to: label('the address that this host has no route to', ({ to }) => to),
    server: label('the address that the client asks', ({ server }) => server),
  },
});

interface Unroutable {
  readonly to: string;
  readonly server: string | null;
  readonly router: string | null;
  readonly at: readonly Citation[];
}

/** The kernel's own answer, else whole tables (fib_lookup of net/ipv4/fib_frontend.c: no route is ENETUNREACH). */
function unroutable(
  own: View['own'],
  from: string | undefined,
  to: string,
): readonly Citation[] | undefined {
  const told = refusedLookups({ own }).find(
    ({ text, error, command }) =>
      text === to && error === 'network-unreachable' && !/\s(?:iif|oif|vrf|mark)\s/.test(command),
  );
  if (told !== undefined) return [told.at];
  const way = policyWay(own, { from, to });
  return way?.is === 'none' ? way.at : undefined;
}

function isOwn({ own }: Pick<View, 'own'>, host: string | undefined): boolean {
  return addressesIn(own).some(({ address }) => address === host);
}

/** A request that was seen to come in here and that nobody answers; a bridge or a tap may carry it to a guest. */
function back(view: View): Unroutable | undefined {
  const { loss } = view;
  const seen = loss?.direction === 'request' ? loss.vanished[0]?.seen : undefined;
  if (loss == null || seen === undefined || loss.refused) return undefined;
  if (loss.vanished.some(({ transmission }) => transmission.answers.length > 0)) return undefined;
  const [to, server] = [seen.packet.source.host, seen.packet.destination.host].map(addressInName);
  if (to === undefined || server === undefined || isOwn(view, to)) return undefined;
  const isClient = targetsOf(view).some(
    ({ by, text }) => ['ping', 'client', 'trace'].includes(by) && text === server,
  );
  if (isClient) return undefined;
  if (loss.from.role !== 'nic' && !isOwn(view, server)) return undefined;
  const why = unroutable(view.own, server, to);
  return why === undefined ? undefined : { to, server, router: null, at: [...why, citation(seen)] };
}

/** Of a client with several addresses none may have a way; who asks for the way to one knows which one matters. */
function supposed(view: View): Unroutable | undefined {
  for (const { text, from, at } of failedElsewhere(view)) {
    const [to] = from;
    if (to === undefined || !(isOwn(view, text) || isOnTheWay(view, text))) continue;
    const all = from.map((address) => unroutable(view.own, text, address));
    if (all.every((why) => why !== undefined))
      return { to, server: text, router: null, at: [...(all[0] ?? []), at] };
  }
  return undefined;
}

/** A route of another host to the address names this one as its next hop. */
function isOnTheWay({ own, all, host }: View, to: string): boolean {
  const address = parseAddress(to);
  const ours = new Set(addressesIn(own).map((one) => one.address));
  return (
    address !== undefined &&
    ofKind(all, 'route').some(({ artefact, content }) => {
      const best = artefact.host === host ? undefined : lookup(content.routes, address);
      return best?.via != null && ours.has(best.via);
    })
  );
}

/** What programs of this host tried, and the kernel refused at once: with no route a socket gets ENETUNREACH, and nothing is sent. */
function here(view: View): Unroutable | undefined {
  for (const { text, at } of [...refusedPings(view), ...refusedConnects(view)]) {
    const why = unroutable(view.own, undefined, text);
    if (why !== undefined) return { to: text, server: null, router: null, at: [...why, at] };
  }
  return undefined;
}

interface Refused {
  readonly text: string;
  readonly at: Citation;
}

/** What was bound to a device or a VRF asks another table. */
const BOUND = /\bvrf\b|\s(?:-I|-m|--interface|--mark)[\s=]?\S/;

function refusedPings({ own }: View): readonly Refused[] {
  return ofKind(own, 'ping').flatMap(({ artefact, content }) =>
    BOUND.test(artefact.command ?? '')
      ? []
      : content.runs.flatMap((run) => {
          const error = run.troubles.find(
            ({ trouble, from }) =>
              from === null && (trouble === 'net-unreachable' || trouble === 'no-route'),
          );
          return error === undefined
            ? []
            : [{ text: targetOf(run, artefact.command), at: cite(artefact, error.line) }];
        }),
  );
}

function refusedConnects({ own }: View): readonly Refused[] {
  return dialledIn(own).flatMap(({ artefact, server, outcome, at }) =>
    outcome !== 'unreachable' || BOUND.test(artefact.command ?? '') ? [] : [{ text: server, at }],
  );
}

/** What comes in by a card for somebody else; a host that knows no way says so by ICMP, or not at all. */
function onward(view: View): Unroutable | undefined {
  const seen = view.loss?.vanished[0]?.seen;
  if (view.loss?.from.role !== 'nic' || seen === undefined) return undefined;
  const [from, to] = [seen.packet.source.host, seen.packet.destination.host].map(addressInName);
  if (to === undefined || isOwn(view, to) || isOwn(view, from)) return undefined;
  if (seen.packet.direction === 'out' || addressesIn(view.own).length === 0) return undefined;
  const why = unroutable(view.own, from, to);
  return why === undefined
    ? undefined
    : { to, server: null, router: null, at: [...why, citation(seen)] };
}

interface Saying {
  readonly by: string;
  readonly to: string;
  readonly at: Citation;
}

/** ip_error of net/ipv4/route.c: a router without a route answers `net unreachable`; a refusing route says `host`. */
function told(view: View): Unroutable | undefined {
  for (const { by, to, at } of [...captured(view), ...pinged(view), ...traced(view)]) {
    const holder = addressesIn(view.all).find(({ address }) => address === by)?.host;
    // Who asks for the very route while its own capture shows the error is mostly the router itself.
    const asks = refusedLookups(view).some(({ text }) => text === to);
    const router = holder ?? (asks ? view.host : null);
    if (router === null || isOwn({ own: ofHost(view, router) }, to)) continue;
    const why = unroutable(ofHost(view, router), undefined, to);
    if (why !== undefined) return { to, server: null, router, at: [at, ...why] };
  }
  return undefined;
}

/** At the router, on the way there or back; where its capture shows the loss, that tells more. */
function placeOf(view: View): Place | undefined {
  const one = told(view);
  if (one === undefined || view.loss !== null) return undefined;
  const isBack = view.following.unsettled.some(({ client }) => client.host === one.to);
  const direction = isBack ? 'response' : 'request';
  return { from: { host: one.router, interface: null }, to: null, direction, packets: [] };
}

function ofHost({ all }: View, host: string): View['own'] {
  return all.filter(({ artefact }) => artefact.host === host);
}

function captured(view: View): readonly Saying[] {
  return refusalsHere(view).flatMap(({ what, from, about, sighting }) =>
    what === 'net' ? [{ by: from, to: addressInName(about), at: citation(sighting) }] : [],
  );
}

function pinged({ own }: View): readonly Saying[] {
  return ofKind(own, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run) =>
      run.troubles.flatMap(({ trouble, from, line }) =>
        trouble === 'net-unreachable' && from !== null
          ? [{ by: from, to: targetOf(run, artefact.command), at: cite(artefact, line) }]
          : [],
      ),
    ),
  );
}

function traced({ own }: View): readonly Saying[] {
  return ofKind(own, 'traceroute').flatMap(({ artefact, content }) =>
    content.traces.flatMap(({ address, hops }) =>
      hops.flatMap(({ host, mark, line }) =>
        mark === '!N' && host !== null && address !== null
          ? [{ by: host, to: address, at: cite(artefact, line) }]
          : [],
      ),
    ),
  );
}
