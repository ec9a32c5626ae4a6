import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import { type Passing, walk } from '../artefacts/iptables/walk.ts';
import type { Endpoint, Packet, Protocol } from '../artefacts/packet.ts';
import { blankPacket } from '../artefacts/packet-draft.ts';
import type { Citation } from '../primitives/reading.ts';
import { latestRules } from './latest-rules.ts';
import { ruleText } from './rule-text.ts';

/** What a firewall that is shown surely does to a packet that nobody captured. */
export interface Stop {
  /** `-A INPUT -s 10.20.4.0/24 -p tcp --dport 8080 -j DROP`, or the chain whose policy it falls to. */
  readonly rule: string | null;
  readonly chain: string;
  /** What the rule or the policy has dropped so far; null where nothing counts. */
  readonly packets: number | null;
  /** What whoever wrote the rule says of it. */
  readonly comment: string | null;
  readonly at: Citation;
}

/** The packet that opens a connection, as far as it is known. An empty host stands for an address that nobody tells. */
export function firstPacket(protocol: Protocol, source: string, destination: Endpoint): Packet {
  return { ...blankPacket(0), protocol, source: { host: source, port: null }, destination };
}

/** Sources that rules have dropped packets of: one address of each. */
export function countedSources(own: readonly Evidence[]): readonly string[] {
  const listings = [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))];
  return listings.flatMap((evidence) =>
    (evidence?.content.readings.at(-1)?.rules ?? []).flatMap((rule) => {
      const [, address] = /^([\d.]+)(?:\/\d+)?$/.exec(rule.source ?? '') ?? [];
      const counts = rule.target === 'DROP' && (rule.packets ?? 0) > 0;
      return address === undefined || !counts ? [] : [address];
    }),
  );
}

/** A search in a listing, or a paste that ends in it, may have left out the rule that lets the packet pass. */
export function isCut({ artefact, truncated }: Evidence): boolean {
  return truncated || CUT.test(artefact.command ?? '');
}

/** kube-proxy's own (pkg/proxy/iptables/proxier.go): not a firewall stops it, but a Service is without endpoints. */
export function isOfService({ comment }: Stop): boolean {
  return / has no (?:local )?endpoints$/.test(comment ?? '');
}

/** What lets some packets pass does not stop a client that tries again. */
function mayPass({ chancePercent }: Rule): boolean {
  return (chancePercent ?? 100) < SURE_PERCENT;
}

const SURE_PERCENT = 95;

const CUT = /\|\s*(?:sudo\s+)?(?:[ef]?grep|head|tail|awk|sed|rg)\b/;

/** Where the latest listing of either tool surely drops it; undefined where it lets it pass, or that cannot be told. */
export function stopIn(own: readonly Evidence[], passing: Passing): Stop | undefined {
  const listings = [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))];
  for (const evidence of listings) {
    const set = evidence?.content.readings.at(-1);
    if (evidence === undefined || set === undefined || isCut(evidence)) continue;
    const fate = walk(set, passing);
    if (fate === undefined || (fate.by === 'rule' && mayPass(fate.rule))) continue;
    const { artefact } = evidence;
    if (fate.by === 'rule') {
      const { rule } = fate;
      // `iptables -L` without `-v` leaves out the interfaces that a rule wants.
      const isHidden = rule.table === null && rule.packets === null;
      if (isHidden && !/\s(?:-S|--list-rules)\b|-save\b/.test(artefact.command ?? '')) continue;
      return {
        rule: ruleText(rule),
        chain: rule.chain,
        packets: rule.packets,
        comment: rule.comment,
        at: cite(artefact, rule.line),
      };
    }
    const base = set.chains.find(
      ({ name, table }) =>
        name === fate.base.name &&
        (table === fate.base.table || (table === null && fate.base.table === 'filter')),
    );
    if (base?.policy !== 'DROP' || base.packets === 0) continue;
    const at = cite(artefact, base.line);
    return { rule: null, chain: base.name, packets: base.packets, comment: null, at };
  }
  return undefined;
}
