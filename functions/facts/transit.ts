import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import { parseAddress } from '../primitives/address.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';

/** Whether the packets that vanished inside this host were on their way through it, or for or from the host itself. */
export const transit = defineJoin({
  question: 'transit',
  needs: ['route', 'address'],
  facts: {
    passesThrough: {
      type: 'flag',
      is: 'the lost packets came in by one interface and had to leave by another',
      of: passesThrough,
    },
  },
});

function passesThrough(view: View): Reading<boolean> {
  const first = view.loss?.vanished[0];
  const { loss } = view;
  if (loss === null || first === undefined)
    return unknown('no packet was seen to vanish at this host');
  const { source, destination } = first.seen.packet;
  const seen = citation(first.seen);
  const own = addressesIn(view.own).find(
    ({ address }) => address === destination.host || address === source.host,
  );
  if (own !== undefined) return known(false, [seen, own.at]);
  const address = parseAddress(destination.host);
  if (address === undefined) return unknown('the packet is shown without addresses');
  for (const { artefact, content } of ofKind(view.own, 'route')) {
    const best = lookup(content.routes, address);
    if (best?.dev == null) continue;
    return known(best.dev !== loss.from.interface, [seen, cite(artefact, best.line)]);
  }
  return ofKind(view.own, 'address').length > 0
    ? known(true, [seen])
    : unknown('neither the routes nor the addresses of this host are shown');
}
