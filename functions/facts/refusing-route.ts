import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import { type Place, placeOfLoss } from '../captures/place.ts';
import { addressInName } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { podNetworksOf } from './pod-route.ts';
import { isOfOtherTable } from './policy-route.ts';
import { type Target, targetsOf } from './targets.ts';
import { hasPolicy } from './way-out.ts';

/** Whether a route that refuses packets, or one whose device has no carrier, is what catches an address in need. */
export const refusingRoute = defineJoin({
  question: 'refusing-route',
  needs: ['route', 'route-get'],
  facts: {
    catches: {
      type: 'flag',
      is: 'an address that could not be reached is routed by a blackhole, unreachable or prohibit route here',
      of: (view) => flag(view, caught(view)),
      place: (view) => placeOf(view, caught(view)),
    },
    coversPods: {
      type: 'flag',
      is: "a refusing route covers another node's pod network here",
      of: (view) => flag(view, coveredPods(view)),
    },
    linkdown: {
      type: 'flag',
      is: 'an address that could not be reached is routed over a device without carrier here',
      of: (view) => flag(view, overLinkdown(view)),
      place: (view) => placeOf(view, overLinkdown(view)),
    },
    refusedLookup: {
      type: 'flag',
      is: 'the kernel answers a lookup with Invalid argument, No route to host or Permission denied',
      of: refusedLookup,
    },
    route: {
      type: 'label',
      is: 'the route that refuses, as `unreachable 10.0.0.0/24`',
      of: (view) => {
        const one = caught(view) ?? coveredPods(view) ?? overLinkdown(view);
        if (one === undefined) return unknown('no refusing route catches an address in need');
        const { type, destination } = one.route;
        return known(type === 'unicast' ? destination : `${type} ${destination}`, one.at);
      },
    },
    target: {
      type: 'label',
      is: 'the address or network that cannot be reached because of it',
      of: (view) => {
        const one = caught(view) ?? coveredPods(view) ?? overLinkdown(view);
        if (one !== undefined) return known(one.target, one.at);
        const asked = targetsOf(view).find(({ by }) => by === 'lookup');
        return asked === undefined ? unknown('not shown') : known(asked.text, [asked.at]);
      },
    },
  },
});

interface Catch {
  readonly route: Route;
  readonly target: string;
  readonly at: readonly Citation[];
}

/** What vanished on the way to the address that the route refuses is a packet to it, even where no other point tells. */
function placeOf({ loss }: View, one: Catch | undefined): Place | undefined {
  const going = loss?.vanished[0]?.seen.packet.destination.host;
  if (loss == null || one === undefined || going === undefined) return undefined;
  return addressInName(going) === one.target
    ? { ...placeOfLoss(loss), direction: 'request' }
    : undefined;
}

type Table = Evidence<'route'>;

function tables(view: View): readonly Table[] {
  return ofKind(view.own, 'route').filter(
    ({ artefact, content }) => content.routes.length > 0 && !isOfOtherTable(artefact.command),
  );
}

function flag(view: View, one: Catch | undefined): Reading<boolean> {
  if (one !== undefined) return known(true, one.at);
  const [table] = tables(view);
  const [asked] = targetsOf(view);
  if (table === undefined || asked === undefined)
    return unknown('no route table with an address that could not be reached');
  if (hasPolicy(view) || refusesInOtherTable(view))
    return unknown('rules of its own may decide which table is asked');
  const best = lookup(table.content.routes, asked.address);
  // A table of which lines are missing may lack the very route that matters.
  if (best === undefined || table.truncated || table.unread.length > 0)
    return unknown('the table shown may not be whole');
  return known(false, [cite(table.artefact, best.line), asked.at]);
}

/** Calico's own block is a blackhole of bird by design: only addresses that no pod has end there. */
function isRefusal({ type, other }: Route): boolean {
  return ['blackhole', 'unreachable', 'prohibit'].includes(type) && other.get('proto') !== 'bird';
}

/** A rule that is not shown may lead there. */
function refusesInOtherTable({ own }: View): boolean {
  return ofKind(own, 'route').some(({ artefact, content }) =>
    content.routes.some(
      (route) => (route.table !== null || isOfOtherTable(artefact.command)) && isRefusal(route),
    ),
  );
}

function best(table: Table, asked: Target): Route | undefined {
  return lookup(table.content.routes, asked.address);
}

function caught(view: View): Catch | undefined {
  return firstOf(view, isRefusal);
}

function overLinkdown(view: View): Catch | undefined {
  return firstOf(
    view,
    ({ type, flags, dev }) =>
      type === 'unicast' && flags.includes('linkdown') && dev !== null && !/^virbr/.test(dev),
  );
}

function firstOf(view: View, test: (route: Route) => boolean): Catch | undefined {
  for (const table of tables(view)) {
    for (const asked of targetsOf(view)) {
      const route = best(table, asked);
      if (route !== undefined && test(route))
        return { route, target: asked.text, at: [cite(table.artefact, route.line), asked.at] };
    }
  }
  return undefined;
}

/** A refusing route is what a packet to another node's pod network would meet first. */
function coveredPods(view: View): Catch | undefined {
  for (const table of tables(view)) {
    for (const other of ofKind(view.all, 'route')) {
      if (other.artefact.host === null || other.artefact.host === view.host) continue;
      for (const network of podNetworksOf(other)) {
        const { prefix, destination, line } = network;
        if (prefix === null) continue;
        const route = lookup(table.content.routes, {
          family: prefix.family,
          bits: prefix.bits + 1n,
        });
        if (route !== undefined && isRefusal(route))
          return {
            route,
            target: destination,
            at: [cite(table.artefact, route.line), cite(other.artefact, line)],
          };
      }
    }
  }
  return undefined;
}

function refusedLookup(view: View): Reading<boolean> {
  const answers = ofKind(view.own, 'route-get').flatMap(({ artefact, content }) =>
    content.answers.map(({ error, line }) => ({
      error,
      isArrival: isAboutArrival(view, artefact.command ?? ''),
      at: cite(artefact, line),
    })),
  );
  const refused = answers.filter(
    ({ error, isArrival }) =>
      error === 'permission-denied' ||
      (!isArrival && (error === 'invalid-argument' || error === 'no-route-to-host')),
  );
  if (refused.length > 0)
    return known(
      true,
      refused.map(({ at }) => at),
    );
  if (answers.length === 0) return unknown('not pasted');
  if (answers.some(({ error, isArrival }) => isArrival && error !== null && error !== 'none'))
    return unknown('the lookup asks for a packet that comes in, and may fail for other reasons');
  return known(
    false,
    answers.map(({ at }) => at),
  );
}

/**
 * A lookup with `iif` asks what becomes of a packet that comes in: without forwarding, by the reverse path filter, or where
 * one end is this host itself it fails with the same words (ip_route_input_slow of net/ipv4/route.c). It speaks of a
 * refusing route where one is listed.
 */
function isAboutArrival(view: View, command: string): boolean {
  const routes = ofKind(view.own, 'route').flatMap(({ content }) => content.routes);
  return /\biif\s/.test(command) && !routes.some(isRefusal);
}
