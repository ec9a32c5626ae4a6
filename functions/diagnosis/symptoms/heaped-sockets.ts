import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { StateCount } from '../../artefacts/sockets/by-state.ts';
import type { Socket } from '../../artefacts/sockets/read.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { Symptom } from '../symptoms.ts';

/** A program closes within moments: ten at one port that wait for it are none that came by chance. */
const LEAST_AT_PORT = 10;
/** Of a whole machine, where nothing says whose they are. */
const LEAST_IN_ALL = 100;
/** Connections come about in milliseconds: of many that do not, a glance catches a few. */
const LEAST_OPENING = 20;

/** Heaps of sockets in a state that a healthy connection passes in a moment. */
export function heapedSockets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'sockets').flatMap(({ artefact, content }): readonly Symptom[] => {
    const { host, command } = artefact;
    const cited = (lines: readonly number[]): readonly Citation[] =>
      lines.slice(0, 3).map((line) => cite(artefact, line));
    const only = /\bstate\s+close-wait\b/i.test(command ?? '');
    const ports = heapAt(content.sockets, only).map(
      ([target, own]): Symptom => ({
        id: 'sockets-unclosed',
        host,
        target,
        outcome: String(own.length),
        server: null,
        at: cited(own.map(({ line }) => line)),
      }),
    );
    return [
      ...ports,
      ...counted(content.states).map((one) => ({ ...one, host, at: cited(one.lines) })),
    ];
  });
}

/** Local ends at which many wait for their program to close. */
function heapAt(sockets: readonly Socket[], only: boolean) {
  const waiting = sockets.filter(({ state }) => state === 'CLOSE-WAIT' || (only && state === null));
  return [...Map.groupBy(waiting, ({ local }) => local)].filter(
    ([, own]) => own.length >= LEAST_AT_PORT,
  );
}

function counted(states: readonly StateCount[]) {
  const of = (state: string) => states.find((one) => one.state === state);
  const [closing, opening] = [of('CLOSE-WAIT'), of('SYN-SENT')];
  const open = of('ESTAB')?.count ?? 0;
  const told = (id: 'sockets-unclosed' | 'sockets-unanswered', { count, line }: StateCount) => ({
    id,
    target: null,
    outcome: String(count),
    server: null,
    lines: [line],
  });
  return [
    ...(closing !== undefined && closing.count >= LEAST_IN_ALL
      ? [told('sockets-unclosed', closing)]
      : []),
    ...(opening !== undefined && opening.count >= LEAST_OPENING && opening.count > open
      ? [told('sockets-unanswered', opening)]
      : []),
  ];
}
