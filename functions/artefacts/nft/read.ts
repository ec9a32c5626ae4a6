import type { Chain, Rule, Ruleset } from '../firewall-rule.ts';
import { asListed } from './json.ts';
import { elementsOf, nftRules, wordsOf } from './rule.ts';
import { type MapVerdict, mapVerdicts } from './verdicts.ts';

export const TABLE =
  /^table (ip|ip6|inet|arp|bridge|netdev) (\S{1,64}) \{(?: ?\})?(?: # handle \d+)?$/;
export const CHAIN = /^chain (\S{1,128}) \{(?: ?\})?(?: # handle \d+)?$/;
export const BASE =
  /^type (filter|nat|route) hook (\w{1,16})(?: devices? .{1,200}?)? priority ([\w +-]{1,24});(?: policy (accept|drop);)?(?: comment .*)?$/;
export const SET = /^(?:set|map) (\S{1,128}) \{(?: # handle \d+)?$/;
/** nft's own remark about tables that iptables-nft writes. */
export const WARNING = /^# Warning: table \S+ \S+ is managed by iptables-nft/;
const OTHER =
  /^(?:flowtable|counter|quota|limit|secmark|synproxy|tunnel|ct (?:helper|timeout|expectation)) \S{1,128} \{(?: # handle \d+)?$/;

/** Names of priorities (nft(8), Standard priority names). */
const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['raw', -300],
  ['mangle', -150],
  ['dstnat', -100],
  ['filter', 0],
  ['security', 50],
  ['srcnat', 100],
]);

interface Draft {
  readonly chains: Chain[];
  readonly rules: Rule[];
}

interface State {
  readonly readings: Draft[];
  readonly unread: number[];
  family: string;
  table: string | null;
  chain: string | null;
  /** In a set, a counter or another block that is no chain. */
  set: string | null;
  inside: 'chain' | 'set' | 'other' | null;
  elements: string[] | null;
  sets: Map<string, readonly string[]>;
}

/** Reads `nft list ruleset`, `list table`, `list chain`, one or several: the same table again begins another. */
export function parseNft(lines: readonly string[]) {
  const state: State = {
    readings: [{ chains: [], rules: [] }],
    unread: [],
    family: 'ip',
    table: null,
    chain: null,
    set: null,
    inside: null,
    elements: null,
    sets: new Map(),
  };
  const tables = new Set<string>();
  const verdicts: MapVerdict[] = [];
  let heads = 0;
  for (const { line, text: raw } of asListed(lines)) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    const [, family, name] = TABLE.exec(text) ?? [];
    if (family === undefined || name === undefined) {
      if (!step(state, text, line)) state.unread.push(line);
      verdicts.push(...mapVerdicts(text, line, state.set));
      continue;
    }
    heads += 1;
    const key = `${family} ${name}`;
    // `nft list chain` prints the table's head for each chain; only a chain met again begins another listing.
    if (!tables.has(key)) state.sets = new Map();
    tables.add(key);
    Object.assign(state, { family, table: key, chain: null, inside: null, elements: null });
  }
  const readings: readonly Ruleset[] = state.readings.filter(
    ({ chains, rules }) => chains.length + rules.length > 0,
  );
  return heads === 0 && readings.length === 0
    ? undefined
    : { content: { readings, verdicts }, unread: state.unread };
}

/** Takes one line inside a table; false when it cannot be read. */
function step(state: State, text: string, line: number): boolean {
  if (state.elements !== null) return more(state, text);
  if (text === '}') return close(state);
  if (/^comment "[^"]{0,400}"$/.test(text)) return true;
  const chain = CHAIN.exec(text)?.[1];
  if (chain !== undefined) return open(state, chain, line);
  const set = SET.exec(text)?.[1];
  if (set !== undefined) {
    Object.assign(state, { inside: 'set', set });
    return true;
  }
  if (OTHER.test(text)) {
    state.inside = 'other';
    return true;
  }
  if (state.inside === 'set') return inSet(state, text);
  if (state.inside === 'other') return true;
  return inChain(state, text, line);
}

function close(state: State): boolean {
  if (state.inside !== null) state.inside = null;
  else state.table = null;
  state.chain = null;
  return true;
}

function open(state: State, name: string, line: number): boolean {
  // The head of the table was cut off: of whatever family it was.
  state.table ??= 'inet ?';
  const { table, readings } = state;
  const last = readings.at(-1);
  if (last?.chains.some((one) => one.name === name && one.table === table))
    readings.push({ chains: [], rules: [] });
  const own = { hook: null, priority: null, kind: null };
  readings.at(-1)?.chains.push({ line, table, name, policy: null, packets: null, ...own });
  Object.assign(state, { chain: name, inside: 'chain' });
  return true;
}

function inSet(state: State, text: string): boolean {
  if (!text.startsWith('elements = {'))
    return /^(?:type|typeof|flags|timeout|size|gc-interval|policy|auto-merge|counter|comment)\b/.test(
      text,
    );
  state.elements = [];
  return more(state, text.slice('elements = {'.length));
}

const MOST_WORDS = 4096;

/** Elements may stand on many lines. */
function more(state: State, text: string): boolean {
  const words = wordsOf(text);
  const end = words.indexOf('}');
  if ((state.elements?.length ?? 0) < MOST_WORDS)
    state.elements?.push(...words.slice(0, end < 0 ? undefined : end));
  if (end < 0) return true;
  const elements = elementsOf(state.elements ?? []);
  // Verdict maps are named here, and looked up nowhere: the rule that does is uncertain.
  if (state.set !== null && !elements.some((one) => one.includes(' : ')))
    state.sets.set(state.set, elements);
  state.elements = null;
  return true;
}

function inChain(state: State, text: string, line: number): boolean {
  const { chain, table, readings, sets } = state;
  const reading = readings.at(-1);
  if (reading === undefined) return false;
  if (chain === null || table === null) return foundAlone(state, text, line);
  const [, kind, hook, priority = '', policy] = BASE.exec(text) ?? [];
  if (kind !== undefined && hook !== undefined) {
    const at = reading.chains.findLastIndex((one) => one.name === chain && one.table === table);
    const known = reading.chains[at];
    if (known !== undefined)
      reading.chains[at] = {
        ...known,
        kind,
        hook,
        priority: priorityOf(priority),
        policy: (policy ?? 'accept').toUpperCase(),
        line,
      };
    return true;
  }
  const bare = text.replace(/ # handle \d+$/, '');
  reading.rules.push(...nftRules(bare, { line, table, chain, sets }));
  return true;
}

/** A rule that `grep` found: nothing tells in which chain it stands, so only a queue, wherever it is, says something. */
function foundAlone({ table, readings, sets }: State, text: string, line: number): boolean {
  if (table !== null) return false;
  const rules = nftRules(text.replace(/ # handle \d+$/, ''), {
    line,
    table: 'inet ?',
    chain: '',
    sets,
  }).filter(({ target }) => target === 'NFQUEUE');
  readings.at(-1)?.rules.push(...rules);
  return rules.length > 0;
}

/** `filter`, `filter + 10`, `-150`. */
function priorityOf(text: string): number {
  const [name = '', sign, more] = text.trim().split(/\s+/);
  const base = PRIORITIES.get(name) ?? Number(name);
  const added = sign === undefined ? 0 : Number(`${sign}${more ?? ''}`);
  return Number.isFinite(base + added) ? base + added : 0;
}
