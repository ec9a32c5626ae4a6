import type { Rule } from '../artefacts/firewall-rule.ts';

/** The rule in few words, as `iptables -S` writes it. */
export function ruleText(rule: Rule): string {
  const { chain, protocol, source, destination, sport, dport, ctstate, target, rejectWith } = rule;
  const options = [
    ['-A', chain],
    ['-p', protocol],
    ['-s', source],
    ['-d', destination],
    ['--sport', sport],
    ['--dport', dport],
    ['--ctstate', ctstate],
    ['-j', target],
    ['--reject-with', rejectWith],
  ];
  return options
    .flatMap(([option, value]) => (value == null ? [] : [`${option} ${value}`]))
    .join(' ');
}
