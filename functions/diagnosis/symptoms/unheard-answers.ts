import type { Packet } from '../../artefacts/packet.ts';
import { type Exchange, questionOf, sightedAt } from '../../captures/exchanges.ts';
import type { Following } from '../../captures/follow.ts';
import type { Point, Sighting } from '../../captures/points.ts';
import { flowsAt } from '../../captures/tcp-flows.ts';
import { citation } from '../../facts/loss.ts';
import type { Symptom } from '../symptoms.ts';

/** Microseconds; whoever asks again sooner does so of its own accord, as musl does after SERVFAIL. */
const LEAST_PAUSE = 900_000;
/** An answer that took longer may have met the next question on its way. */
const PROMPT = 400_000;

/** Questions that were answered at once, and were asked again all the same: whoever asks does not get the answer. */
export function unheardAnswers({ points, unsettled }: Following): readonly Symptom[] {
  return unsettled.flatMap((exchange): readonly Symptom[] => {
    if (exchange.protocol === 'icmp') return [];
    const unheard = unheardIn(exchange, points);
    if (unheard === undefined) return [];
    const { asked, answer, again, pause } = unheard;
    return [
      {
        id: 'answer-unheard',
        host: points[asked.point]?.host ?? null,
        target: questionOf(exchange),
        outcome: String(Math.round(pause / 1000)),
        server: null,
        at: [asked, answer, again].map(citation),
      },
    ];
  });
}

function unheardIn(exchange: Exchange, points: readonly Point[]) {
  for (const { requests, responses } of sightedAt(exchange)) {
    const [asked, again] = requests;
    if (asked?.time == null || again?.time == null) continue;
    const answer = responses[0];
    if (answer?.time == null || !isUseful(answer, exchange)) continue;
    const pause = again.time - answer.time;
    const wait = answer.time - asked.time;
    const isPrompt = wait >= 0 && wait <= PROMPT;
    if (isPrompt && pause >= LEAST_PAUSE && !isHeardAtLast(exchange, points))
      return { asked, answer, again, pause };
  }
  return undefined;
}

/** A connection that stands after all: chance took one answer. */
function isHeardAtLast({ protocol, client, server }: Exchange, points: readonly Point[]): boolean {
  if (protocol !== 'tcp') return false;
  return points.some((point) =>
    flowsAt(point).some(
      (flow) =>
        flow.client.host === client.host &&
        flow.client.port === client.port &&
        flow.server.host === server.host &&
        flow.fromClient.some(({ packet }) => packet.tcp?.flags.includes('S') === false),
    ),
  );
}

/** Resolvers ask again after some refusals, and over TCP after a truncated answer; an answer of somebody else they never had. */
function isUseful({ packet }: Sighting, { server }: Exchange): boolean {
  if (packet.source.host !== server.host) return false;
  return packet.dns === null ? isSynAck(packet) : isFound(packet.dns);
}

function isSynAck({ tcp }: Packet): boolean {
  return tcp?.flags.startsWith('S') === true && tcp.flags.includes('.');
}

function isFound({ rcode, truncatedAnswer }: NonNullable<Packet['dns']>): boolean {
  return !truncatedAnswer && (rcode === null || /^(?:NoError|NXDomain)$/i.test(rcode));
}
