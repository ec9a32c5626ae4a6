import { type Keywords, readKeywords } from '../../primitives/keywords.ts';
import { wordsOf } from '../../primitives/words.ts';

/** One policy rule: which packets, and which table answers for them. */
export interface PolicyRule {
  readonly line: number;
  readonly priority: number;
  readonly not: boolean;
  /** `all` or a prefix, as printed. */
  readonly from: string;
  readonly to: string | null;
  /** Every other condition with its value: `fwmark`, `iif`, `oif`, `ipproto`, `dport`, `uidrange`, `tos`. */
  readonly other: ReadonlyMap<string, string>;
  /** `lookup`, or what happens instead: `blackhole`, `unreachable`, `prohibit`, `goto`, `nop`. */
  readonly action: string;
  /** The table looked up, or the priority that `goto` jumps to. */
  readonly table: string | null;
}

export interface PolicyRules {
  readonly rules: readonly PolicyRule[];
}

const HEAD = /^(\d{1,10}):\s+(not )?from (\S+)(?:\s+(.*))?$/;
const KEYS: ReadonlySet<string> = new Set(
  (
    'lookup table goto to fwmark iif oif dev uidrange ipproto sport dport tos dsfield tun_id realms suppress_prefixlength ' +
    'suppress_prefixlen suppress_ifgroup proto protocol flowlabel'
  ).split(' '),
);
const ACTIONS = ['blackhole', 'unreachable', 'prohibit', 'nop', 'masquerade'];
const FLAGS: ReadonlySet<string> = new Set([
  ...ACTIONS,
  '[l3mdev-table]',
  '[detached]',
  '[unresolved]',
]);

/** Reads one line of `ip rule`; ip/iprule.c, print_rule. Undefined when it is none or is cut before its action. */
export function ruleOf(text: string, line: number): PolicyRule | undefined {
  const [, priority, not, from = '', rest = ''] = HEAD.exec(text.trim()) ?? [];
  if (priority === undefined) return undefined;
  const words = readKeywords(wordsOf(rest), KEYS, FLAGS);
  if (words === undefined) return undefined;
  const other = new Map(words.pairs);
  for (const key of ['to', 'lookup', 'table', 'goto']) other.delete(key);
  const to = words.pairs.get('to') ?? null;
  const done = actionOf(words);
  if (done === undefined || done.table === '') return undefined;
  return { line, priority: Number(priority), not: not !== undefined, from, to, other, ...done };
}

function actionOf({ pairs, flags }: Keywords) {
  const table = pairs.get('lookup') ?? pairs.get('table');
  if (table !== undefined) return { action: 'lookup', table };
  const target = pairs.get('goto');
  if (target !== undefined) return { action: 'goto', table: target };
  if (flags.includes('[l3mdev-table]')) return { action: 'lookup', table: '[l3mdev-table]' };
  const action = flags.find((flag) => ACTIONS.includes(flag));
  return action === undefined ? undefined : { action, table: null };
}
