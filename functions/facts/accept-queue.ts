import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Socket } from '../artefacts/sockets/read.ts';
import { unansweredIn } from '../captures/unanswered.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts } from './failed-attempts.ts';
import { citation } from './loss.ts';

const full = labelsOf(
  (view) => queueOf(view, ({ recvQ, sendQ }) => sendQ > 0 && recvQ > sendQ),
  'no full queue is shown on a port that a client did not reach',
);
// netstat prints no limit: its Send-Q of a listening socket is 0.
const waiting = labelsOf(
  (view) => queueOf(view, ({ recvQ, sendQ }) => sendQ === 0 && recvQ > 0),
  'no connection is shown to wait on a port that a client did not reach',
);

/** Whether connections wait to be accepted on the very port on which attempts of others end without an answer. */
export const acceptQueue = defineJoin({
  question: 'accept-queue',
  needs: ['sockets'],
  facts: {
    full: full(
      'the listening socket with a full accept queue, on a port where connection attempts get no answer',
      ({ socket }) => socket,
    ),
    waiting: waiting(
      'the listening socket on which connections wait (netstat tells no limit), on a port where attempts get no answer',
      ({ socket }) => socket,
    ),
  },
});

interface Queue {
  readonly socket: string;
  readonly at: readonly Citation[];
}

interface Missed {
  readonly port: number;
  readonly at: Citation;
}

function missedIn({ all, following, host }: View): readonly Missed[] {
  const told = failedAttempts(all, 'timed-out').filter((one) => one.host !== host);
  const captured = unansweredIn(following).flatMap(({ exchange, first, isSentAgain }) => {
    const { protocol, server } = exchange;
    return protocol !== 'tcp' || server.port === null || !isSentAgain
      ? []
      : [{ port: server.port, at: citation(first) }];
  });
  return [...told, ...captured];
}

function queueOf(view: View, holds: (socket: Socket) => boolean): Queue | undefined {
  const listening = ofKind(view.own, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter((socket) => socket.state === 'LISTEN' && holds(socket))
      .map(({ local, line }) => ({ local, at: cite(artefact, line) })),
  );
  if (listening.length === 0) return undefined;
  for (const { port, at } of missedIn(view)) {
    const queue = listening.find(({ local }) => local.endsWith(`:${port}`));
    if (queue !== undefined) return { socket: queue.local, at: [queue.at, at] };
  }
  return undefined;
}
