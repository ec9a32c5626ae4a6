/** What `\s` matches beyond ASCII. */
const WIDE = new Set([...'\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff'].map(codeOf));

/**
 * The words of a line: what stands between blanks of any kind (`\s`). Several kinds ask it of every line of a paste, and
 * a split by a pattern takes several times as long.
 */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; at += 1) {
    if (at < text.length && !isBlank(text.charCodeAt(at))) continue;
    if (at > from) words.push(text.slice(from, at));
    from = at + 1;
  }
  return words;
}

function isBlank(code: number): boolean {
  if (code < 0xa0) return code === 32 || (code >= 9 && code <= 13);
  return (code >= 0x2000 && code <= 0x200a) || WIDE.has(code);
}

function codeOf(text: string): number {
  return text.charCodeAt(0);
}
