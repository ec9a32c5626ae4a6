const WORD = 2 ** 32;
const HALF = 2 ** 16;
/** Up to here a remainder times 2^16 still is a whole number of 53 bits. */
const MOST_EXACT = 1e11;

/** When a packet was captured: whole seconds since 1970, and microseconds with their fraction. */
export interface Moment {
  readonly seconds: number;
  readonly micros: number;
}

/** How a pcapng interface counts time. */
export interface Ticks {
  readonly perSecond: number;
  /** The same, for clocks finer than numbers can reckon with; null for all others. */
  readonly exact: bigint | null;
  /** Seconds to be added to each time. */
  readonly offset: number;
}

/** The clock that if_tsresol describes: a power of ten, or of two where the highest bit is set. */
export function ticksOf(tsresol: number, offset: number): Ticks {
  const base = (tsresol & 0x80) === 0 ? 10 : 2;
  const perSecond = base ** (tsresol & 0x7f);
  const exact = perSecond > MOST_EXACT ? BigInt(base) ** BigInt(tsresol & 0x7f) : null;
  return { perSecond, exact, offset };
}

/** A count of ticks since 1970, given as two words of 32 bits, as seconds and microseconds. */
export function ticksToMoment(
  { perSecond, exact, offset }: Ticks,
  high: number,
  low: number,
): Moment {
  if (exact !== null) return exactMoment(exact, offset, high, low);
  // Long division by halves of a word, because 64 bits do not fit into a number.
  const first = high % perSecond;
  const upper = first * HALF + Math.floor(low / HALF);
  const lower = (upper % perSecond) * HALF + (low % HALF);
  const seconds =
    Math.floor(high / perSecond) * WORD +
    Math.floor(upper / perSecond) * HALF +
    Math.floor(lower / perSecond);
  return { seconds: seconds + offset, micros: ((lower % perSecond) * 1e6) / perSecond };
}

function exactMoment(exact: bigint, offset: number, high: number, low: number): Moment {
  const count = BigInt(high) * BigInt(WORD) + BigInt(low);
  const nanos = Number(((count % exact) * 1_000_000_000n) / exact);
  return { seconds: Number(count / exact) + offset, micros: nanos / 1000 };
}
