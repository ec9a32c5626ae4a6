import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { targetsOf } from './targets.ts';
import { wayOut } from './way-out.ts';

const label = labelsOf(dead, 'not shown');

/** Whether packets for an address that could not be reached leave by a card without carrier. */
export const deadDevice = defineJoin({
  question: 'dead-device',
  needs: ['link', 'address', 'route', 'route-get'],
  facts: {
    used: flagOf('the way to an address that could not be reached is a card without carrier', dead),
    device: label('the card without carrier', ({ device }) => device),
    target: label('the address that is sought by it', ({ target }) => target),
  },
});

interface Dead {
  readonly device: string;
  readonly target: string;
  readonly at: readonly Citation[];
}

function dead(view: View): Dead | undefined {
  const links = linksIn(view.own).filter(
    ({ link }) => link.flags?.includes('NO-CARRIER') === true && deviceRole(link.name) === 'nic',
  );
  if (links.length === 0) return undefined;
  for (const target of targetsOf(view)) {
    const way = wayOut(view, target.text);
    const card = links.findLast(({ link }) => link.name === way?.dev);
    if (way === undefined || card === undefined) continue;
    return { device: card.link.name, target: target.text, at: [card.at, way.at, target.at] };
  }
  return undefined;
}
