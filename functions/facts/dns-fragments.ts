import { lostFragmentsIn } from '../captures/dns/fragments.ts';
import { type Place, spotOf } from '../captures/place.ts';
import { known, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** What captures show of a DNS answer that is sent in several fragments. */
export const dnsFragments = defineJoin({
  question: 'dns-fragments',
  needs: ['tcpdump'],
  facts: {
    lostName: {
      type: 'label',
      is: 'a name whose answer comes in fragments, of which the client does not get all',
      of: ({ following }) => {
        const found = lostFragmentsIn(following);
        return found === undefined
          ? unknown('no answer in fragments is shown that did not arrive')
          : known(found.name, found.at.map(citation));
      },
      place: fragmentsPlace,
    },
  },
});

/** What vanished between two points is a place already. */
function fragmentsPlace({ following, loss }: View): Place | undefined {
  const found = lostFragmentsIn(following);
  if (found === undefined || loss?.to != null) return undefined;
  const [from, to] = [found.from, found.to].map((point) => (point === null ? null : spotOf(point)));
  return { from: from ?? null, to: to ?? null, direction: 'response', packets: [] };
}
