import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { silentAddresses } from './silent-neighbour.ts';

const label = labelsOf(reached, 'not shown');

/** Whether what does not answer this host answers another one. */
export const reachedElsewhere = defineJoin({
  question: 'reached-elsewhere',
  needs: ['ping', 'neighbour'],
  facts: {
    silentNeighbour: flagOf('another host reaches the neighbour that is silent here', reached),
    by: label('the host that reaches it', ({ by }) => by),
  },
});

interface Reached {
  readonly by: string;
  readonly at: readonly Citation[];
}

/** By an answered ping, or by an entry that was confirmed within the last half minute (NUD_REACHABLE, RFC 4861 7.3.2). */
function reached(view: View): Reached | undefined {
  const silent = silentAddresses(view);
  if (silent.size === 0) return undefined;
  const isOther = (host: string | null): host is string => host !== null && host !== view.host;
  for (const { artefact, address, at } of answeredPings(view.all))
    if (isOther(artefact.host) && silent.has(address)) return { by: artefact.host, at: [at] };
  for (const { artefact, content } of ofKind(view.all, 'neighbour'))
    for (const { address, state, line } of content.neighbours)
      if (isOther(artefact.host) && state === 'REACHABLE' && silent.has(address))
        return { by: artefact.host, at: [cite(artefact, line)] };
  return undefined;
}
