import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Point } from '../captures/points.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { addressesIn, detailLine, linksIn } from './hosts.ts';
import { citation } from './loss.ts';
import { askedFor, isAskedAgain } from './silent-neighbour.ts';
import { isTaken } from './vlan-devices.ts';
import { commonTag, tellingPoints } from './vlan-frames.ts';

/** Questions that come in by a port of a bridge in a VLAN that the port does not carry. */
export interface RefusedAtPort {
  readonly address: string;
  readonly sender: string;
  readonly device: string;
  readonly card: string;
  readonly wanted: string | null;
  readonly came: string;
  readonly at: readonly Citation[];
}

/** Ports behind which a guest is: what comes in there is wanted by it. */
const OF_GUESTS = /^(?:veth|vnet|tap|fwpr)/;

/**
 * A bridge that looks at tags drops what comes in by a port that does not carry its VLAN; on a trunk that is as it should be,
 * for others' VLANs. So the question must come from a guest, or be for an address of this host, and go unanswered.
 */
export function refusedAtPort(view: View): readonly RefusedAtPort[] {
  const shown = ofKind(view.own, 'bridge-vlan');
  if (shown.length === 0) return [];
  const links = linksIn(view.own);
  const own = new Set(addressesIn(view.own).map(({ address }) => address));
  return tellingPoints(view.following)
    .filter(({ host }) => host === view.host)
    .flatMap((point) => {
      const carried = shown.flatMap(({ artefact, content: { vlans } }) =>
        vlans.flatMap((one) =>
          one.port === point.interface ? [{ ...one, at: cite(artefact, one.line) }] : [],
        ),
      );
      const port = links.find(({ link }) => link.name === point.interface);
      const bridge = links.find(({ link }) => link.name === port?.link.master);
      if (carried.length === 0 || bridge?.link.vlanFiltering?.on !== true) return [];
      return questionsAt(view, point).flatMap(({ address, sender, came, at }) => {
        const id = Number(came);
        const isWanted = own.has(address) || OF_GUESTS.test(point.interface ?? '');
        if (!isWanted || own.has(sender) || isTaken(came, point.interface, links)) return [];
        if (carried.some(({ first, last }) => first <= id && id <= last)) return [];
        const card = point.interface ?? '';
        const lines = [
          ...at,
          ...carried.slice(0, 1).map((one) => one.at),
          detailLine(bridge, bridge.link.vlanFiltering),
        ];
        return [{ address, sender, device: card, card, wanted: null, came, at: lines }];
      });
    });
}

/** What is asked in vain at a point in one VLAN. */
function questionsAt(view: View, point: Point) {
  return askedFor(view).flatMap((asked) => {
    const frames = asked.requests.filter(({ point: at }) => at === point.index);
    const came = commonTag(frames);
    if (came == null || came.includes('.') || !isAskedAgain({ ...asked, requests: frames }))
      return [];
    const { address, asker: sender } = asked;
    return [{ address, sender, came, at: frames.slice(0, 2).map(citation) }];
  });
}
