import { parseAddress, parsePrefix } from '../../primitives/address.ts';
import { wordsOf } from '../../primitives/words.ts';

/** Words that `ip route` prints without a value (ip/iproute.c, print_rt_flags, and `cache`). */
const FLAGS: ReadonlySet<string> = new Set(
  (
    'dead onlink pervasive offload trap notify linkdown unresolved rt_offload rt_trap ' +
    'offload_failed rt_offload_failed cache'
  ).split(' '),
);
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'via dev proto scope src metric table nhid encap tos dsfield from mark expires mtu advmss hoplimit ' +
    'rtt rttvar ssthresh cwnd initcwnd initrwnd quickack rto_min congctl features reordering window ' +
    'fastopen_no_cookie realm realms pref error weight ttl-propagate users age iif'
  ).split(' '),
);
const SHAPES: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['via', isAddress],
  ['src', isAddress],
  ['dev', (value: string) => /^[\w.:@~+-]{1,40}$/.test(value)],
  ['proto', (value: string) => /^[\w.-]{1,32}$/.test(value)],
  ['scope', (value: string) => /^(?:link|host|global|site|nowhere|\d+)$/.test(value)],
  ['metric', (value: string) => /^\d+$/.test(value)],
  ['nhid', (value: string) => /^\d+$/.test(value)],
]);
const MASKED = /^(?:[\dxX*]{1,3}\.){3}[\dxX*]{1,3}$|^\[?REDACTED\]?$/;
/** Where an encapsulation's own words (`encap ip id 100 src … tos 0`) end. */
const AFTER_ENCAP = ['via', 'dev', 'nhid', 'proto', 'metric', 'nexthop'];

/** The words behind a destination or a `nexthop`, in iproute2's order. */
export interface Words {
  readonly pairs: ReadonlyMap<string, string>;
  readonly flags: readonly string[];
  /** `via inet6 A`: the gateway's family is not the destination's. */
  readonly foreignVia: boolean;
  /** The line ends in a keyword without its value. */
  readonly cut: boolean;
}

interface Value {
  readonly value: string;
  readonly next: number;
}

/** The words of a line; `ip -o route` joins the lines of a multipath route by backslashes. */
export function tokensOf(line: string): string[] {
  return wordsOf(line.replaceAll('\\', ' '));
}

/** Whether the word may stand right behind a destination. */
export function isWord(word: string): boolean {
  return KEYWORDS.has(word) || FLAGS.has(word) || word === 'nexthop';
}

/** Whether the text is an address or a prefix, masked ones (`xx.xx.xx.0/24`) included. */
export function isDestination(text: string): boolean {
  return parsePrefix(text) !== undefined || MASKED.test(text.split('/', 1)[0] ?? '');
}

/** Reads keyword with value, flag or unknown word one by one; a remark behind them ends the reading. */
export function readWords(tokens: readonly string[]): Words {
  const pairs = new Map<string, string>();
  const flags: string[] = [];
  let foreignVia = false;
  let index = 0;
  while (index < tokens.length) {
    const word = tokens[index] ?? '';
    // An arrow or a remark written behind the route is not part of it.
    if (!/^[a-z][\w-]*$/.test(word)) break;
    const following = tokens[index + 1];
    if (isAlone(word, following)) {
      flags.push(word);
      index += 1;
      continue;
    }
    if (following === undefined) return { pairs, flags, foreignVia, cut: true };
    const { value, next } = valueAt(tokens, index);
    pairs.set(word, value);
    if (word === 'via' && following.startsWith('inet')) foreignVia = true;
    index = next;
  }
  return { pairs, flags, foreignVia, cut: false };
}

/** How many keywords with a fitting value the tokens begin with, and whether that is all of them. */
export function countPairs(tokens: readonly string[]): {
  readonly count: number;
  readonly all: boolean;
} {
  let count = 0;
  let index = 0;
  while (index < tokens.length) {
    const word = tokens[index] ?? '';
    if (FLAGS.has(word) || (word === 'nexthop' && count > 0)) {
      index += 1;
      continue;
    }
    const { value, next } = valueAt(tokens, index);
    if (!KEYWORDS.has(word) || value === '' || SHAPES.get(word)?.(value) === false) break;
    count += 1;
    index = next;
  }
  return { count, all: index >= tokens.length };
}

// A word this version does not know is a flag when nothing or a known word follows, else it has a value.
function isAlone(word: string, following: string | undefined): boolean {
  if (FLAGS.has(word)) return true;
  return !KEYWORDS.has(word) && (following === undefined || KEYWORDS.has(following));
}

function valueAt(tokens: readonly string[], at: number): Value {
  const [word = '', first = '', second = ''] = tokens.slice(at, at + 3);
  if (word === 'encap') return encapAt(tokens, at + 1);
  if (first === 'lock' && second !== '') return { value: `lock ${second}`, next: at + 3 };
  if ((first === 'inet' || first === 'inet6') && second !== '')
    return { value: second, next: at + 3 };
  return { value: first, next: at + 2 };
}

function encapAt(tokens: readonly string[], at: number): Value {
  let next = at;
  while (next < tokens.length && !AFTER_ENCAP.includes(tokens[next] ?? '')) next += 1;
  return { value: tokens.slice(at, next).join(' '), next };
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined || MASKED.test(text);
}
