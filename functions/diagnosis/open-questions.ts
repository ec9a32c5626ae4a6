import { questionOf } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import type { Transmission } from '../captures/transmissions.ts';

/** How many first tries were captured, and those of them that show no answer and that nothing proves lost. */
export interface OpenQuestions {
  readonly asked: number;
  readonly unanswered: number;
  /** Connections among them to which a reset was all the answer. */
  readonly refused: number;
  /** Those whose answer the capture would have had time to see, or all where it shows no answer to anybody. */
  readonly open: number;
  /** The first of these, for people. */
  readonly first: string | null;
}

/** A capture that ends within a second of a question has not waited for its answer. */
const SEEN_OUT_US = 1_000_000;

/** First tries, of DNS or of anything else, and how many of them stayed without an answer. */
export function questionsIn({ conversations, points }: Following, dns: boolean): OpenQuestions {
  let asked = 0;
  let refused = 0;
  const unanswered: Transmission[] = [];
  for (const conversation of conversations) {
    if ((conversation.protocol === 'dns') !== dns) continue;
    const firsts = conversation.isSettled
      ? []
      : conversation.transmissions.filter(({ attempt }) => attempt === 0);
    asked += conversation.isSettled ? conversation.count : firsts.length;
    for (const one of firsts) {
      if (one.answers.length === 0) unanswered.push(one);
      else if (Object.values(one.answers).every(isReset)) refused += 1;
    }
  }
  const seenOut = ({ seen }: Transmission) =>
    seen.some((sighting) => {
      const end = sighting === undefined ? undefined : points[sighting.point]?.span?.to;
      return end !== undefined && sighting?.time != null && end - sighting.time >= SEEN_OUT_US;
    });
  const open = unanswered.length === asked ? unanswered : unanswered.filter(seenOut);
  const [first] = open;
  return {
    asked,
    unanswered: unanswered.length,
    refused,
    open: open.length,
    first: first === undefined ? null : questionOf(first.exchange),
  };
}

function isReset(answer: Transmission['answers'][number]): boolean {
  return answer?.packet.tcp?.flags.startsWith('R') === true;
}
