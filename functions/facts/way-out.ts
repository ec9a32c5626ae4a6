import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { isOfOtherTable, policyWay } from './policy-route.ts';

/**
 * By which interface this host sends to an address: as the kernel answered, else by its policy rules and tables, else by
 * its main table. `from` is the source that the packet has; null where the host has not bound it.
 */
export function wayOut(
  { own }: Pick<View, 'own'>,
  host: string,
  from: string | null = null,
): WayOut | undefined {
  const to = addressInName(host);
  const bound = from === null ? null : addressInName(from);
  if (!hasPolicy({ own }))
    return answered(own, to, bound) ?? answered(own, to, null) ?? byTable(own, to);
  const told = answered(own, to, bound);
  if (told !== undefined) return told;
  const way = policyWay(own, { from: bound, to });
  const [at] = way?.at ?? [];
  if (way?.route?.dev == null || at === undefined || way.is !== 'sent') return undefined;
  return { dev: way.route.dev, via: way.route.via, isOwn: false, at };
}

interface WayOut {
  readonly dev: string;
  /** The next hop; null where the address itself is on the link. */
  readonly via: string | null;
  readonly isOwn: boolean;
  readonly at: Citation;
}

/** The kernel's own answer for just this source; the way of a marked packet is not that of every packet. */
function answered(own: View['own'], to: string, source: string | null): WayOut | undefined {
  for (const { artefact, content } of ofKind(own, 'route-get'))
    for (const { destination, dev, via, type, from, mark, line } of content.answers) {
      if (destination !== to || dev === null || from !== source || mark !== null) continue;
      return { dev, via, isOwn: type === 'local', at: cite(artefact, line) };
    }
  return undefined;
}

function byTable(own: View['own'], to: string): WayOut | undefined {
  const address = parseAddress(to);
  if (address === undefined) return undefined;
  for (const { artefact, content } of ofKind(own, 'route')) {
    if (isOfOtherTable(artefact.command)) continue;
    const best = lookup(content.routes, address);
    if (best?.dev == null) continue;
    return { dev: best.dev, via: best.via, isOwn: false, at: cite(artefact, best.line) };
  }
  return undefined;
}

/** Whether rules send some packets, told by their addresses, to tables of their own. */
export function hasPolicy({ own }: Pick<View, 'own'>): boolean {
  return ofKind(own, 'rule').some(({ content }) =>
    content.rules.some(
      ({ from, to, table }) => table !== 'local' && (from !== 'all' || to !== null),
    ),
  );
}
