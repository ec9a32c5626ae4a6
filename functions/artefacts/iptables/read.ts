import type { Chain, Rule, Ruleset } from '../firewall-rule.ts';
import { listRule } from './list.ts';
import { countOf, savedRule } from './save.ts';
import { blocksOf, type Entry, tableOf } from './tables.ts';

export interface Rulesets {
  readonly readings: readonly Ruleset[];
  /** The tool warns that the other back end holds rules too. */
  readonly isHalf: boolean;
}

export const LIST_HEAD =
  /^Chain (\S{1,64}) \((?:policy ([A-Z]+)(?: ([\d.]+[KMGT]?) packets, [\d.]+[KMGT]? bytes)?|-?\d+ references)\)$/;
export const SAVE_HEAD = /^:(\S{1,64}) (ACCEPT|DROP|REJECT|-)(?: \[(\d+):\d+\])?$/;
export const POLICY = /^-P (\S{1,64}) (ACCEPT|DROP)(?: -c (\d+) \d+)?$/;
export const COLUMNS = /^(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\s+opt\s+/;
const TABLE = /^\*(\w+)$/;
/** iptables/nft.c: nft_check_xt_legacy. */
const HALF = /^# Warning: iptables-legacy tables present/;
export const FURNITURE = /^(?:#.*|COMMIT|-N \S+)$/;

interface Draft {
  readonly chains: Chain[];
  readonly rules: Rule[];
}

/** Reads iptables-save, `iptables -S` and `iptables -L`, one or several listings. */
export function parseRulesets(lines: readonly string[]) {
  const entries: Entry[] = [];
  const unread: number[] = [];
  let table: string | null = null;
  let listed: string | null = null;
  let columns: readonly string[] = [];
  let isHalf = false;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    isHalf ||= HALF.test(text);
    if (text === '' || FURNITURE.test(text)) continue;
    const named = TABLE.exec(text)?.[1];
    if (named !== undefined) {
      table = named;
      continue;
    }
    if (COLUMNS.test(text)) {
      columns = text.split(/\s+/);
      continue;
    }
    const chain = chainIn(text, line, table);
    if (chain !== undefined) {
      if (LIST_HEAD.test(text)) listed = chain.name;
      entries.push({ chain });
      continue;
    }
    const rule = savedRule(text, line, table) ?? listRule(text, line, listed, columns);
    if (rule === undefined) unread.push(line);
    else entries.push({ rule });
  }
  const readings = readingsOf(entries);
  return readings.length === 0
    ? undefined
    : { content: { readings, isHalf }, unread, truncated: isOpen(lines) };
}

/** A table of `iptables -L`, which does not name it, is told by its chains; the same chain met again begins another reading. */
function readingsOf(entries: readonly Entry[]): readonly Ruleset[] {
  const readings: Draft[] = [{ chains: [], rules: [] }];
  for (const block of blocksOf(entries)) {
    const named = tableOf(block);
    for (const { chain, rule } of block) {
      if (chain !== undefined) {
        const placed = { ...chain, table: chain.table ?? named };
        current(readings, placed).chains.push(placed);
      }
      if (rule !== undefined) readings.at(-1)?.rules.push({ ...rule, table: rule.table ?? named });
    }
  }
  return readings.filter(({ chains, rules }) => chains.length + rules.length > 0);
}

/** iptables-save ends every table with COMMIT: where the last has none, rules may be missing from the paste. */
function isOpen(lines: readonly string[]): boolean {
  const last = lines.findLast((line) => line.trim() === 'COMMIT' || TABLE.test(line.trim()));
  return last !== undefined && last.trim() !== 'COMMIT';
}

/** The reading that a chain belongs to: a new one where the chain stands already. */
function current(readings: Draft[], chain: Chain): Draft {
  const last = readings.at(-1) ?? { chains: [], rules: [] };
  const isAgain = last.chains.some(
    ({ name, table }) => name === chain.name && table === chain.table,
  );
  if (!isAgain) return last;
  const next: Draft = { chains: [], rules: [] };
  readings.push(next);
  return next;
}

function chainIn(text: string, line: number, table: string | null): Chain | undefined {
  const [, name, policy, packets] =
    LIST_HEAD.exec(text) ?? SAVE_HEAD.exec(text) ?? POLICY.exec(text) ?? [];
  if (name === undefined) return undefined;
  return {
    line,
    table,
    name,
    policy: policy === undefined || policy === '-' ? null : policy,
    packets: packets === undefined ? null : countOf(packets),
    hook: null,
    priority: null,
    kind: null,
  };
}
