import { cite, ofKind } from '../artefacts/evidence.ts';
import { targetOf } from '../artefacts/ping.ts';
import { lostPacket, type Place } from '../captures/place.ts';
import { parseAddress } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { wayOut } from './way-out.ts';

const label = labelsOf(said, 'no ping shows it');

/**
 * Whether this host's own kernel says that a ping cannot be delivered: it does so where nobody on the link tells the MAC of
 * the next hop (arp_error_report and ipv4_link_failure, net/ipv4/arp.c and route.c).
 */
export const ownWord = defineJoin({
  question: 'own-word',
  needs: ['ping', 'route'],
  facts: {
    unreachable: {
      ...flagOf(
        'a ping is called unreachable by an address of this very host, and the next hop is shown',
        said,
      ),
      place: placeOf,
    },
    hop: label('the next hop, of which nobody tells the MAC', ({ hop }) => hop),
    device: label('the interface it should be behind', ({ device }) => device),
    target: label('what was pinged', ({ target }) => target),
    by: label('the own address that says so', ({ by }) => by),
  },
});

interface Said {
  readonly hop: string;
  readonly device: string;
  readonly target: string;
  readonly by: string;
  readonly at: readonly Citation[];
}

function said(view: View): Said | undefined {
  const { own } = view;
  const ours = new Set(addressesIn(own).map(({ address }) => address));
  const reached = new Set(answeredPings(own).map(({ address }) => address));
  for (const { artefact, content } of ofKind(own, 'ping'))
    for (const run of content.runs) {
      const trouble = run.troubles.find(
        ({ trouble: what, from }) => what === 'host-unreachable' && ours.has(from ?? ''),
      );
      // What a rule of this host rejects was refused at sending too, and never asked for.
      if (run.troubles.some(({ trouble: what }) => what === 'filtered')) continue;
      const target = run.target || targetOf(run, artefact.command);
      if (trouble?.from == null || run.replies > 0 || reached.has(target)) continue;
      const way = parseAddress(target) === undefined ? undefined : wayOut(view, target);
      const hop = way?.via ?? target;
      // What is behind a bridge of containers or a tunnel is no host on a link.
      if (way === undefined || way.isOwn || deviceRole(way.dev) !== 'nic' || reached.has(hop))
        continue;
      const at = [cite(artefact, trouble.line), way.at];
      return { hop, device: way.dev, target, by: trouble.from, at };
    }
  return undefined;
}

/** Between the interface that asks and the neighbour of which nothing but the address is known. */
function placeOf(view: View): Place | undefined {
  const one = said(view);
  if (one === undefined) return undefined;
  return {
    from: { host: view.host, interface: one.device },
    to: { host: one.hop, interface: null },
    direction: 'request',
    packets: lostPacket([]),
  };
}
