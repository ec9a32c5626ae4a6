import type { PodDns } from '../artefacts/cluster.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { failedNamesIn, isClusterName } from './failed-names.ts';
import { objectsOf } from './objects.ts';

/** Whether a pod asks the node's DNS servers for names that only the cluster's knows. */
export const podResolver = defineJoin({
  question: 'pod-resolver',
  needs: ['kubectl-object', 'resolv-conf'],
  facts: {
    asNode: {
      type: 'label',
      is: 'a pod that gets the resolv.conf of its node, and why',
      of: asNode,
    },
    pod: {
      type: 'label',
      is: 'the pod or workload',
      of: (view) => {
        const found = setting(view);
        return found === undefined ? unknown('not shown') : known(found.name, found.at);
      },
    },
    fileOfNode: {
      type: 'flag',
      is: "the pod's resolv.conf has no search domain of a cluster",
      of: fileOfNode,
    },
    failedName: {
      type: 'label',
      is: 'a name of the cluster that was not found',
      of: failedName,
    },
  },
});

interface Setting {
  readonly name: string;
  readonly why: string;
  readonly at: readonly Citation[];
}

/**
 * kubelet gives the node's resolv.conf to pods with `Default`, and with `ClusterFirst` on the node's network (pkg/kubelet/
 * network/dns/dns.go, getPodDNSType). Components of the cluster itself are meant to have it.
 */
function setting({ all }: View): Setting | undefined {
  const pods = [...objectsOf(all, 'pod'), ...objectsOf(all, 'workload')];
  for (const { object, artefact, namespace } of pods.toReversed()) {
    const { dns, name } = object;
    if (dns === null || SYSTEM.test(namespace ?? '')) continue;
    const why = reasonOf(dns);
    const told = [dns.hostNetwork, dns.policy].flatMap((one) => one ?? []);
    if (why !== undefined) return { name, why, at: told.map(({ line }) => cite(artefact, line)) };
  }
  return loneSetting(all);
}

/** The settings without their pod: the command names it. */
function loneSetting(all: View['all']): Setting | undefined {
  for (const { object, artefact, namespace } of objectsOf(all, 'dns-settings').toReversed()) {
    const name = NAMED.exec(artefact.command ?? '')?.[1];
    const why = reasonOf(object.dns);
    if (name === undefined || SYSTEM.test(namespace ?? '')) continue;
    const told = [object.dns.hostNetwork, object.dns.policy].flatMap((one) => one ?? []);
    const lines = [...new Set(told.map(({ line }) => line))];
    if (why !== undefined) return { name, why, at: lines.map((line) => cite(artefact, line)) };
  }
  return undefined;
}

/** `kubectl -n batch get deploy nightly`, `get pod/agent-x7c2p`. */
const NAMED =
  /\sget\s+(?:-\S+\s+(?:[a-z0-9-]+\s+)?)?(?:po|pods?|deploy|deployments?|ds|daemonsets?|sts|statefulsets?|rs|replicasets?|jobs?)(?:\.apps)?[\s/]\s*([a-z0-9][a-z0-9.-]{0,62})(?=\s|$)/;

const SYSTEM = /^(?:kube-|openshift-|calico-|tigera-|cilium|cattle-)/;

function reasonOf({ policy, hostNetwork }: PodDns): string | undefined {
  if (policy?.value === 'Default') return 'dnsPolicy: Default';
  const isFirst = policy?.value === 'ClusterFirst';
  return isFirst && hostNetwork?.value ? 'hostNetwork: true, dnsPolicy: ClusterFirst' : undefined;
}

function asNode(view: View): Reading<string> {
  const found = setting(view);
  return found === undefined ? unknown('no such pod is shown') : known(found.why, found.at);
}

function fileOfNode(view: View): Reading<boolean> {
  const own = setting(view);
  const file = ofKind(view.all, 'resolv-conf').findLast(
    ({ artefact }) => artefact.pod && isOf(artefact.host, own),
  );
  if (file === undefined) return unknown('no resolv.conf of a pod was pasted');
  const { search, nameservers } = file.content;
  const lines = [search?.line, ...nameservers.map(({ line }) => line)];
  const at = lines.flatMap((line) => (line === undefined ? [] : [cite(file.artefact, line)]));
  const isCluster = search?.domains.some((domain) => /(?:^|\.)svc\./.test(domain)) ?? false;
  return known(!isCluster, at);
}

/** What another pod sees says nothing of this one; a workload's name begins those of its pods. */
function isOf(host: string | null, own: Setting | undefined): boolean {
  return host === null || own === undefined || `${host}-`.startsWith(`${own.name}-`);
}

/** Whether the name exists nobody can tell; that it was asked for outside the cluster is for the other facts to say. */
function failedName(view: View): Reading<string> {
  const own = setting(view);
  const failed = failedNamesIn(view.all).find(
    ({ name, how, artefact }) =>
      how !== 'silence' && isClusterName(name) && isOf(artefact.host, own),
  );
  return failed === undefined
    ? unknown('no failed lookup of a name of the cluster is shown')
    : known(failed.name ?? '', [failed.at]);
}
