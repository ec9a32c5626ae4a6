import { hostOf } from '../artefacts/dnat.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { objectsOf } from './objects.ts';
import { sentTo } from './sent-to.ts';

/** A Service's address and port, as clients use them. */
export interface ServiceAddress {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** Where packets to a Service are sent now, and the lines that say so. */
export interface Backends {
  readonly addresses: ReadonlySet<string>;
  readonly at: readonly Citation[];
}

/**
 * The backends that this node's rules, its IPVS table or the cluster's endpoints name for a Service. Undefined where
 * nothing shows all of them: a part of a list says nothing of who is missing from it.
 */
export function backendsOf(view: View, service: ServiceAddress): Backends | undefined {
  return byRules(view, service) ?? byEndpoints(view, service);
}

function byRules(view: View, service: ServiceAddress): Backends | undefined {
  const sent = sentTo(view, service);
  return (
    sent && {
      addresses: new Set(sent.targets.map(({ to }) => hostOf(to))),
      at: sent.targets.slice(0, MOST_CITED).map(({ at }) => at),
    }
  );
}

const MOST_CITED = 3;

function byEndpoints({ all }: View, { address }: ServiceAddress): Backends | undefined {
  const service = objectsOf(all, 'service').findLast(({ object }) => object.clusterIP === address);
  if (service === undefined) return undefined;
  const shown = objectsOf(all, 'endpoints').filter(
    ({ object, namespace }) =>
      object.service === service.object.name &&
      (namespace === null || service.namespace === null || namespace === service.namespace),
  );
  const last = shown.at(-1);
  if (last === undefined) return undefined;
  const parts = last.object.isSlice
    ? shown.filter(({ artefact }) => artefact.id === last.artefact.id)
    : [last];
  if (parts.some(({ object }) => object.more > 0)) return undefined;
  return {
    addresses: new Set(parts.flatMap(({ object }) => object.ready.map(hostOf))),
    at: [service.at, ...parts.map(({ at }) => at)],
  };
}

/** Listings of endpoints that hold an address: of whatever Service, and whole. */
export function endpointsWith(
  { all }: View,
  address: string,
): readonly (Backends & { readonly service: string | null })[] {
  return objectsOf(all, 'endpoints').flatMap(({ object, at }) => {
    const addresses = new Set(object.ready.map(hostOf));
    return object.more > 0 || !addresses.has(address)
      ? []
      : [{ addresses, at: [at], service: object.service }];
  });
}
