import type { ClusterObject, Endpoints } from '../artefacts/cluster.ts';
import type { Flow, Tuple } from '../artefacts/conntrack-table/read.ts';
import { dnatOf, hostOf } from '../artefacts/dnat.ts';
import { type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';

import type { Endpoint, Packet } from '../artefacts/packet.ts';

/** What pasted tables and rules tell of NAT. */
export interface Translations {
  /** Whether NAT made one packet of the other, all four ends told by a connection table. */
  readonly isMadeOf: (before: Packet, after: Packet) => boolean;
  /** Whether packets for one end are sent on to the other. */
  readonly sends: (before: Packet, after: Packet) => boolean;
}

/** Nothing was pasted that tells of NAT. */
export const NO_TRANSLATIONS: Translations = { isMadeOf: () => false, sends: () => false };

/**
 * What the connection tables (`conntrack -L`, `-E`), rules (`iptables-save`) and Services with their endpoints (`kubectl get`)
 * of a paste say of addresses and ports that change on the way.
 */
export function translationsIn(evidence: readonly Evidence[]): Translations {
  const flows = ofKind(evidence, 'conntrack-table').flatMap(({ content }) => content.flows);
  const changed = flows.filter(({ original, reply }) => !isMirror(original, reply));
  const byClient = Map.groupBy(changed, ({ original }) => keyOf(endOf(original, 'source')));
  const rulesets = ofKind(evidence, 'iptables').flatMap(({ content }) =>
    content.readings.map(({ rules }) => rules),
  );
  const objects = [...ofKind(evidence, 'kubectl'), ...ofKind(evidence, 'kubectl-object')].flatMap(
    ({ content }) => content.objects,
  );
  if (changed.length + rulesets.length + objects.length === 0) return NO_TRANSLATIONS;
  return {
    isMadeOf: (before, after) =>
      (byClient.get(keyOf(before.source)) ?? []).some(
        (one) => one.protocol === before.protocol && isBefore(one, before) && isAfter(one, after),
      ),
    sends: (before, after) =>
      byTable(changed, before, after) ||
      rulesets.some((rules) => byRules(rules, before, after)) ||
      byEndpoints(objects, before, after),
  };
}

function byTable(flows: readonly Flow[], before: Packet, after: Packet): boolean {
  return flows.some(
    ({ protocol, original, reply }) =>
      protocol === before.protocol &&
      isEnd(before.destination, endOf(original, 'destination')) &&
      isEnd(after.destination, endOf(reply, 'source')),
  );
}

function byRules(
  rules: readonly Rule[],
  { destination, protocol }: Packet,
  after: Packet,
): boolean {
  if ((protocol !== 'tcp' && protocol !== 'udp') || destination.port === null) return false;
  const way = dnatOf(rules, { protocol, address: destination.host, port: destination.port });
  return (way?.found ?? []).some(({ to }) => to === endpointOf(after.destination));
}

function byEndpoints(objects: readonly ClusterObject[], before: Packet, after: Packet): boolean {
  const { host, port } = before.destination;
  return objects.some(
    (service) =>
      service.sort === 'service' &&
      service.clusterIP === host &&
      service.ports.some((one) => one.port === port) &&
      objects.some(
        (one) =>
          one.sort === 'endpoints' &&
          (one.service === service.name || isSliceOf(one, service.name)) &&
          (one.namespace === null ||
            service.namespace === null ||
            one.namespace === service.namespace) &&
          one.ready.some((endpoint) => hostOf(endpoint) === after.destination.host),
      ),
  );
}

/** A table of slices shows their own names, which begin with that of their Service (endpointslice controller). */
function isSliceOf({ isSlice, service, name }: Endpoints, of: string): boolean {
  return isSlice && service === null && name.startsWith(`${of}-`);
}

/** `10.42.0.16:53`, `[fd00::16]:53`. */
function endpointOf({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function isMirror(original: Tuple, reply: Tuple): boolean {
  return (
    original.source === reply.destination &&
    original.sport === reply.dport &&
    original.destination === reply.source &&
    original.dport === reply.sport
  );
}

function endOf(tuple: Tuple, end: 'source' | 'destination'): Endpoint {
  return end === 'source'
    ? { host: tuple.source, port: tuple.sport }
    : { host: tuple.destination, port: tuple.dport };
}

/** As it came to the host; on a bridge its destination may be rewritten already. */
function isBefore({ original, reply }: Flow, { destination }: Packet): boolean {
  return (
    isEnd(destination, endOf(original, 'destination')) || isEnd(destination, endOf(reply, 'source'))
  );
}

/** As it left: either end, or both, as the answer will come back to them. */
function isAfter({ original, reply }: Flow, { source, destination }: Packet): boolean {
  return (
    (isEnd(source, endOf(original, 'source')) || isEnd(source, endOf(reply, 'destination'))) &&
    (isEnd(destination, endOf(original, 'destination')) ||
      isEnd(destination, endOf(reply, 'source')))
  );
}

function isEnd(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

function keyOf({ host, port }: Endpoint): string {
  return `${host} ${port}`;
}
