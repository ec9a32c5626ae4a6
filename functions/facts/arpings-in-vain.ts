import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { contains, type Prefix, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { addressesIn } from './hosts.ts';

/** An address that was asked for by hand, and how often. */
export interface UnansweredArping {
  readonly address: string;
  readonly device: string | null;
  readonly count: number;
  readonly at: readonly Citation[];
}

/** `arping` that sent `least` requests or more for an address on this link and got no answer, as long as no other one did. */
export function arpingsInVain(
  own: readonly Evidence[],
  least: number,
): readonly UnansweredArping[] {
  const all = ofKind(own, 'arping');
  const answered = new Set(
    all.flatMap(({ content }) => content.replies.map(({ address }) => address)),
  );
  const links = all.length === 0 ? [] : networksAt(own);
  return all.flatMap(({ artefact, content: { asked, sent, replies } }) => {
    if (asked === null || asked.isProbe || replies.length > 0) return [];
    if (sent === null || sent < least || answered.has(asked.address)) return [];
    if (!isOnLink(asked, links)) return [];
    const { address, device, line } = asked;
    return [{ address, device, count: sent, at: [cite(artefact, line)] }];
  });
}

/** The networks of this host's own cards. */
function networksAt(own: readonly Evidence[]): readonly Prefix[] {
  const routed = ofKind(own, 'route').flatMap(({ content }) =>
    content.routes.flatMap(({ type, via, dev, prefix }) =>
      type === 'unicast' && via === null && dev !== null && prefix !== null ? [prefix] : [],
    ),
  );
  const held = addressesIn(own).flatMap(
    ({ address, length }) => parsePrefix(`${address}/${length ?? 'unknown'}`) ?? [],
  );
  return [...routed, ...held];
}

/** Nobody answers for an address of another network. Where no network is shown, the asker's own address is the nearest there is. */
function isOnLink(
  { address, from }: { readonly address: string; readonly from: string | null },
  links: readonly Prefix[],
): boolean {
  const asked = parseAddress(address);
  if (asked === undefined) return false;
  const near = parsePrefix(`${from ?? 'unknown'}/24`);
  const known = links.length > 0 || near === undefined ? links : [near];
  return known.some((prefix) => contains(prefix, asked));
}
