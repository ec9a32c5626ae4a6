import type { Rule, Ruleset } from '../firewall-rule.ts';
import type { Packet } from '../packet.ts';
import { fits, isPicky, type Way } from './match.ts';
import { type Refused, refusalOf } from './reject.ts';

/** A packet on its way through the filter table of a host. */
export interface Passing extends Way {
  readonly packet: Packet;
  readonly hook: 'FORWARD' | 'INPUT' | 'OUTPUT';
  /** It goes from a bridge of this host to a port of it, or between two ports, where nft's family `bridge` meets it. */
  readonly bridgeHook?: 'output' | 'input' | undefined;
  /** It may open a connection: rules for established ones alone do not concern it. */
  readonly isFirst: boolean;
  /**
   * A tunnel's own packet: whoever sent the packet inside hears nothing of a refusal, so REJECT stops it as DROP does, and
   * so does the rule for all packets that ends many an INPUT chain.
   */
  readonly isTunnel?: boolean;
  /** What its sender may have been told: a REJECT that says so stopped it, and no DROP did, of which nobody hears. */
  readonly refusedAs?: readonly Refused[];
  /** Whether a rule that hands it to a program stops it: without one that listens the kernel drops it (iptables-extensions(8), NFQUEUE). */
  readonly queueStops?: boolean;
}

/** What becomes of it: a rule drops it, it falls to the policy; undefined where that cannot be told. */
export type Fate =
  | { readonly by: 'rule'; readonly rule: Rule }
  | {
      readonly by: 'policy';
      readonly base: { readonly table: string | null; readonly name: string };
    }
  | undefined;

const DEEPEST = 8;
/** Targets that let the packet go on to the next rule (iptables-extensions(8)). */
const PASSING: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'MARK', 'CONNMARK', 'TCPMSS']);
const FINAL: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'NFQUEUE']);

/**
 * Takes a packet through the rules in their order, as net/ipv4/netfilter/ip_tables.c (ipt_do_table) and
 * net/netfilter/nf_tables_core.c do: through every chain that stands at its hooks. The first rule that may stop it and
 * does not surely drop it ends the walk: what stands behind it may never be reached.
 */
export function walk(set: Ruleset, passing: Passing): Fate {
  for (const base of basesOf(set, passing)) {
    const fate = through(set, base, passing, 0);
    // What one chain accepts, or lets fall to a policy that does, goes on to the next one.
    if (fate === 'accepted' || (fate === 'returned' && !base.isLast && base.policy !== 'DROP'))
      continue;
    if (fate === 'returned') return { by: 'policy', base };
    if (fate !== undefined || mayDrop(set, base)) return fate;
  }
  return undefined;
}

/** A chain that packets meet by themselves; `isLast` of iptables' filter table, whose policy ends the way. */
interface Base {
  readonly table: string | null;
  readonly name: string;
  readonly policy: string | null;
  readonly isLast: boolean;
}

type Passage = Fate | 'returned' | 'accepted';

function basesOf({ chains, rules }: Ruleset, passing: Passing): readonly Base[] {
  const { hook, packet, bridgeHook } = passing;
  const bridged = inBridge(chains, bridgeHook);
  if (bridged.length > 0) return bridged;
  const isNft = chains.some((chain) => chain.hook !== null);
  if (!isNft) {
    const tables = new Set(rules.map(({ table }) => table));
    const early = (hook === 'OUTPUT' ? EARLY_OUT : EARLY)
      .filter(([table]) => tables.has(table))
      .map(([table, name]): Base => ({ table, name: name ?? hook, policy: null, isLast: false }));
    return [...early, { table: 'filter', name: hook, policy: null, isLast: true }];
  }
  const family = packet.source.host.includes(':') ? 'ip6' : 'ip';
  const hooks = hook === 'OUTPUT' ? ['output'] : ['prerouting', hook.toLowerCase()];
  return chains
    .filter(
      ({ table, kind, hook: at }) =>
        kind !== 'nat' &&
        hooks.includes(at ?? '') &&
        [family, 'inet'].includes(table?.split(' ')[0] ?? ''),
    )
    .toSorted(
      (a, b) =>
        hooks.indexOf(a.hook ?? '') - hooks.indexOf(b.hook ?? '') ||
        (a.priority ?? 0) - (b.priority ?? 0),
    )
    .map(({ table, name, policy }) => ({ table, name, policy, isLast: false }));
}

/** br_netfilter lends packets in a bridge to iptables as well, where it is on; the chains of the family `bridge` meet them anyway. */
function inBridge(chains: Ruleset['chains'], bridgeHook: Passing['bridgeHook']): readonly Base[] {
  return chains
    .filter(
      ({ table, kind, hook }) =>
        table?.startsWith('bridge ') === true && kind === 'filter' && hook === bridgeHook,
    )
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .map(({ table, name, policy }) => ({ table, name, policy, isLast: false }));
}

/** iptables' tables before filter, in the order of their hooks and priorities. */
const EARLY: readonly (readonly [table: string, chain: string | null])[] = [
  ['raw', 'PREROUTING'],
  ['mangle', 'PREROUTING'],
  ['mangle', null],
];

/** What a host sends itself never meets PREROUTING. */
const EARLY_OUT: typeof EARLY = [
  ['raw', null],
  ['mangle', null],
];

/** Tables that only mark and track do not stop a packet, whatever in them is not read. */
function mayDrop({ rules }: Ruleset, { table, isLast }: Base): boolean {
  return isLast || rules.some((rule) => rule.table === table && STOPS.has(rule.target ?? ''));
}

const STOPS: ReadonlySet<string> = new Set(['DROP', 'REJECT', 'NFQUEUE', 'VMAP', 'TPROXY']);

type Place = Pick<Base, 'table' | 'name'>;

function through(set: Ruleset, place: Place, passing: Passing, depth: number): Passage {
  const rules = rulesOf(set, place);
  for (const [at, rule] of rules.entries()) {
    const { target } = rule;
    const met = metBy(rule, passing);
    if (met === false || target === null) continue;
    if (FINAL.has(target)) return ending(rule, met, place, passing);
    const behind = { table: place.table, name: target };
    const isPassed = isEmpty(set, behind) || cameBack(set, rules, at);
    if (rulesOf(set, behind).length === 0) {
      if (isPassed) continue;
      return undefined;
    }
    const fate = met && depth < DEEPEST ? through(set, behind, passing, depth + 1) : undefined;
    if (fate !== 'returned' || rule.isGoto) return fate;
  }
  return 'returned';
}

/** Whether the rule may decide about the packet: it fits, it may, it does not. */
function metBy(rule: Rule, passing: Passing): boolean | undefined {
  if (rule.packets === 0 || goesOn(rule, passing)) return false;
  const met = fits(
    opens(rule, passing) ? { ...rule, ctstate: null } : rule,
    passing.packet,
    passing,
  );
  return met ?? (hasCounted(rule, passing) ? true : undefined);
}

/** Whose interface is not known: what the rule has dropped of these very ends shows that they pass there. */
function hasCounted(rule: Rule, { packet, from, to }: Passing): boolean {
  const { source, destination, inInterface, outInterface, target, packets } = rule;
  if (target !== 'DROP' || (packets ?? 0) === 0 || (source ?? destination) === null) return false;
  const isOpen = (from === null && inInterface !== null) || (to === null && outInterface !== null);
  const unbound = {
    ...rule,
    inInterface: from === null ? null : inInterface,
    outInterface: to === null ? null : outInterface,
  };
  return isOpen && fits(unbound, packet, { from, to }) === true;
}

/** The rule does not end this packet's way through the chain, whether or not it fits. */
function goesOn(rule: Rule, passing: Passing): boolean {
  return PASSING.has(rule.target ?? '') || isForOthers(rule, passing);
}

function ending(
  rule: Rule,
  met: boolean | undefined,
  { table }: Place,
  { isTunnel, refusedAs, queueStops, packet }: Passing,
): Passage {
  if (met === undefined) return undefined;
  if (rule.target === 'RETURN') return 'returned';
  // In the filter table of iptables the way ends here, and nothing drops it any more.
  if (rule.target === 'ACCEPT') return isFilter(table) ? undefined : 'accepted';
  if (queueStops === true && rule.target === 'NFQUEUE') return { by: 'rule', rule };
  if (refusedAs !== undefined) {
    const refusal = refusalOf(rule, packet.protocol);
    return refusal !== undefined && refusedAs.includes(refusal) ? { by: 'rule', rule } : undefined;
  }
  const stops = rule.target === 'DROP' || (isTunnel === true && rule.target === 'REJECT');
  return stops && (isTunnel === true || isPicky(rule) || rule.chancePercent !== null)
    ? { by: 'rule', rule }
    : undefined;
}

function rulesOf({ rules }: Ruleset, { table, name }: Place): readonly Rule[] {
  return rules.filter(
    (rule) =>
      rule.chain === name && (isFilter(table) ? isFilter(rule.table) : rule.table === table),
  );
}

function isFilter(table: string | null): boolean {
  return table === null || table === 'filter';
}

/** A whole listing of the table that names the chain and no rule in it. */
function isEmpty({ chains }: Ruleset, { table, name }: Place): boolean {
  return chains.some(
    (chain) => chain.name === name && chain.table !== null && chain.table === table,
  );
}

/** The first packet of a conversation is not yet established; nor is it INVALID: it makes an entry of its own. */
function isForOthers({ ctstate }: Rule, { isFirst }: Passing): boolean {
  return isFirst && ctstate !== null && !ctstate.startsWith('!') && !/NEW|UNTRACKED/.test(ctstate);
}

/** The first packet of a conversation is NEW. */
function opens({ ctstate }: Rule, { isFirst }: Passing): boolean {
  return isFirst && /^(?:[A-Z]+,)*NEW(?:,[A-Z]+)*$/i.test(ctstate ?? '');
}

/** A chain that is not shown let everything through: what went in was counted again behind it. */
function cameBack({ chains }: Ruleset, rules: readonly Rule[], at: number): boolean {
  const [jump, ...behind] = rules.slice(at);
  const policy = chains.find(
    ({ name, table }) =>
      name === jump?.chain && (table === jump.table || (isFilter(table) && isFilter(jump.table))),
  );
  if (jump?.packets == null || policy?.packets == null) return false;
  const ended = behind.filter(({ target }) => FINAL.has(target ?? ''));
  const counted = ended.reduce((sum, { packets }) => sum + (packets ?? 0), policy.packets);
  return counted >= jump.packets;
}
