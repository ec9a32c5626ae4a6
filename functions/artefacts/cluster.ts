/**
 * What Kubernetes holds of a cluster, in whichever form it was printed: a table, YAML, JSON or a description. Null is what
 * the form did not show. `line` counts from 1 within the artefact.
 */

/** What every object has. */
export interface Named {
  readonly line: number;
  readonly namespace: string | null;
  readonly name: string;
}

/** Thousandths of a CPU in a quantity: `100m`, `2`, `0.5` (apimachinery resource.Quantity); undefined where it is none. */
export function milliCpu(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(m?)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === 'm' ? 1 : 1000);
}

/** A value and the line that shows it. */
export interface Told<T> {
  readonly value: T;
  readonly line: number;
}

export type Labels = ReadonlyMap<string, string>;

/** `app=web,tier=front`, as tables and descriptions print labels and selectors. */
export function labelsIn(text: string): Labels {
  return new Map(
    text.split(',').flatMap((pair) => {
      const equals = pair.indexOf('=');
      return equals < 1 ? [] : [[pair.slice(0, equals), pair.slice(equals + 1)] as const];
    }),
  );
}

export interface Service extends Named {
  readonly sort: 'service';
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  readonly type: string | null;
  /** The address as printed; `None` for a headless one. */
  readonly clusterIP: string | null;
  readonly ports: readonly ServicePort[];
  /** The labels of its pods. */
  readonly selector: Labels | null;
  /** `Local`: what comes from outside goes to pods of the node to which it comes. */
  readonly externalPolicy: Told<string> | null;
  /** As a table prints it: `401d`. */
  readonly age: string | null;
}

export interface ServicePort {
  readonly port: number;
  readonly protocol: string;
  /** The port of its pods, in figures; null where a name stands for it, or the form leaves it out. */
  readonly targetPort: number | null;
  /** The name of a port of its pods' containers. */
  readonly targetName: string | null;
  /** The port that every node has for it. */
  readonly nodePort: number | null;
}

/** Where packets to a Service go: an Endpoints object, or one slice of it. */
export interface Endpoints extends Named {
  readonly sort: 'endpoints';
  readonly isSlice: boolean;
  /** The Service that it belongs to; a slice in a table shows only its own name. */
  readonly service: string | null;
  /** Addresses that are ready; a table of slices does not tell them from the others. */
  readonly ready: readonly string[];
  /** Addresses that are shown and are not ready, those of pods that are ending among them. */
  readonly unready: readonly string[];
  /** Whether `ready` holds ready ones only. */
  readonly readyIsTold: boolean;
  /** `+ 3 more...`: how many are not listed, at least; 1 where the list is cut off. */
  readonly more: number;
}

export interface Pod extends Named {
  readonly sort: 'pod';
  /** Containers that are ready, and all of them. */
  readonly ready: readonly [number, number] | null;
  readonly status: string | null;
  readonly ip: string | null;
  readonly node: string | null;
  /** As a table prints it: `3h8m`. */
  readonly age: string | null;
  readonly labels: Labels | null;
  readonly dns: PodDns | null;
  /** The ports that its containers name; null where the form does not show them. */
  readonly ports: readonly ContainerPort[] | null;
  /** Thousandths of a CPU that its containers may use together; null where one of them may use any. */
  readonly cpuLimit: Told<number> | null;
}

/** A port of a container: what a Service's `targetPort: http` is looked up in (pkg/api/v1/pod/util.go, FindPort). */
export interface ContainerPort {
  readonly line: number;
  readonly name: string | null;
  readonly port: number;
  readonly protocol: string;
}

/** What the containers of a pod use together, as metrics-server last measured it. */
export interface Usage extends Named {
  readonly sort: 'usage';
  /** Thousandths of a CPU. */
  readonly cpu: number;
}

/** How a pod is to resolve names; the API server writes the defaults into every pod. */
export interface PodDns {
  readonly policy: Told<string> | null;
  readonly hostNetwork: Told<boolean> | null;
}

/** The two settings of a pod without the pod around them: the command alone names it. */
export interface DnsSettings {
  readonly sort: 'dns-settings';
  readonly line: number;
  readonly dns: PodDns;
}

/** A Deployment, DaemonSet …: what its pods will be like. */
export interface Workload extends Named {
  readonly sort: 'workload';
  readonly labels: Labels | null;
  readonly dns: PodDns | null;
  readonly cpuLimit: Told<number> | null;
}

export interface Node extends Named {
  readonly sort: 'node';
  readonly isReady: boolean | null;
  readonly internalIP: string | null;
  readonly podCIDRs: readonly string[];
}

/** Labels that an object must have: all pairs, and no expression that is not read. */
export interface Selector {
  readonly pairs: Labels;
  /** It has expressions besides: whom it selects cannot be told, only whom it may. */
  readonly more: boolean;
}

/** A NetworkPolicy; `egress` is null where it leaves what pods send alone. */
export interface NetworkPolicy extends Named {
  readonly sort: 'policy';
  readonly pods: Selector;
  readonly egress: readonly EgressRule[] | null;
  /** The line that says that it isolates what pods send, or shows its rules. */
  readonly egressLine: number | null;
}

/** What a policy lets pods send: to any of `peers` (null: to all) by any of `ports` (null: by all). */
export interface EgressRule {
  readonly line: number;
  readonly peers: readonly Peer[] | null;
  readonly ports: readonly PolicyPort[] | null;
}

/** Pods of namespaces, or addresses; a null selector is not written. */
export interface Peer {
  readonly pods: Selector | null;
  readonly namespaces: Selector | null;
  readonly cidr: string | null;
  readonly except: readonly string[];
}

/** A port or its name (null: all), up to `endPort`. */
export interface PolicyPort {
  readonly protocol: string;
  readonly port: number | string | null;
  readonly endPort: number | null;
}

/** A message of a component about an object. */
export interface ClusterEvent {
  readonly sort: 'event';
  readonly line: number;
  readonly reason: string;
  readonly message: string;
  /** `pod/web-0`; null where the form leaves it out. */
  readonly object: string | null;
}

/** kube-proxy's own configuration. */
export interface ProxyConfig {
  readonly sort: 'proxy';
  readonly line: number;
  /** `iptables`, `ipvs`, `nftables`; empty means iptables. */
  readonly mode: string;
}

/** An object of which only the name is of use, of a kind that nobody asks about. */
export interface OtherObject extends Named {
  readonly sort: 'other';
}

export type ClusterObject =
  | Service
  | Endpoints
  | Pod
  | Workload
  | Usage
  | DnsSettings
  | Node
  | NetworkPolicy
  | ClusterEvent
  | ProxyConfig
  | OtherObject;

/** The content of every artefact that kubectl prints. */
export interface Cluster {
  readonly objects: readonly ClusterObject[];
  /** It is a list as kubectl makes it of all objects of a kind in a namespace: what it lacks is not there. */
  readonly isList: boolean;
}
