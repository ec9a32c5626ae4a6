import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** One rule, as `ufw status` prints it. */
export interface UfwRule {
  readonly line: number;
  readonly action: 'allow' | 'deny' | 'reject' | 'limit';
  readonly direction: 'in' | 'out' | 'fwd';
  /** As printed: `80,443/tcp`, `10.0.0.5 8080/tcp`, `Anywhere on eth1`, `OpenSSH`. */
  readonly to: string;
  readonly from: string;
}

interface Ufw {
  readonly isActive: boolean | null;
  /** What becomes of packets that come in and that no rule fits; null without `verbose`. */
  readonly incoming: { readonly policy: string; readonly line: number } | null;
  readonly rules: readonly UfwRule[];
}

/** `ufw status`, `status verbose` and `status numbered`: ufw 0.36, src/backend_iptables.py (get_status). */
export const ufw = defineArtefact({
  kind: 'ufw',
  title: 'ufw status',
  ask: 'sudo ufw status verbose',
  hint: /\bufw\s+status\b/,
  first: ASCII,
  recognise,
  continues: (line) => isInside(line.trim()),
  parse,
  size: ({ rules }) => ({ count: rules.length, unit: 'rules' }),
  facts: {},
});

const HEAD = /^To {1,40}Action {1,20}From$/;
const POLICY =
  /^Default: (?<incoming>\w{4,8}) \(incoming\), \w{4,8} \(outgoing\)(?:, \w{4,8} \(routed\))?$/;
const STATUS = /^Status: (active|inactive)$/;
const RULE =
  /^(?:\[ ?\d{1,3}\] )?(?<to>\S.{0,60}?) +(?<action>ALLOW|DENY|REJECT|LIMIT)(?: (?<direction>IN|OUT|FWD))? +(?<from>\S.{0,60}?)(?: +\((?:out|log(?:-all)?)[^)]{0,20}\))?(?: {2,}# .{0,200})?$/;
const AROUND = /^(?:Logging: (?:on|off)\b|New profiles: \w|-- {1,40}-{6} {1,20}-{4}$)/;

function isInside(text: string): boolean {
  return RULE.test(text) || AROUND.test(text) || HEAD.test(text) || POLICY.test(text);
}

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text) || POLICY.test(text)) return 'strong';
  return STATUS.test(text) || RULE.test(text) || AROUND.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<Ufw> | undefined {
  const rules: UfwRule[] = [];
  const unread: number[] = [];
  let isActive: boolean | null = null;
  let incoming: Ufw['incoming'] = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    const state = STATUS.exec(text)?.[1];
    const policy = POLICY.exec(text)?.groups?.incoming;
    const rule = RULE.exec(text)?.groups;
    if (state !== undefined) isActive = state === 'active';
    else if (policy !== undefined) incoming = { policy, line };
    else if (rule !== undefined) rules.push(ruleOf(rule, line));
    else if (text !== '' && !AROUND.test(text) && !HEAD.test(text)) unread.push(line);
  }
  return isActive === null && incoming === null && rules.length === 0
    ? undefined
    : { content: { isActive, incoming, rules }, unread };
}

function ruleOf(
  {
    to = '',
    action = '',
    direction = 'IN',
    from = '',
  }: Readonly<Record<string, string | undefined>>,
  line: number,
): UfwRule {
  return {
    line,
    action: action.toLowerCase() as UfwRule['action'],
    direction: direction.toLowerCase() as UfwRule['direction'],
    to,
    from,
  };
}
