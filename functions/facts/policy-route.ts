import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import type { PolicyRule } from '../artefacts/rule/read.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';

/** What the policy rules and the tables of a host do with one packet. */
export interface Way {
  readonly is: 'sent' | 'refused';
  /** The route that decides; null where a rule itself refuses. */
  readonly route: Route | null;
  /** The rule or the route that decides, as printed; of a route in a table of its own with the name of the table. */
  readonly by: string;
  readonly at: readonly Citation[];
}

/** A packet; its source is null where this host sends it unbound, and undefined where it is not known. */
export interface Going {
  readonly from: string | null | undefined;
  readonly to: string;
}

const REFUSING: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit']);
const MAIN: ReadonlySet<string> = new Set(['main', '254']);
/** The rule that makes `local` first: own addresses never leave. */
const LOCAL: ReadonlySet<string> = new Set(['local', '255']);

/**
 * The way of an IPv4 packet by the rules in their order (fib_rules_lookup of net/core/fib_rules.c); undefined where a rule
 * asks for what is not known of the packet, or where the listing of a table that decides is not shown.
 */
export function policyWay(own: readonly Evidence[], going: Going): Way | undefined {
  const to = parseAddress(going.to);
  if (to?.family !== 4) return undefined;
  const rules = rulesOf(own);
  if (rules.length === 0) return onlyWay(byTable(own, 'main', to, []));
  for (const one of rules) {
    const applies = appliesTo(one.rule, going, to);
    if (applies === undefined) return undefined;
    const way = applies ? byRule(own, one, to) : 'next';
    if (way !== 'next') return way;
  }
  return undefined;
}

type Step = Way | 'next' | undefined;

function onlyWay(step: Step): Way | undefined {
  return step === 'next' ? undefined : step;
}

/** What one rule does with a packet that it is for; `next` where it leaves it to the rules behind. */
function byRule(own: readonly Evidence[], { rule, at }: Cited, to: Address): Step {
  const { table, action, priority } = rule;
  if (LOCAL.has(table ?? '')) return 'next';
  if (REFUSING.has(action))
    return { is: 'refused', route: null, by: `rule ${priority}: ${action}`, at: [at] };
  if (action !== 'lookup' || table === null) return undefined;
  return byTable(own, table, to, MAIN.has(table) ? [] : [at]);
}

function byTable(
  own: readonly Evidence[],
  table: string,
  to: Address,
  because: readonly Citation[],
): Step {
  const found = lookUp(own, table, to);
  if (found === undefined) return undefined;
  if (found === 'nothing' || found.route.type === 'throw') return 'next';
  const { route, cited } = found;
  const named = route.type === 'unicast' ? route.destination : `${route.type} ${route.destination}`;
  return {
    is: REFUSING.has(route.type) ? 'refused' : 'sent',
    route,
    by: MAIN.has(table) ? named : `${named} table ${table}`,
    at: [cited, ...because],
  };
}

interface Cited {
  readonly rule: PolicyRule;
  readonly at: Citation;
}

/** The last listing of the rules, by priority; where none is shown, the main table is all there is to go by. */
function rulesOf(own: readonly Evidence[]): readonly Cited[] {
  const listing = ofKind(own, 'rule').findLast(({ content }) =>
    content.rules.some(({ table }) => table !== null && MAIN.has(table)),
  );
  return (listing?.content.rules ?? [])
    .map((rule) => ({ rule, at: cite((listing as Evidence<'rule'>).artefact, rule.line) }))
    .toSorted((a, b) => a.rule.priority - b.rule.priority);
}

/** Undefined where the rule asks for a mark, a device, a port or a source that is not known. */
function appliesTo(rule: PolicyRule, { from }: Going, to: Address): boolean | undefined {
  if (rule.to !== null && !covers(rule.to, to)) return rule.not;
  const asksMore = [...rule.other.keys()].some((key) => key !== 'proto' && key !== 'protocol');
  if (from === undefined && rule.from !== 'all')
    return REFUSING.has(rule.action) && rule.to !== null && !rule.not && !asksMore
      ? true
      : undefined;
  const matches = covers(rule.from, from == null ? undefined : parseAddress(from));
  if (asksMore) return matches || rule.not ? undefined : false;
  return matches !== rule.not;
}

function covers(text: string, address: Address | undefined): boolean {
  if (text === 'all') return true;
  if (address === undefined) return false;
  const prefix = parsePrefix(text.includes('/') ? text : `${text}/32`);
  return prefix !== undefined && contains(prefix, address);
}

/** The route of one table; `nothing` where the whole table is shown and has none. */
function lookUp(own: readonly Evidence[], table: string, to: Address) {
  let isShown = table === 'default' || table === '253';
  for (const { artefact, content, truncated } of ofKind(own, 'route').toReversed()) {
    const command = artefact.command ?? '';
    const asked = tableAsked(command);
    const listed = asked === null || asked === 'all' ? 'main' : asked;
    const routes = content.routes
      .filter((route) => isNamed(route.table ?? listed, table))
      .map((route) => ({ ...route, table: null }));
    const route = lookup(routes, to);
    if (route !== undefined) return { route, cited: cite(artefact, route.line) };
    const isWhole = (asked === 'all' || isNamed(listed, table)) && !/[|>]/.test(command);
    isShown ||= isWhole && !truncated && command !== '';
  }
  return isShown ? 'nothing' : undefined;
}

function isNamed(name: string, table: string): boolean {
  return name === table || (MAIN.has(name) && MAIN.has(table));
}

/** The table that `ip route show table NAME` asks for: a listing of one table does not repeat its name. */
function tableAsked(command: string): string | null {
  return (
    /\bip\b.*\sr(?:o|ou|out|oute)?\s.*\bt(?:a|ab|abl|able)?\s+(\w[\w.-]*)/.exec(command)?.[1] ??
    null
  );
}

/** Whether a command lists one table other than `main`, by itself. */
export function isOfOtherTable(command: string | null): boolean {
  const asked = tableAsked(command ?? '') ?? 'main';
  return asked !== 'all' && !MAIN.has(asked);
}
