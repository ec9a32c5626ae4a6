import type { Sighting } from '../captures/points.ts';
import { areTwoCards } from '../primitives/device.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { citation } from './loss.ts';

const label = labelsOf(detour, 'not shown');

/** Whether answers leave a host by another card than the questions came in. */
export const wayBack = defineJoin({
  question: 'way-back',
  needs: ['tcpdump', 'rule', 'route'],
  facts: {
    otherCard: {
      type: 'flag',
      is: 'connection attempts come in by one card, are answered by another and are sent again all the same',
      of: (view) => {
        const one = detour(view);
        return one === undefined ? unknown('not shown') : known(true, one.at);
      },
    },
    in: label('card by which the questions come', ({ came }) => came),
    out: label('card by which the answers go', ({ went }) => went),
    client: label('the client concerned', ({ client }) => client),
  },
});

interface Detour {
  readonly came: string;
  readonly went: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

/** Different ways there and back are common and harmless; they matter where the client never gets its answer. */
function detour({ following, host }: View): Detour | undefined {
  const cards = following.points.filter((point) => point.host === host && point.role === 'nic');
  if (cards.length < 2) return undefined;
  for (const exchange of following.unsettled) {
    if (exchange.protocol !== 'tcp') continue;
    const seen = cards.map((card) => ({ card, own: exchange.at[card.index] }));
    const came = seen.filter(({ own }) => (own?.requests.length ?? 0) > 0);
    const went = seen.filter(({ own }) => (own?.responses.length ?? 0) > 0);
    const [first] = came;
    const [last] = went;
    if (first?.own === undefined || last?.own === undefined) continue;
    if (came.length > 1 || went.length > 1 || first.card === last.card) continue;
    if (
      first.own.requests.length < 2 ||
      !areTwoCards(first.card.interface ?? '', last.card.interface ?? '')
    )
      continue;
    const lines = [first.own.requests[0], last.own.responses[0], first.own.requests[1]];
    return {
      came: first.card.interface ?? '?',
      went: last.card.interface ?? '?',
      client: exchange.client.host,
      at: lines.filter((one): one is Sighting => one !== undefined).map(citation),
    };
  }
  return undefined;
}
