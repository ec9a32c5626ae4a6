import type { Rule } from './firewall-rule.ts';

/** A Service's address and port, as clients use them. */
interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** One translation, as printed (`10.42.0.16:53`), and the chain from which it is reached. */
export interface Dnat {
  readonly to: string;
  readonly line: number;
}

/** What rules make of packets to a Service, and the chains on the way. */
export interface ServiceWay {
  readonly found: readonly Dnat[];
  readonly chains: ReadonlySet<string>;
}

const MOST_CHAINS = 64;

/** Chains of kube-proxy: those of pkg/proxy/iptables/proxier.go, and those of pkg/proxy/nftables/proxier.go (a hash of eight). */
const OWN_CHAIN =
  /^(?:KUBE-(?:SVC|SVL|XLB|SEP|EXT)-|(?:service|local|external|endpoint)-[A-Z2-7]{8}-)/;

/**
 * Where rules send packets for a Service, straight away or through kube-proxy's chains; undefined where a chain on the way
 * is not shown. `doors` are chains to which a map of nft leads for it.
 */
export function dnatOf(
  rules: readonly Rule[],
  service: Service,
  doors: readonly string[] = [],
): ServiceWay | undefined {
  const found: Dnat[] = [];
  const chains = new Set<string>();
  const open: Pick<Rule, 'target' | 'toDestination' | 'line'>[] = [
    ...rules.filter((rule) => isDoor(rule, service)),
    ...doors.map((target) => ({ target, toDestination: null, line: 0 })),
  ];
  for (let rule = open.pop(); rule !== undefined; rule = open.pop()) {
    const { target, toDestination, line } = rule;
    if (toDestination !== null) found.push({ to: toDestination, line });
    else if (target !== null && OWN_CHAIN.test(target)) {
      const behind = rules.filter(({ chain }) => chain === target);
      if (behind.length === 0 || chains.size > MOST_CHAINS) return undefined;
      if (!chains.has(target)) open.push(...behind);
      chains.add(target);
    }
  }
  return { found: found.toSorted((a, b) => a.line - b.line), chains };
}

/** The address of `10.42.0.16:53` or `[fd00::16]:53`. */
export function hostOf(endpoint: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]+))/.exec(endpoint) ?? [];
  return bracketed ?? plain ?? endpoint;
}

function isDoor({ destination, dport, protocol, target }: Rule, service: Service): boolean {
  return (
    destination?.replace(/\/(?:32|128)$/, '') === service.address &&
    protocol === service.protocol &&
    dport === String(service.port) &&
    target !== null &&
    target !== 'KUBE-MARK-MASQ'
  );
}
