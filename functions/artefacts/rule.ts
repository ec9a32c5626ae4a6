import { defineArtefact, found, type Local } from './define.ts';
import { asPrinted, isJsonField, jsonStrength } from './ip-json.ts';
import { type PolicyRule, type PolicyRules, ruleOf } from './rule/read.ts';

/** Tables that every machine has. */
const USUAL: ReadonlySet<string> = new Set(['local', 'main', 'default', '255', '254', '253']);

/** `ip rule`, IPv4 and IPv6, old and new, text or JSON: which routing table answers for which packets. */
export const rule = defineArtefact({
  kind: 'rule',
  title: 'ip rule',
  ask: 'ip rule; ip route show table all',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+ru(?:l|le)?(?:\s+(?:s|sh|sho|show|l|ls|lst|list)\b|\s*(?:$|[|;&>]))/,
  first: '0123456789[]{}",',
  recognise: (line) => (ruleOf(line, 1) === undefined ? jsonStrength(line, 'rule') : 'strong'),
  continues: isJsonField,
  // Every listing starts with the rule of the local table.
  begins: (line) => /^\s*0:\s+from all lookup (?:local|255)\b/.test(line),
  parse,
  size: ({ rules }) => ({ count: rules.length, unit: 'routingRules' }),
  facts: {
    tables: {
      type: 'list',
      is: 'tables looked up beside local, main and default',
      of: tables,
    },
  },
});

function parse(lines: readonly string[]) {
  const rules: PolicyRule[] = [];
  const unread: number[] = [];
  for (const { line, text } of asPrinted(lines)) {
    if (text.trim() === '') continue;
    const one = ruleOf(text, line);
    if (one === undefined) unread.push(line);
    else rules.push(one);
  }
  return rules.length === 0 ? undefined : { content: { rules }, unread: [...new Set(unread)] };
}

function tables({ rules }: PolicyRules): Local<readonly string[]> {
  const own = rules.filter(
    ({ table, action }) => action === 'lookup' && !USUAL.has(table ?? 'main'),
  );
  const lines = (own.length > 0 ? own : rules).map(({ line }) => line);
  return found([...new Set(own.flatMap(({ table }) => table ?? []))], lines);
}
