import { type Prefix, parseAddress, parsePrefix } from '../../primitives/address.ts';
import { asPrinted } from '../ip-json.ts';
import { isLegacyHead, legacyWords } from './legacy.ts';
import { isWindowsFrame } from './windows.ts';
import { isDestination, isWord, readWords, tokensOf, type Words } from './words.ts';

const TYPES = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
] as const;

/** Types that answer a lookup by refusing the packet or, for `throw`, by leaving the table. */
export const REFUSING: ReadonlySet<string> = new Set<RouteType>([
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
]);

/** How the kernel treats a packet that this route matches. */
type RouteType = (typeof TYPES)[number];

/** One way of a multipath route. */
interface Nexthop {
  readonly line: number;
  readonly via: string | null;
  readonly dev: string | null;
  readonly weight: number | null;
  readonly flags: readonly string[];
}

/** One route; `prefix` is null when the destination is masked, is told by name or is a default route of unknown family. */
export interface Route {
  readonly line: number;
  readonly type: RouteType;
  /** `default`, or the prefix as printed. */
  readonly destination: string;
  readonly prefix: Prefix | null;
  readonly via: string | null;
  readonly dev: string | null;
  readonly src: string | null;
  /** Null when not printed: the main table, or whichever one the command asked for. */
  readonly table: string | null;
  readonly flags: readonly string[];
  readonly nexthops: readonly Nexthop[];
  /** Every other keyword with its value: `proto`, `scope`, `metric`, `mtu` (`lock 1400`), `encap`. */
  readonly other: ReadonlyMap<string, string>;
}

/** A listing of routes, in its order. */
export interface Routes {
  readonly routes: readonly Route[];
}

/** What a line begins with, and the words behind it. */
interface Head {
  readonly type: RouteType;
  readonly destination: string;
  readonly rest: readonly string[];
}

interface Draft extends Words {
  readonly line: number;
  readonly type: RouteType;
  readonly destination: string;
  readonly nexthops: Nexthop[];
  readonly extra: Map<string, string>;
}

interface Outcome {
  readonly read: boolean;
  readonly cut: boolean;
}

/** Reads the lines of a listing; undefined when none of them is a route. */
export function parseRoutes(lines: readonly string[]) {
  const drafts: Draft[] = [];
  const unread: number[] = [];
  let truncated = false;
  for (const { line, text } of asPrinted(lines)) {
    if (isLegacyHead(text.trim()) || isWindowsFrame(text.trim())) continue;
    const legacy = legacyWords(text);
    const tokens = legacy ?? tokensOf(text);
    if (tokens.length === 0) continue;
    const { read, cut } = readLine(tokens, line, drafts, legacy !== undefined);
    if (!read) unread.push(line);
    truncated = cut;
  }
  const whole = drafts.filter((draft) => !isEmpty(draft));
  if (whole.length === 0) return undefined;
  const empty = drafts.filter(isEmpty).map(({ line }) => line);
  // Many objects in JSON stand on one line.
  const skipped = [...new Set(unread.concat(empty))].sort((a, b) => a - b);
  return { content: { routes: whole.map(routeOf) }, unread: skipped, truncated };
}

/** Splits type and destination off; undefined when the line has no destination. Older tools may print a name for it. */
export function headOf(tokens: readonly string[], mayBeNamed = false): Head | undefined {
  const type = TYPES.find((known) => known === tokens[0]);
  const [destination = '', ...rest] = type === undefined ? tokens : tokens.slice(1);
  if (destination !== 'default' && !mayBeNamed && !isDestination(destination)) return undefined;
  return { type: type ?? 'unicast', destination, rest };
}

function readLine(
  tokens: readonly string[],
  line: number,
  drafts: Draft[],
  mayBeNamed: boolean,
): Outcome {
  const last = drafts.at(-1);
  if (tokens[0] === 'nexthop' || tokens[0] === 'cache') {
    if (last === undefined) return { read: false, cut: false };
    return { read: true, cut: addWays(last, tokens, line) };
  }
  const head = headOf(tokens, mayBeNamed);
  const next = head?.rest[0];
  if (head === undefined || (next !== undefined && !isWord(next))) {
    return { read: false, cut: false };
  }
  const ways = head.rest.indexOf('nexthop');
  const words = readWords(ways < 0 ? head.rest : head.rest.slice(0, ways));
  const { type, destination } = head;
  const draft: Draft = { ...words, line, type, destination, nexthops: [], extra: new Map() };
  drafts.push(draft);
  const cut = ways >= 0 && addWays(draft, head.rest.slice(ways), line);
  return { read: true, cut: cut || words.cut };
}

/** Adds each `nexthop …` of the tokens; what follows the last way's own words (`pref medium`) is the route's. */
function addWays(draft: Draft, tokens: readonly string[], line: number): boolean {
  let cut = false;
  let start = 0;
  for (let index = 1; index <= tokens.length; index += 1) {
    if (index < tokens.length && tokens[index] !== 'nexthop') continue;
    const { pairs, flags, cut: ends } = readWords(tokens.slice(start + 1, index));
    if (tokens[start] === 'nexthop') {
      const weight = pairs.get('weight') ?? '';
      const via = pairs.get('via') ?? null;
      const dev = pairs.get('dev') ?? null;
      draft.nexthops.push({
        line,
        via,
        dev,
        weight: /^\d+$/.test(weight) ? Number(weight) : null,
        flags,
      });
    }
    for (const [key, value] of pairs) {
      if (!['via', 'dev', 'weight'].includes(key)) draft.extra.set(key, value);
    }
    cut = ends;
    start = index;
  }
  return cut;
}

function isEmpty({ type, pairs, nexthops }: Draft): boolean {
  return pairs.size === 0 && nexthops.length === 0 && !REFUSING.has(type);
}

function routeOf(draft: Draft): Route {
  const other = new Map([...draft.pairs, ...draft.extra]);
  for (const key of ['via', 'dev', 'src', 'table']) other.delete(key);
  return {
    line: draft.line,
    type: draft.type,
    destination: draft.destination,
    prefix:
      draft.destination === 'default'
        ? wholeSpace(draft)
        : (parsePrefix(draft.destination) ?? null),
    via: draft.pairs.get('via') ?? null,
    dev: draft.pairs.get('dev') ?? null,
    src: draft.pairs.get('src') ?? null,
    table: draft.pairs.get('table') ?? null,
    flags: draft.flags,
    nexthops: draft.nexthops,
    other,
  };
}

// `default` does not say its family; the gateway does, and only IPv6 routes have a preference.
function wholeSpace({ pairs, nexthops, foreignVia, extra }: Draft): Prefix | null {
  if (foreignVia) return { family: 4, bits: 0n, length: 0 };
  const near = [pairs.get('via'), pairs.get('src'), ...nexthops.map((way) => way.via)];
  const addresses = near.flatMap((text) => parseAddress(text ?? '') ?? []);
  const family = addresses[0]?.family ?? (pairs.has('pref') || extra.has('pref') ? 6 : null);
  return family === null ? null : { family, bits: 0n, length: 0 };
}
