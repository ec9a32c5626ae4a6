import type { Loss } from '../captures/loss.ts';
import type { Sighting } from '../captures/points.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** Below this a packet passes every usual path: what is lost there was not lost for its size. */
const LARGE_BYTES = 1000;

/** Whether the questions that vanished are those that are too long for the way: pings of two sizes, seen at two points. */
export const lossSize = defineJoin({
  question: 'loss-size',
  needs: ['tcpdump'],
  facts: {
    decides: {
      type: 'flag',
      is: 'every packet that vanished here is larger than every one that passed',
      of: (view) => sizes(view, ({ smallestLost, largestPassed }) => smallestLost > largestPassed),
    },
    smallestLost: {
      type: 'count',
      is: 'payload bytes of the smallest packet that vanished here',
      of: (view) => sizes(view, ({ smallestLost }) => smallestLost),
    },
    isShown: {
      type: 'flag',
      is: 'the sizes of the packets that vanished are shown, none of them cut off at the end of its line',
      of: isShown,
    },
    largestPassed: {
      type: 'count',
      is: 'payload bytes of the largest packet that passed here',
      of: (view) => sizes(view, ({ largestPassed }) => largestPassed),
    },
  },
});

interface Sizes {
  readonly smallestLost: number;
  readonly largestPassed: number;
}

function sizes<T>({ loss, following }: View, of: (sizes: Sizes) => T): Reading<T> {
  if (loss?.to == null) return unknown('no packet was seen to vanish between two points');
  const lost = loss.vanished.map(({ seen }) => seen);
  const smallestLost = Math.min(...lost.map(bytesOf));
  if (lost.length < 2 || smallestLost < LARGE_BYTES)
    return unknown('no large packet was seen to vanish twice');
  const passed = passedOf(
    loss,
    following.conversations.flatMap(({ transmissions }) => transmissions),
  );
  const largest = passed.toSorted((a, b) => bytesOf(b) - bytesOf(a))[0];
  if (largest === undefined) return unknown('nothing of the same kind passed');
  const shown = { smallestLost, largestPassed: bytesOf(largest) };
  return known(of(shown), [...lost.slice(0, 2), largest].map(citation));
}

/** What was seen where the others were missing. */
function passedOf(
  { conversation, direction, to }: Loss,
  transmissions: Loss['conversation']['transmissions'],
): readonly Sighting[] {
  return transmissions.flatMap(({ exchange, seen, answers }) => {
    if (exchange.protocol !== conversation.protocol) return [];
    return (direction === 'request' ? seen : answers).filter(
      (sighting) => sighting !== undefined && sighting.point === to?.index,
    ) as readonly Sighting[];
  });
}

function isShown({ loss }: View): Reading<boolean> {
  if (loss?.to == null) return unknown('no place where a packet vanished is shown');
  const lost = loss.vanished.map(({ seen }) => seen);
  const [first] = lost;
  if (first === undefined) return unknown('no packet was seen to vanish');
  const isCut = lost.some(({ packet }) => packet.truncated && bytesOf({ packet }) === 0);
  return isCut ? unknown('the lines are cut before the size') : known(true, [citation(first)]);
}

/** Whether all that vanished is known to be small. */
export function isSmall({ vanished }: Loss): boolean {
  return vanished.every(({ seen: { packet } }) => {
    const bytes = packet.payload ?? packet.ipLength;
    return !packet.truncated && bytes !== null && bytes < LARGE_BYTES;
  });
}

function bytesOf({ packet }: Pick<Sighting, 'packet'>): number {
  return packet.payload ?? packet.ipLength ?? 0;
}
