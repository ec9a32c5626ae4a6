import { cliList, cliPart, cliStrength, isCliPart, type Part } from './cilium-status/cli.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** Whether a node answered the health probe, by the node's own address or through the pod network. */
export interface Probe {
  readonly line: number;
  readonly node: string;
  readonly address: string;
  readonly over: 'node' | 'pods';
  readonly isAnswered: boolean;
  readonly said: string;
}

interface CiliumStatus {
  readonly parts: readonly Part[];
  readonly probes: readonly Probe[];
  /** `Cluster health: 1/2 reachable`. */
  readonly reached: { readonly line: number; readonly count: number; readonly of: number } | null;
}

/**
 * `cilium status` inside the agent and of the CLI, and `cilium-health status`, 1.0 to 1.17 (pkg/client/client.go: FormatStatusResponse;
 * pkg/health/client/client.go: FormatHealthStatusResponse).
 */
export const ciliumStatus = defineArtefact({
  kind: 'cilium-status',
  title: 'cilium status',
  ask: 'kubectl -n kube-system exec ds/cilium -- cilium-health status',
  hint: /\bcilium(?:-dbg)?\s+status\b|\bcilium(?:-dbg)?-health\s+status\b/,
  first: ASCII,
  recognise,
  continues: (line) => {
    const text = line.trim();
    return FURNITURE.test(text) || isNode(line) || isCliPart(text);
  },
  parse,
  size: ({ parts, probes }) => ({ count: parts.length + probes.length, unit: 'lines' }),
  facts: {},
});

/** `KVStore:   Ok   Disabled`, `Kubernetes:  Failure  connection refused`. */
const PART =
  /^(KVStore|ContainerRuntime|Kubernetes|Cilium|Cilium health daemon|CNI Config file):\s+(Ok|OK|Warning|Failure|Disabled)(?:\s+(\S.{0,300}))?$/;
const REACHED = /^Cluster health:\s+(\d{1,5})\/(\d{1,5}) reachable\b/;
const HOST = /^([\w./-]{1,253})(?: \(localhost\))?:$/;
const TO = /^(Host|Endpoint|Node|Health endpoint) connectivity to ([\da-fA-F.:]{2,45}):$/;
const PROBED =
  /^(ICMP to stack|HTTP to agent|HTTP|ICMP):\s+(\S.{0,400}?)(?:\s+\(Last probed: \S+\))?$/;
const STRONG =
  /^(?:Kubernetes APIs|KubeProxyReplacement|NodeMonitor|Controller Status|Proxy Status|Host firewall|CNI Chaining|Bandwidth ?Manager|Host Routing|Masquerading|IPAM|IPv[46] BIG TCP|Global Identity Range|Modules Health|Attach Mode|Device Mode|Clock Source for BPF|SRv6|Routing|Encryption|Hubble|ClusterMesh|Egress Gateway|Identity Range|Stale status|BPF Maps|Transparent Encryption|Name|Secret):\s+\S/;
const OWN =
  /^(?:KubeProxyReplacement|NodeMonitor|Cluster health|Host Routing|CNI Chaining|Controller Status|Kubernetes APIs):\s/;
const FURNITURE =
  /^(?:Probe time:\s+\S+|Nodes:|Defaulted container "cilium-agent"|Hubble: |Envoy DaemonSet: |Operator: )/;

/** A node's name, which stands further in than a heading of another output does. */
function isNode(line: string): boolean {
  return HOST.test(line.trim()) && /^\s|\/.|\(localhost\):$/.test(line);
}

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 1200) return 'none';
  if (cliStrength(text) === 'strong') return 'strong';
  if (/^Probe time:\s+\d{4}-\d\d-\d\dT/.test(text)) return 'strong';
  if (OWN.test(text) || TO.test(text) || REACHED.test(text)) return 'strong';
  if (/^(?:KVStore|Cilium health daemon):/.test(text) && PART.test(text)) return 'strong';
  if (/^(?:ICMP to stack|HTTP to agent):/.test(text) && PROBED.test(text)) return 'strong';
  return PART.test(text) || STRONG.test(text) || FURNITURE.test(text) ? 'weak' : 'none';
}

interface Walk {
  readonly parts: Part[];
  readonly probes: Probe[];
  reached: CiliumStatus['reached'];
  node: string;
  list: string;
  to: { readonly address: string; readonly over: Probe['over'] } | null;
}

function parse(lines: readonly string[]): Parsed<CiliumStatus> | undefined {
  const walk: Walk = { parts: [], probes: [], reached: null, node: '', list: '', to: null };
  const unread: number[] = [];
  let understood = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    if (take(walk, text, index + 1)) understood += 1;
    else unread.push(index + 1);
  }
  const { parts, probes, reached } = walk;
  return understood === 0 ? undefined : { content: { parts, probes, reached }, unread };
}

/** Whether the line was understood. */
function take(walk: Walk, text: string, line: number): boolean {
  const part = PART.exec(text);
  const all = REACHED.exec(text);
  const way = TO.exec(text);
  const probed = PROBED.exec(text);
  if (part !== null) walk.parts.push(partOf(part, line));
  else if (all !== null) walk.reached = { line, count: Number(all[1]), of: Number(all[2]) };
  else if (way !== null) {
    const over = /^(?:Host|Node)/.test(way[1] ?? '') ? 'node' : 'pods';
    walk.to = { address: way[2] ?? '', over };
  } else if (probed !== null && walk.to !== null)
    recordProbe(walk.probes, probed, { line, node: walk.node, ...walk.to });
  else if (FURNITURE.test(text)) return true;
  else if (HOST.test(text)) walk.node = HOST.exec(text)?.[1] ?? '';
  else return takeCli(walk, text, line) || STRONG.test(text);
  return true;
}

/** Of the CLI, which looks at the cluster from outside. */
function takeCli(walk: Walk, text: string, line: number): boolean {
  if (!isCliPart(text)) return false;
  walk.list = cliList(text) ?? walk.list;
  const part = cliPart(text, line, walk.list);
  if (part !== undefined) walk.parts.push(part);
  return true;
}

function partOf([, name = '', state = '', said = '']: RegExpExecArray, line: number): Part {
  return { line, name, isFailed: state === 'Failure', said };
}

/** That an echo is not answered harms nobody where the agent answers. */
function recordProbe(
  probes: Probe[],
  [, how = '', said = '']: RegExpExecArray,
  at: Omit<Probe, 'isAnswered' | 'said'>,
): void {
  if (how.startsWith('HTTP')) probes.push({ ...at, isAnswered: said.startsWith('OK'), said });
}
