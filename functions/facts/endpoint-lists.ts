import type { Endpoints } from '../artefacts/cluster.ts';
import { hostOf } from '../artefacts/dnat.ts';
import { ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { objectsOf, type Shown } from './objects.ts';

/** What the cluster says of the endpoints of a Service. */
export interface EndpointList {
  /** `shop/cart`, or `cart` where no output names the namespace. */
  readonly service: string;
  /** Those of the latest list that holds all of them, ready or, where a table does not tell, any; at least one. */
  readonly addresses: ReadonlySet<string>;
  /** These and whatever any other list of that Service names, ready or not, at whatever time. */
  readonly ever: ReadonlySet<string>;
  readonly order: 'before' | 'after' | null;
  readonly at: readonly Citation[];
}

interface ServiceName {
  /** Null where no output names it; then lists whose namespace is not named either are of the same one. */
  readonly namespace: string | null;
  readonly name: string;
  /** Lists that name no namespace are of the same one: the Service itself was shown so. */
  readonly isUnnamed: boolean;
  /** How many ports it has; 0 where nothing tells. */
  readonly ports: number;
}

/**
 * The endpoints of the Service that has an address; `written` is its name as kube-proxy writes it beside its rules
 * (`shop/cart`). Undefined where no list is whole, or none is sure to be of this Service.
 */
export function endpointList(
  { all }: Pick<View, 'all'>,
  address: string,
  written: string | null,
): EndpointList | undefined {
  const service = serviceOf(all, address, written);
  const lists = service === undefined ? [] : listsOf(all, service);
  const last = lists.at(-1);
  if (service === undefined || last === undefined) return undefined;
  const isSlice = last.object.isSlice;
  const parts = isSlice ? lists.filter((one) => one.artefact.id === last.artefact.id) : [last];
  if (parts.some((part) => !isWhole(all, part, service))) return undefined;
  const addresses = new Set(parts.flatMap(({ object }) => object.ready.map(hostOf)));
  if (addresses.size === 0) return undefined;
  const { namespace, name } = service;
  return {
    service: namespace === null ? name : `${namespace}/${name}`,
    addresses,
    ever: new Set(lists.flatMap(({ object }) => [...object.ready, ...object.unready].map(hostOf))),
    order: last.artefact.order,
    at: parts.map(({ at }) => at),
  };
}

function serviceOf(
  all: View['all'],
  address: string,
  written: string | null,
): ServiceName | undefined {
  const shown = objectsOf(all, 'service').findLast(({ object }) => object.clusterIP === address);
  const [, namespace = null, name] = /^([^/]+)\/(.+)$/.exec(written ?? '') ?? [];
  if (shown === undefined)
    return name === undefined ? undefined : { namespace, name, isUnnamed: false, ports: 0 };
  if (name !== undefined && name !== shown.object.name) return undefined;
  if (namespace !== null && shown.namespace !== null && namespace !== shown.namespace)
    return undefined;
  return {
    namespace: namespace ?? shown.namespace,
    name: shown.object.name,
    isUnnamed: shown.namespace === null,
    ports: shown.object.ports.length,
  };
}

function listsOf(all: View['all'], { namespace, name, isUnnamed }: ServiceName) {
  return objectsOf(all, 'endpoints').filter(
    (one) =>
      nameOf(one.object) === name &&
      (one.namespace === null ? isUnnamed : one.namespace === namespace),
  );
}

/** A table of slices shows their own names: `cart-x7k2p` (apiserver names.SimpleNameGenerator: five of these letters). */
const GENERATED = /^([\w.-]{1,253})-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

function nameOf({ service, name, isSlice }: Endpoints): string | null {
  return service ?? (isSlice ? (GENERATED.exec(name)?.[1] ?? null) : null);
}

/** The API server's own limit for an Endpoints object (endpoints.kubernetes.io/over-capacity). */
const MOST_ENDPOINTS = 1000;

/** kubectl lists three, each address once for every port (pkg/printers/internalversion/printers.go, formatEndpoints). */
const LISTED = 3;

/**
 * Every address is listed. Of a Service's slices there may be several: only a command that lists them shows all, and one
 * that names a slice does not.
 */
function isWhole(
  all: View['all'],
  { object, artefact }: Shown<Endpoints>,
  { ports }: ServiceName,
): boolean {
  const command = artefact.command ?? '';
  const { ready, more, isSlice } = object;
  const isAllListed = more === 0 || (!isSlice && ready.length * ports === LISTED + more);
  if (!isAllListed || ready.length >= MOST_ENDPOINTS || /\|/.test(command)) return false;
  const evidence = [...ofKind(all, 'kubectl'), ...ofKind(all, 'kubectl-object')].find(
    (one) => one.artefact.id === artefact.id,
  );
  if (evidence?.truncated === true) return false;
  if (!isSlice) return true;
  const isList = evidence?.content.isList === true;
  return isList || (command !== '' && !command.includes(object.name));
}
