import type { Evidence } from '../artefacts/evidence.ts';
import { inOrder } from './order.ts';

/**
 * The latest of a host's listings by one tool. Rows that `grep` left without the heading of their chain show nothing of the
 * rest: a listing before them still holds.
 */
export function latestRules<E extends Evidence<'iptables'> | Evidence<'nft'>>(
  listings: readonly E[],
): E | undefined {
  const all = inOrder(listings);
  return all.findLast(hasChains) ?? all.at(-1);
}

function hasChains({ content }: Evidence<'iptables'> | Evidence<'nft'>): boolean {
  return content.readings.some(({ chains }) => chains.length > 0);
}
