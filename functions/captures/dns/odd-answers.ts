import type { Exchange } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Point, Sighting } from '../points.ts';
import { strangeAt } from './strange-source.ts';

/** An answer that a client ignores: from an address that it did not ask, or with an id that it did not send. */
export interface OddAnswer {
  readonly by: 'source' | 'id';
  readonly point: Point;
  readonly asked: Sighting;
  readonly answer: Sighting;
}

/** Answers that were ignored: the client's host refused them by ICMP, or the client asked again. */
export function oddAnswersIn(following: Following): readonly OddAnswer[] {
  return [...fromElsewhere(following), ...following.points.flatMap(withOtherId)];
}

/** A bridge shows both sides of a translation: there, only the refusal tells. */
function fromElsewhere({ unsettled, points }: Following): readonly OddAnswer[] {
  const tries = Map.groupBy(unsettled, keyOf);
  return unsettled.flatMap((exchange) =>
    exchange.protocol !== 'dns'
      ? []
      : [...exchange.at.entries()].flatMap(([index, seen]): readonly OddAnswer[] => {
          const point = points[index];
          const found =
            seen === undefined || point === undefined
              ? undefined
              : strangeAt(exchange, seen, point);
          const [asked] = seen?.requests ?? [];
          if (found === undefined || point === undefined || asked === undefined) return [];
          const isAgain =
            point.role === 'nic' && sentLater(tries.get(keyOf(exchange)) ?? [], found.answer);
          const isRefused = found.refused && (point.role === 'nic' || found.byIcmp);
          return isAgain || isRefused ? [{ by: 'source', point, asked, answer: found.answer }] : [];
        }),
  );
}

/** A client that tries anew from another port often keeps the id. */
function keyOf({ client, dns }: Exchange): string {
  return `${client.host} ${dns?.id} ${dns?.qtype} ${dns?.qname}`;
}

function sentLater(tries: readonly Exchange[], { point, order }: Sighting): boolean {
  return tries.some((one) => one.at[point]?.requests.some((request) => request.order > order));
}

/**
 * An answer to the port that asked, by the address that was asked, with an id that no question from there had, while
 * none came with the right one. Which question it answers has to be plain: where one is missing in the paste, its answer
 * is not odd.
 */
function withOtherId(point: Point): readonly OddAnswer[] {
  const asked = new Map<string, Sighting[]>();
  const odd: { readonly answer: Sighting; readonly questions: readonly Sighting[] }[] = [];
  const answered = new Set<string>();
  for (const sighting of point.others) {
    const { dns, source, destination } = sighting.packet;
    if (dns === null || sighting.packet.protocol !== 'udp') continue;
    if (!dns.response) {
      const key = `${source.host} ${source.port} ${destination.host}`;
      asked.set(key, [...(asked.get(key) ?? []), sighting]);
      continue;
    }
    const key = `${destination.host} ${destination.port} ${source.host}`;
    const questions = asked.get(key) ?? [];
    if (questions.some(({ packet }) => packet.dns?.id === dns.id)) answered.add(key);
    else odd.push({ answer: sighting, questions });
  }
  return odd.flatMap(({ answer, questions }): readonly OddAnswer[] => {
    const { source, destination } = answer.packet;
    const first = questions.find((question) => isAnswerTo(question, answer));
    return first === undefined ||
      answered.has(`${destination.host} ${destination.port} ${source.host}`)
      ? []
      : [{ by: 'id', point, asked: first, answer }];
  });
}

/** By the question that an answer repeats, or else by the type of a record in it. */
function isAnswerTo({ packet: { dns: asked } }: Sighting, { packet: { dns } }: Sighting): boolean {
  if (asked === null || dns === null || asked.qtype === null) return false;
  if (dns.qtype !== null) return dns.qtype === asked.qtype && dns.qname === asked.qname;
  return dns.answers.some((record) => record.startsWith(`${asked.qtype} `));
}
