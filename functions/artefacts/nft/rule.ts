import { type Rule, toRule } from '../firewall-rule.ts';
import { diceAt } from './dice.ts';
import { lengthAt } from './length.ts';

type Field = keyof Rule;

/** What stands around a rule: its table by family and name, its chain, and the named sets of that table. */
export interface Around {
  readonly line: number;
  readonly table: string;
  readonly chain: string;
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

/** Matches whose value is read, with one or two words before it. */
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['ip saddr', 'source'],
  ['ip daddr', 'destination'],
  ['ip6 saddr', 'source'],
  ['ip6 daddr', 'destination'],
  ['tcp sport', 'sport'],
  ['tcp dport', 'dport'],
  ['udp sport', 'sport'],
  ['udp dport', 'dport'],
  ['th sport', 'sport'],
  ['th dport', 'dport'],
  ['meta l4proto', 'protocol'],
  ['ip protocol', 'protocol'],
  ['ip6 nexthdr', 'protocol'],
  ['meta iifname', 'inInterface'],
  ['meta oifname', 'outInterface'],
  ['meta iif', 'inInterface'],
  ['meta oif', 'outInterface'],
  ['iifname', 'inInterface'],
  ['oifname', 'outInterface'],
  ['iif', 'inInterface'],
  ['oif', 'outInterface'],
  ['ct state', 'ctstate'],
]);
/** `icmp type echo-request`: what asks for a field of a protocol wants that protocol (nft(8), payload dependencies). */
const PROTOCOL_ASKED: ReadonlyMap<string, string> = new Map([
  ['icmp', 'icmp'],
  ['icmpv6', 'icmp6'],
]);
const VERDICTS: ReadonlyMap<string, string> = new Map([
  ['accept', 'ACCEPT'],
  ['drop', 'DROP'],
  ['return', 'RETURN'],
  ['queue', 'NFQUEUE'],
  ['reject', 'REJECT'],
  ['masquerade', 'MASQUERADE'],
  ['dnat', 'DNAT'],
  ['snat', 'SNAT'],
  ['redirect', 'REDIRECT'],
  ['tproxy', 'TPROXY'],
  ['synproxy', 'SYNPROXY'],
  ['fwd', 'FWD'],
]);
/** A verdict that is read from a map which is not: it may be any. */
const ANY_VERDICT = 'VMAP';
const MOST_ELEMENTS = 512;

interface Draft {
  readonly values: Map<Field, string>;
  readonly around: Around;
  packets: number | null;
  more: boolean;
  isGoto: boolean;
  /** Of a verdict map: the field that it looks up (null: what is not read), and a verdict for each element. */
  map: {
    readonly field: Field | null;
    readonly elements: readonly (readonly [string, string])[];
  } | null;
}

/**
 * One line of a chain (nft(8); nftables src/rule.c: rule_print): the rules that it stands for, one for each element where
 * it looks its verdict up in a map. What is not read makes it uncertain whether the rule matches, never that it does not.
 */
export function nftRules(text: string, around: Around): readonly Rule[] {
  const words = wordsOf(text);
  const draft: Draft = {
    values: new Map(),
    around,
    packets: null,
    more: false,
    isGoto: false,
    map: null,
  };
  for (let at = 0; at < words.length; ) at += take(draft, words, at);
  const { map, values } = draft;
  if (map === null) return [finish(draft, values)];
  return map.elements.map(([element, verdict]) => {
    const [name = '', chain] = verdict.split(' ');
    const own = new Map(values);
    if (map.field !== null) own.set(map.field, stateOrValue(map.field, element));
    own.set('target', chain ?? VERDICTS.get(name) ?? ANY_VERDICT);
    return finish({ ...draft, isGoto: name === 'goto' }, own);
  });
}

function finish(draft: Draft, values: ReadonlyMap<Field, string>): Rule {
  const { line, table, chain } = draft.around;
  const { packets, more, isGoto } = draft;
  return { ...toRule(values, { line, table, chain, packets, more }), isGoto };
}

/** Reads one statement; how many words that were. */
function take(draft: Draft, words: readonly string[], at: number): number {
  const [word = '', next = ''] = words.slice(at, at + 2);
  const pair = `${word} ${next}`;
  const field = FIELDS.get(pair) ?? FIELDS.get(word);
  if (field !== undefined) return takeMatch(draft, words, at, FIELDS.has(pair) ? 2 : 1, field);
  if (word === 'counter') return takeCounter(draft, words, at);
  const verdict = VERDICTS.get(word);
  if (verdict !== undefined) return takeVerdict(draft, words, at, verdict);
  if (word === 'jump' || word === 'goto') {
    draft.values.set('target', next);
    draft.isGoto = word === 'goto';
    return 2;
  }
  if (word === 'comment') {
    draft.values.set('comment', next);
    return 2;
  }
  if (`${pair} ${words[at + 2]}` === 'ether type ip') return 3;
  if (word === 'log') return 1 + skip(words, at + 1, LOG_OPTIONS);
  if (word === 'vmap') return takeVerdictMap(draft, words, at);
  // `meta mark set 0x1`, `tcp option maxseg size set rt mtu`, `notrack` change the packet and match everything.
  const isChange = word === 'notrack' || words.slice(at, at + 5).includes('set');
  if (isChange) return words.length;
  const asked = diceAt(words, at) ?? lengthAt(words, at);
  if (asked !== undefined) {
    draft.values.set(asked.field, asked.value);
    return asked.length;
  }
  const protocol = PROTOCOL_ASKED.get(word);
  if (protocol !== undefined) draft.values.set('protocol', protocol);
  draft.more = true;
  return 1;
}

const LOG_OPTIONS = new Set(['prefix', 'level', 'group', 'snaplen', 'queue-threshold', 'flags']);

/** How many words are options with their values. */
function skip(words: readonly string[], from: number, options: ReadonlySet<string>): number {
  let at = from;
  while (options.has(words[at] ?? '')) at += 2;
  return at - from;
}

/** `numgen random mod 2 vmap { 0 : goto …, 1 : goto … }`: which of them, what stands before it decides. */
function takeVerdictMap(draft: Draft, words: readonly string[], at: number): number {
  const list = listAt(words, at + 1, draft.around.sets);
  draft.more = true;
  if (list === undefined) {
    draft.values.set('target', ANY_VERDICT);
    return 1;
  }
  draft.map = { field: null, elements: list.elements.map(pairOf) };
  return 1 + list.length;
}

function takeCounter(draft: Draft, words: readonly string[], at: number): number {
  const [, packets, count, bytes] = words.slice(at, at + 4);
  if (packets !== 'packets' || bytes !== 'bytes') return packets === 'name' ? 3 : 1;
  draft.packets = Number(count);
  return 5;
}

function takeVerdict(draft: Draft, words: readonly string[], at: number, verdict: string): number {
  draft.values.set('target', verdict);
  if (verdict === 'NFQUEUE' && words.includes('bypass', at)) draft.more = true;
  const rest = words.slice(at + 1);
  const remark = rest.indexOf('comment');
  if (verdict === 'REJECT' && rest[0] === 'with')
    draft.values.set('rejectWith', rest.slice(1, remark < 0 ? undefined : remark).join(' '));
  if (verdict === 'DNAT') {
    const to = rest[rest.indexOf('to') + 1];
    if (rest.includes('to') && to !== undefined) draft.values.set('toDestination', to);
  }
  if (verdict === 'SNAT' || verdict === 'MASQUERADE') {
    const to = rest[rest.indexOf('to') + 1];
    if (rest.includes('to') && to !== undefined) draft.values.set('toSource', to);
  }
  if (rest.includes('fully-random')) draft.values.set('randomFully', 'fully-random');
  if (remark >= 0) draft.values.set('comment', rest[remark + 1] ?? '');
  return words.length - at;
}

/** `ip saddr != 10.0.0.0/8`, `tcp dport { 80, 8000-8100 }`, `ip saddr @blocked`, `ct state vmap { … }`. */
function takeMatch(
  draft: Draft,
  words: readonly string[],
  at: number,
  named: number,
  field: Field,
): number {
  const family = words[at] ?? '';
  if (/^(?:tcp|udp)$/.test(family) && named === 2 && !draft.values.has('protocol'))
    draft.values.set('protocol', family);
  const operator = words[at + named] ?? '';
  const isMap = operator === 'vmap';
  const next = at + named + (/^(?:vmap|!=|==)$/.test(operator) ? 1 : 0);
  const list = listAt(words, next, draft.around.sets);
  if (list === undefined || isKeyOfSeveral(words, next) || words[at - 1] === '.') {
    draft.more = true;
    if (isMap) draft.values.set('target', ANY_VERDICT);
    return Math.max(1, next - at + 1);
  }
  const { elements, length } = list;
  if (isMap) draft.map = { field, elements: elements.map(pairOf) };
  else wish(draft, field, elements, operator === '!=');
  // In a table of both families `ip saddr != …` speaks of IPv4 alone.
  if (operator === '!=' && /^ip6?$/.test(family)) draft.more ||= isBoth(draft);
  return next - at + length;
}

/** `ip saddr . tcp dport`, `ct state & …`: a key of several fields, or arithmetic. */
function isKeyOfSeveral(words: readonly string[], at: number): boolean {
  return [words[at], words[at + 1]].some((word) => /^[.&|^]$/.test(word ?? ''));
}

/** `established : accept`. */
function pairOf(element: string): readonly [string, string] {
  const [key = '', verdict = ''] = element.split(' : ');
  return [key, verdict];
}

function wish(draft: Draft, field: Field, elements: readonly string[], isNegated: boolean): void {
  const value = elements.map((one) => stateOrValue(field, one)).join(',');
  // A second wish for one field: only that for the protocol may repeat what the port has said.
  if (draft.values.has(field) && draft.values.get(field) !== value) draft.more = true;
  else draft.values.set(field, isNegated ? `! ${value}` : value);
}

function isBoth({ around }: Draft): boolean {
  return around.table.startsWith('inet ');
}

/** A value, a list in braces, or a named set whose elements are shown; undefined where they are not. */
function listAt(
  words: readonly string[],
  at: number,
  sets: ReadonlyMap<string, readonly string[]>,
): { readonly elements: readonly string[]; readonly length: number } | undefined {
  const word = words[at] ?? '';
  if (word.startsWith('@')) {
    const elements = sets.get(word.slice(1));
    return elements === undefined || elements.length === 0 || elements.length > MOST_ELEMENTS
      ? undefined
      : { elements, length: 1 };
  }
  if (word !== '{') return word === '' ? undefined : { elements: word.split(','), length: 1 };
  const end = words.indexOf('}', at);
  if (end < 0) return undefined;
  return { elements: elementsOf(words.slice(at + 1, end)), length: end - at + 1 };
}

/** The elements between braces, without their counters, timeouts and comments. */
export function elementsOf(words: readonly string[]): readonly string[] {
  return words
    .join(' ')
    .split(/\s*,\s*/)
    .map(bareElement)
    .filter((one) => one !== '');
}

/** The verdict stands last: `tcp . 30080 comment … : drop`. */
function bareElement(text: string): string {
  const verdict = VERDICT_BEHIND.exec(text)?.[0] ?? '';
  const key = text.slice(0, text.length - verdict.length).trim();
  return `${key.replace(/ (?:counter|timeout|expires|comment) .*$/, '')}${verdict.trimEnd()}`;
}

const VERDICT_BEHIND = / : (?:(?:goto|jump) \S{1,256}|accept|drop|return|continue)\s*$/;

const STATES: ReadonlyMap<string, string> = new Map([
  ['0x1', 'INVALID'],
  ['0x2', 'ESTABLISHED'],
  ['0x4', 'RELATED'],
  ['0x8', 'NEW'],
  ['0x40', 'UNTRACKED'],
]);
const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['58', 'icmp6'],
  ['ipv6-icmp', 'icmp6'],
  ['icmpv6', 'icmp6'],
]);

/** A value as rules of iptables are written: ports `80:443`, devices `veth+`, states in capitals. */
function stateOrValue(field: Field, value: string): string {
  if (field === 'ctstate') return STATES.get(value) ?? value.toUpperCase();
  if (field === 'protocol') return PROTOCOLS.get(value) ?? value;
  if (field === 'sport' || field === 'dport') return value.replace('-', ':');
  if (field === 'inInterface' || field === 'outInterface') return value.replace(/\*$/, '+');
  return value;
}

/** Words, with `"…"` as one; braces and commas stand alone. */
export function wordsOf(text: string): readonly string[] {
  return (text.match(/"[^"]*"|[{}]|[^\s{}"]+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
}
