import {
  type ClusterObject,
  type ContainerPort,
  type Endpoints,
  milliCpu,
  type Named,
  type Node,
  type Pod,
  type PodDns,
  type Service,
  type Told,
} from '../cluster.ts';
import { labelsAt } from './labels.ts';
import { policyIn } from './policy.ts';
import { at, listAt, numberAt, type Tree, textAt } from './tree.ts';

/** The objects of a document: a list's members, or the one that it is. Api versions differ in nothing that is read here. */
export function objectsIn(document: Tree): readonly ClusterObject[] {
  const kind = textAt(document, 'kind') ?? '';
  if (at(document, 'items') !== undefined)
    return listAt(document, 'items').flatMap((item) => {
      // A typed list (`PodList` of the API) leaves the kind of its members out.
      const own = textAt(item, 'kind') ?? kind.replace(/List$/, '');
      return objectIn(item, own) ?? [];
    });
  return [objectIn(document, kind)].flatMap((object) => object ?? []);
}

/** Whether a document is a whole list. */
export function isListing(document: Tree): boolean {
  return (textAt(document, 'kind') ?? '').endsWith('List') && at(document, 'items') !== undefined;
}

function objectIn(tree: Tree, kind: string): ClusterObject | undefined {
  if (kind === 'KubeProxyConfiguration')
    return {
      sort: 'proxy',
      line: at(tree, 'mode')?.line ?? tree.line,
      mode: textAt(tree, 'mode') ?? '',
    };
  if (kind === 'ConfigMap') return proxyConfigIn(tree);
  const named = namedIn(tree);
  if (named === undefined) return bareSpecIn(tree, kind);
  switch (kind) {
    case 'Service':
      return serviceIn(tree, named);
    case 'Endpoints':
      return endpointsIn(tree, named);
    case 'EndpointSlice':
      return sliceIn(tree, named);
    case 'Pod':
      return podIn(tree, named);
    case 'Node':
      return nodeIn(tree, named);
    case 'NetworkPolicy':
      return policyIn(tree, named);
    case 'Deployment':
    case 'DaemonSet':
    case 'StatefulSet':
    case 'ReplicaSet':
    case 'Job':
      return {
        ...named,
        sort: 'workload',
        labels: labelsAt(tree, 'spec', 'template', 'metadata', 'labels'),
        dns: dnsIn(at(tree, 'spec', 'template', 'spec')),
        cpuLimit: cpuLimitIn(at(tree, 'spec', 'template', 'spec')),
      };
    default:
      return kind === '' ? undefined : { ...named, sort: 'other' };
  }
}

/** `-o jsonpath={.spec}` of a NetworkPolicy: which one it is, the command alone says. */
function bareSpecIn(tree: Tree, kind: string): ClusterObject | undefined {
  const isPolicy =
    kind === '' && at(tree, 'podSelector') !== undefined && at(tree, 'policyTypes') !== undefined;
  if (!isPolicy) return undefined;
  const whole: Tree = { is: 'map', line: tree.line, fields: new Map([['spec', tree]]) };
  return policyIn(whole, { line: tree.line, namespace: null, name: '' });
}

/** The line is that of the object's own name. */
function namedIn(tree: Tree): Named | undefined {
  const name = textAt(tree, 'metadata', 'name');
  if (name === null) return undefined;
  return {
    line: at(tree, 'metadata', 'name')?.line ?? tree.line,
    namespace: textAt(tree, 'metadata', 'namespace'),
    name,
  };
}

function serviceIn(tree: Tree, named: Named): Service {
  return {
    ...named,
    line: at(tree, 'spec', 'clusterIP')?.line ?? named.line,
    sort: 'service',
    type: textAt(tree, 'spec', 'type'),
    clusterIP: textAt(tree, 'spec', 'clusterIP'),
    age: null,
    ports: listAt(tree, 'spec', 'ports').flatMap((port) => {
      const number = numberAt(port, 'port');
      if (number === null) return [];
      const protocol = textAt(port, 'protocol') ?? 'TCP';
      const targetPort = numberAt(port, 'targetPort');
      const targetName = targetPort === null ? textAt(port, 'targetPort') : null;
      const nodePort = numberAt(port, 'nodePort');
      return [{ port: number, protocol, targetPort, targetName, nodePort }];
    }),
    selector: labelsAt(tree, 'spec', 'selector'),
    externalPolicy: told(
      at(tree, 'spec', 'externalTrafficPolicy'),
      textAt(tree, 'spec', 'externalTrafficPolicy'),
    ),
  };
}

function endpointsIn(tree: Tree, named: Named): Endpoints {
  const subsets = listAt(tree, 'subsets');
  const addressesOf = (key: string) => [
    ...new Set(subsets.flatMap((subset) => addressesIn(listAt(subset, key)))),
  ];
  return {
    ...named,
    sort: 'endpoints',
    isSlice: false,
    service: named.name,
    ready: addressesOf('addresses'),
    unready: addressesOf('notReadyAddresses'),
    readyIsTold: true,
    // The ports stand behind the addresses, which nothing else ends.
    more: subsets.every((subset) => at(subset, 'ports') !== undefined) ? 0 : 1,
  };
}

function addressesIn(addresses: readonly Tree[]): readonly string[] {
  return addresses.flatMap((address) => textAt(address, 'ip') ?? []);
}

/** An endpoint without a condition counts as ready (discovery/v1, EndpointConditions). */
function sliceIn(tree: Tree, named: Named): Endpoints {
  const endpoints = listAt(tree, 'endpoints');
  const addressesOf = (isReady: boolean) =>
    endpoints.flatMap((endpoint) => {
      const ready = at(endpoint, 'conditions', 'ready');
      const isUnready = ready?.is === 'value' && ready.value === false;
      if (isUnready === isReady) return [];
      return listAt(endpoint, 'addresses').flatMap((one) =>
        one.is === 'value' && typeof one.value === 'string' ? [one.value] : [],
      );
    });
  return {
    ...named,
    sort: 'endpoints',
    isSlice: true,
    service: textAt(tree, 'metadata', 'labels', 'kubernetes.io/service-name'),
    ready: addressesOf(true),
    unready: addressesOf(false),
    readyIsTold: true,
    more: 0,
  };
}

function podIn(tree: Tree, named: Named): Pod {
  const containers = listAt(tree, 'status', 'containerStatuses');
  const ready = containers.filter((one) => isTrue(at(one, 'ready'))).length;
  const waiting = containers.flatMap((one) => textAt(one, 'state', 'waiting', 'reason') ?? []);
  return {
    ...named,
    sort: 'pod',
    ready: containers.length === 0 ? null : [ready, containers.length],
    status: waiting[0] ?? textAt(tree, 'status', 'phase'),
    ip: textAt(tree, 'status', 'podIP'),
    node: textAt(tree, 'spec', 'nodeName'),
    age: null,
    labels: labelsAt(tree, 'metadata', 'labels'),
    dns: dnsIn(at(tree, 'spec')),
    ports: containerPortsIn(at(tree, 'spec')),
    cpuLimit: cpuLimitIn(at(tree, 'spec')),
  };
}

/** Those of containers, and of init containers that run on as sidecars. */
function containerPortsIn(spec: Tree | undefined): readonly ContainerPort[] {
  return [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].flatMap((container) =>
    listAt(container, 'ports').flatMap((one) => {
      const port = numberAt(one, 'containerPort');
      if (port === null) return [];
      const { line } = at(one, 'name') ?? one;
      const protocol = textAt(one, 'protocol') ?? 'TCP';
      return [{ line, name: textAt(one, 'name'), port, protocol }];
    }),
  );
}

/** The sum over the containers, where each has a limit. */
function cpuLimitIn(spec: Tree | undefined): Told<number> | null {
  const limits = listAt(spec, 'containers').map((one) => at(one, 'resources', 'limits', 'cpu'));
  const milli = limits.map((limit) =>
    limit?.is === 'value' ? milliCpu(String(limit.value)) : undefined,
  );
  const [first] = limits;
  if (first === undefined || milli.includes(undefined)) return null;
  return { value: milli.reduce<number>((sum, one) => sum + (one ?? 0), 0), line: first.line };
}

function dnsIn(spec: Tree | undefined): PodDns | null {
  if (spec === undefined) return null;
  const policy = at(spec, 'dnsPolicy');
  const host = at(spec, 'hostNetwork');
  return {
    policy: told(policy, textAt(policy)),
    // The API server leaves the field out where it is false.
    hostNetwork: told(host, isTrue(host)),
  };
}

function told<T>(tree: Tree | undefined, value: T | null): Told<T> | null {
  return tree === undefined || value === null ? null : { value, line: tree.line };
}

function nodeIn(tree: Tree, named: Named): Node {
  const ready = listAt(tree, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready');
  const internal = listAt(tree, 'status', 'addresses').find(
    (one) => textAt(one, 'type') === 'InternalIP',
  );
  const single = textAt(tree, 'spec', 'podCIDR');
  const all = listAt(tree, 'spec', 'podCIDRs').flatMap((one) =>
    one.is === 'value' && typeof one.value === 'string' ? [one.value] : [],
  );
  return {
    ...named,
    line: at(tree, 'spec', 'podCIDR')?.line ?? named.line,
    sort: 'node',
    isReady: ready === undefined ? null : textAt(ready, 'status') === 'True',
    internalIP: textAt(internal, 'address'),
    podCIDRs: all.length > 0 || single === null ? all : [single],
  };
}

/** kubeadm keeps kube-proxy's configuration as a text in a ConfigMap. */
function proxyConfigIn(tree: Tree): ClusterObject | undefined {
  const named = namedIn(tree);
  const text = at(tree, 'data', 'config.conf');
  if (text?.is === 'value' && typeof text.value === 'string') {
    const lines = text.value.split('\n');
    const index = lines.findIndex((line) => line.startsWith('mode:'));
    const mode = /^mode:\s*"?([a-z]*)"?\s*$/.exec(lines[index] ?? '')?.[1];
    if (mode !== undefined) return { sort: 'proxy', line: text.line + index + 1, mode };
  }
  return named && { ...named, sort: 'other' };
}

function isTrue(tree: Tree | undefined): boolean {
  return tree?.is === 'value' && tree.value === true;
}
