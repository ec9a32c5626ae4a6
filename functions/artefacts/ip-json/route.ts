import {
  type Fields,
  isFields,
  type JsonObject,
  listAt,
  textAt,
  textsAt,
  wordsFor,
} from './objects.ts';

/** The fields of `ip -j route` and the words of `ip route` for them, in its order (ip/iproute.c: print_route). */
/** First the field that an encapsulation has too. */
const WORDS = [
  ['tos', 'tos'],
  ['from', 'from'],
  ['nhid', 'nhid'],
  ['dev', 'dev'],
  ['table', 'table'],
  ['protocol', 'proto'],
  ['scope', 'scope'],
  ['prefsrc', 'src'],
  ['metric', 'metric'],
  ['mark', 'mark'],
  ['uid', 'uid'],
  ['expires', 'expires'],
  ['error', 'error'],
  ['iif', 'iif'],
  ['pref', 'pref'],
] as const;

/** A route, or the answer to `ip -j route get`, as `ip` prints it without `-j`. */
export function routeLines({ fields, text }: JsonObject): readonly string[] {
  // An encapsulation has a destination of its own, behind that of the route.
  const destination = /"dst"\s*:\s*"([^"]{1,60})"/.exec(text)?.[1];
  if (destination === undefined) return [];
  const { type } = fields;
  const words = [
    ...(typeof type === 'string' ? [type] : []),
    destination,
    ...wordsFor(fields, [['encap', 'encap']]),
    ...viaOf(fields),
    ...wordsFor(fields, 'encap' in fields ? WORDS.slice(1) : WORDS),
    ...listAt(fields, 'metrics').flatMap(metricWords),
    ...textsAt(fields, 'flags'),
    ...listAt(fields, 'nexthops').flatMap(wayOf),
  ];
  return [words.join(' '), ...cacheOf(fields)];
}

function viaOf(fields: Fields): readonly string[] {
  const { via } = fields;
  if (!isFields(via)) return wordsFor(fields, [['gateway', 'via']]);
  const [family, host] = [textAt(via, 'family'), textAt(via, 'host')];
  return family === undefined || host === undefined ? [] : ['via', family, host];
}

function metricWords(metrics: Fields): readonly string[] {
  return Object.keys(metrics).flatMap((name) =>
    wordsFor(metrics, [[name, name === 'congestion' ? 'congctl' : name]]),
  );
}

function wayOf(way: Fields): readonly string[] {
  const words = wordsFor(way, [
    ['dev', 'dev'],
    ['weight', 'weight'],
  ]);
  return ['nexthop', ...viaOf(way), ...words, ...textsAt(way, 'flags')];
}

/** Only an answer has it, empty for a way that is not cached. */
function cacheOf(fields: Fields): readonly string[] {
  const { cache } = fields;
  if (!Array.isArray(cache)) return [];
  const flags = textsAt(fields, 'cache');
  return [flags.length === 0 ? 'cache' : `cache <${flags.join(',')}>`];
}
