/** What iptables and nft say alike: rules, chains, rulesets. */

/** One rule: what it wants of a packet, what it does, how often it did. What is not written is null: it wants nothing there. */
export interface Rule {
  readonly line: number;
  readonly table: string | null;
  /** Empty where `grep` took the headings of `iptables -L` away. */
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
  /** What SNAT makes of the source, and the ports that it or MASQUERADE may use: `203.0.113.9:40000-40010`, `40000-40010`. */
  readonly toSource: string | null;
  readonly comment: string | null;
  /** MASQUERADE or SNAT picks the source port at random: `--random-fully`. */
  readonly randomFully: boolean;
  /** What the chain it leads to lets through does not come back to this one: `-g`, `goto`. */
  readonly isGoto: boolean;
  /** It takes only so many of the packets that fit, by chance or by turns, in percent; null: all of them. */
  readonly chancePercent: number | null;
  /** Of fragmented packets it wants those behind the first, or all parts, or it wants what is not so; null: it does not ask. */
  readonly fragments: 'later' | 'any' | 'not-later' | 'not-any' | null;
  /** Of packets it wants those of so many bytes, header of IP and all: `1000:65535`; null: of any. */
  readonly length: string | null;
  /** It wants something else besides that is not read here: whether it matches cannot be told. */
  readonly more: boolean;
}

/** A chain as its head shows it: a built-in one has a policy. */
export interface Chain {
  readonly line: number;
  readonly table: string | null;
  readonly name: string;
  readonly policy: string | null;
  /** What fell through to the policy; null without counters. */
  readonly packets: number | null;
  /** Of nft, whose chains say for themselves where packets meet them: hook, priority, type. */
  readonly hook: string | null;
  readonly priority: number | null;
  readonly kind: string | null;
}

/** One listing. The same chain met again begins another. */
export interface Ruleset {
  readonly chains: readonly Chain[];
  readonly rules: readonly Rule[];
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
    toSource: value('toSource'),
    comment: value('comment'),
    randomFully: values.has('randomFully'),
    isGoto: false,
    chancePercent: values.has('chancePercent') ? Number(value('chancePercent')) : null,
    fragments: FRAGMENTS.find((one) => one === value('fragments')) ?? null,
    length: value('length'),
  };
}

const FRAGMENTS = ['later', 'any', 'not-later', 'not-any'] as const;

const NUMBERS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  // /etc/protocols calls IP in IP `ipencap` (Debian) or `ipv4` (Red Hat); its `ipip` is another one, number 94.
  ['4', 'ipip'],
  ['ipencap', 'ipip'],
  ['ipv4', 'ipip'],
  ['ipip', '94'],
  ['6', 'tcp'],
  ['17', 'udp'],
]);

function nameOf(protocol: string): string {
  return NUMBERS.get(protocol) ?? protocol;
}
