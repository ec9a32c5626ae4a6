import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';

/** By which interface this host sends to an address: as the kernel answered, else by its route table. */
export function wayOut(
  { own }: Pick<View, 'own'>,
  host: string,
): { readonly dev: string; readonly isOwn: boolean; readonly at: Citation } | undefined {
  const text = addressInName(host);
  for (const { artefact, content } of ofKind(own, 'route-get'))
    for (const { destination, dev, type, from, mark, line } of content.answers) {
      // The way of a packet from elsewhere, or of a marked one, is not that of every packet.
      if (destination !== text || dev === null || from !== null || mark !== null) continue;
      return { dev, isOwn: type === 'local', at: cite(artefact, line) };
    }
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  for (const { artefact, content } of ofKind(own, 'route')) {
    const best = lookup(content.routes, address);
    if (best?.dev == null) continue;
    return { dev: best.dev, isOwn: false, at: cite(artefact, best.line) };
  }
  return undefined;
}
