import type { Point, Sighting } from '../captures/points.ts';
import type { Citation } from '../primitives/reading.ts';
import { refusedAtPort } from './bridge-ports.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn, detailLine, linksIn, type OwnAddress, type OwnLink } from './hosts.ts';
import { citation } from './loss.ts';
import { askedFor, isAskedAgain } from './silent-neighbour.ts';
import { isTaken, isVlan, vlanOf } from './vlan-devices.ts';
import { commonTag, LEAST_FRAMES, tagsThatDiffer, tellingPoints } from './vlan-frames.ts';

/**
 * Whether frames carry the VLAN in which they are waited for. A tag that is shown proves itself; that none is shown proves
 * something on an Ethernet device alone, where libpcap puts back what the card took off.
 */
export const vlanTag = defineJoin({
  question: 'vlan-tag',
  needs: ['tcpdump', 'address', 'link'],
  facts: {
    unheard: flagOf(
      "packets for this host's address come with the tag of a VLAN for which it has no device",
      (view) => misled(view).find(({ came }) => came !== null),
    ),
    bare: flagOf(
      "questions for this host's address come without a tag, the address is on a VLAN device, and nobody answers",
      (view) => misled(view).find(({ came }) => came === null),
    ),
    answeredOtherwise: flagOf(
      'who asks by ARP in one VLAN is answered in another, and goes on asking',
      (view) => answeredOtherwise(view)[0],
    ),
    portRefuses: flagOf(
      'packets are captured at a port of a bridge that looks at tags, with the tag of a VLAN that the port does not carry',
      (view) => refusedAtPort(view)[0],
    ),
    differs: flagOf(
      'what is seen with one tag on the card of this host is seen with another on that of another host, and is not answered',
      (view) => tagsThatDiffer(view.following).find(({ hosts }) => hosts.includes(view.host)),
    ),
    ...labels(),
  },
});

/** What came in the wrong VLAN. */
interface Misled {
  readonly address: string;
  /** Who sends it. */
  readonly sender: string;
  /** Where the address is, and where the packets came. */
  readonly device: string;
  readonly card: string;
  /** The VLANs as told, `20` or `100.20`; null for none. */
  readonly wanted: string | null;
  readonly came: string | null;
  readonly at: readonly Citation[];
}

function labels() {
  const first = (view: View) =>
    misled(view)[0] ?? answeredOtherwise(view)[0] ?? refusedAtPort(view)[0];
  const told = labelsOf(first, 'not shown');
  return {
    address: told('the address that the packets are for', ({ address }) => address),
    sender: told('who sends or asks', ({ sender }) => sender),
    device: told('the device that has the address', ({ device }) => device),
    card: told('the card where they were captured', ({ card }) => card),
    wanted: told('the VLAN in which they are waited for', ({ wanted }) => wanted),
    came: told('the VLAN whose tag they carry', ({ came }) => came),
  };
}

/** Several facts tell of what one search finds. */
const views = new WeakMap<View, readonly Misled[]>();

function misled(view: View): readonly Misled[] {
  const known = views.get(view) ?? misledHere(view);
  views.set(view, known);
  return known;
}

/** Packets for an address of this host that come in another VLAN than the address is in. */
function misledHere(view: View): readonly Misled[] {
  const points = tellingPoints(view.following).filter(({ host }) => host === view.host);
  if (points.length === 0) return [];
  const own = addressesIn(view.own).filter(({ length }) => length !== null);
  const links = linksIn(view.own);
  return points.flatMap((point) => own.flatMap((one) => misledAt(view, point, one, links)));
}

function misledAt(
  view: View,
  point: Point,
  one: OwnAddress,
  links: readonly OwnLink[],
): readonly Misled[] {
  const wanted = wantedAt(point, one, links);
  if (wanted === undefined) return [];
  const arps = askedFor(view)
    .filter((asked) => asked.address === one.address && isAskedAgain(asked))
    .map(({ asker, requests }) => ({
      sender: asker,
      frames: requests.filter(({ point: at }) => at === point.index),
    }));
  const told = (sender: string, frames: readonly Sighting[], came: string | null): Misled => ({
    address: one.address,
    sender,
    device: one.device ?? '',
    card: point.interface ?? '',
    wanted: wanted.tag,
    came,
    at: [...frames.slice(0, 2).map(citation), one.at, ...wanted.at],
  });
  return [...arps, ...unansweredAt(point, one.address)].flatMap(({ sender, frames }) => {
    const came = commonTag(frames);
    if (came === undefined || came === wanted.tag || isOwn(view, sender)) return [];
    // Without a tag it is this host's own stack that gets it: only ARP, asked again and again, tells that it does not answer.
    if (came === null) return frames[0]?.packet.arp == null ? [] : [told(sender, frames, came)];
    return isTaken(came, point.interface, links) ? [] : [told(sender, frames, came)];
  });
}

function isOwn(view: View, address: string): boolean {
  return addressesIn(view.own).some((one) => one.address === address);
}

/** IP packets to an address that a card saw come, and from which none went back, by their sender. */
function unansweredAt(point: Point, address: string) {
  const bySender = new Map<string, Sighting[]>();
  const answered = new Set<string>();
  for (const sighting of point.others) {
    const { source, destination, arp } = sighting.packet;
    if (arp !== null || sighting.packet !== sighting.outer) continue;
    if (source.host === address) answered.add(destination.host);
    if (destination.host !== address) continue;
    const known = bySender.get(source.host);
    if (known === undefined) bySender.set(source.host, [sighting]);
    else known.push(sighting);
  }
  return [...bySender].flatMap(([sender, frames]) =>
    answered.has(sender) || frames.length < LEAST_FRAMES ? [] : [{ sender, frames }],
  );
}

/**
 * In which VLAN frames for an address are waited for on a card: in none where the card itself has it, in that of the VLAN
 * device above it. Undefined where a bridge, a bond or a namespace stands between, or the output does not show it.
 */
function wantedAt(point: Point, { device }: OwnAddress, links: readonly OwnLink[]) {
  const card = links.find(({ link }) => link.name === point.interface && link.index !== null);
  const holder = links.find(({ link }) => link.name === device && link.index !== null);
  if (card === undefined || holder === undefined || card.link.master !== null) return undefined;
  if (holder.link.master !== null || isVlan(card)) return undefined;
  if (holder.link.name === card.link.name) return { tag: null, at: [] };
  const id = vlanOf(holder, card.link.name);
  return id === undefined
    ? undefined
    : { tag: String(id), at: [detailLine(holder, holder.link.vlan)] };
}

/** Requests of an asker that is answered in another VLAN than it asks in, and that asks again after the answer. */
function answeredOtherwise(view: View): readonly Misled[] {
  return tellingPoints(view.following)
    .filter(({ host }) => host === view.host)
    .flatMap((point) => {
      const arps = point.others.filter(
        ({ packet, outer }) => packet.arp !== null && packet === outer,
      );
      const replies = arps.filter(({ packet: { arp } }) => arp?.operation === 'reply');
      const answers = Map.groupBy(replies, ({ packet }) => packet.arp?.target ?? '');
      return [...answers].flatMap(([address, all]) => {
        const requests = arps.filter(
          ({ packet: { arp } }) => arp?.operation === 'request' && arp.target === address,
        );
        return [...Map.groupBy(requests, ({ packet }) => packet.sourceMac ?? '')].flatMap(
          ([mac, asked]) => {
            const answered = all.filter(({ packet }) => packet.destinationMac === mac);
            return otherwise(point, address, asked, answered);
          },
        );
      });
    });
}

function otherwise(
  point: Point,
  address: string,
  asked: readonly Sighting[],
  answered: readonly Sighting[],
): readonly Misled[] {
  const [wanted, came] = [commonTag(asked), commonTag(answered)];
  const [first, answer] = [asked[0], answered[0]];
  if (wanted === undefined || came === undefined || wanted === came) return [];
  if (first === undefined || answer === undefined) return [];
  const asker = first.packet.arp?.asker ?? '';
  const again = asked.filter(({ order }) => order > answer.order);
  const all = { address, asker, alone: true, device: null, count: asked.length, requests: asked };
  if (again.length === 0 || !isAskedAgain({ ...all, at: [] })) return [];
  const at = [first, answer, ...again.slice(0, 1)].map(citation);
  const card = point.interface ?? '';
  return [{ address, sender: asker, device: card, card, wanted, came, at }];
}
