import type { Following } from '../../captures/follow.ts';
import type { Point, Sighting } from '../../captures/points.ts';
import {
  acknowledged,
  flowsAt,
  rangesOf,
  type Side,
  sentBy,
  type TcpFlow,
} from '../../captures/tcp-flows.ts';
import { citation } from '../../facts/loss.ts';
import type { Symptom } from '../symptoms.ts';

/** Chance takes a segment twice, not four times, each time after a longer wait (RFC 6298, 5.5). */
const SENDINGS_IN_VAIN = 4;
/** Where the other end goes on with something else, one more. */
const SENDINGS_UNHEEDED = 5;
/** Microseconds; a busy receiver, or a capture's end, is no silence. */
const LEAST_SILENCE = 1_000_000;

/** Connections that stood, and then: the server no longer knows them, or an end repeats its data in vain. */
export function brokenConnections({ points }: Following): readonly Symptom[] {
  return points.flatMap((point) =>
    flowsAt(point).flatMap((flow): readonly Symptom[] => {
      const data = repeatedInVain(flow);
      if (data !== undefined) return [symptomOf(point, flow, 'stalled', data)];
      const reset = resetByServer(flow);
      return reset === undefined ? [] : [symptomOf(point, flow, 'reset', reset)];
    }),
  );
}

function symptomOf(
  { host }: Point,
  { server }: TcpFlow,
  outcome: string,
  sightings: readonly Sighting[],
): Symptom {
  const target = server.port === null ? server.host : `${server.host}:${server.port}`;
  const at = sightings.map(citation);
  return { id: 'connection-failed', host, target, outcome, server: null, at };
}

const SIDES: readonly Side[] = ['client', 'server'];

/** Data of which no copy is acknowledged: the other end says nothing at all any more, or it has room and never gets it. */
function repeatedInVain(flow: TcpFlow): readonly Sighting[] | undefined {
  const ranges = SIDES.flatMap((side) => {
    const reached = acknowledged(flow, side);
    const other = sentBy(flow, side === 'client' ? 'server' : 'client');
    return rangesOf(flow, side)
      .filter(({ to }) => reached < to)
      .map(({ sightings, bytes }) => ({ sightings, bytes, other }));
  });
  const silent = ranges.find(
    ({ sightings, bytes, other }) =>
      // One byte probes a window that is full.
      isSilence(sightings, other) || (bytes > 1 && isUnheeded(sightings, other)),
  );
  return silent && [...silent.sightings.slice(0, 1), ...silent.sightings.slice(-1)];
}

/** A capture of one direction shows no acknowledgement of anything. */
function isSilence(sendings: readonly Sighting[], other: readonly Sighting[]): boolean {
  const [first, last] = [sendings[0], sendings.at(-1)];
  if (first?.time == null || last?.time == null || sendings.length < SENDINGS_IN_VAIN) return false;
  return (
    last.time - first.time >= LEAST_SILENCE &&
    other.length > 0 &&
    other.every(({ order }) => order < first.order)
  );
}

function isUnheeded(sendings: readonly Sighting[], other: readonly Sighting[]): boolean {
  const isFull = other.some(({ packet }) => packet.tcp?.win === 0);
  return sendings.length >= SENDINGS_UNHEEDED && other.length > 0 && !isFull;
}

/**
 * A server that answered, and then does not know the connection though neither end has closed it: it was started anew, or
 * somebody else has its address. Only then is a RST without ACK (RFC 9293, 3.10.7.1); one with it is a program's own.
 */
function resetByServer({ fromClient, fromServer }: TcpFlow): readonly Sighting[] | undefined {
  const rst = fromServer.find(({ packet }) => packet.tcp?.flags === 'R');
  if (rst === undefined) return undefined;
  const before = [...fromClient, ...fromServer].filter(({ order }) => order < rst.order);
  const isClosing = before.some(({ packet }) => /[FR]/.test(packet.tcp?.flags ?? ''));
  const answered = fromServer.findLast(
    ({ order, packet }) => order < rst.order && (packet.payload ?? 0) > 0,
  );
  return isClosing || answered === undefined ? undefined : [answered, rst];
}
