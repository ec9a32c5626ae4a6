import type { Packet } from '../packet.ts';
import { fits, isPicky, type Way } from './match.ts';
import type { Ruleset } from './read.ts';
import type { Rule } from './save.ts';

/** A packet on its way through the filter table of a host. */
export interface Passing extends Way {
  readonly packet: Packet;
  readonly hook: 'FORWARD' | 'INPUT';
  /** It may open a connection: rules for established ones alone do not concern it. */
  readonly isFirst: boolean;
}

/** What becomes of it: a rule drops it, it falls to the policy; undefined where that cannot be told. */
export type Fate =
  | { readonly by: 'rule'; readonly rule: Rule }
  | { readonly by: 'policy' }
  | undefined;

const DEEPEST = 8;
/** Targets that let the packet go on to the next rule (iptables-extensions(8)). */
const PASSING: ReadonlySet<string> = new Set(['LOG', 'NFLOG', 'MARK', 'CONNMARK', 'TCPMSS']);
const FINAL: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'REJECT', 'RETURN', 'NFQUEUE']);

/**
 * Takes a packet through the rules in their order, as net/ipv4/netfilter/ip_tables.c does (ipt_do_table). The first rule
 * that may stop it and does not surely drop it ends the walk: what stands behind it may never be reached.
 */
export function walk(set: Ruleset, passing: Passing): Fate {
  const fate = through(set, passing.hook, passing, 0);
  return fate === 'returned' ? { by: 'policy' } : fate;
}

function through(set: Ruleset, chain: string, passing: Passing, depth: number): Fate | 'returned' {
  const rules = rulesOf(set, chain);
  for (const [at, rule] of rules.entries()) {
    const met = rule.packets === 0 ? false : fits(rule, passing.packet, passing);
    const { target } = rule;
    if (met === false || target === null || goesOn(rule, passing)) continue;
    if (FINAL.has(target)) return ending(rule, met);
    if (rulesOf(set, target).length === 0) {
      if (isEmpty(set, target) || cameBack(set, rules, at)) continue;
      return undefined;
    }
    const fate = met && depth < DEEPEST ? through(set, target, passing, depth + 1) : undefined;
    if (fate !== 'returned') return fate;
  }
  return 'returned';
}

/** The rule does not end this packet's way through the chain, whether or not it fits. */
function goesOn(rule: Rule, passing: Passing): boolean {
  return PASSING.has(rule.target ?? '') || isForOthers(rule, passing);
}

function ending(rule: Rule, met: boolean | undefined): Fate | 'returned' {
  if (met === undefined) return undefined;
  if (rule.target === 'RETURN') return 'returned';
  return rule.target === 'DROP' && isPicky(rule) ? { by: 'rule', rule } : undefined;
}

function rulesOf({ rules }: Ruleset, chain: string): readonly Rule[] {
  return rules.filter((rule) => rule.chain === chain && isFilter(rule.table));
}

function isFilter(table: string | null): boolean {
  return table === null || table === 'filter';
}

/** A whole listing of the table that names the chain and no rule in it. */
function isEmpty({ chains }: Ruleset, chain: string): boolean {
  return chains.some(({ name, table }) => name === chain && table === 'filter');
}

/** The first packet of a conversation is not yet established. */
function isForOthers({ ctstate }: Rule, { isFirst }: Passing): boolean {
  return isFirst && ctstate !== null && !/NEW|INVALID|UNTRACKED/.test(ctstate);
}

/** A chain that is not shown let everything through: what went in was counted again behind it. */
function cameBack({ chains }: Ruleset, rules: readonly Rule[], at: number): boolean {
  const [jump, ...behind] = rules.slice(at);
  const policy = chains.find(({ name, table }) => name === jump?.chain && isFilter(table));
  if (jump?.packets == null || policy?.packets == null) return false;
  const ended = behind.filter(({ target }) => FINAL.has(target ?? ''));
  const counted = ended.reduce((sum, { packets }) => sum + (packets ?? 0), policy.packets);
  return counted >= jump.packets;
}
