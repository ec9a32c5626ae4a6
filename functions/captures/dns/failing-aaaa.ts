import { type Exchange, type Seen, sightedAt } from '../exchanges.ts';
import { askedFor, type Following } from '../follow.ts';
import type { Sighting } from '../points.ts';
import { answersOf } from './answers.ts';

/** A name whose A question is answered and whose AAAA question gets SERVFAIL and nothing else. */
export interface FailingAaaa {
  readonly name: string;
  /** Milliseconds from the first AAAA question to the first SERVFAIL, at the point where it took least. */
  readonly ms: number;
  readonly at: readonly Sighting[];
}

/** The same name's address comes in this time: whoever is slow with AAAA alone is not slow. */
const AT_ONCE_US = 500_000;

/** The name that waited longest. */
export function failingAaaaIn(following: Following): FailingAaaa | undefined {
  const asked = following.unsettled.filter(({ dns }) => dns?.qtype === 'AAAA');
  const failing = [...Map.groupBy(asked, nameOf)].flatMap(([name, own]) => {
    const answers = own.flatMap(answersOf);
    if (answers.length === 0 || !answers.every(isServfail)) return [];
    const waits = own.flatMap((one) => waitOf(one, isServfail) ?? []);
    const [longest] = waits.toSorted((a, b) => b.us - a.us);
    return longest === undefined ? [] : [{ name, ...longest }];
  });
  const names = new Set(failing.map(({ name }) => `A? ${name}`));
  if (names.size === 0) return undefined;
  const addressed = new Map<string, Sighting>();
  for (const exchange of askedFor(following, (question) => names.has(question))) {
    const answer = exchange.dns?.qtype === 'A' ? waitOf(exchange, isNoError) : undefined;
    if (answer !== undefined && answer.us < AT_ONCE_US)
      addressed.set(nameOf(exchange), answer.response);
  }
  for (const { name, us, request, response } of failing.toSorted((a, b) => b.us - a.us)) {
    const answer = addressed.get(name);
    if (answer !== undefined)
      return { name, ms: Math.round(us / 1000), at: [request, response, answer] };
  }
  return undefined;
}

function nameOf({ dns }: Exchange): string {
  return dns?.qname ?? '';
}

function isServfail({ packet }: Sighting): boolean {
  return packet.dns?.rcode === 'ServFail';
}

function isNoError({ packet }: Sighting): boolean {
  return packet.dns?.rcode === 'NoError';
}

interface Wait {
  readonly us: number;
  readonly request: Sighting;
  readonly response: Sighting;
}

type Wanted = (answer: Sighting) => boolean;

function waitOf(exchange: Exchange, wanted: Wanted): Wait | undefined {
  return sightedAt(exchange)
    .flatMap((seen) => waitAt(seen, wanted) ?? [])
    .toSorted((a, b) => a.us - b.us)[0];
}

function waitAt({ requests: [request], responses }: Seen, wanted: Wanted): Wait | undefined {
  const response = responses.find(wanted);
  if (request?.time == null || response?.time == null) return undefined;
  return { us: response.time - request.time, request, response };
}
