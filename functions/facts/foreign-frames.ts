import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { citation } from './loss.ts';

const label = labelsOf((view) => believed(view) ?? notOurs(view) ?? inTunnel(view), 'not shown');

/** Whether what comes in at this host's card, and is not answered, is addressed to another card. */
export const foreignFrames = defineJoin({
  question: 'foreign-frames',
  needs: ['tcpdump', 'link', 'neighbour'],
  facts: {
    notOurs: flagOf(
      'the lost packets came in by a card of this host in frames for a MAC that the card has not',
      notOurs,
    ),
    inTunnel: flagOf(
      'the lost packets came out of the tunnel at this host in frames for a MAC that its tunnel device has not',
      inTunnel,
    ),
    believed: flagOf('the neighbour table of another host holds that MAC for an address', believed),
    mac: label('the MAC that the frames are for', ({ mac }) => mac),
    own: label('the MAC that the card has', ({ own }) => own),
    address: label('the address that is believed to have it', ({ address }) => address),
    believer: label('the host that believes so', ({ believer }) => believer),
  },
});

interface Foreign {
  readonly mac: string;
  readonly own: string;
  readonly address: string | null;
  readonly believer: string | null;
  readonly at: readonly Citation[];
}

/** Groups (odd first octet), and the MACs of VRRP and HSRP, which no card has. */
const SHARED = /^(?:.[13579bdf]:|00:00:5e:00:0[12]|00:00:0c:07:ac|00:00:0c:9f:f)/;

function notOurs(view: View): Foreign | undefined {
  return foreignAt(view, 'nic');
}

function inTunnel(view: View): Foreign | undefined {
  return foreignAt(view, 'tunnel');
}

/** eth_type_trans of net/ethernet/eth.c: a host drops what is for another MAC; a capture shows it nevertheless. */
function foreignAt({ loss, own }: View, role: 'nic' | 'tunnel'): Foreign | undefined {
  const seen = loss?.vanished[0]?.seen;
  if (loss?.direction !== 'request' || seen === undefined || loss.from.role !== role)
    return undefined;
  // A frame for another card is dropped each time: where one was answered or went on, the MAC is not to blame.
  const { transmissions } = loss.conversation;
  if (loss.everyPacket === false || transmissions.some(({ answers }) => answers.length > 0))
    return undefined;
  const { destinationMac: mac, sourceMac } = role === 'nic' ? seen.outer : seen.packet;
  const links = linksIn(own);
  const card = links.find(({ link }) => link.name === loss.from.interface);
  // The port of a bridge takes frames for every guest behind it, and a bond those for all its members.
  if (card?.link.mac == null || mac === null) return undefined;
  // The short form of `ip link` does not say whose port it is.
  if (card.link.index === null || card.link.master !== null) return undefined;
  // What this host sends itself is for others, as it should be.
  if (sourceMac === null || SHARED.test(mac)) return undefined;
  if (links.some(({ link }) => link.mac === mac || link.mac === sourceMac)) return undefined;
  return {
    mac,
    own: card.link.mac,
    address: null,
    believer: null,
    at: [citation(seen), card.at],
  };
}

function believed(view: View): Foreign | undefined {
  const one = notOurs(view);
  if (one === undefined) return undefined;
  for (const { artefact, content } of ofKind(view.all, 'neighbour'))
    for (const { mac, address, line } of content.neighbours)
      if (mac === one.mac && artefact.host !== null && artefact.host !== view.host)
        return {
          ...one,
          address,
          believer: artefact.host,
          at: [...one.at, cite(artefact, line)],
        };
  return undefined;
}
