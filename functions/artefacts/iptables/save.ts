import { type Rule, toRule } from '../firewall-rule.ts';

export const SAVED = /^(?:\[(\d+):\d+\] )?-A ([^\s-]\S{0,63})(?: (.*))?$/;

const VALUED: ReadonlyMap<string, keyof Rule> = new Map([
  ['-p', 'protocol'],
  ['-s', 'source'],
  ['-d', 'destination'],
  ['-i', 'inInterface'],
  ['-o', 'outInterface'],
  ['--sport', 'sport'],
  ['--dport', 'dport'],
  ['--sports', 'sport'],
  ['--dports', 'dport'],
  ['--ctstate', 'ctstate'],
  ['--state', 'ctstate'],
  ['-j', 'target'],
  ['-g', 'target'],
  ['--reject-with', 'rejectWith'],
  ['--to-destination', 'toDestination'],
  ['--to-source', 'toSource'],
  ['--to-ports', 'toSource'],
  ['--comment', 'comment'],
  ['--length', 'length'],
]);
/** Matches that only carry the options above, and options that belong to the target. */
const PLAIN = new Set(['udp', 'tcp', 'comment', 'conntrack', 'state', 'multiport', 'length']);
/** Options of `statistic` that tell no share. */
const CHANCE = new Set(['--mode', '--packet']);

/** `-A CHAIN …` of iptables-save and `iptables -S`, counters before it or as `-c PKTS BYTES`; iptables xshared.c, save_rule. */
export function savedRule(text: string, line: number, table: string | null): Rule | undefined {
  const [, counted, chain, rest = ''] = SAVED.exec(text) ?? [];
  if (chain === undefined) return undefined;
  const draft: Draft = {
    values: new Map(),
    more: false,
    packets: counted === undefined ? null : Number(counted),
    negated: false,
  };
  const words = wordsOf(rest);
  for (let at = 0; at < words.length; ) at += take(draft, words, at);
  const rule = toRule(draft.values, {
    line,
    table,
    chain,
    packets: draft.packets,
    more: draft.more,
  });
  return words.includes('-g') ? { ...rule, isGoto: true } : rule;
}

interface Draft {
  readonly values: Map<keyof Rule, string>;
  more: boolean;
  packets: number | null;
  negated: boolean;
}

/** Reads one option with its value; how many words that were. */
function take(draft: Draft, words: readonly string[], at: number): number {
  const [word = '', next] = words.slice(at, at + 2);
  const { negated } = draft;
  draft.negated = word === '!';
  if (word === '!') return 1;
  const field = VALUED.get(word);
  if (field !== undefined && next !== undefined) {
    draft.values.set(field, negated ? `! ${next}` : next);
    return 2;
  }
  if (word === '-m' && next !== undefined) {
    if (!PLAIN.has(next) && next !== 'statistic') draft.more = true;
    return 2;
  }
  if (CHANCE.has(word)) return 2;
  const part = takePart(draft, word, next, negated);
  if (part > 0) return part;
  if (word === '-c') {
    draft.packets = Number(next);
    return 3;
  }
  if (word === '--random-fully') draft.values.set('randomFully', word);
  // Without a program that listens such a rule lets everything pass.
  if (word === '--queue-bypass') draft.more = true;
  // What follows the target belongs to it.
  if (!draft.values.has('target')) draft.more = true;
  return 1;
}

/** Options by which the rule takes a part of the packets. */
function takePart(draft: Draft, word: string, next: string | undefined, negated: boolean): number {
  if (word === '-f') {
    draft.values.set('fragments', negated ? 'not-later' : 'later');
    return 1;
  }
  if (word !== '--probability' && word !== '--every') return 0;
  const share = word === '--every' ? 100 / Number(next) : Number(next) * 100;
  draft.values.set('chancePercent', String(negated ? 100 - share : share));
  return 2;
}

const SCALE: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `12M` of `-L -v` is rounded to thousands (iptables xshared.c: xtables_print_num). */
export function countOf(text: string): number {
  const unit = SCALE[text.at(-1) ?? ''];
  return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
}

/** Words, with `"…"` as one. */
function wordsOf(text: string): readonly string[] {
  return (text.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
}
