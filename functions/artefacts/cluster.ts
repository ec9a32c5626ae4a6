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

export interface Service extends Named {
  readonly sort: 'service';
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  readonly type: string | null;
  /** The address as printed; `None` for a headless one. */
  readonly clusterIP: string | null;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly port: number;
  readonly protocol: string;
}

/** Where packets to a Service go: an Endpoints object, or one slice of it. */
export interface Endpoints extends Named {
  readonly sort: 'endpoints';
  readonly isSlice: boolean;
  /** The Service that it belongs to; a slice in a table shows only its own name. */
  readonly service: string | null;
  /** Addresses that are ready; a table of slices does not tell them from the others. */
  readonly ready: readonly string[];
  /** Whether `ready` holds ready ones only. */
  readonly readyIsTold: boolean;
  /** `+ 3 more...`: how many are not listed. */
  readonly more: number;
}

export interface Pod extends Named {
  readonly sort: 'pod';
  /** Containers that are ready, and all of them. */
  readonly ready: readonly [number, number] | null;
  readonly status: string | null;
  readonly ip: string | null;
  readonly node: string | null;
}

export interface Node extends Named {
  readonly sort: 'node';
  readonly isReady: boolean | null;
  readonly internalIP: string | null;
  readonly podCIDRs: readonly string[];
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

/** An object of which only the name is of use, of a kind that nobody asks about. */
export interface OtherObject extends Named {
  readonly sort: 'other';
}

export type ClusterObject = Service | Endpoints | Pod | Node | ClusterEvent | OtherObject;

/** The content of every artefact that kubectl prints. */
export interface Cluster {
  readonly objects: readonly ClusterObject[];
}
