import type { Rule } from '../firewall-rule.ts';
import type { Protocol } from '../packet.ts';

/** What a program hears of a packet that is rejected, in the words of its errno. */
export type Refused = 'refused' | 'no-route' | 'unreachable';

/** net/ipv4/icmp.c, icmp_err_convert; the names are those of iptables-extensions(8) and, behind `icmp` or `icmpx`, of nft(8). */
const ERRORS: ReadonlyMap<string, Refused> = new Map([
  ['port-unreachable', 'refused'],
  ['host-unreachable', 'no-route'],
  ['host-prohibited', 'no-route'],
  ['admin-prohibited', 'no-route'],
  ['net-unreachable', 'unreachable'],
  ['no-route', 'unreachable'],
  ['net-prohibited', 'unreachable'],
]);

/** How a REJECT rule refuses a packet of that protocol; undefined where it does not, or says something else. */
export function refusalOf(rule: Rule, protocol: Protocol): Refused | undefined {
  if (rule.target !== 'REJECT') return undefined;
  const by = (rule.rejectWith ?? 'icmp-port-unreachable').replace(/ type /, ' ');
  if (/^tcp[- ]r(?:eset|st)$/.test(by)) return protocol === 'tcp' ? 'refused' : undefined;
  return ERRORS.get(by.replace(/^icmpx?[- ]/, ''));
}
