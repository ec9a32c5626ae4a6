import { type Address, contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';
import { isJsonField, jsonStrength } from './ip-json.ts';
import { isLegacyHead, legacyWords } from './route/legacy.ts';
import { headOf, parseRoutes, REFUSING, type Route, type Routes } from './route/read.ts';
import { isWindowsFrame } from './route/windows.ts';
import { countPairs, tokensOf } from './route/words.ts';

// `ip neigh` begins like a host route: `10.0.0.7 dev eth0 lladdr … REACHABLE`.
const NEIGHBOUR =
  /\s(?:lladdr|proxy\s*$|INCOMPLETE|REACHABLE|STALE|DELAY|PROBE|FAILED|NOARP|PERMANENT)(?:\s|$)/;
// Only an answer of `ip route get` names the user that asked.
const GET = /\suid \d+(?:\s|$)/;
const LISTED = ['proto', 'scope', 'metric', 'table', 'onlink', 'linkdown', 'nhid', 'nexthop'];
const HINT =
  /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+r(?:o|ou|out|oute)?(?:\s+(?:s|sh|sho|show|l|ls|list|table|dev|type|proto|default|root|match|exact)\b|\s*(?:$|[|;&>]))|(?:^|[\s/;&|])route(?:\s+-[a-zA-Z0-9]+){0,3}(?:\s+print\b|\s*(?:$|[|;&>]))|\bnetstat\s+(?:-\S+\s+){0,3}-[a-zA-Z]*r|\/proc\/net\/(?:ipv6_)?route\b/;

/**
 * `ip route`, IPv4 and IPv6, any table, since iproute2 2.6; the words are those of ip/iproute.c, print_route. `route -n`
 * and `netstat -rn` are read as the same routes, and so is the JSON of `ip -j`.
 */
export const route = defineArtefact({
  kind: 'route',
  title: 'ip route',
  ask: 'ip -4 route; ip rule',
  hint: HINT,
  recognise,
  // A second table, of another host, has its own heading.
  begins: (line) => isLegacyHead(line.trim()) && /^\s*(?:Kernel|Routing)/.test(line),
  continues: (line) =>
    isWindowsFrame(line.trim()) ||
    isBarePrefix(line.trim()) ||
    /^\s*cache(?:\s|$)/.test(line) ||
    isJsonField(line),
  parse: parseRoutes,
  size: ({ routes }) => ({ count: routes.length, unit: 'routes' }),
  facts: {
    defaultGateway: {
      type: 'label',
      is: 'gateway of the default route with the lowest metric',
      of: defaultGateway,
    },
    linkdownDevices: {
      type: 'list',
      is: 'devices whose routes are marked linkdown or dead',
      of: linkdownDevices,
    },
    typedRoutes: {
      type: 'list',
      is: 'routes that refuse packets, as `blackhole 10.0.0.0/26`',
      of: typedRoutes,
    },
  },
});

/**
 * The route of the main table that the kernel would take for `address`: the longest prefix, then the lowest metric.
 * Refusing routes match like any other. Routes that hold for one TOS or one source only, and dead ones, are passed over.
 */
export function lookup(routes: readonly Route[], address: Address): Route | undefined {
  let best: Route | undefined;
  for (const candidate of routes) {
    if (!isPlain(candidate) || !matches(candidate, address)) continue;
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function isPlain(candidate: Route): boolean {
  const { flags, nexthops, other } = candidate;
  const dead =
    nexthops.length > 0
      ? nexthops.every((way) => way.flags.includes('dead'))
      : flags.includes('dead');
  return isInMain(candidate) && !dead && !other.has('tos') && !other.has('from');
}

function isInMain({ table }: Route): boolean {
  return table === null || table === 'main' || table === '254';
}

function matches({ destination, prefix }: Route, address: Address): boolean {
  return prefix === null ? destination === 'default' : contains(prefix, address);
}

function isBetter(a: Route, b: Route): boolean {
  const longer = (a.prefix?.length ?? 0) - (b.prefix?.length ?? 0);
  return longer === 0 ? metricOf(a) < metricOf(b) : longer > 0;
}

function metricOf({ other }: Route): number {
  return Number(other.get('metric') ?? 0);
}

function recognise(line: string): Strength {
  if (NEIGHBOUR.test(line) || GET.test(line)) return 'none';
  if (isLegacyHead(line.trim()) || legacyWords(line) !== undefined) return 'strong';
  if (/^\s*(?:Interface List|接口列表)\s*$/.test(line)) return 'weak';
  const strength = recogniseWords(tokensOf(line));
  return strength === 'none' ? jsonStrength(line, 'route') : strength;
}

function recogniseWords(tokens: readonly string[]): Strength {
  if (tokens[0] === 'nexthop') return countPairs(tokens.slice(1)).count > 0 ? 'strong' : 'none';
  const head = headOf(tokens);
  if (head === undefined) return 'none';
  const { type, destination, rest } = head;
  if (rest.length === 0) {
    if (!REFUSING.has(type)) return 'none';
    // `blackhole default` and `unreachable 192.0.2.9` may be two words of a sentence.
    return destination.includes('/') ? 'strong' : 'weak';
  }
  if (rest[0] === 'nexthop') return countPairs(rest.slice(1)).count > 0 ? 'strong' : 'none';
  const { count, all } = countPairs(rest);
  if (count === 0) return 'none';
  // `default dev eth0` is a whole route and also plain English.
  if (destination === 'default' && count === 1 && !rest.includes('via')) {
    return all ? 'weak' : 'none';
  }
  return couldBeAnswer(destination, rest) ? 'weak' : 'strong';
}

// `ip route get` prints a bare address with its source; a listed host route mostly has a protocol or a scope too.
function couldBeAnswer(destination: string, rest: readonly string[]): boolean {
  if (destination === 'default' || destination.includes('/')) return false;
  if (!rest.includes('src') && !rest.includes('from')) return false;
  return !LISTED.some((word) => rest.includes(word));
}

// The first line of a multipath route is `10.0.0.0/8` alone: too common elsewhere to prove anything.
function isBarePrefix(text: string): boolean {
  return text.includes('/') && parsePrefix(text) !== undefined;
}

function defaultGateway({ routes }: Routes): Local<string> {
  const all = routes.filter((one) => one.destination === 'default' && isPlain(one));
  // Metrics of the two families cannot be compared: IPv6 starts at 1024, IPv4 at 0.
  const v4 = all.filter(({ prefix }) => prefix?.family !== 6);
  const defaults = v4.length > 0 ? v4 : all;
  const metric = defaults.map(metricOf).reduce((least, one) => Math.min(least, one), Infinity);
  const ways = defaults
    .filter((one) => metricOf(one) === metric)
    .flatMap((one) => [one, ...one.nexthops]);
  if (ways.length === 0) return missing('no default route was pasted');
  const gateways = new Set(ways.flatMap(({ via }) => via ?? []));
  const [gateway] = gateways;
  if (gateway === undefined) return missing('the default route names no gateway');
  if (gateways.size > 1) return missing('there are several default gateways');
  if (parseAddress(gateway) === undefined) return missing('the default gateway is masked');
  return found(gateway, linesOf(ways));
}

function linkdownDevices({ routes }: Routes): Local<readonly string[]> {
  const ways = routes.flatMap((one) => [one, ...one.nexthops]);
  const down = ways.filter(({ flags }) => flags.includes('linkdown') || flags.includes('dead'));
  const devices = new Set(down.flatMap(({ dev }) => dev ?? []));
  return found([...devices], linesOf(devices.size > 0 ? down : routes));
}

function typedRoutes({ routes }: Routes): Local<readonly string[]> {
  // The kernel keeps an unreachable default of its own in table `unspec`.
  const typed = routes.filter((one) => REFUSING.has(one.type) && isInMain(one));
  const names = typed.map(({ type, destination }) => `${type} ${destination}`);
  return found(names, linesOf(typed.length > 0 ? typed : routes));
}

function linesOf(ways: readonly { readonly line: number }[]): number[] {
  return [...new Set(ways.map(({ line }) => line))];
}
