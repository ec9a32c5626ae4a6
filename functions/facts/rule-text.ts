import type { Rule } from '../artefacts/firewall-rule.ts';

/** The rule in few words, as `iptables -S` writes it. */
export function ruleText(rule: Rule): string {
  const { chain, protocol, source, destination, sport, dport, ctstate, target, rejectWith } = rule;
  const { chancePercent, fragments, length } = rule;
  const options = [
    ['-A', chain],
    ['-p', protocol],
    ['-s', source],
    ['-d', destination],
    ['--sport', sport],
    ['--dport', dport],
    ['--ctstate', ctstate],
    ['-m', chancePercent === null ? null : `statistic --probability ${round(chancePercent)}`],
    ['-f', fragments === 'later' || fragments === 'any' ? '' : null],
    ['-m', length === null ? null : `length --length ${length}`],
    ['-j', target],
    ['--reject-with', rejectWith],
  ];
  return options
    .flatMap(([option, value]) => (value == null ? [] : [`${option} ${value}`.trim()]))
    .join(' ');
}

/** A share as a probability. */
function round(percent: number): number {
  return Math.round(percent * 10) / 1000;
}
