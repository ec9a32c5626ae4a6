import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import type { Sighting } from '../captures/points.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import { areTwoCards } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { isOfOtherTable } from './policy-route.ts';
import { askedFor, LEAST_REQUESTS } from './silent-neighbour.ts';
import { hasPolicy } from './way-out.ts';

const label = labelsOf((view) => hidden(view) ?? sought(view), 'not shown');

/** Whether a network of containers here hides a client whose packets come in by a card. */
export const hiddenClient = defineJoin({
  question: 'hidden-client',
  needs: ['route', 'tcpdump', 'address'],
  facts: {
    found: flagOf(
      'packets that nothing answers come in by a card from an address that this host routes into a bridge of its own',
      hidden,
    ),
    sought: flagOf(
      'this host asks by ARP for a client whose packets come in from behind a router or by another card, and nobody answers',
      (view) => proven(view),
    ),
    soughtHere: flagOf(
      'this host asks by ARP for a client whose packets come in all the while, and nobody answers',
      sought,
    ),
    client: label('the client', ({ client }) => client),
    network: label('the network here that hides it', ({ network }) => network),
    device: label('the bridge of that network', ({ device }) => device),
    card: label('the card by which its packets come in', ({ card }) => card),
  },
});

interface Hidden {
  readonly client: string;
  readonly network: string;
  readonly device: string;
  readonly card: string;
  readonly at: readonly Citation[];
}

/** Bridges that no card is a port of: those of Docker, Podman, LXD, libvirt and CNI. */
const OF_CONTAINERS =
  /^(?:docker\d+|docker_gwbridge|br-[0-9a-f]{12}|cni\d+|cbr0|virbr\d+|podman\d+|nerdctl\d+|(?:lxc|lxd|incus)br\d+)$/;

/** Containers of a bridge here do not come in by a card: the address is somebody else's, and the answers never leave. */
function hidden(view: View): Hidden | undefined {
  const { loss } = view;
  const seen = loss?.direction === 'request' ? loss.vanished[0]?.seen : undefined;
  const card = loss?.from.interface ?? null;
  if (loss?.from.role !== 'nic' || seen === undefined || card === null) return undefined;
  const [client, server] = [seen.packet.source.host, seen.packet.destination.host].map(
    addressInName,
  );
  const isForUs = addressesIn(view.own).some((one) => one.address === server);
  if (client === undefined || !isForUs) return undefined;
  const address = parseAddress(client);
  if (address === undefined || hasPolicy(view)) return undefined;
  for (const { artefact, content } of ofKind(view.own, 'route')) {
    const best = isOfOtherTable(artefact.command) ? undefined : lookup(content.routes, address);
    if (best?.dev == null || best.via !== null || !OF_CONTAINERS.test(best.dev)) continue;
    const { destination: network, dev: device } = best;
    return { client, network, device, card, at: [cite(artefact, best.line), citation(seen)] };
  }
  return lookedUp(view, client, card, seen);
}

function lookedUp({ own }: View, client: string, card: string, seen: Sighting): Hidden | undefined {
  for (const { artefact, content } of ofKind(own, 'route-get'))
    for (const { destination, via, dev, line } of content.answers)
      if (destination === client && via === null && dev !== null && OF_CONTAINERS.test(dev))
        return {
          client,
          network: client,
          device: dev,
          card,
          at: [cite(artefact, line), citation(seen)],
        };
  return undefined;
}

interface Sought extends Hidden {
  readonly seen: Sighting;
}

/** A host asks by ARP only for what its routes call a neighbour. */
function sought(view: View): Sought | undefined {
  const { loss } = view;
  const seen = loss?.direction === 'request' ? loss.vanished[0]?.seen : undefined;
  const card = loss?.from.interface ?? null;
  if (loss?.from.role !== 'nic' || seen === undefined || card === null) return undefined;
  const [client = '', server] = [seen.packet.source.host, seen.packet.destination.host].map(
    addressInName,
  );
  const known = unresolvedElsewhere(view, client, card);
  if (known !== undefined) {
    const { device, at } = known;
    return { client, network: client, device, card, seen, at: [citation(seen), at] };
  }
  const asked = askedFor(view).find(
    ({ address, asker, count }) =>
      address === client &&
      count >= LEAST_REQUESTS &&
      (asker === server || addressesIn(view.own).some((own) => own.address === asker)),
  );
  if (asked === undefined) return undefined;
  const device = asked.device ?? card;
  return { client, network: client, device, card, seen, at: [citation(seen), ...asked.at] };
}

/** The table of neighbours tells it too: the client is sought by another device than the card that its packets come in by. */
function unresolvedElsewhere({ own }: View, client: string, card: string) {
  return ofKind(own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.flatMap(({ address, device, state, line }) =>
      address === client &&
      device !== null &&
      /^(?:INCOMPLETE|FAILED)$/.test(state ?? '') &&
      device !== card &&
      areTwoCards(device, card)
        ? [{ device, at: cite(artefact, line) }]
        : [],
    ),
  )[0];
}

/** The client is no neighbour there: its packets take another card, a router's MAC, or have been forwarded. */
function proven(view: View): Hidden | undefined {
  const one = sought(view);
  if (one === undefined) return undefined;
  if (one.device !== one.card && areTwoCards(one.device, one.card)) return one;
  const { ttl } = one.seen.packet;
  if (ttl !== null && !FIRST_TTLS.has(ttl)) return one;
  const router = holderOf(view, one);
  return router === undefined ? undefined : { ...one, at: [...one.at, router] };
}

/** What systems send with; each router takes one off. */
const FIRST_TTLS: ReadonlySet<number> = new Set([32, 60, 64, 128, 255]);

/** Where another address is shown with the MAC that the client's frames come from. */
function holderOf(view: View, { seen, client }: Sought): Citation | undefined {
  const mac = seen.outer.sourceMac;
  if (mac === null) return undefined;
  const listed = ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours
      .filter((one) => one.mac === mac && one.address !== client)
      .map(({ line }) => cite(artefact, line)),
  );
  const spoken = view.following.points
    .filter(({ host }) => host === view.host)
    .flatMap(({ others }) => others.filter((one) => speaksFor(one, mac, client)));
  return [...listed, ...spoken.map(citation)][0];
}

/** By ARP, in a question or an answer. */
function speaksFor({ packet: { arp, sourceMac } }: Sighting, mac: string, client: string): boolean {
  if (arp === null) return false;
  const speaker = arp.operation === 'reply' ? arp.target : arp.asker;
  return speaker !== null && speaker !== client && (arp.mac ?? sourceMac) === mac;
}
