import type { Point, Sighting } from '../captures/points.ts';
import { acknowledged, flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import type { Citation } from '../primitives/reading.ts';
import { known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { citation } from './loss.ts';

/**
 * A connection that a capture shows from its SYN on and that the server never said anything on: refused, reset, closed, or
 * left alone with what the client had sent. Whoever sends and wants no answer closes the connection himself, and soon.
 */
export interface Unserved {
  readonly flow: TcpFlow;
  readonly outcome: 'refused' | 'reset' | 'closed-unanswered' | 'no-answer';
  readonly at: readonly Citation[];
}

const label = labelsOf(
  unservedHere,
  'no capture here shows a connection that a server left unserved',
);

/** What a capture on this host shows of a connection on which the server never said anything. */
export const unserved = defineJoin({
  question: 'unserved',
  needs: ['tcpdump'],
  facts: {
    server: label('the address of that server', ({ flow }) => flow.server.host),
    client: label('the address of its client', ({ flow }) => flow.client.host),
    port: {
      type: 'count',
      is: 'the port of that server',
      of: (view) => {
        const one = unservedHere(view);
        return one?.flow.server.port == null
          ? unknown('no capture here shows a connection that a server left unserved')
          : known(one.flow.server.port, one.at);
      },
    },
  },
});

function unservedHere({ following, host }: View): Unserved | undefined {
  return following.points
    .filter((point) => point.host === host)
    .flatMap((point) => unservedAt(point))[0];
}

/** Those that one point saw. */
export function unservedAt(point: Point): readonly Unserved[] {
  const flows = flowsAt(point);
  return flows.flatMap((flow) => refusal(flow, flows) ?? ending(flow) ?? []);
}

/** RST in answer to the SYN, and nobody who came later, or by the other address family, was let in. */
function refusal(flow: TcpFlow, all: readonly TcpFlow[]): Unserved | undefined {
  const { syn, synAck, fromServer, client, server } = flow;
  const rst = fromServer.find(({ packet }) => packet.tcp?.flags === 'R.');
  if (syn === null || synAck !== null || rst === undefined) return undefined;
  const isLetIn = all.some(
    (other) =>
      other.synAck !== null &&
      isLater(other.synAck, rst) &&
      other.server.port === server.port &&
      (other.server.host === server.host || familyOf(other) !== familyOf(flow)),
  );
  // Peers that connect to each other on one port (BGP) need one connection.
  const isMirrored = all.some(
    (other) =>
      other.synAck !== null &&
      other.client.host === server.host &&
      other.server.host === client.host,
  );
  return isLetIn || isMirrored
    ? undefined
    : { flow, outcome: 'refused', at: [citation(syn), citation(rst)] };
}

function isLater(one: Sighting, other: Sighting): boolean {
  return one.time !== null && other.time !== null ? one.time > other.time : one.order > other.order;
}

function familyOf({ server }: TcpFlow): 'v4' | 'v6' {
  return server.host.includes(':') ? 'v6' : 'v4';
}

/** Microseconds without an answer after which a client that closes has given up: `curl -m 5` and longer limits; in less a program may have sent all it had to. */
const GIVEN_UP = 4_500_000;

/** How a connection ended on which the client spoke and the server did not. */
function ending(flow: TcpFlow): Unserved | undefined {
  const { synAck, fromClient, fromServer } = flow;
  const spoken = fromClient.find(hasData);
  if (synAck === null || spoken === undefined || fromServer.some(hasData)) return undefined;
  const end = [...fromClient, ...fromServer]
    .toSorted((a, b) => a.order - b.order)
    .find(({ packet }) => /[FR]/.test(packet.tcp?.flags ?? ''));
  if (end === undefined || !isUnbroken(flow, end)) return undefined;
  const at = [citation(spoken), citation(end)];
  if (fromServer.includes(end)) {
    const isReset = end.packet.tcp?.flags.startsWith('R');
    return { flow, outcome: isReset ? 'reset' : 'closed-unanswered', at };
  }
  const waited = (end.time ?? 0) - (spoken.time ?? 0);
  const isHeard = acknowledged(flow, 'client') >= (spoken.packet.tcp?.seqEnd ?? Infinity);
  return isHeard && waited >= GIVEN_UP ? { flow, outcome: 'no-answer', at } : undefined;
}

function hasData({ packet }: Sighting): boolean {
  return (packet.payload ?? 0) > 0;
}

/** The end counts no byte of the server, so that no line of an answer was left out of the paste. */
function isUnbroken({ synAck, fromServer }: TcpFlow, end: Sighting): boolean {
  const tcp = end.packet.tcp;
  const count = fromServer.includes(end) ? tcp?.seq : tcp?.ack;
  const first = synAck?.packet.tcp?.seq;
  // Numbers are relative to the SYN, or, with -S and in most resets, as they stand in the packet.
  return count === 1 || (first != null && count === (first + 1) >>> 0);
}
