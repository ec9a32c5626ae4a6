import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import type { PolicyRule } from '../artefacts/rule/read.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';

/** What the policy rules and the tables of a host do with one packet. */
export interface Way {
  /** `none`: every table that is asked is shown whole, and none has a route. */
  readonly is: 'sent' | 'refused' | 'none';
  /** The route that decides; null where a rule itself refuses, or nothing decides. */
  readonly route: Route | null;
  /** The rule or the route that decides, as printed; of a route in a table of its own with the name of the table; else empty. */
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
  if (rules.length === 0) return last(own, byTable(own, 'main', to, []));
  for (const one of rules) {
    const applies = appliesTo(one.rule, going, to);
    if (applies === undefined) return undefined;
    const way = applies ? byRule(own, one, to) : 'next';
    if (way !== 'next') return way;
  }
  return last(own, 'next');
}

type Step = Way | 'next' | undefined;

/** Where nothing is left to ask, the kernel says that the network is unreachable. */
function last(own: readonly Evidence[], step: Step): Way | undefined {
  if (step !== 'next') return step;
  const shown = ofKind(own, 'route').findLast((listing) => isWhole(listing, 'main'));
  const [first] = shown?.content.routes ?? [];
  if (shown === undefined || first === undefined) return undefined;
  return { is: 'none', route: null, by: '', at: [cite(shown.artefact, first.line)] };
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
  for (const listing of ofKind(own, 'route').toReversed()) {
    const { artefact, content } = listing;
    const asked = tableAsked(artefact.command ?? '');
    const listed = asked === null || asked === 'all' ? 'main' : asked;
    const routes = content.routes
      .filter((route) => isNamed(route.table ?? listed, table))
      .map((route) => ({ ...route, table: null }));
    const route = lookup(routes, to);
    if (route !== undefined) return { route, cited: cite(artefact, route.line) };
    isShown ||= isWhole(listing, table);
  }
  return isShown ? 'nothing' : undefined;
}

/** Commands that print all IPv4 routes of a table, and nothing less: no device, no prefix, no filter is named. */
const WHOLE =
  /(?:^|[\s/])(?:ip(?:\s+-(?!\w*6)(?:[\w=]+))*\s+r(?:o|ou|out|oute)?(?:\s+(?:s|sh|sho|show|l|ls|lst|list))?(?:\s+t(?:a|ab|abl|able)?\s+[\w.-]+)?|route(?:\s+-[a-z46]+)*|netstat\s+-[a-z]*r[a-z]*)$/;

/** Whether a listing shows a whole table, so that what it does not show is not there. */
function isWhole(
  { artefact, content, truncated, unread }: Evidence<'route'>,
  table: string,
): boolean {
  if (truncated || unread.length > 0) return false;
  const hasIpv4 = content.routes.some(({ prefix }) => prefix?.family === 4);
  return (artefact.command ?? '').split(/\s*(?:;|&&)\s*/).some((part) => {
    const asked = tableAsked(part);
    const isThis = asked === 'all' || isNamed(asked ?? 'main', table);
    return isThis && WHOLE.test(part.trim()) && (hasIpv4 || table !== 'main');
  });
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
