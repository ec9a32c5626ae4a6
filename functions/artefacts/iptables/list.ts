import { wordsOf } from '../../primitives/words.ts';
import { type Rule, toRule } from '../firewall-rule.ts';
import { countOf } from './save.ts';

const NUMBER = /^[\d.]+[KMGT]?$/;

const OPTIONS = /^(?:--|-f|!f)$/;
const ANYTHING: ReadonlySet<string> = new Set(['*', 'any', 'anywhere', '0.0.0.0/0', '::/0']);

const END = String.raw`!?(?:anywhere|(?:\d{1,3}\.){3}\d{1,3}(?:/[\d.]{1,15})?|[\da-fA-F]{0,4}:[\da-fA-F:.]{0,40}(?:/\d{1,3})?)`;
const ALONE = new RegExp(
  String.raw`^(\d{1,6}\s+)?([\d.]+[KMGT]?\s+[\d.]+[KMGT]?\s+)?(?:[A-Za-z][\w-]{1,40}\s+)?!?(?:all|tcp|udp|icmp|\d{1,3})\s+(?:--|-f|!f)\s+(\S{1,20}\s+\S{1,20}\s+)?${END}\s+${END}(?:\s|$)`,
);

/**
 * The columns of a row whose headings `grep` took away, told by its shape; undefined when it is no such row. The chain that
 * it belongs to is lost with them.
 */
export function columnsAlone(text: string): readonly string[] | undefined {
  const [whole, num, counters, devices] = ALONE.exec(text) ?? [];
  if (whole === undefined || (counters === undefined) !== (devices === undefined)) return undefined;
  return [
    ...(num === undefined ? [] : ['num']),
    ...(counters === undefined ? [] : ['pkts']),
    'target',
  ];
}

/**
 * A row of `iptables -L`, with or without `-v`, `-n`, `--line-numbers`; iptables.c, print_firewall. Where no chain is shown,
 * null, its own shape has to tell the columns.
 */
export function listRule(
  text: string,
  line: number,
  chain: string | null,
  headings: readonly string[],
): Rule | undefined {
  return chain === null
    ? rowIn(text, line, '', columnsAlone(text) ?? [])
    : rowIn(text, line, chain, headings);
}

function rowIn(
  text: string,
  line: number,
  chain: string,
  columns: readonly string[],
): Rule | undefined {
  const [body, comment] = withoutComment(text);
  const words = wordsOf(body);
  if (columns.includes('num') && /^\d+$/.test(words[0] ?? '')) words.shift();
  const isCounted = columns.includes('pkts');
  const counters = isCounted ? words.splice(0, 2) : [];
  if (columns.length === 0 || counters.some((word) => !NUMBER.test(word))) return undefined;
  // A rule without a target leaves the column blank: then the protocol stands first.
  const target = OPTIONS.test(words[1] ?? '') ? undefined : words.shift();
  const [protocol, options] = words.splice(0, 2);
  if (!isProtocol(protocol) || !OPTIONS.test(options ?? '')) return undefined;
  const names: readonly (keyof Rule)[] = isCounted
    ? ['target', 'protocol', 'inInterface', 'outInterface', 'source', 'destination']
    : ['target', 'protocol', 'source', 'destination'];
  const values = new Map<keyof Rule, string>();
  const row = [target, protocol, ...words.splice(0, names.length - 2)];
  for (const [at, name] of names.entries()) setValue(values, name, row[at]);
  setValue(values, 'comment', comment);
  setValue(values, 'fragments', OF_OPTION.get(options ?? ''));
  const more = readRest(words, values);
  const packets = isCounted ? countOf(counters[0] ?? '') : null;
  return toRule(values, { line, table: null, chain, packets, more });
}

const OF_OPTION: ReadonlyMap<string, string> = new Map([
  ['-f', 'later'],
  ['!f', 'not-later'],
]);

function setValue(values: Map<keyof Rule, string>, name: keyof Rule, value?: string): void {
  if (value !== undefined && !ANYTHING.has(value)) values.set(name, value);
}

function withoutComment(text: string): readonly [string, string?] {
  const from = text.indexOf('/* ');
  if (from < 0) return [text];
  const to = text.indexOf(' */', from);
  const end = to < 0 ? text.length : to + 3;
  return [
    `${text.slice(0, from)} ${text.slice(end)}`,
    text.slice(from + 3, to < 0 ? undefined : to),
  ];
}

function isProtocol(word: string | undefined): boolean {
  return /^!?(?:all|tcp|udp|icmp|icmpv6|ipv6-icmp|esp|ah|sctp|udplite|gre|ipencap|\d{1,3})$/.test(
    word ?? '',
  );
}

/** What follows the addresses; true when it wants something that is not read here. */
function readRest(words: readonly string[], values: Map<keyof Rule, string>): boolean {
  let more = false;
  for (let at = 0; at < words.length; ) {
    const taken = takeOption(words, at, values);
    if (taken === 0 && !/^(?:tcp|udp)$/.test(words[at] ?? '')) more = true;
    at += Math.max(1, taken);
  }
  return more;
}

const NEXT: ReadonlyMap<string, keyof Rule> = new Map([
  ['ctstate', 'ctstate'],
  ['state', 'ctstate'],
  ['reject-with', 'rejectWith'],
]);

/** How many words the option at a place has; 0 when it is none that is read. */
function takeOption(words: readonly string[], at: number, values: Map<keyof Rule, string>): number {
  const [word = '', next, third] = words.slice(at, at + 3);
  const port = /^(s|d)(?:pts?|ports?):(.+)$/.exec(word);
  if (port !== null) {
    values.set(port[1] === 's' ? 'sport' : 'dport', port[2] ?? '');
    return 1;
  }
  const field = NEXT.get(word);
  if (field !== undefined && next !== undefined) {
    values.set(field, next);
    return 2;
  }
  if (word === 'multiport' && next !== undefined && third !== undefined) {
    values.set(next === 'sports' ? 'sport' : 'dport', third);
    return 3;
  }
  if (word.startsWith('to:')) {
    values.set(values.get('target') === 'SNAT' ? 'toSource' : 'toDestination', word.slice(3));
    return 1;
  }
  if (word === 'masq' && next === 'ports:' && third !== undefined) {
    values.set('toSource', third);
    return 3;
  }
  // `NFQUEUE num 0`; with `bypass` behind it, it lets everything pass where no program listens.
  if (word === 'NFQUEUE' && (next === 'num' || next === 'balance')) return 3;
  if (word === 'random-fully') {
    values.set('randomFully', word);
    return 1;
  }
  return word === 'statistic' ? takeChance(words, at, values) : takeLength(word, next, values);
}

/** `length 1000:65535`, `length !84` (extensions/libxt_length.c, length_print). */
function takeLength(word: string, next: string | undefined, values: Map<keyof Rule, string>) {
  if (word !== 'length' || !/^!?\d{1,5}(?::\d{1,5})?$/.test(next ?? '')) return 0;
  values.set('length', (next ?? '').replace(/^!/, '! '));
  return 2;
}

/** `statistic mode random probability 0.3`, `statistic mode nth every 4 packet 1` (extensions/libxt_statistic.c, print_match). */
function takeChance(words: readonly string[], at: number, values: Map<keyof Rule, string>): number {
  const isNegated = words[at + 3] === '!';
  const [mode, kind, share = '', packet] = words.slice(at + 2).filter((word) => word !== '!');
  const part = kind === 'every' ? 1 / Number(share) : Number(share);
  if (mode !== undefined && Number.isFinite(part))
    values.set('chancePercent', String(100 * (isNegated ? 1 - part : part)));
  return (packet === 'packet' ? 7 : 5) + (isNegated ? 1 : 0);
}
