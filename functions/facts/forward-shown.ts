import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { podNetworksOf } from './pod-route.ts';
import { firstPacket, type Stop, stopIn } from './shown-rules.ts';

const label = labelsOf(droppedIn, 'the rules and the pod network of one host do not show it');

/** Whether FORWARD of this host lets anybody reach the pods that it holds, by its rules and routes alone. */
export const forwardShown = defineJoin({
  question: 'forward-shown',
  needs: ['iptables', 'nft', 'route'],
  facts: {
    network: label(
      'a pod network of this host for which FORWARD accepts nothing that comes from other nodes',
      ({ network }) => network,
    ),
    chain: label('the chain whose policy drops it', ({ stop }) => stop.chain),
    packets: {
      type: 'count',
      is: 'packets that have fallen to that policy',
      of: (view) => {
        const one = droppedIn(view);
        return one?.stop.packets == null
          ? unknown('no counter of it is shown')
          : known(one.stop.packets, [one.stop.at]);
      },
    },
  },
});

interface Dropped {
  readonly network: string;
  readonly stop: Stop;
  readonly at: readonly Citation[];
}

/** A packet of another node's pod, by the device that such packets come in by here. */
function droppedIn(view: View): Dropped | undefined {
  for (const table of ofKind(view.own, 'route')) {
    const from = wayIn(table.content.routes);
    for (const { prefix, dev, destination, line } of podNetworksOf(table)) {
      if (prefix?.family !== 4 || from === undefined) continue;
      const packet = firstPacket('tcp', '', { host: '', port: null });
      const stop = stopIn(view.own, { packet, hook: 'FORWARD', from, to: dev, isFirst: true });
      if (stop === undefined || stop.rule !== null) continue;
      return { network: destination, stop, at: [stop.at, cite(table.artefact, line)] };
    }
  }
  return undefined;
}

/** The device by which this host reaches other nodes' pods: their packets come in by it too. */
function wayIn(routes: readonly Route[]): string | undefined {
  const role = (route: Route) => deviceRole(route.dev ?? '');
  const others = routes.filter(({ via, prefix }) => via !== null && (prefix?.length ?? 0) > 0);
  const way =
    others.find((route) => role(route) === 'tunnel') ??
    others.find((route) => role(route) === 'nic');
  return way?.dev ?? undefined;
}
