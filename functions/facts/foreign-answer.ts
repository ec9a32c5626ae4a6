import type { Point, Sighting } from '../captures/points.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { known, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/** Whether the SYN/ACK of a connection comes from another address than the one that the client called. */
export const foreignAnswer = defineJoin({
  question: 'foreign-answer',
  needs: ['tcpdump'],
  facts: {
    asked: label(
      'the address that the client called',
      ({ asked }) => asked.packet.destination.host,
    ),
    source: label('the address that accepts instead', ({ answer }) => answer.packet.source.host),
    client: label('the client that resets it', ({ asked }) => asked.packet.source.host),
    ofService: {
      type: 'flag',
      is: 'the addresses of both and the one that was called are private, as those of pods and Services are',
      of: (view) => {
        const found = foundAt(view);
        if (found === undefined) return unknown('no SYN/ACK from another address is shown');
        const { source, destination } = found.asked.packet;
        const all = [source.host, destination.host, found.answer.packet.source.host];
        return known(all.every(isPrivate), [citation(found.asked)]);
      },
    },
    amongPods: {
      type: 'flag',
      is: 'it was captured in a pod, or on a bridge or a port of pods',
      of: (view) => {
        const found = foundAt(view);
        if (found === undefined) return unknown('no SYN/ACK from another address is shown');
        const { pod, role } = found.point;
        const isAmong = pod || role === 'bridge' || role === 'veth';
        return known(isAmong, [citation(found.answer)]);
      },
    },
  },
});

interface Foreign {
  readonly point: Point;
  readonly asked: Sighting;
  readonly answer: Sighting;
  readonly reset: Sighting;
}

function label(is: string, of: (found: Foreign) => string): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view) => {
      const found = foundAt(view);
      return found === undefined
        ? unknown('no SYN/ACK from another address is shown')
        : known(of(found), [found.asked, found.answer, found.reset].map(citation));
    },
  };
}

function foundAt({ following, host }: View): Foreign | undefined {
  const { points } = following;
  for (const point of points) {
    if (point.host !== host && points.length > 1) continue;
    const flows = flowsAt(point);
    for (const flow of flows) {
      const found = foreignOf(flow, flows);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * The answer acknowledges the client's own SYN (RFC 9293, 3.4) and the client knows nothing of it: a bridge that sees both
 * sides of a translation may hold the SYN to the second address too, but a client that knows of it sends no reset.
 */
function foreignOf(flow: TcpFlow, flows: readonly TcpFlow[]): Foreign | undefined {
  const { syn, client, server } = flow;
  if (syn === null || flow.fromServer.length > 0) return undefined;
  const next = ((syn.packet.tcp?.seq ?? 0) + 1) % 2 ** 32;
  for (const odd of flows) {
    const { synAck: answer, fromClient } = odd;
    const isOther =
      odd.client.host === client.host &&
      odd.client.port === client.port &&
      odd.server.host !== server.host;
    if (!isOther || answer?.packet.tcp?.ack !== next) continue;
    const back = fromClient.filter(({ packet }) => !isCopyOf(syn, packet));
    const [reset] = back;
    const isRefused = back.every(({ packet }) => packet.tcp?.flags === 'R');
    if (reset !== undefined && isRefused) return { point: flow.point, asked: syn, answer, reset };
  }
  return undefined;
}

/** The client's SYN, translated. */
function isCopyOf({ packet: { tcp } }: Sighting, packet: Sighting['packet']): boolean {
  return packet.tcp?.flags === 'S' && packet.tcp.seq === tcp?.seq;
}

function isPrivate(host: string): boolean {
  const address = parseAddress(host);
  return address !== undefined && scopeOf(address) === 'private';
}
