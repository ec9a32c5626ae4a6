import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/iptables/save.ts';
import { type Passing, walk } from '../artefacts/iptables/walk.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** Whether a rule or policy that is shown drops what vanished at this host. */
export const firewall = defineJoin({
  question: 'firewall',
  needs: ['iptables'],
  facts: {
    dropRule: {
      type: 'label',
      is: 'the rule that drops packets like the lost one',
      of: (view) => ofRule(view, textOf),
    },
    dropChain: {
      type: 'label',
      is: 'the chain it stands in',
      of: (view) => ofRule(view, ({ chain }) => chain),
    },
    dropHook: {
      type: 'label',
      is: 'FORWARD or INPUT: where the packet meets it',
      of: (view) => ofRule(view, () => passingAt(view)?.hook ?? null),
    },
    dropPackets: {
      type: 'count',
      is: 'packets that it has dropped',
      of: (view) => ofRule(view, ({ packets }) => packets),
    },
    dropGrew: {
      type: 'count',
      is: 'packets that it dropped between two readings',
      of: dropGrew,
    },
    policyDrops: {
      type: 'flag',
      is: 'FORWARD drops what no rule accepts, and no rule accepts packets like the lost one',
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

/** What vanished between two interfaces of this host went through FORWARD; what came no further, through INPUT at most. */
function passingAt({ loss }: View): Passing | undefined {
  const packet = loss?.vanished[0]?.seen.packet;
  if (loss == null || packet === undefined || loss.place === 'between-hosts') return undefined;
  return {
    packet,
    hook: loss.place === 'inside-host' ? 'FORWARD' : 'INPUT',
    from: loss.from.interface,
    to: loss.to?.interface ?? null,
    isFirst: loss.direction === 'request',
  };
}

/** The latest listing of this host. */
function latest({ own }: View) {
  const evidence = inOrder(ofKind(own, 'iptables')).at(-1);
  const set = evidence?.content.readings.at(-1);
  return evidence === undefined || set === undefined ? undefined : { evidence, set };
}

function fateOf(view: View) {
  const listing = latest(view);
  const passing = passingAt(view);
  return listing === undefined || passing === undefined ? undefined : walk(listing.set, passing);
}

function ofRule<T>(view: View, of: (rule: Rule) => T | null): Reading<T> {
  const fate = fateOf(view);
  const listing = latest(view);
  const value = fate?.by === 'rule' ? of(fate.rule) : null;
  if (fate?.by !== 'rule' || listing === undefined || value === null)
    return unknown('no rule is shown that surely drops it');
  return known(value, [cite(listing.evidence.artefact, fate.rule.line)]);
}

function dropGrew(view: View): Reading<number> {
  const fate = fateOf(view);
  if (fate?.by !== 'rule') return unknown('no rule is shown that surely drops it');
  const text = textOf(fate.rule);
  return growth(view, ({ rules }) => rules.find((rule) => textOf(rule) === text));
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

function forwardPolicy(view: View) {
  const listing = latest(view);
  const chain = listing?.set.chains.find(isForward);
  return listing === undefined || chain === undefined ? undefined : { ...listing, chain };
}

function isForward({ name, table }: Listing['chains'][number]): boolean {
  return name === 'FORWARD' && (table === null || table === 'filter');
}

function policyDrops(view: View): Reading<boolean> {
  const policy = forwardPolicy(view);
  if (policy === undefined) return unknown('the FORWARD chain is not shown');
  const at = [cite(policy.evidence.artefact, policy.chain.line)];
  if (policy.chain.policy !== 'DROP') return known(false, at);
  const isForwarded = passingAt(view)?.hook === 'FORWARD';
  return isForwarded && policy.chain.packets !== 0 && fateOf(view)?.by === 'policy'
    ? known(true, at)
    : unknown('nothing shows that the lost packet fell to it');
}

function policyPackets(view: View): Reading<number> {
  const policy = forwardPolicy(view);
  const packets = policy?.chain.packets ?? null;
  if (policy === undefined || packets === null) return unknown('no counter of the policy is shown');
  return known(packets, [cite(policy.evidence.artefact, policy.chain.line)]);
}

function policyGrew(view: View): Reading<number> {
  return growth(view, ({ chains }) => chains.find(isForward));
}

type Listing = NonNullable<ReturnType<typeof latest>>['set'];

interface Counted {
  readonly packets: number | null;
  readonly line: number;
}

/** By how much one counter grew over all listings of this host. */
function growth(view: View, find: (set: Listing) => Counted | undefined): Reading<number> {
  const counted = inOrder(ofKind(view.own, 'iptables')).flatMap(({ artefact, content }) =>
    content.readings.flatMap((set) => {
      const found = find(set);
      return found?.packets == null
        ? []
        : [{ packets: found.packets, at: cite(artefact, found.line) }];
    }),
  );
  const [before, after] = [counted[0], counted.at(-1)];
  if (before === undefined || after === undefined || before === after)
    return unknown('one reading shows no growth');
  const at: readonly Citation[] = [before.at, after.at];
  return after.packets < before.packets
    ? unknown('the counter was reset in between')
    : known(after.packets - before.packets, at);
}
