import type { EgressRule, Named, NetworkPolicy, Peer, PolicyPort, Selector } from '../cluster.ts';
import { labelsAt } from './labels.ts';
import { at, fieldsAt, listAt, numberAt, type Tree, textAt } from './tree.ts';

/** A NetworkPolicy (networking/v1 types.go): without policyTypes it isolates what pods send only if it has egress rules. */
export function policyIn(tree: Tree, named: Named): NetworkPolicy {
  const rules = at(tree, 'spec', 'egress');
  const types = at(tree, 'spec', 'policyTypes');
  const written = listAt(types).find((one) => one.is === 'value' && one.value === 'Egress');
  const isolates = types === undefined ? rules !== undefined : written !== undefined;
  return {
    ...named,
    sort: 'policy',
    pods: selectorAt(at(tree, 'spec', 'podSelector')) ?? { pairs: new Map(), more: false },
    egress: isolates ? listAt(rules).map(ruleIn) : null,
    egressLine: isolates ? (written?.line ?? rules?.line ?? named.line) : null,
  };
}

function ruleIn(tree: Tree): EgressRule {
  const peers = listAt(tree, 'to');
  const ports = listAt(tree, 'ports');
  return {
    line: tree.line,
    peers: peers.length === 0 ? null : peers.map(peerIn),
    ports: ports.length === 0 ? null : ports.map(portIn),
  };
}

function peerIn(tree: Tree): Peer {
  return {
    pods: selectorAt(at(tree, 'podSelector')),
    namespaces: selectorAt(at(tree, 'namespaceSelector')),
    cidr: textAt(tree, 'ipBlock', 'cidr'),
    except: listAt(tree, 'ipBlock', 'except').flatMap((one) => textAt(one) ?? []),
  };
}

function portIn(tree: Tree): PolicyPort {
  return {
    protocol: textAt(tree, 'protocol') ?? 'TCP',
    port: numberAt(tree, 'port') ?? textAt(tree, 'port'),
    endPort: numberAt(tree, 'endPort'),
  };
}

function selectorAt(tree: Tree | undefined): Selector | null {
  if (tree === undefined) return null;
  return {
    pairs: labelsAt(tree, 'matchLabels'),
    more: listAt(tree, 'matchExpressions').length > 0 || fieldsAt(tree).size > 2,
  };
}
