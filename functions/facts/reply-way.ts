import { cite, ofKind } from '../artefacts/evidence.ts';
import { areTwoCards, deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { failedElsewhere } from './failed-elsewhere.ts';
import { addressesIn } from './hosts.ts';

const label = labelsOf(elsewhere, 'not shown');

/** By which card a host would answer a client that tried one of its addresses in vain, where nothing was captured. */
export const replyWay = defineJoin({
  question: 'reply-way',
  needs: ['route-get'],
  facts: {
    otherCard: flagOf(
      'another host tried an address of this one in vain, and the kernel says that what is sent from it leaves by another card',
      elsewhere,
    ),
    address: label('the address tried', ({ address }) => address),
    in: label('the card that has it', ({ held }) => held),
    out: label('the card by which answers leave', ({ dev }) => dev),
  },
});

interface Detour {
  readonly address: string;
  readonly held: string;
  readonly dev: string;
  readonly at: readonly Citation[];
}

function elsewhere(view: View): Detour | undefined {
  const failed = failedElsewhere(view);
  if (failed.length === 0) return undefined;
  const own = addressesIn(view.own);
  for (const { from, to, dev, at } of lookups(view)) {
    const target = failed.find(({ text }) => text === from);
    const held = own.find(({ address, device }) => address === from && device !== null);
    if (target === undefined || held?.device == null) continue;
    // Where the client's own addresses are not shown, whoever looked up an answer knew to whom.
    if (target.from.length > 0 && !target.from.includes(to)) continue;
    if (!areApart(held.device, dev)) continue;
    return { address: from, held: held.device, dev, at: [target.at, at, held.at] };
  }
  return undefined;
}

/** `ip route get CLIENT from ADDRESS` looks up what an answer of that address would do (ip-route(8)). */
function lookups({ own }: View) {
  return ofKind(own, 'route-get').flatMap(({ artefact, content }) =>
    content.answers.flatMap(({ destination, from, dev, type, mark, line }) => {
      const isForwarded = /\siif\s/.test(artefact.command ?? '');
      if (from === null || dev === null || mark !== null || type === 'local' || isForwarded)
        return [];
      return [{ from, to: destination ?? '', dev, at: cite(artefact, line) }];
    }),
  );
}

function areApart(one: string, other: string): boolean {
  const areCards = deviceRole(one) === 'nic' && deviceRole(other) === 'nic';
  return one !== other && areCards && areTwoCards(one, other);
}
