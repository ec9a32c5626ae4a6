import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Ruleset } from '../artefacts/iptables/read.ts';
import type { Rule } from '../artefacts/iptables/save.ts';
import type { Packet } from '../artefacts/packet.ts';
import { contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { inOrder } from './order.ts';

/** Whether a rule or policy that is shown drops what vanished inside this host. */
export const firewall = defineJoin({
  question: 'firewall',
  needs: ['iptables'],
  facts: {
    dropRule: fromRule(
      'label',
      'the rule that drops packets like the lost one',
      ({ text }) => text,
    ),
    dropChain: fromRule('label', 'the chain it stands in', ({ rule }) => rule.chain),
    dropPackets: fromRule(
      'count',
      'packets that it has dropped',
      ({ rule }) => rule.packets ?? undefined,
    ),
    policyDrops: {
      type: 'flag',
      is: 'FORWARD drops what no rule accepts, and no shown rule accepts packets like the lost one',
      of: policyDrops,
    },
    policyPackets: { type: 'count', is: 'packets that fell to that policy', of: policyPackets },
    policyGrew: {
      type: 'count',
      is: 'packets that fell to that policy between two readings',
      of: policyGrew,
    },
  },
});

type Tables = Evidence<'iptables'>;

interface Matched {
  readonly rule: Rule;
  readonly text: string;
  readonly at: readonly Citation[];
}

function fromRule<T extends 'label' | 'count'>(
  type: T,
  is: string,
  of: (matched: Matched) => string | number | undefined,
): JoinedFact {
  const read = (view: View): Reading<string | number> => {
    const matched = dropping(view);
    const value = matched === undefined ? undefined : of(matched);
    if (matched === undefined || value === undefined) return unknown('no such rule is shown');
    return known(value, matched.at);
  };
  return { type, is, of: read } as unknown as JoinedFact;
}

/** A DROP that surely fits the lost packet in all that it wants of it, and wants at least one thing. */
function dropping(view: View): Matched | undefined {
  const lost = lostHere(view);
  if (lost === undefined) return undefined;
  for (const evidence of inOrder(ofKind(view.own, 'iptables')).toReversed()) {
    const rules = evidence.content.readings.at(-1)?.rules ?? [];
    const rule = rules.find(
      (one) =>
        one.target === 'DROP' &&
        one.packets !== 0 &&
        !isOtherHook(one.chain, lost.hook) &&
        isPicky(one) &&
        fits(one, lost.packet, lost) === true,
    );
    if (rule !== undefined)
      return { rule, text: textOf(rule), at: [cite(evidence.artefact, rule.line)] };
  }
  return undefined;
}

const HOOKS: ReadonlySet<string> = new Set(['INPUT', 'FORWARD', 'OUTPUT']);

/** A chain of somebody's own may be jumped to from anywhere. */
function isOtherHook(chain: string, hook: string): boolean {
  return HOOKS.has(chain) && chain !== hook;
}

interface Lost {
  readonly packet: Packet;
  readonly hook: 'FORWARD' | 'INPUT';
  readonly from: string | null;
  readonly to: string | null;
}

/** What vanished between two interfaces of this host went through FORWARD; what came no further, through INPUT at most. */
function lostHere({ loss }: View): Lost | undefined {
  const packet = loss?.vanished[0]?.seen.packet;
  if (loss == null || packet === undefined || loss.place === 'between-hosts') return undefined;
  const hook = loss.place === 'inside-host' ? 'FORWARD' : 'INPUT';
  return { packet, hook, from: loss.from.interface, to: loss.to?.interface ?? null };
}

function isPicky({ protocol, source, destination, sport, dport, inInterface, outInterface }: Rule) {
  return [protocol, source, destination, sport, dport, inInterface, outInterface].some(
    (wish) => wish !== null,
  );
}

/** Undefined: cannot be told. `ctstate` and what is not read may or may not hold. */
function fits(rule: Rule, packet: Packet, { from, to }: Lost): boolean | undefined {
  const wishes = [
    is(rule.protocol, (wanted) => packet.protocol === wanted),
    is(rule.source, (wanted) => inPrefix(wanted, packet.source.host)),
    is(rule.destination, (wanted) => inPrefix(wanted, packet.destination.host)),
    is(rule.sport, (wanted) => inPorts(wanted, packet.source.port)),
    is(rule.dport, (wanted) => inPorts(wanted, packet.destination.port)),
    is(rule.inInterface, (wanted) => device(wanted, from)),
    is(rule.outInterface, (wanted) => device(wanted, to)),
    rule.ctstate === null && !rule.more ? true : undefined,
  ];
  if (wishes.includes(false)) return false;
  return wishes.includes(undefined) ? undefined : true;
}

function is(
  wanted: string | null,
  test: (wanted: string) => boolean | undefined,
): boolean | undefined {
  if (wanted === null) return true;
  const negated = /^!\s*/.exec(wanted);
  const answer = test(negated === null ? wanted : wanted.slice(negated[0].length));
  return answer === undefined || negated === null ? answer : !answer;
}

function inPrefix(wanted: string, host: string): boolean | undefined {
  const prefix = parsePrefix(
    wanted.includes('/') ? wanted : `${wanted}/${wanted.includes(':') ? 128 : 32}`,
  );
  const address = parseAddress(addressIn(host));
  return prefix === undefined || address === undefined ? undefined : contains(prefix, address);
}

/** The cluster's DNS names a pod by its address: `10-42-0-16.kube-dns.kube-system.svc.cluster.local`. */
function addressIn(host: string): string {
  const [, dashed] = /^(\d{1,3}(?:-\d{1,3}){3})\.[\w.-]+$/.exec(host) ?? [];
  return dashed === undefined ? host : dashed.replaceAll('-', '.');
}

const SERVICES: ReadonlyMap<string, number> = new Map([
  ['domain', 53],
  ['ssh', 22],
  ['http', 80],
  ['https', 443],
]);

function inPorts(wanted: string, port: number | null): boolean | undefined {
  if (port === null) return undefined;
  return wanted.split(',').some((one) => {
    const [low = '', high = low] = one.split(':');
    const number = (text: string) => SERVICES.get(text) ?? Number(text);
    return port >= number(low) && port <= number(high);
  });
}

function device(wanted: string, name: string | null): boolean | undefined {
  if (name === null) return undefined;
  return wanted.endsWith('+') ? name.startsWith(wanted.slice(0, -1)) : wanted === name;
}

/** The rule in few words, as `iptables -S` writes it. */
function textOf({ chain, protocol, source, destination, sport, dport, target }: Rule): string {
  const options = [
    ['-A', chain],
    ['-p', protocol],
    ['-s', source],
    ['-d', destination],
    ['--sport', sport],
    ['--dport', dport],
    ['-j', target],
  ];
  return options
    .flatMap(([option, value]) => (value == null ? [] : [`${option} ${value}`]))
    .join(' ');
}

interface Policy {
  readonly evidence: Tables;
  readonly set: Ruleset;
  readonly chain: Ruleset['chains'][number];
}

function forwardPolicy(view: View): Policy | undefined {
  for (const evidence of inOrder(ofKind(view.own, 'iptables')).toReversed()) {
    const set = evidence.content.readings.at(-1);
    const chain = set?.chains.find(({ name, table }) => name === 'FORWARD' && inFilter(table));
    if (set !== undefined && chain !== undefined) return { evidence, set, chain };
  }
  return undefined;
}

function inFilter(table: string | null): boolean {
  return table === null || table === 'filter';
}

/**
 * The policy has caught packets, and every rule that could have let this one pass either does not fit it or has let
 * nothing pass. A chain that is jumped to and not shown counts as letting nothing pass only where the policy's own count
 * is as large as the jump's: then all that went in came back.
 */
function policyDrops(view: View): Reading<boolean> {
  const policy = forwardPolicy(view);
  if (policy === undefined) return unknown('the FORWARD chain is not shown');
  const { evidence, set, chain } = policy;
  const at = [cite(evidence.artefact, chain.line)];
  if (chain.policy !== 'DROP') return known(false, at);
  const lost = lostHere(view);
  if (lost?.hook !== 'FORWARD' || chain.packets === 0)
    return unknown('nothing shows what it dropped');
  const passing = set.rules.filter(
    (rule) =>
      inFilter(rule.table) &&
      rule.packets !== 0 &&
      rule.target === 'ACCEPT' &&
      !isForEstablished(rule, view) &&
      fits(rule, lost.packet, lost) !== false,
  );
  return passing.length > 0 ? unknown('a rule may accept it') : known(true, at);
}

/** The first packet of a conversation is not yet established. */
function isForEstablished({ ctstate }: Rule, { loss }: View): boolean {
  return ctstate !== null && !ctstate.includes('NEW') && loss?.direction === 'request';
}

function policyPackets(view: View): Reading<number> {
  const policy = forwardPolicy(view);
  const packets = policy?.chain.packets ?? null;
  if (policy === undefined || packets === null) return unknown('no counter of the policy is shown');
  return known(packets, [cite(policy.evidence.artefact, policy.chain.line)]);
}

function policyGrew(view: View): Reading<number> {
  const counted = inOrder(ofKind(view.own, 'iptables')).flatMap(({ artefact, content }) =>
    content.readings.flatMap(({ chains }) =>
      chains
        .filter(
          ({ name, table, packets }) => name === 'FORWARD' && inFilter(table) && packets !== null,
        )
        .map(({ packets, line }) => ({ packets: packets ?? 0, at: cite(artefact, line) })),
    ),
  );
  const [before, after] = [counted[0], counted.at(-1)];
  if (before === undefined || after === undefined || before === after)
    return unknown('one reading shows no growth');
  if (after.packets < before.packets) return unknown('the counter was reset in between');
  return known(after.packets - before.packets, [before.at, after.at]);
}
