import type { Cluster, Told } from '../cluster.ts';
import type { Parsed } from '../define.ts';

const FIELD = /^"?(dnsPolicy|hostNetwork)"?: "?([A-Za-z]{4,24})"?,?$/;
// core/v1 types.go, DNSPolicy.
const POLICY = /^(?:ClusterFirst|ClusterFirstWithHostNet|Default|None)$/;

/** The values of `-o jsonpath='{.spec.dnsPolicy} {.spec.hostNetwork}'`, in either order; a field that is not set is blank. */
export function dnsWordsIn(text: string): { policy: string; host: boolean | null } | undefined {
  const words = text.split(/[\s,;|/]+/, 4).filter((word) => word !== '');
  const policy = words.find((word) => POLICY.test(word));
  const rest = words.filter((word) => word !== policy);
  const [host] = rest;
  if (policy === undefined || rest.length > 1) return undefined;
  if (host === undefined) return policy.startsWith('Cluster') ? { policy, host: null } : undefined;
  return host === 'true' || host === 'false' ? { policy, host: host === 'true' } : undefined;
}

/** What `-o yaml | grep dnsPolicy` and `-o jsonpath` leave of one pod; of several nobody knows whose it is. */
export function dnsSettingsIn(lines: readonly string[]): Parsed<Cluster> | undefined {
  const policies: Told<string>[] = [];
  const hosts: Told<boolean>[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    const [, name, value = ''] = FIELD.exec(text) ?? [];
    const words = dnsWordsIn(text);
    if (name === 'dnsPolicy') policies.push({ value, line });
    else if (name === 'hostNetwork') hosts.push({ value: value === 'true', line });
    else if (words === undefined) unread.push(line);
    else {
      policies.push({ value: words.policy, line });
      if (words.host !== null) hosts.push({ value: words.host, line });
    }
  }
  const [policy] = policies;
  if (policy === undefined || policies.length > 1 || hosts.length > 1) return undefined;
  const dns = { policy, hostNetwork: hosts[0] ?? null };
  const objects = [{ sort: 'dns-settings', line: policy.line, dns } as const];
  return { content: { objects, isList: false }, unread };
}
