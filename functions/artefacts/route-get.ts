import { parseAddress } from '../primitives/address.ts';
import { wordsOf } from '../primitives/words.ts';
import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';
import { asPrinted, isJsonField, jsonStrength } from './ip-json.ts';

const TYPES = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
] as const;
const ANSWERS = /^RTNETLINK answers: (.+)$/;
/** What the kernel answers instead of a route, as strerror(3) words it; fib_props in net/ipv4/fib_semantics.c. */
const ERRORS: ReadonlyMap<string, string> = new Map([
  ['Network is unreachable', 'network-unreachable'],
  ['No route to host', 'no-route-to-host'],
  ['Invalid argument', 'invalid-argument'],
  ['Permission denied', 'permission-denied'],
]);
/** `error -101` of an IPv6 answer that is a route all the same. */
const ERRNOS: ReadonlyMap<string, string> = new Map([
  ['-101', 'network-unreachable'],
  ['-113', 'no-route-to-host'],
  ['-22', 'invalid-argument'],
  ['-13', 'permission-denied'],
]);
// Only a listing prints these: an answer shows where one packet goes, not how the route came to be.
const LISTED = ['scope', 'weight', 'onlink', 'linkdown', 'nexthop', 'lladdr'];
const CACHE = /^cache(?:\s|$)/;
const FLAGS: ReadonlySet<string> = new Set([
  'onlink',
  'linkdown',
  'dead',
  'pervasive',
  'offload',
  'notify',
  'cache',
]);
const MASKED = /^(?:[\dxX*]{1,3}\.){3}[\dxX*]{1,3}$/;

/** One answer: the way of one packet, or why it has none; words that were not printed are null. */
interface RouteAnswer {
  readonly line: number;
  /** Null, like the destination, in a bare error. */
  readonly type: (typeof TYPES)[number] | null;
  readonly destination: string | null;
  readonly from: string | null;
  readonly via: string | null;
  readonly dev: string | null;
  readonly src: string | null;
  readonly table: string | null;
  readonly mark: string | null;
  readonly uid: number | null;
  /** The words of the `cache` line: `expires 599sec mtu 1400`, `<local>`; null when there is none. */
  readonly cache: string | null;
  readonly error: string | null;
}

interface RouteAnswers {
  readonly answers: readonly RouteAnswer[];
}

/**
 * `ip route get`, one or several; print_route and print_cache_flags of iproute2's ip/iproute.c. `uid` since 4.12. A blackhole
 * answers `Invalid argument`, an unreachable route `No route to host`, a prohibited one `Permission denied`.
 */
export const routeGet = defineArtefact({
  kind: 'route-get',
  title: 'ip route get',
  ask: 'ip route get {traffic.target|DST}',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+r(?:o|ou|out|oute)?\s+g(?:e|et)?\s/,
  first: '0123456789abcdefABCDEF:xX*[]{}"Rlmntupbh',
  recognise,
  continues: isJsonField,
  parse,
  size: ({ answers }) => ({ count: answers.length, unit: 'routes' }),
  facts: {
    device: {
      type: 'label',
      is: 'device the packet leaves by',
      of: single('dev', 'the answer names no device'),
    },
    gateway: {
      type: 'label',
      is: 'gateway the packet is sent to',
      of: single('via', 'the answer names no gateway'),
    },
    error: {
      type: 'label',
      is: 'none, network-unreachable, no-route-to-host, invalid-argument or permission-denied: why there is no way',
      of: single('error', ''),
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  const said = ANSWERS.exec(text)?.[1];
  if (said !== undefined) return refusalStrength(said.trim());
  if (/^cache(?:$|\s+(?:<[\w,-]+>|expires \d+sec|iif [\w.:@-]+|mtu \d+))/.test(text)) return 'weak';
  const words = wordsOf(text);
  const answer = answerOf(words, 1);
  if (answer === undefined) return jsonStrength(text, 'route-get');
  if (words.some((word) => LISTED.includes(word))) return 'none';
  if (answer.uid !== null) return 'strong';
  // The way of a packet from elsewhere (`from A iif veth1`) names no source of its own.
  const isAnswer = answer.dev !== null && (answer.src !== null || answer.from !== null);
  return isAnswer && !words.includes('proto') ? 'weak' : 'none';
}

// The other two words also refuse a new route or link.
function refusalStrength(said: string): Strength {
  if (!ERRORS.has(said)) return 'none';
  return said === 'Network is unreachable' || said === 'No route to host' ? 'strong' : 'weak';
}

function parse(lines: readonly string[]) {
  const answers: RouteAnswer[] = [];
  const unread: number[] = [];
  for (const { line, text } of asPrinted(lines)) {
    // `-o` joins the cache line to its answer by a backslash.
    const parts = text.split('\\').map((part) => part.trim());
    for (const part of parts) {
      if (part !== '' && !readPart(part, line, answers)) unread.push(line);
    }
  }
  return answers.length === 0 ? undefined : { content: { answers }, unread: [...new Set(unread)] };
}

function readPart(part: string, line: number, answers: RouteAnswer[]): boolean {
  const last = answers.at(-1);
  if (CACHE.test(part) && last !== undefined && last.destination !== null && last.cache === null) {
    answers[answers.length - 1] = { ...last, cache: part.slice('cache'.length).trim() };
    return true;
  }
  const said = ANSWERS.exec(part)?.[1];
  const answer = said === undefined ? answerOf(wordsOf(part), line) : refusal(said, line);
  if (answer !== undefined) answers.push(answer);
  return answer !== undefined;
}

function refusal(said: string, line: number): RouteAnswer | undefined {
  const error = ERRORS.get(said.trim());
  if (error === undefined) return undefined;
  return { ...NOTHING, line, error };
}

const NOTHING = {
  type: null,
  destination: null,
  from: null,
  via: null,
  dev: null,
  src: null,
  table: null,
  mark: null,
  uid: null,
  cache: null,
} as const;

function answerOf(words: readonly string[], line: number): RouteAnswer | undefined {
  const type = TYPES.find((known) => known === words[0]);
  const [destination = '', ...rest] = type === undefined ? words : words.slice(1);
  if (!isAddress(destination)) return undefined;
  const pairs = pairsIn(rest);
  if (!pairs.has('dev') && !pairs.has('via')) return undefined;
  const uid = pairs.get('uid');
  return {
    line,
    type: type ?? 'unicast',
    destination,
    from: pairs.get('from') ?? null,
    via: pairs.get('via') ?? null,
    dev: pairs.get('dev') ?? null,
    src: pairs.get('src') ?? null,
    table: pairs.get('table') ?? null,
    mark: pairs.get('mark') ?? null,
    uid: uid === undefined || !/^\d+$/.test(uid) ? null : Number(uid),
    cache: null,
    error: ERRNOS.get(pairs.get('error') ?? '') ?? 'none',
  };
}

function pairsIn(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? '';
    if (FLAGS.has(word)) {
      index += 1;
      continue;
    }
    const foreign = word === 'via' && /^inet6?$/.test(words[index + 1] ?? '') ? 1 : 0;
    const value = words[index + 1 + foreign];
    if (value !== undefined && !pairs.has(word)) pairs.set(word, value);
    index += 2 + foreign;
  }
  return pairs;
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined || MASKED.test(text);
}

function single(field: 'dev' | 'via' | 'error', why: string) {
  return ({ answers }: RouteAnswers): Local<string> => {
    const values = new Set(answers.map((answer) => answer[field]));
    const [value = null] = values;
    if (values.size > 1) return missing('several lookups with different answers were pasted');
    return value === null
      ? missing(why)
      : found(
          value,
          answers.map(({ line }) => line),
        );
  };
}
