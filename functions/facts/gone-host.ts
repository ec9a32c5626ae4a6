import { cite, ofKind } from '../artefacts/evidence.ts';
import { isUnanswered } from '../artefacts/neighbour/read.ts';
import { deadServerIn } from '../captures/dns/dead-server.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { calledUnreachable } from './called-unreachable.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { refusalsHere } from './icmp-errors.ts';
import { deadServerIn as silentServerIn } from './lookups/silent.ts';
import { citation } from './loss.ts';

/** Whether a router that calls an address unreachable is right: the host that has it is gone, and the way is not at fault. */
export const goneHost = defineJoin({
  question: 'gone-host',
  needs: ['neighbour', 'tcpdump'],
  facts: {
    unansweredOnLink: flag(
      'a neighbour table of some host has no MAC for the address that is called unreachable',
      unansweredOnLink,
    ),
    isDeadServer: flag(
      'the address that is called unreachable is a name server that answers nobody, while the next one does',
      isDeadServer,
    ),
  },
});

function flag(is: string, at: (view: View) => readonly Citation[]): JoinedFact {
  return {
    type: 'flag',
    is,
    of: (view) => {
      const lines = at(view);
      return lines.length === 0 ? unknown('not shown') : known(true, lines);
    },
  };
}

function calledHere(view: View): ReadonlyMap<string, Citation> {
  return calledUnreachable(view.own, refusalsHere(view));
}

function unansweredOnLink(view: View): readonly Citation[] {
  const called = calledHere(view);
  if (called.size === 0) return [];
  for (const { artefact, content } of ofKind(view.all, 'neighbour'))
    for (const one of content.neighbours) {
      const said = called.get(one.address);
      if (said !== undefined && isUnanswered(one)) return [cite(artefact, one.line), said];
    }
  return [];
}

function isDeadServer(view: View): readonly Citation[] {
  const called = calledHere(view);
  if (called.size === 0) return [];
  const captured = deadServerIn(view.following);
  const asked = silentServerIn(view);
  const dead = [
    ...(captured === undefined ? [] : [{ ...captured, at: captured.at.map(citation) }]),
    ...(asked === undefined ? [] : [asked]),
  ];
  return dead.flatMap(({ server, at }) => {
    const said = called.get(server);
    return said === undefined ? [] : [said, ...at];
  });
}
