/** Lines from one place up to, and without, another. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** So many characters are looked at together: enough to be quick, few enough that one odd character costs little. */
const BLOCK = 65_536;

/** What `unmangle` repairs among the characters of ASCII, apart from colours that lost their escape. */
const ODD: readonly string[] = [
  ...['&', '<', '\r', '\u001b', '\u007f', '^[['],
  ...Array.from({ length: 9 }, (_, code) => String.fromCharCode(code)),
];

const ZERO = 48;
const SEMICOLON = 59;
const SMALL_M = 109;
const LONGEST_COLOUR = 8;

const encoder = new TextEncoder();

/**
 * The runs of lines in which something may need repair, or that hold a line longer than `longest`. Blocks of plain ASCII,
 * as nearly all of a long capture is, are told by a few searches for single characters: cheaper than a pattern on every line.
 */
export function doubtfulRuns(text: string, starts: Uint32Array, longest: number): readonly Run[] {
  const runs: Run[] = [];
  const room = new Uint8Array(BLOCK);
  const count = starts.length - 1;
  for (let from = 0, to = 0; from < count; from = to) {
    const start = starts[from] ?? 0;
    let isLong = false;
    do {
      isLong ||= (starts[to + 1] ?? 0) - (starts[to] ?? 0) > longest;
      to += 1;
    } while (to < count && (starts[to + 1] ?? 0) - start <= BLOCK);
    if (isLong || !isPlain(text.slice(start, starts[to]), room)) runs.push({ from, to });
  }
  return runs;
}

function isPlain(block: string, room: Uint8Array): boolean {
  // Only ASCII takes as many bytes as characters.
  const { read, written } = encoder.encodeInto(block, room);
  if (read !== block.length || written !== read) return false;
  return !ODD.some((odd) => block.includes(odd)) && !hasColour(block);
}

/** `[31m`, `[1;31m`: in brackets that stand for something else, no `m` follows the digits. */
function hasColour(block: string): boolean {
  for (let open = block.indexOf('['); open >= 0; open = block.indexOf('[', open + 1)) {
    let at = open + 1;
    while (isOfColour(block.charCodeAt(at)) && at - open <= LONGEST_COLOUR) at += 1;
    if (at > open + 1 && block.charCodeAt(at) === SMALL_M) return true;
  }
  return false;
}

// The digits, the colon that stands between them and the semicolon; a colon more costs nothing.
function isOfColour(code: number): boolean {
  return code >= ZERO && code <= SEMICOLON;
}
