import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Socket } from '../../artefacts/sockets/read.ts';
import type { Symptom } from '../symptoms.ts';

/** Waits double from 0.2 s: after four, the data has been sent five times in six seconds. */
const LEAST_BACKOFF = 4;

/** SYNs go out again after 1, 2 and 4 seconds (TCP_TIMEOUT_INIT doubles): seven seconds of silence. */
const LEAST_SYNS = 3;

/** Connections that do not come about, as `ss -to` shows them: SYN after SYN and no answer. */
export function unansweredSockets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter(
        (socket) =>
          isWaiting(socket, artefact) &&
          socket.timer?.name === 'on' &&
          socket.timer.count >= LEAST_SYNS,
      )
      .map((socket) => timedOut(socket, artefact)),
  );
}

/** Sockets that wait for an answer to their SYN: at that moment nothing is wrong yet, but it is what the person looks at. */
export function waitingSockets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter((socket) => isWaiting(socket, artefact))
      .map((socket) => timedOut(socket, artefact)),
  );
}

function timedOut({ peer: target, line }: Socket, artefact: Artefact): Symptom {
  const at = [cite(artefact, line)];
  const { host } = artefact;
  return { id: 'connection-failed', host, target, outcome: 'timed-out', server: null, at };
}

/** It waits for the answer to its SYN; `ss state syn-sent` leaves the state out. */
function isWaiting({ state }: Pick<Socket, 'state'>, { command }: Artefact): boolean {
  return state === 'SYN-SENT' || (state === null && /\bstate\s+syn-sent\b/i.test(command ?? ''));
}

/** Connections that stand and whose data, or whose probes of a closed window, go out again and again: `ss -ti` and `ss -to` on the sender show no answer. */
export function stuckSockets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets.flatMap(({ state, peer, line, stuck, timer }): readonly Symptom[] => {
      const isStuck =
        stuck === null
          ? (timer?.count ?? 0) >= LEAST_BACKOFF
          : stuck.unacked > 0 && stuck.backoff >= LEAST_BACKOFF;
      if (state !== 'ESTAB' || !isStuck) return [];
      const at = [...new Set([line, stuck?.line ?? line])].map((one) => cite(artefact, one));
      const { host } = artefact;
      return [
        { id: 'connection-failed', host, target: peer, outcome: 'stalled', server: null, at },
      ];
    }),
  );
}
