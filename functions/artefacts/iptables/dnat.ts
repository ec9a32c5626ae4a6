import type { Rule } from '../firewall-rule.ts';

/** A Service's address and port, as clients use them. */
interface Service {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

const MOST_CHAINS = 64;

/**
 * Where rules send packets for a Service, as printed (`10.42.0.16:53`), straight away or through kube-proxy's chains;
 * undefined where a chain on the way is not shown.
 */
export function dnatOf(
  rules: readonly Rule[],
  service: Service,
): readonly { readonly to: string; readonly line: number }[] | undefined {
  const found: { to: string; line: number }[] = [];
  const chains = new Set<string>();
  const open = rules.filter((rule) => isDoor(rule, service));
  for (let rule = open.pop(); rule !== undefined; rule = open.pop()) {
    const { target, toDestination, line } = rule;
    if (toDestination !== null) found.push({ to: toDestination, line });
    else if (target !== null && /^KUBE-(?:SVC|SVL|XLB|SEP|EXT)-/.test(target)) {
      const behind = rules.filter(({ chain }) => chain === target);
      if (behind.length === 0 || chains.size > MOST_CHAINS) return undefined;
      if (!chains.has(target)) open.push(...behind);
      chains.add(target);
    }
  }
  return found;
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
