import type { Sighting } from '../captures/points.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
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
  },
});

interface Foreign {
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
 * The answer acknowledges the client's own SYN (RFC 9293, 3.4) and the client knows nothing of it: a capture that sees both
 * sides of a translation holds the SYN to the second address too, and no reset.
 */
function foreignOf(flow: TcpFlow, flows: readonly TcpFlow[]): Foreign | undefined {
  const { syn, client, server } = flow;
  if (syn === null || flow.fromServer.length > 0) return undefined;
  const next = ((syn.packet.tcp?.seq ?? 0) + 1) % 2 ** 32;
  for (const odd of flows) {
    const { synAck: answer, fromClient } = odd;
    const isOther =
      odd.syn === null &&
      odd.client.host === client.host &&
      odd.client.port === client.port &&
      odd.server.host !== server.host;
    if (!isOther || answer?.packet.tcp?.ack !== next) continue;
    const [reset] = fromClient;
    const isRefused = fromClient.every(({ packet }) => packet.tcp?.flags === 'R');
    if (reset !== undefined && isRefused) return { asked: syn, answer, reset };
  }
  return undefined;
}
