import { ofKind } from '../artefacts/evidence.ts';
import type { Conversation } from '../captures/follow.ts';
import type { Transmission } from '../captures/transmissions.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/**
 * Which resolver sent the questions, told by how it repeats them. musl sends only the unanswered question again after
 * timeout / attempts (res_msend.c); glibc waits the whole timeout and then sends both, A first (res_send.c).
 */
export const resolver = defineJoin({
  question: 'resolver',
  needs: ['tcpdump', 'resolv-conf'],
  facts: {
    libc: { type: 'label', is: 'musl or glibc, by the retry pattern', of: libc },
  },
});

interface Retried {
  readonly conversation: Conversation;
  readonly first: Transmission;
  readonly afterUs: number;
}

function retried(view: View): Retried | undefined {
  const conversations =
    view.loss === null ? view.following.conversations : [view.loss.conversation];
  for (const conversation of conversations) {
    const first = conversation.transmissions.find(
      (one) => one.exchange.protocol === 'dns' && one.retriedAfterUs !== null,
    );
    if (first?.retriedAfterUs != null)
      return { conversation, first, afterUs: first.retriedAfterUs };
  }
  return undefined;
}

/** Within 3 % or 60 ms of what the configuration makes each libc wait. */
function libc(view: View): Reading<string> {
  const own = retried(view);
  if (own === undefined) return unknown('no question was seen to be sent again');
  const { timeout, attempts } = settings(view);
  const near = (seconds: number) =>
    Math.abs(own.afterUs - seconds * 1e6) <= Math.max(60_000, seconds * 30_000);
  const asMusl = near(timeout / attempts);
  const asGlibc = near(timeout);
  if (asMusl && !asGlibc) return known('musl', linesOf(own));
  if (!asGlibc) return unknown('the retry follows neither resolver');
  // Only glibc repeats a question that was already answered.
  return repeatsAnswered(own) || !asMusl
    ? known('glibc', linesOf(own))
    : unknown('both resolvers would retry then');
}

/** timeout and attempts of the one resolv.conf pasted; resolv.conf(5)'s defaults when there is none. */
function settings(view: View): { timeout: number; attempts: number } {
  const files = ofKind(view.all, 'resolv-conf');
  const options = files.length === 1 ? files[0]?.content.options : undefined;
  return {
    timeout: options?.get('timeout')?.value || 5,
    attempts: options?.get('attempts')?.value || 2,
  };
}

function repeatsAnswered({ conversation, first }: Retried): boolean {
  return conversation.transmissions.some(
    (one) =>
      one.exchange.client.port === first.exchange.client.port &&
      one.exchange !== first.exchange &&
      one.attempt === 0 &&
      one.answers.length > 0 &&
      one.retriedAfterUs !== null,
  );
}

function linesOf({ conversation, first }: Retried): readonly Citation[] {
  const second = conversation.transmissions.find(
    (one) => one.exchange === first.exchange && one.attempt === first.attempt + 1,
  );
  return [first, second].flatMap((one) => {
    const sighting = one?.seen[one.reference];
    return sighting === undefined ? [] : [citation(sighting)];
  });
}
