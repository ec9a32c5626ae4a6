import { type Exchange, sightedAt } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Sighting } from '../points.ts';
import { answersOf } from './answers.ts';

/** A name whose A question is answered and whose AAAA question was sent twice or more and never is. */
export interface SilentAaaa {
  readonly name: string;
  readonly tries: number;
  readonly at: readonly Sighting[];
}

/** Finds the first such name; one that got any AAAA answer is none. */
export function silentAaaaIn(following: Following): SilentAaaa | undefined {
  if (!following.unsettled.some((one) => one.dns?.qtype === 'AAAA' && answersOf(one).length === 0))
    return undefined;
  // Only now: taking them out of the following puts all of them together.
  const { exchanges } = following;
  const ofType = (qtype: string) => exchanges.filter(({ dns }) => dns?.qtype === qtype);
  const address = new Map<string, Sighting>();
  for (const exchange of ofType('A')) {
    const [answer] = answersOf(exchange);
    if (answer !== undefined) address.set(nameOf(exchange), answer);
  }
  for (const [name, own] of Map.groupBy(ofType('AAAA'), nameOf)) {
    const answer = address.get(name);
    const tries = own.flatMap(questionsOf);
    if (answer === undefined || tries.length < 2) continue;
    if (own.every((one) => answersOf(one).length === 0))
      return { name, tries: tries.length, at: [answer, ...tries] };
  }
  return undefined;
}

function nameOf({ dns }: Exchange): string {
  return dns?.qname ?? '';
}

/** The questions at the point that saw most of them. */
function questionsOf(exchange: Exchange): readonly Sighting[] {
  const asked = sightedAt(exchange).map(({ requests }) => requests);
  return asked.toSorted((a, b) => b.length - a.length)[0] ?? [];
}
