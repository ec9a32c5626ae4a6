import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { isOfOtherTable } from './policy-route.ts';
import { hasPolicy } from './way-out.ts';

const label = labelsOf(hidden, 'not shown');

/** Whether a network of containers here hides a client whose packets come in by a card. */
export const hiddenClient = defineJoin({
  question: 'hidden-client',
  needs: ['route', 'tcpdump'],
  facts: {
    found: flagOf(
      'packets that nothing answers come in by a card from an address that this host routes into a bridge of its own',
      hidden,
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
  return undefined;
}
