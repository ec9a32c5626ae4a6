import { sightedAt } from '../../captures/exchanges.ts';
import type { Following } from '../../captures/follow.ts';
import { citation } from '../../facts/loss.ts';
import { questionsIn } from '../open-questions.ts';
import type { Symptom } from '../symptoms.ts';

/** A single question may be the last of its capture; libc sends two at once. */
const LEAST_OPEN = 2;

/** Captures that show DNS questions and not one answer: nothing is proved lost, and nothing is in order. */
export function openQuestions(following: Following): readonly Symptom[] {
  // Those that are merely counted were answered.
  if (following.conversations.some(isAnswered)) return [];
  const { asked, open, first } = questionsIn(following, true);
  const seen = following.unsettled.find(({ protocol }) => protocol === 'dns');
  const [request] = seen === undefined ? [] : sightedAt(seen).flatMap(({ requests }) => requests);
  // What is asked again and again was lost, and that is told by itself.
  const isRepeated = following.conversations.some(
    ({ protocol, isSettled, transmissions }) =>
      protocol === 'dns' && !isSettled && transmissions.some(({ attempt }) => attempt > 0),
  );
  if (open < LEAST_OPEN || open < asked || request === undefined || isRepeated) return [];
  return [
    {
      id: 'questions-open',
      host: following.points[request.point]?.host ?? null,
      target: first,
      outcome: String(open),
      server: request.packet.destination.host,
      at: [citation(request)],
    },
  ];
}

function isAnswered({ protocol, isSettled }: Following['conversations'][number]): boolean {
  return protocol === 'dns' && isSettled;
}
