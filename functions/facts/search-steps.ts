import { FORM } from '../artefacts/digest.ts';
import { answersOf } from '../captures/dns/answers.ts';
import { answeredBy, type Following } from '../captures/follow.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin } from './define.ts';
import { citation } from './loss.ts';

/** How often captures show one name asked with a suffix behind it, in vain, before it is asked itself. */
export const searchSteps = defineJoin({
  question: 'search-steps',
  needs: ['tcpdump'],
  facts: {
    name: {
      type: 'label',
      is: 'the name that was asked with most suffixes behind it, each of which does not exist',
      of: ({ following }) => {
        const found = mostStepsIn(following);
        return found === undefined ? unknown(NONE) : known(found.name, found.at);
      },
    },
    suffixes: {
      type: 'count',
      is: 'with how many suffixes that was',
      of: ({ following }): Reading<number> => {
        const found = mostStepsIn(following);
        return found === undefined ? unknown(NONE) : known(found.suffixes, found.at);
      },
    },
  },
});

const NONE = 'no name was captured both with suffixes that do not exist and without';

interface Steps {
  readonly name: string;
  readonly suffixes: number;
  readonly at: readonly Citation[];
}

const found = new WeakMap<Following, { readonly steps: Steps | undefined }>();

/** The same for every view: it is found once. */
function mostStepsIn(following: Following): Steps | undefined {
  const known = found.get(following) ?? { steps: countSteps(following) };
  found.set(following, known);
  return known.steps;
}

function countSteps(following: Following): Steps | undefined {
  const { positive, negative } = namesAsked(following);
  const counts = new Map<string, number>();
  for (const name of negative) {
    const bare = bareOf(name, positive);
    if (bare !== undefined) counts.set(bare, (counts.get(bare) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  const [name, suffixes] = most;
  const at: Citation[] = [];
  for (const exchange of answeredBy(following, FORM.negative)) {
    const [answer] = answersOf(exchange);
    if (answer !== undefined && plain(exchange.dns?.qname ?? '').startsWith(`${name}.`))
      at.push(citation(answer));
    if (at.length === MOST_LINES) break;
  }
  return { name, suffixes, at };
}

const MOST_LINES = 4;

/** Names that exist by some answer, and those of which every answer says that they do not. */
function namesAsked({ unsettled, settled }: Following) {
  const positive = new Set<string>();
  const negative = new Set<string>();
  for (const exchange of unsettled) {
    if (exchange.dns === null) continue;
    for (const { packet } of answersOf(exchange))
      (packet.dns?.rcode === 'NXDomain' ? negative : positive).add(plain(exchange.dns.qname));
  }
  for (const { question, form } of settled?.outcomes() ?? [])
    (form === FORM.negative ? negative : positive).add(plain(question.replace(/^\S+\? /, '')));
  return { positive, negative: [...negative].filter((name) => !positive.has(name)) };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** The name in front of the suffix; one of a single label is no name of the world outside. */
function bareOf(name: string, positive: ReadonlySet<string>): string | undefined {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const front = name.slice(0, dot);
    if (front.includes('.') && positive.has(front)) return front;
  }
  return undefined;
}
