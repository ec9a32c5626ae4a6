import type { Cluster, ClusterObject } from './cluster.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { dnsSettingsIn, dnsWordsIn } from './kubectl-object/dns-settings.ts';
import { beginsDocument, documentsIn, isFieldLine, isInside } from './kubectl-object/lines.ts';
import { isListing, objectsIn } from './kubectl-object/objects.ts';
import { readTree } from './kubectl-object/tree.ts';

/**
 * Objects as `kubectl get -o yaml` and `-o json` print them, or as files hold them: Pod, Service, Endpoints, EndpointSlice,
 * NetworkPolicy, Node, workloads, kube-proxy's configuration, and lists of them. Fields by their API names.
 */
export const kubectlObject = defineArtefact({
  kind: 'kubectl-object',
  title: 'kubectl get -o yaml',
  ask: 'kubectl get networkpolicies -n NAMESPACE -o yaml',
  hint: /\b(?:kubectl|k|oc)\s(?:\S+\s){0,12}?(?:-o[ =]?|--output[ =])(?:(?:yaml|json)\b|jsonpath=[^\n]{0,80}?(?:dnsPolicy|\.spec)\b)|\bcat\s\S+\.ya?ml\b/,
  first: ASCII,
  recognise,
  begins: beginsDocument,
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

// kubectl writes the fields in the order of their names, so a slice and a policy show their group first.
const GROUPS =
  /^(?:- )?"?apiVersion"?: "?(?:discovery|networking|kubeproxy\.config)\.k8s\.io\/v\w{1,12}"?,?$/;
const KINDS =
  /^"?kind"?: "?(?:Pod|Service|Endpoints|EndpointSlice|NetworkPolicy|Node|Deployment|DaemonSet|StatefulSet|ReplicaSet|KubeProxyConfiguration|List|(?:Pod|Service|Endpoints|EndpointSlice|NetworkPolicy|Node)List)"?,?$/;
/** An object on one line, as `-o jsonpath={.spec}` and `jq -c` print it; of the first, only a policy tells what it is. */
const ONE_LINE =
  /^\{"(?:apiVersion":"[\w./-]{2,60}","(?:items|kind|metadata)":|(?:e|in)gress":\[.{0,9999}"podSelector":\{|podSelector":\{.{0,9999}"policyTypes":\[)/;
function recognise(line: string): Strength {
  const text = line.trim();
  if (KINDS.test(text) || GROUPS.test(text) || ONE_LINE.test(text)) return 'strong';
  return isFieldLine(text) || dnsWordsIn(text) !== undefined ? 'weak' : 'none';
}

/** So many characters of one output are read, some sixty objects: the reader of YAML takes microseconds for each. */
const MOST = 250_000;
/** A document costs as much as this many characters before its first. */
const EACH = 500;

function parse(lines: readonly string[]): Parsed<Cluster> | undefined {
  const objects: ClusterObject[] = [];
  const unread: number[] = [];
  let isList = false;
  let left = MOST;
  for (const { from, to } of documentsIn(lines)) {
    const own = lines.slice(from, to);
    left -= own.reduce((sum, line) => sum + line.length + 1, EACH);
    const read = left < 0 ? undefined : readTree(own, from + 1);
    const found = read === undefined ? [] : objectsIn(read.tree);
    objects.push(...found);
    const lost = found.length === 0 ? inked(lines, from, to) : (read?.faults ?? []);
    // A call takes only so many arguments.
    for (const line of lost) unread.push(line);
    isList ||= read !== undefined && read.faults.length === 0 && isListing(read.tree);
  }
  if (objects.length === 0) return dnsSettingsIn(lines);
  return { content: { objects, isList }, unread: [...new Set(unread)].sort((a, b) => a - b) };
}

function inked(lines: readonly string[], from: number, to: number): readonly number[] {
  return lines.slice(from, to).flatMap((line, at) => (line.trim() === '' ? [] : [from + at + 1]));
}
