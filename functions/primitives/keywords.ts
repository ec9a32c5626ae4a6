/** The words of a line of iproute2: keywords with their values, and flags that stand alone. */
export interface Keywords {
  readonly pairs: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
}

/** What a remark at the end of a pasted line begins with. */
const REMARK = /^[#<(←]/;

/**
 * Reads words that are all known: `keys` take a value, `flags` take none. A remark ends the line; any other word makes it
 * a line of something else. A keyword at the very end keeps an empty value.
 */
export function readKeywords(
  words: readonly string[],
  keys: ReadonlySet<string>,
  flags: ReadonlySet<string>,
): Keywords | undefined {
  const pairs = new Map<string, string>();
  const alone: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (flags.has(word)) alone.push(word);
    else if (keys.has(word)) {
      pairs.set(word, words[at + 1] ?? '');
      at += 1;
    } else if (REMARK.test(word)) break;
    else return undefined;
  }
  return { pairs, flags: alone };
}
