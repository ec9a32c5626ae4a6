import { type Exchange, sightedAt } from './exchanges.ts';
import type { Following } from './follow.ts';
import type { Sighting } from './points.ts';

/** What was asked and seen nowhere to be answered. */
export interface Unanswered {
  readonly exchange: Exchange;
  readonly first: Sighting;
  /** At one and the same point: whoever asked has waited in vain already. */
  readonly isSentAgain: boolean;
}

/** Exchanges of which no point saw an answer. */
export function unansweredIn({ unsettled }: Following): readonly Unanswered[] {
  return unsettled.flatMap((exchange): readonly Unanswered[] => {
    const seen = sightedAt(exchange);
    const again = seen.find(({ requests }) => requests.length > 1)?.requests[0];
    const first = again ?? seen.flatMap(({ requests }) => requests)[0];
    if (first === undefined || seen.some(({ responses }) => responses.length > 0)) return [];
    return [{ exchange, first, isSentAgain: again !== undefined }];
  });
}
