const HEX = /^\s*0x[0-9a-f]{4,8}:\s/;

/** A line of `-x` or `-X`: `0x0010:  0a2a 0257 …` (print-ascii.c). */
export function isHexDump(line: string): boolean {
  return HEX.test(line);
}

/**
 * The first line of `-A`: the bytes of an IP header as characters. `E` to `O` are version 4 with a header of 20 to 60 bytes, the third
 * byte is the high half of a length below 8192; a back quote is version 6.
 */
export function beginsAsciiDump(text: string): boolean {
  const first = text.charCodeAt(0);
  return (first >= 69 && first <= 79 && text.charAt(2) === '.' && text.length >= 8) || first === 96;
}

/** A later line of `-A`, where the packet's own line feeds broke it: one word with bytes that print as dots. */
export function looksLikeAsciiDump(text: string): boolean {
  return (text.includes('..') && !text.includes(' ')) || (text.length <= 4 && text.includes('.'));
}
