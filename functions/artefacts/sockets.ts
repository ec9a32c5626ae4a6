import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';
import { kindOf, parseSockets, type Socket, type Sockets } from './sockets/read.ts';

/**
 * `ss -tan`, `-lnt`, `-lntu`, `state time-wait` (iproute2 misc/ss.c), `netstat -tan` and `-anp` (net-tools netstat.c,
 * Windows), and what `sort | uniq -c` makes of their peers.
 */
export const sockets = defineArtefact({
  kind: 'sockets',
  title: 'ss -tan, ss -lnt, netstat -tan',
  ask: 'ss -lnt',
  hint: /\bss\s+-\w|\bnetstat\s+-\w*[tanpul]|\/proc\/net\/(?:udp|tcp)6?\b/,
  recognise,
  continues: (line) => kindOf(line.trim()) !== undefined,
  parse: parseSockets,
  size: ({ sockets: all, tallies, states }) => ({
    count: all.length + [...tallies, ...states].reduce((sum, { count }) => sum + count, 0),
    unit: 'sockets',
  }),
  facts: {
    fullAcceptQueue: {
      type: 'label',
      is: 'a listening socket whose accept queue is full',
      of: fullAcceptQueue,
    },
    fullReceiveBuffer: {
      type: 'label',
      is: 'a UDP socket that has thrown datagrams away and whose receive buffer is nearly full now (`ss -uanm`)',
      of: fullReceiveBuffer,
    },
    droppingSocket: {
      type: 'label',
      is: 'the UDP socket that has thrown most datagrams away (`ss -uanm`)',
      of: (content) => ofDropping(content, ({ local }) => local),
    },
    fullReceiver: {
      type: 'label',
      is: 'the peer of a connection whose window has been closed for seconds, and which only answers probes (`ss -ti`, `ss -to`)',
      of: (content) => ofShut(content, ({ peer }) => peer),
    },
    fullReceiverMs: {
      type: 'count',
      is: 'milliseconds in which its window let nothing more be sent',
      of: (content) => ofShut(content, (_, ms) => ms),
    },
    droppedDatagrams: {
      type: 'count',
      is: 'how many it has thrown away since it was opened',
      of: (content) => ofDropping(content, ({ dropped }) => dropped ?? 0),
    },
  },
});

function recognise(line: string): Strength {
  const kind = kindOf(line.trim());
  if (kind === 'head' || kind === 'socket' || kind === 'state') return 'strong';
  return kind === undefined ? 'none' : 'weak';
}

/** The queue takes one more than its limit (include/net/sock.h: sk_acceptq_is_full). */
function fullAcceptQueue({ sockets: all }: Sockets): Local<string> {
  // `ss -lt state listening` leaves the column out; a connected socket has a peer.
  const listening = all.filter(
    ({ state, peer }) => state === 'LISTEN' || (state === null && peer.endsWith(':*')),
  );
  const full = listening.find(({ recvQ, sendQ }) => sendQ > 0 && recvQ > sendQ);
  return full === undefined
    ? missing('no listening socket with a full queue is shown')
    : found(full.local, [full.line]);
}

/** A datagram and what the kernel keeps of it do not fit in the rest. */
const FULL_PERCENT = 80;

function fullReceiveBuffer({ sockets: all }: Sockets): Local<string> {
  const full = all.find(
    ({ state, dropped, filled }) =>
      state === 'UNCONN' && (dropped ?? 0) > 0 && (filled ?? 0) >= FULL_PERCENT,
  );
  return full === undefined
    ? missing('no UDP socket with a full receive buffer is shown')
    : found(full.local, [full.line]);
}

/** A receiver that is merely busy opens its window within a second; as long as captures are asked to show. */
const SHUT_MS = 5000;
/** The waits between probes double: from 0.2 s, four make three seconds. */
const SHUT_PROBES = 4;

/** The first wait before a probe is a retransmission timeout; no path in use has a longer one. */
const FIRST_WAIT_MS = 3000;

/** All that was sent is acknowledged, more waits, and the kernel does nothing but probe (net/ipv4/tcp_timer.c: tcp_probe_timer). */
function ofShut<T>({ sockets: all }: Sockets, of: (socket: Socket, ms: number) => T): Local<T> {
  const shut = all
    .map((socket) => ({ socket, ms: shutMs(socket) }))
    .find(({ ms }) => ms >= SHUT_MS);
  if (shut === undefined)
    return missing('no connection is shown that waits for the window of its peer');
  const { socket, ms } = shut;
  const lines = [...new Set([socket.line, socket.stuck?.line ?? socket.line])];
  return found(of(socket, ms), lines);
}

/** For how long the peer's window has been closed at the least; 0 where nothing shows that it is. */
function shutMs({ sendQ, stuck, timer }: Socket): number {
  if (sendQ === 0) return 0;
  if (stuck !== null)
    return stuck.unacked === 0 && stuck.backoff >= SHUT_PROBES ? stuck.windowLimitedMs : 0;
  // Each wait is twice the one before: those before it were together as long, but for the first. Probes that nobody answers are another fault.
  return timer?.name === 'persist' && timer.count === 0 ? timer.remainingMs - FIRST_WAIT_MS : 0;
}

/** Of TCP's sockets `d` counts other things; UDP's are UNCONN, and where they are connected nothing tells them apart. */
function ofDropping<T>({ sockets: all }: Sockets, of: (socket: Socket) => T): Local<T> {
  const [most] = all
    .filter(({ state, dropped }) => state === 'UNCONN' && (dropped ?? 0) > 0)
    .toSorted((a, b) => (b.dropped ?? 0) - (a.dropped ?? 0));
  return most === undefined
    ? missing('no socket is shown that threw datagrams away')
    : found(of(most), [most.line]);
}
