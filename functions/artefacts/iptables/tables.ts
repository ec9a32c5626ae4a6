import type { Chain, Rule } from '../firewall-rule.ts';

/** What one line of a listing says. */
export interface Entry {
  readonly chain?: Chain;
  readonly rule?: Rule;
}

/** The built-in chains in the order in which every table lists them (net/ipv4/netfilter/iptable_*.c, iptables/nft.c). */
const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/**
 * The entries of each table: `iptables -L; iptables -t nat -L` prints two below each other and names neither. Behind its own
 * chains, or out of their order, a built-in chain begins another table.
 */
export function blocksOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const blocks: Entry[][] = [];
  let last = BUILT_IN.length;
  for (const entry of entries) {
    const at = builtInAt(entry);
    if (at >= 0 && at <= last) blocks.push([]);
    if (at >= 0) last = at;
    else if (entry.chain !== undefined) last = BUILT_IN.length;
    const block = blocks.at(-1);
    if (block === undefined) blocks.push([entry]);
    else block.push(entry);
  }
  return blocks;
}

function builtInAt({ chain }: Entry): number {
  return chain === undefined || chain.policy === null ? -1 : BUILT_IN.indexOf(chain.name);
}

const TRANSLATING: ReadonlySet<string> = new Set([
  'DNAT',
  'SNAT',
  'MASQUERADE',
  'REDIRECT',
  'NETMAP',
]);

/** No table in particular: neither what filters nor what translates. */
const UNKNOWN = '?';

/**
 * The table whose built-in chains these are: null for those of `filter`, as for rules without any; another one where PREROUTING
 * or POSTROUTING, which `filter` lacks, stand among them. Only `raw` and `mangle` take DROP there (libxtables refuses it in `nat`).
 */
export function tableOf(block: readonly Entry[]): string | null {
  const names = new Set(
    block.flatMap((entry) => (builtInAt(entry) < 0 ? [] : (entry.chain?.name ?? []))),
  );
  const [before, behind] = [names.has('PREROUTING'), names.has('POSTROUTING')];
  if (!before && !behind) return null;
  const translates = block.some(({ rule }) => TRANSLATING.has(rule?.target ?? ''));
  const drops = block.some(({ rule }) => rule?.target === 'DROP');
  if (before && names.has('FORWARD')) return 'mangle';
  if (translates || (before && behind)) return 'nat';
  if (!before || names.has('INPUT')) return UNKNOWN;
  return names.has('OUTPUT') || drops ? 'raw' : UNKNOWN;
}
