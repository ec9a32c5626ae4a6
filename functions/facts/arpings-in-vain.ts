import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { contains, type Prefix, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { addressesIn } from './hosts.ts';

/** An address that was asked for by hand, on which host, and how often. */
export interface UnansweredArping {
  readonly host: string | null;
  readonly address: string;
  /** The asker's own address. */
  readonly from: string | null;
  readonly device: string | null;
  readonly count: number;
  readonly at: readonly Citation[];
}

/** Fewer requests than this are not looked at: the kernel too sends three (neigh/default/mcast_solicit). */
const LEAST_REQUESTS = 3;

/** Each `arping` that got no answer, as long as no other one did. A probe before use (`-D`) hopes for none. */
export function unansweredArpings(all: readonly Evidence[]): readonly UnansweredArping[] {
  const runs = ofKind(all, 'arping');
  const answered = new Set(
    runs.flatMap(({ content }) => content.replies.map(({ address }) => address)),
  );
  return runs.flatMap(({ artefact, content: { asked, sent, replies } }) => {
    if (asked === null || asked.isProbe || replies.length > 0) return [];
    if (sent === null || sent < LEAST_REQUESTS || answered.has(asked.address)) return [];
    const { address, from, device, line } = asked;
    return [
      { host: artefact.host, address, from, device, count: sent, at: [cite(artefact, line)] },
    ];
  });
}

/** Those of one host that asked for an address on its own link, as far as its networks are shown: there somebody should answer. */
export function arpingsInVain(own: readonly Evidence[]): readonly UnansweredArping[] {
  const unanswered = unansweredArpings(own);
  const links = unanswered.length === 0 ? [] : networksAt(own);
  return unanswered.filter((one) => isOnLink(one, links));
}

/** The networks of this host's own cards. */
function networksAt(own: readonly Evidence[]): readonly Prefix[] {
  const routed = ofKind(own, 'route').flatMap(({ content }) =>
    content.routes.flatMap(({ type, via, prefix }) =>
      type === 'unicast' && via === null && prefix !== null ? [prefix] : [],
    ),
  );
  const held = addressesIn(own).flatMap(
    ({ address, length }) => parsePrefix(`${address}/${length ?? 'unknown'}`) ?? [],
  );
  return [...routed, ...held];
}

/** Nobody answers for an address of another network. Where no network is shown, the asker's own address is the nearest there is. */
function isOnLink(
  { address, from }: Pick<UnansweredArping, 'address' | 'from'>,
  links: readonly Prefix[],
): boolean {
  const asked = parseAddress(address);
  if (asked === undefined) return false;
  const near = parsePrefix(`${from ?? 'unknown'}/24`);
  const known = links.length > 0 || near === undefined ? links : [near];
  return known.some((prefix) => contains(prefix, asked));
}
