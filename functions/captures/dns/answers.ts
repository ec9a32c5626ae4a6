import { type Exchange, type Seen, sightedAt } from '../exchanges.ts';
import type { Sighting } from '../points.ts';

/** The answers at the point that saw most of them. */
export function answersOf(exchange: Exchange): readonly Sighting[] {
  let best: Seen | undefined;
  for (const seen of sightedAt(exchange))
    if (seen.responses.length > (best?.responses.length ?? -1)) best = seen;
  return best?.responses ?? [];
}
