import { type Exchange, sightedAt } from '../exchanges.ts';
import { askedFor, type Following } from '../follow.ts';
import type { Sighting } from '../points.ts';
import { answersOf } from './answers.ts';

/** A name whose A question is answered and whose AAAA question one client sent twice or more and never is. */
export interface SilentAaaa {
  readonly name: string;
  readonly tries: number;
  readonly at: readonly Sighting[];
}

/** Finds the first such name; one that got any AAAA answer is none. */
export function silentAaaaIn(following: Following): SilentAaaa | undefined {
  const { unsettled, settled } = following;
  const asked = unsettled.filter(({ dns }) => dns?.qtype === 'AAAA');
  const told = new Set(asked.filter((one) => answersOf(one).length > 0).map(nameOf));
  // What a server asks of another for its client is no second try.
  const byAsker = Map.groupBy(asked, (one) => `${one.client.host} ${nameOf(one)}`);
  const silent = [...byAsker.values()]
    .map((own) => ({ name: own[0] === undefined ? '' : nameOf(own[0]), own }))
    .map(({ name, own }) => ({ name, tries: own.flatMap(questionsOf) }))
    .filter(({ name, tries }) => tries.length > 1 && !told.has(name));
  if (silent.length === 0) return undefined;
  // Settled questions are answered ones: only those for the same names are put together.
  const answered = new Set(settled?.outcomes().map(({ question }) => question));
  const open = silent.filter(({ name }) => !answered.has(`AAAA? ${name}`));
  const names = new Set(open.map(({ name }) => `A? ${name}`));
  if (names.size === 0) return undefined;
  const address = new Map<string, Sighting>();
  for (const exchange of askedFor(following, (question) => names.has(question))) {
    const [answer] = exchange.dns?.qtype === 'A' ? answersOf(exchange) : [];
    if (answer !== undefined) address.set(nameOf(exchange), answer);
  }
  for (const { name, tries } of open) {
    const answer = address.get(name);
    if (answer !== undefined) return { name, tries: tries.length, at: [answer, ...tries] };
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
