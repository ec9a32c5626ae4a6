/**
 * Makes pasted text safe to show on one line: everything that steers a terminal or a reader instead of being read
 * (control characters, escape sequences, line and paragraph separators, bidirectional overrides, zero-width and
 * unassigned characters, lone surrogates) becomes its own code in the form `\x1b` or `\u{202e}`. Tabs stay.
 */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The first `most` characters (code points) of a text, and how many were left out. */
export function cutText(
  text: string,
  most: number,
): { readonly shown: string; readonly left: number; readonly total: number } {
  const total = charactersIn(text);
  if (total <= most) return { shown: text, left: 0, total };
  let units = 0;
  let taken = 0;
  for (const character of text) {
    if (taken === most) break;
    units += character.length;
    taken += 1;
  }
  return { shown: text.slice(0, units), left: total - most, total };
}

/** How many characters (code points) a text has. */
export function charactersIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

// \p{C} is every control, format, surrogate, private-use and unassigned code point: Unicode Standard, table 4-4.
const UNSEEN = /(?!\t)[\p{C}\p{Zl}\p{Zp}]/gu;
