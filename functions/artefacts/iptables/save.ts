/** One rule: what it wants of a packet, what it does, how often it did. What is not written is null: it wants nothing there. */
export interface Rule {
  readonly line: number;
  readonly table: string | null;
  readonly chain: string;
  readonly packets: number | null;
  /** `udp`, `tcp`, `icmp` …; null for all. */
  readonly protocol: string | null;
  readonly source: string | null;
  readonly destination: string | null;
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  readonly sport: string | null;
  readonly dport: string | null;
  readonly ctstate: string | null;
  readonly target: string | null;
  readonly rejectWith: string | null;
  /** Where DNAT sends it: `10.42.0.16:53`. */
  readonly toDestination: string | null;
  readonly comment: string | null;
  /** MASQUERADE or SNAT picks the source port at random: `--random-fully`. */
  readonly randomFully: boolean;
  /** What the chain it leads to lets through does not come back to this one: `-g`, `goto`. */
  readonly isGoto: boolean;
  /** It wants something else besides that is not read here: whether it matches cannot be told. */
  readonly more: boolean;
}

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
  ['--comment', 'comment'],
]);
/** Matches that only carry the options above, and options that belong to the target. */
const PLAIN = new Set(['udp', 'tcp', 'comment', 'conntrack', 'state', 'multiport']);
/** Options that take part in chance, not in which packet: what is left may still be dropped. */
const CHANCE = new Set(['--mode', '--probability', '--every', '--packet']);

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
  if (word === '-c') {
    draft.packets = Number(next);
    return 3;
  }
  if (word === '--random-fully') draft.values.set('randomFully', word);
  // What follows the target belongs to it.
  if (!draft.values.has('target')) draft.more = true;
  return 1;
}

type Whose = Pick<Rule, 'line' | 'table' | 'chain' | 'packets' | 'more'>;

/** A rule from the values that were read. */
export function toRule(values: ReadonlyMap<keyof Rule, string>, whose: Whose): Rule {
  const value = (field: keyof Rule) => values.get(field) ?? null;
  const protocol = value('protocol');
  return {
    ...whose,
    protocol: protocol === null || protocol === 'all' || protocol === '0' ? null : nameOf(protocol),
    source: value('source'),
    destination: value('destination'),
    inInterface: value('inInterface'),
    outInterface: value('outInterface'),
    sport: value('sport'),
    dport: value('dport'),
    ctstate: value('ctstate'),
    target: value('target'),
    rejectWith: value('rejectWith'),
    toDestination: value('toDestination'),
    comment: value('comment'),
    randomFully: values.has('randomFully'),
    isGoto: false,
  };
}

const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
]);

function nameOf(protocol: string): string {
  return NUMBERS.get(protocol) ?? protocol;
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
