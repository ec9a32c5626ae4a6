import type { Cluster } from './cluster.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { eventIn } from './kubectl-describe/events.ts';
import { fieldOf, readDescriptions } from './kubectl-describe/read.ts';

/** `kubectl describe` of pods, Services, nodes and NetworkPolicies, with the events at its end; kubectl/pkg/describe/describe.go. */
export const kubectlDescribe = defineArtefact({
  kind: 'kubectl-describe',
  title: 'kubectl describe',
  ask: 'kubectl describe pod -n NAMESPACE POD',
  hint: /\b(?:kubectl|k|oc)\s(?:\S+\s){0,8}?describe\s/,
  first: ASCII,
  recognise,
  begins: (line) => /^Name:\s/.test(line),
  run: ({ at, length }, from) => {
    let end = from;
    while (end < length && isInside(at, end)) end += 1;
    return end - from;
  },
  anywhere: true,
  parse,
  size: ({ objects }) => ({ count: objects.length, unit: 'objects' }),
  facts: {},
});

const PROOF =
  /^(?:Namespace:\s+[a-z0-9][a-z0-9-]{0,62}|Roles:\s+\S+|Session Affinity:\s+(?:None|ClientIP)|PodSelector:\s+\S.*|Policy Types:\s+(?:Ingress|Egress).*|Allowing (?:e|in)gress traffic:|Not affecting (?:e|in)gress traffic|QoS Class:\s+\w+|Type\s+Reason\s+Age\s+From\s+Message|Controlled By:\s+\w+\/\S+)$/;
const KEYS = new Set(
  `Name Labels Annotations Selector Type IP IPs Port TargetPort NodePort Endpoints Node Status Spec Events Containers
  Conditions Volumes Priority PodCIDR PodCIDRs InternalIP Taints Image State Ready To From CIDR`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

function recognise(line: string): Strength {
  const text = line.trim();
  if (!/^[A-Z]/.test(text)) return 'none';
  if (PROOF.test(text)) return 'strong';
  const { key } = fieldOf(text, 1);
  return KEYS.has(key) || eventIn(text, 1, '') !== undefined ? 'weak' : 'none';
}

/** Whether a line goes on with the description before it; blank lines stand between its parts and between two of them. */
function isInside(at: (index: number) => string, index: number): boolean {
  const line = at(index);
  if (line.trim() === '') return /^(?:\s+\S|(?:Events|Data|Name):)/.test(at(index + 1));
  if (/^Name:\s/.test(line)) return false;
  if (/^\s/.test(line)) return true;
  return (
    fieldOf(line, 1).key !== '' ||
    eventIn(line, 1, '') !== undefined ||
    /^(?:-{3,}|Type\s+(?:Reason|Status)\s|[\w./-]+=\S*$|<none>|Not affecting )/.test(line)
  );
}

function parse(lines: readonly string[]): Parsed<Cluster> | undefined {
  const objects = readDescriptions(lines);
  return objects.length === 0 ? undefined : { content: { objects, isList: false }, unread: [] };
}
