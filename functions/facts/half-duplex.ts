import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { lossyPingsIn } from './lossy-pings.ts';
import { inOrder } from './order.ts';

/** A card that runs at half duplex on this host, and echoes that this host loses. */
const label = labelsOf(halfDuplexIn, 'no card is shown that runs at half duplex');

export const halfDuplex = defineJoin({
  question: 'half-duplex',
  needs: ['ethtool', 'ping'],
  facts: {
    card: label('a card of this host that runs at half duplex', ({ card }) => card),
    echoesLostPercent: {
      type: 'count',
      is: 'how many of a hundred pings from this host got no answer, where others did',
      of: ({ own }) => {
        const [worst] = lossyPingsIn(own).toSorted((a, b) => b.percent - a.percent);
        return worst === undefined
          ? unknown('no ping is shown that lost some')
          : known(worst.percent, [cite(worst.artefact, worst.line)]);
      },
    },
  },
});

/** What one reading says of each card: `Half` in ethtool (netlink/settings.c), `half` in bonding (bond_procfs.c). */
export function halfDuplexIn({ own }: Pick<View, 'own'>) {
  const said = new Map<string, { readonly isHalf: boolean; readonly at: readonly Citation[] }>();
  const note = (artefact: Artefact, card: string | null, duplex: string, line: number) =>
    said.set(card ?? artefact.interface ?? '', {
      isHalf: /^half$/i.test(duplex),
      at: [cite(artefact, line)],
    });
  for (const { artefact, content } of inOrder(ofKind(own, 'bonding')))
    for (const { device, duplex, duplexLine } of content.ports)
      if (duplex !== null) note(artefact, device, duplex, duplexLine);
  for (const { artefact, content } of inOrder(ofKind(own, 'ethtool')))
    for (const { topic, name, value, card, line } of content.settings)
      if (topic !== 'features' && name === 'Duplex') note(artefact, card, value, line);
  const half = [...said].find(([card, { isHalf }]) => isHalf && card !== '');
  return half === undefined ? undefined : { card: half[0], at: half[1].at };
}
