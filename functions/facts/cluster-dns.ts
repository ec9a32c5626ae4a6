import type { Endpoints, Pod } from '../artefacts/cluster.ts';
import { hostOf } from '../artefacts/dnat.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import type { Backends } from './backends.ts';
import { defineJoin, type View } from './define.ts';
import { objectsOf, type Shown } from './objects.ts';

/** Whether anything stands behind the Service that pods of a cluster ask for names. */
export const clusterDns = defineJoin({
  question: 'cluster-dns',
  needs: ['kubectl'],
  facts: {
    endpoints: {
      type: 'count',
      is: 'ready addresses behind the DNS Service',
      of: (view) => {
        const shown = endpointsOf(view);
        return shown === undefined
          ? unknown('the endpoints of the DNS Service were not pasted')
          : known(shown.count, shown.at);
      },
    },
    service: {
      type: 'label',
      is: 'the DNS Service',
      of: (view) => {
        const shown = endpointsOf(view);
        return shown === undefined
          ? unknown('the endpoints of the DNS Service were not pasted')
          : known(shown.service, shown.at);
      },
    },
    podsNotReady: {
      type: 'label',
      is: 'the DNS pods that are not ready; empty where one is',
      of: podsNotReady,
    },
    bypassed: {
      type: 'flag',
      is: "the pods' resolv.conf names neither the DNS Service nor an address on the node",
      of: bypassed,
    },
  },
});

/** What installers call it: kubeadm and k3s, RKE2, OpenShift. */
const SERVICES: ReadonlySet<string> = new Set([
  'kube-dns',
  'coredns',
  'rke2-coredns-rke2-coredns',
  'dns-default',
]);
const NAMESPACES: ReadonlySet<string | null> = new Set(['kube-system', 'openshift-dns', null]);

function isDns({ namespace }: Shown<unknown>, name: string | null): boolean {
  return name !== null && SERVICES.has(name) && NAMESPACES.has(namespace);
}

/** The latest listing of the endpoints of the DNS Service. */
function endpointsOf({ all }: Pick<View, 'all'>) {
  return latestOf(dnsEndpoints(all).filter(({ object }) => object.readyIsTold));
}

function dnsEndpoints(all: View['all']): readonly Shown<Endpoints>[] {
  return objectsOf(all, 'endpoints').filter((one) =>
    isDns(one, one.object.service ?? SLICE.exec(one.object.name)?.[1] ?? null),
  );
}

/** The name of a slice is its Service's and five letters (endpointslice controller: GenerateName). */
const SLICE = /^(.{1,200})-[a-z0-9]{5}$/;

function latestOf(shown: readonly Shown<Endpoints>[]) {
  const last = shown.at(-1);
  if (last === undefined) return undefined;
  const together = shown.filter(
    ({ artefact, object }) => artefact.id === last.artefact.id && object.isSlice,
  );
  const parts = last.object.isSlice ? together : [last];
  return {
    service: [last.namespace, last.object.service].filter((part) => part !== null).join('/'),
    count: parts.reduce((sum, { object }) => sum + counted(object), 0),
    parts,
    at: parts.map(({ at }) => at),
  };
}

/** Every address behind the DNS Service, ready or not, and the lines that say so; undefined where they are not all shown. */
export function dnsBackends({ all }: Pick<View, 'all'>): Backends | undefined {
  const shown = latestOf(dnsEndpoints(all));
  if (shown === undefined) return podsOfDns(all);
  const { parts, at } = shown;
  if (shown.count === 0 || parts.some(({ object }) => object.more > 0)) return undefined;
  return { addresses: new Set(parts.flatMap(({ object }) => object.ready.map(hostOf))), at };
}

/** A list of the pods shows all of them where nothing but their own label or name has cut it. */
const WHOLE_LIST = /\bget\s+po(?:ds?)?\b(?!.*\|(?!\s*grep\s+(?:-i\s+)?\S{0,6}dns\S?\s*$))/;

function podsOfDns(all: View['all']): Backends | undefined {
  const pods = objectsOf(all, 'pod').filter((one) => isDnsPod(one));
  const last = pods.at(-1);
  if (last === undefined || !WHOLE_LIST.test(last.artefact.command ?? '')) return undefined;
  const own = pods.filter(({ artefact }) => artefact.id === last.artefact.id);
  const addresses = new Set(own.flatMap(({ object }) => object.ip ?? []));
  return addresses.size < own.length ? undefined : { addresses, at: own.map(({ at }) => at) };
}

// `+ 3 more...` counts pairs of address and port: it adds no address for certain.
function counted({ ready }: Endpoints): number {
  return ready.length;
}

// A pod that is new (readiness is asked for every ten seconds) or going away says nothing of the state between.
const PASSING = /^(?:ContainerCreating|PodInitializing|Init:\d+\/\d+|Terminating|Completed)$/;
const DNS_POD = /^(?:rke2-coredns-rke2-)?(?:coredns|kube-dns)-(?!autoscaler)[a-z0-9-]{5,}$/;

function isDnsPod({ object, namespace }: Shown<Pod>): boolean {
  return DNS_POD.test(object.name) && NAMESPACES.has(namespace);
}

function podsNotReady({ all }: View): Reading<string> {
  const pods = objectsOf(all, 'pod').filter(
    (one) =>
      isDnsPod(one) &&
      one.object.ready !== null &&
      !PASSING.test(one.object.status ?? '') &&
      !/^\d{1,2}s$/.test(one.object.age ?? ''),
  );
  const last = pods.at(-1);
  if (last === undefined) return unknown('the DNS pods were not pasted');
  const own = pods.filter(({ artefact }) => artefact.id === last.artefact.id);
  const at = own.map((one): Citation => one.at);
  return own.some(({ object }) => isReady(object))
    ? known('', at)
    : known(own.map(({ object }) => `${object.name} (${object.status ?? '?'})`).join(', '), at);
}

function isReady({ ready, status }: Pod): boolean {
  return ready !== null && ready[0] === ready[1] && status === 'Running';
}

/** A cluster may leave kube-dns empty because its pods ask elsewhere, as GKE with Cloud DNS does. */
function bypassed({ all }: View): Reading<boolean> {
  const service = objectsOf(all, 'service').findLast((one) => isDns(one, one.object.name));
  const address = service?.object.clusterIP ?? null;
  const files = ofKind(all, 'resolv-conf').filter(({ artefact }) => artefact.pod);
  if (service === undefined || address === null || files.length === 0)
    return unknown('the Service and a resolv.conf of a pod were not pasted');
  const servers = files.flatMap(({ artefact, content }) =>
    content.nameservers.map((server) => ({ ...server, at: cite(artefact, server.line) })),
  );
  const at = [service.at, ...servers.map((server) => server.at)];
  return known(
    !servers.some((server) => server.address === address || isLocal(server.address)),
    at,
  );
}

/** NodeLocal DNSCache listens on a link-local address; the metadata server of clouds has one too. */
function isLocal(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && scopeOf(address) !== 'public' && scopeOf(address) !== 'private'
    ? text !== '169.254.169.254' && text !== '169.254.169.253'
    : false;
}
