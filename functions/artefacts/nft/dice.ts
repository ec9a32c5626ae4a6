/** A match that takes a part of the packets, as the rule's field and its value, and how many words it has. */
interface Dice {
  readonly field: 'chancePercent' | 'fragments';
  readonly value: string;
  readonly length: number;
}

/** Reads what only a part of the packets meets: by chance, by turns, or as fragments (nft(8), numgen, meta, ip frag-off, exthdr). */
export function diceAt(words: readonly string[], at: number): Dice | undefined {
  return generated(words, at) ?? random(words, at) ?? fragmented(words, at);
}

/** `numgen random mod 100 < 30`, `numgen inc mod 4 0`. */
function generated(words: readonly string[], at: number): Dice | undefined {
  const text = words.slice(at, at + 8).join(' ');
  const [whole, mod, operator = '', value] =
    /^numgen (?:random|inc) mod (\d+)(?: offset 0)? (?:(<=?|>=?|==) )?(\d+)(?= |$)/.exec(text) ??
    [];
  if (whole === undefined) return undefined;
  return chance(operator, Number(value), Number(mod), whole);
}

/** `meta random < 1288490188`: of 32 bits, or of as many as a mask leaves. */
function random(words: readonly string[], at: number): Dice | undefined {
  const text = words.slice(at, at + 6).join(' ');
  const [whole, mask, operator = '', value] =
    /^meta random (?:& (\w+) )?(<=?|>=?) (\d+)(?= |$)/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return chance(operator, Number(value), mask === undefined ? 2 ** 32 : Number(mask) + 1, whole);
}

function chance(operator: string, value: number, of: number, text: string): Dice {
  const below = value + (operator === '<=' || operator === '>' ? 1 : 0);
  const part = operator.startsWith('>') ? of - below : operator.startsWith('<') ? below : 1;
  const length = text.split(' ').length;
  return { field: 'chancePercent', value: String((100 * part) / of), length };
}

/** `ip frag-off & 8191 != 0`: the offset (RFC 791, 3.1); with the bit before it, all parts. */
function fragmented(words: readonly string[], at: number): Dice | undefined {
  const text = words.slice(at, at + 6).join(' ');
  if (text.startsWith('exthdr frag exists')) return { field: 'fragments', value: 'any', length: 3 };
  const [whole, mask, operator] =
    /^ip frag-off & (\w+) (?:(!=|==) )?(?:0|0x0+)(?= |$)/.exec(text) ?? [];
  const parts = Number(mask) === OFFSET ? 'later' : Number(mask) === OFFSET + MORE ? 'any' : null;
  if (whole === undefined || parts === null) return undefined;
  return {
    field: 'fragments',
    value: operator === '!=' ? parts : `not-${parts}`,
    length: whole.split(' ').length,
  };
}

const OFFSET = 0x1fff;
const MORE = 0x2000;
