import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import { type Fate, type Passing, walk } from '../artefacts/iptables/walk.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import { inOrder } from './order.ts';
import { ruleText } from './rule-text.ts';
import { firstPacket } from './shown-rules.ts';
import { endsHere, otherCardIsSilent, passesThrough } from './transit.ts';

/** Whether a rule or policy that is shown drops what vanished at this host. */
export const firewall = defineJoin({
  question: 'firewall',
  needs: ['iptables', 'nft'],
  facts: {
    dropRule: {
      type: 'label',
      is: 'the rule that drops packets like the lost one',
      of: (view) => ofRule(view, ruleText),
    },
    dropChain: {
      type: 'label',
      is: 'the chain it stands in',
      of: (view) => ofRule(view, ({ chain }) => chain),
    },
    dropHook: {
      type: 'label',
      is: 'FORWARD, INPUT or OUTPUT: where the packet meets it',
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
    dropsOutOfTunnel: {
      type: 'flag',
      is: 'it stands in the way of what comes out of the tunnel here and is seen on no other host behind',
      of: (view) => ofRule(view, () => (isOutOfTunnel(view) ? true : null)),
    },
    dropCountsThem: {
      type: 'flag',
      is: 'it has dropped as many packets as vanished, just as many where nothing else shows that they meet it',
      of: dropCountsThem,
    },
    policyDrops: {
      type: 'flag',
      is: 'FORWARD drops what no rule accepts, and no rule accepts packets like the lost one',
      of: policyDrops,
    },
    policyPackets: { type: 'count', is: 'packets that fell to that policy', of: policyPackets },
    policyUncounted: {
      type: 'flag',
      is: 'it is a policy of nft, which counts nothing',
      of: policyUncounted,
    },
    policyGrew: {
      type: 'count',
      is: 'packets that fell to that policy between two readings',
      of: policyGrew,
    },
  },
});

/**
 * What vanished between two interfaces of this host went through FORWARD; what came no further, through INPUT at most
 * where nothing shows that it was on its way through. A tunnel's packet the host takes in itself before it unpacks it.
 */
function passingAt(view: View): Passing | undefined {
  const { loss } = view;
  const seen = loss?.vanished[0]?.seen;
  if (loss == null || seen === undefined) return undefined;
  if (loss.place.startsWith('between') && !isOutOfTunnel(view)) return undefined;
  const from = loss.from.interface;
  const isFirst = loss.direction === 'request';
  const outer = outerAt(view);
  if (outer !== undefined) return outer;
  const isThrough = loss.place === 'inside-host' || isOutOfTunnel(view) || mustPass(view) === true;
  const hook = isThrough ? 'FORWARD' : 'INPUT';
  // The card of a pod or of another host is none of this one's.
  const to = isOutOfTunnel(view) ? null : (loss.to?.interface ?? null);
  return { packet: seen.packet, hook, from, to, isFirst, bridgeHook: inBridgeAt(view) };
}

/**
 * Seen on this node's tunnel and on no other host behind it: had it been on its way out by that tunnel, it had passed FORWARD
 * before, and a rule that drops it had kept it from there. What the node itself sends meets no FORWARD.
 */
function isOutOfTunnel(view: View): boolean {
  const { loss } = view;
  if (!loss?.place.startsWith('between') || loss.from.role !== 'tunnel') return false;
  const [first] = loss.vanished;
  const { ttl = null, direction } = first?.seen.packet ?? {};
  if (direction === 'in' || (ttl !== null && !FIRST_TTLS.has(ttl))) return true;
  const { path } = loss.conversation;
  const at = path.indexOf(loss.from);
  const sightings =
    loss.direction === 'request' ? first?.transmission.seen : first?.transmission.answers;
  return (
    sightings?.some(
      (one, index) =>
        one !== undefined &&
        path[index]?.host !== view.host &&
        (loss.direction === 'request' ? index < at : index > at),
    ) === true
  );
}

/** What systems send with; each router takes one off. */
const FIRST_TTLS: ReadonlySet<number> = new Set([32, 60, 64, 128, 255]);

/** What a bridge hands to a port of its own passes no chain of the host's routing any more. */
function inBridgeAt({ loss }: View): Passing['bridgeHook'] {
  if (loss?.place !== 'inside-host' || loss.to === null) return undefined;
  const { from, to } = loss;
  if (from.role === 'bridge' && to.role === 'veth') return 'output';
  return from.role === 'veth' && to.role === 'bridge' ? 'input' : undefined;
}

/** The tunnel's own packet, which vanished between this host's card and its tunnel: for the host itself, or from it. */
function outerAt({ loss, own }: View): Passing | undefined {
  const seen = loss?.vanished[0]?.seen;
  if (loss?.place !== 'inside-host' || loss.to === null || seen === undefined) return undefined;
  const { from, to } = loss;
  if (seen.outer !== seen.packet && to.role === 'tunnel') {
    const isFirst = loss.direction === 'request';
    return {
      packet: seen.outer,
      hook: 'INPUT',
      from: from.interface,
      to: null,
      isFirst,
      isTunnel: true,
    };
  }
  if (from.role !== 'tunnel' || to.role !== 'nic') return undefined;
  const port = linksIn(own).find(({ link }) => link.name === from.interface)?.link.vxlan?.dstport;
  if (port == null) return undefined;
  const packet = firstPacket('udp', '', { host: '', port });
  return { packet, hook: 'OUTPUT', from: null, to: to.interface, isFirst: true, isTunnel: true };
}

/** Whether a request that was seen no further had to go through this host; undefined where nothing tells. */
function mustPass(view: View): boolean | undefined {
  if (view.loss === null || !endsHere(view.loss)) return undefined;
  const passes = passesThrough(view);
  if (passes.known) return passes.value;
  return otherCardIsSilent(view) ? true : undefined;
}

type Listed = Evidence<'iptables'> | Evidence<'nft'>;

interface Shown {
  readonly evidence: Listed;
  readonly set: Listing;
  readonly fate: Fate;
}

/** All listings of this host, of either tool. What one back end lets pass the other may drop. */
function listed({ own }: View): readonly Listed[] {
  return [...inOrder(ofKind(own, 'iptables')), ...inOrder(ofKind(own, 'nft'))];
}

/** The latest listing of each tool, with what becomes of the lost packet in it. */
function latest(view: View): readonly Shown[] {
  const passing = passingAt(view);
  const { own } = view;
  return [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))].flatMap(
    (evidence) => {
      const set = evidence?.content.readings.at(-1);
      if (evidence === undefined || set === undefined) return [];
      const fate = passing === undefined ? undefined : walk(set, passing);
      // Where the paste ends in the table, the rule that lets the packet pass may stand in what is missing.
      const isOpen = fate?.by === 'policy' && evidence.truncated;
      return [{ evidence, set, fate: isOpen ? undefined : fate }];
    },
  );
}

function ruled(view: View) {
  for (const { evidence, fate } of latest(view))
    if (fate?.by === 'rule') return { evidence, rule: fate.rule };
  return undefined;
}

function ofRule<T>(view: View, of: (rule: Rule) => T | null): Reading<T> {
  const found = ruled(view);
  const value = found === undefined ? null : of(found.rule);
  if (found === undefined || value === null)
    return unknown('no rule is shown that surely drops it');
  return known(value, [cite(found.evidence.artefact, found.rule.line)]);
}

function dropGrew(view: View): Reading<number> {
  const found = ruled(view);
  if (found === undefined) return unknown('no rule is shown that surely drops it');
  const text = ruleText(found.rule);
  return growth(view, found.evidence.artefact.kind, ({ rules }) =>
    rules.find((rule) => ruleText(rule) === text && rule.table === found.rule.table),
  );
}

function dropCountsThem(view: View): Reading<boolean> {
  const { loss } = view;
  const found = ruled(view);
  const packets = found?.rule.packets ?? null;
  if (loss === null || found === undefined || packets === null)
    return unknown('no rule with a counter is shown that surely drops it');
  const lost = loss.vanished.length;
  const isSure = loss.place === 'inside-host' || mustPass(view) !== undefined;
  const counts = isSure ? packets >= lost : packets === lost && lost >= FEWEST;
  const at = cite(found.evidence.artefact, found.rule.line);
  return counts ? known(true, [at]) : unknown('the counter need not be of these packets');
}

/** One packet and a counter of 1 are a coincidence. */
const FEWEST = 2;

/** The policy that the lost packet falls to, or where none drops it, that of FORWARD. */
function forwardPolicy(view: View) {
  const all = latest(view).flatMap(({ evidence, set, fate }) => {
    const drops = fate?.by === 'policy' ? fate.base : null;
    const chain = set.chains.find((one) =>
      drops === null || one.hook === null
        ? isForward(one)
        : one.name === drops.name && one.table === drops.table,
    );
    return chain === undefined ? [] : [{ evidence, set, chain, isFallenTo: drops !== null }];
  });
  return all.find(({ chain, isFallenTo }) => isFallenTo && chain.policy === 'DROP') ?? all[0];
}

function isForward({ name, table, hook }: Listing['chains'][number]): boolean {
  if (hook !== null) return hook === 'forward';
  return name === 'FORWARD' && (table === null || table === 'filter');
}

function policyDrops(view: View): Reading<boolean> {
  const policy = forwardPolicy(view);
  if (policy === undefined) return unknown('the FORWARD chain is not shown');
  const { chain, evidence, isFallenTo } = policy;
  const at = [cite(evidence.artefact, chain.line)];
  if (chain.policy !== 'DROP') return known(false, at);
  const isForwarded = passingAt(view)?.hook === 'FORWARD';
  return isForwarded && chain.packets !== 0 && isFallenTo
    ? known(true, at)
    : unknown('nothing shows that the lost packet fell to it');
}

function policyPackets(view: View): Reading<number> {
  const policy = forwardPolicy(view);
  const packets = policy?.chain.packets ?? null;
  if (policy === undefined || packets === null) return unknown('no counter of the policy is shown');
  return known(packets, [cite(policy.evidence.artefact, policy.chain.line)]);
}

/** nft counts for rules only: its policies drop without a trace. */
function policyUncounted(view: View): Reading<boolean> {
  const policy = forwardPolicy(view);
  return policy?.chain.hook == null
    ? unknown('no policy of nft is shown')
    : known(true, [cite(policy.evidence.artefact, policy.chain.line)]);
}

function policyGrew(view: View): Reading<number> {
  return growth(view, 'iptables', ({ chains }) => chains.find(isForward));
}

type Listing = Listed['content']['readings'][number];

interface Counted {
  readonly packets: number | null;
  readonly line: number;
}

/** By how much one counter grew over all listings of this host. */
function growth(
  view: View,
  kind: 'iptables' | 'nft',
  find: (set: Listing) => Counted | undefined,
): Reading<number> {
  const own = listed(view).filter(({ artefact }) => artefact.kind === kind);
  const counted = own.flatMap(({ artefact, content }) =>
    content.readings.flatMap((set: Listing) => {
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
