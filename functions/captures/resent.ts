import type { Conversation } from './conversations.ts';
import type { Sighting, Span } from './points.ts';
import { sentAfter } from './timeline.ts';
import type { Transmission } from './transmissions.ts';

/** A packet that its sender sent again, and what of its manner the captures show. */
export interface Resent {
  readonly protocol: 'dns' | 'tcp';
  /** Microseconds from the first try to the second. */
  readonly afterUs: number;
  /** From each try to the next. */
  readonly gaps: readonly number[];
  /** The second try was another question on another port: a new socket with a new id. */
  readonly redialled: boolean;
  /** The other question of the same name was asked from the same port at the same moment. */
  readonly pair: boolean;
  /** That other question was answered before, and was sent again all the same. */
  readonly answeredAgain: boolean;
  /** It was answered before and was not sent again. */
  readonly answeredNotAgain: boolean;
  /** How many names were asked for from this port. */
  readonly namesOnPort: number;
  readonly sent: Sighting | undefined;
  readonly again: Sighting | undefined;
}

/** The two questions of a lookup leave within this time. */
const PAIR_US = 20_000;

/** A new socket for the same question counts as a retry within these times; any application may ask again later. */
const REDIAL_US: readonly (readonly [number, number])[] = [
  [1_940_000, 2_060_000],
  [4_850_000, 5_150_000],
];

/** From the shortest of these times to the longest. */
const REDIAL_SPAN: Span = { from: 1_940_000, to: 5_150_000 };

/** What of a conversation was sent again, in order; at most so much. */
export function resentIn(conversation: Conversation, most: number): readonly Resent[] {
  if (conversation.isSettled) return [];
  const { transmissions } = conversation;
  const known: Known = {
    byExchange: Map.groupBy(transmissions, ({ exchange }) => exchange),
    byPort: Map.groupBy(transmissions, ({ exchange }) => exchange.client.port),
    byQuestion: Map.groupBy(
      transmissions.filter(({ attempt }) => attempt === 0),
      questionKey,
    ),
  };
  const found: Resent[] = [];
  for (const first of transmissions) {
    if (found.length === most) break;
    if (first.attempt > 0 || first.exchange.protocol === 'icmp') continue;
    const resent = again(first, known) ?? redialled(first, known);
    if (resent !== undefined) found.push(resent);
  }
  return found;
}

interface Known {
  readonly byExchange: ReadonlyMap<Transmission['exchange'], readonly Transmission[]>;
  readonly byPort: ReadonlyMap<number | null, readonly Transmission[]>;
  readonly byQuestion: ReadonlyMap<string, readonly Transmission[]>;
}

function questionKey({ exchange: { dns } }: Transmission): string {
  return `${dns?.qtype} ${dns?.qname}`;
}

/** The same packet from the same port. */
function again(first: Transmission, known: Known): Resent | undefined {
  const tries = (known.byExchange.get(first.exchange) ?? []).filter(
    (one) => serverOf(one) === serverOf(first),
  );
  const gaps = tries.flatMap(({ retriedAfterUs }) => retriedAfterUs ?? []);
  const [, second] = tries;
  const [afterUs] = gaps;
  if (afterUs === undefined || second === undefined) return undefined;
  const twin = twinOf(first, known);
  const repeated = twin !== undefined && (known.byExchange.get(twin.exchange)?.length ?? 0) > 1;
  const answered = twin !== undefined && answeredWithin(twin, afterUs);
  return {
    ...stem(first, known),
    afterUs,
    gaps,
    redialled: false,
    answeredAgain: answered && repeated,
    answeredNotAgain: answered && !repeated,
    again: second.seen[second.reference],
  };
}

/** Another question for the same from another port, just when a resolver gives up waiting. */
function redialled(first: Transmission, known: Known): Resent | undefined {
  if (first.exchange.protocol !== 'dns' || first.answers.length > 0) return undefined;
  const same = known.byQuestion.get(questionKey(first)) ?? [];
  for (const other of sentAfter(same, first, REDIAL_SPAN)) {
    const gap = other.exchange === first.exchange ? undefined : between(first, other);
    if (gap === undefined || !REDIAL_US.some(([from, to]) => gap >= from && gap <= to)) continue;
    return {
      ...stem(first, known),
      afterUs: gap,
      gaps: [gap],
      redialled: true,
      answeredAgain: false,
      answeredNotAgain: false,
      again: other.seen[other.reference],
    };
  }
  return undefined;
}

function stem(first: Transmission, known: Known) {
  const onPort = known.byPort.get(first.exchange.client.port) ?? [];
  return {
    protocol: first.exchange.protocol === 'tcp' ? 'tcp' : 'dns',
    pair: twinOf(first, known) !== undefined,
    namesOnPort: new Set(onPort.map(({ exchange }) => exchange.dns?.qname)).size,
    sent: first.seen[first.reference],
  } as const;
}

function twinOf(first: Transmission, { byPort }: Known): Transmission | undefined {
  return byPort.get(first.exchange.client.port)?.find((other) => isTwin(other, first));
}

/** A resolver that asks several servers at once sends copies, not retries. */
function serverOf({ seen, reference }: Transmission): string | undefined {
  return seen[reference]?.packet.destination.host;
}

function isTwin(other: Transmission, first: Transmission): boolean {
  if (other.exchange === first.exchange || other.attempt > 0) return false;
  if (other.exchange.dns?.qname !== first.exchange.dns?.qname) return false;
  const gap = between(first, other);
  return gap !== undefined && Math.abs(gap) <= PAIR_US;
}

/** Answered, as far as the point that saw it sent knows, before the retry. */
function answeredWithin({ seen, answers, reference }: Transmission, us: number): boolean {
  const [sent, answer] = [seen[reference]?.time, answers[reference]?.time];
  return sent != null && answer != null && answer - sent < us;
}

function between(first: Transmission, second: Transmission): number | undefined {
  for (const [position, sighting] of first.seen.entries()) {
    const other = second.seen[position];
    if (sighting?.time != null && other?.time != null) return other.time - sighting.time;
  }
  return undefined;
}
