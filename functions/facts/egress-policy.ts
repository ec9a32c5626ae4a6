import type { EgressRule, Labels, NetworkPolicy, Peer, Selector } from '../artefacts/cluster.ts';
import { contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { failedNamesIn } from './failed-names.ts';
import { namespaceIn, objectsOf, outputsIn, type Shown } from './objects.ts';

/**
 * Whether NetworkPolicies let pods ask the DNS server of the cluster. Policies only add: a pod that one of them isolates
 * may send what any of those that select it allows, and nothing else (networking/v1 types.go).
 */
export const egressPolicy = defineJoin({
  question: 'egress-policy',
  needs: ['kubectl-object'],
  facts: {
    blocking: {
      type: 'label',
      is: 'the policies that isolate pods of a namespace, where none that is shown may let them ask for names; empty where one may',
      of: (view) => {
        const found = judge(view);
        if (found === undefined) return unknown('no policy that isolates what pods send is shown');
        return found.isBlocked ? known(found.names, found.at) : known('', found.at);
      },
    },
    namespace: {
      type: 'label',
      is: 'their namespace',
      of: (view) => {
        const found = judge(view);
        return found === undefined || !found.isBlocked
          ? unknown('no policy blocks')
          : known(found.namespace ?? '?', found.at);
      },
    },
    whole: {
      type: 'flag',
      is: 'the policies shown are all of that namespace',
      of: (view) => {
        const found = judge(view);
        return found?.isBlocked && found.isWhole
          ? known(true, found.at)
          : unknown('not a whole list');
      },
    },
    failedLookup: {
      type: 'label',
      is: 'a name that a pod of that namespace asked for in vain',
      of: failedLookup,
    },
  },
});

interface Judged {
  readonly namespace: string | null;
  readonly names: string;
  readonly isBlocked: boolean;
  readonly isWhole: boolean;
  readonly at: readonly Citation[];
}

type ShownPolicy = Shown<NetworkPolicy>;

/** The namespace whose pods cannot ask; else any in which they can. */
function judge({ all }: View): Judged | undefined {
  const policies = objectsOf(all, 'policy');
  const dns = dnsAddresses(all);
  const judged = [...Map.groupBy(policies, ({ namespace }) => namespace)].flatMap(
    ([namespace, own]) => judgeOne(namespace, own, dns, all) ?? [],
  );
  return judged.find(({ isBlocked }) => isBlocked) ?? judged[0];
}

function judgeOne(
  namespace: string | null,
  own: readonly ShownPolicy[],
  dns: readonly string[],
  all: View['all'],
): Judged | undefined {
  if (namespace === 'kube-system') return undefined;
  // Whose labels are not shown may be selected by any; that a policy isolates it is only sure of one for all pods.
  const isolating = own.filter(
    ({ object }) => object.egress !== null && object.pods.pairs.size === 0 && !object.pods.more,
  );
  if (isolating.length === 0) return undefined;
  const allowing = own.filter(({ object }) =>
    (object.egress ?? []).some((rule) => mayAllowDns(rule, dns)),
  );
  const told = allowing.length > 0 ? allowing : isolating;
  return {
    namespace,
    names: told.map(({ object, artefact }) => object.name || askedFor(artefact.command)).join(', '),
    isBlocked: allowing.length === 0,
    isWhole: own.some(({ artefact }) =>
      outputsIn(all).some(
        (one) =>
          one.artefact.id === artefact.id &&
          (one.content.isList || ALL.test(artefact.command ?? '')),
      ),
    ),
    at: told.map(({ artefact, object, at }) => ({
      artefact: artefact.id,
      line: at.line - object.line + (object.egressLine ?? object.line),
    })),
  };
}

/** `kubectl get netpol lockdown -o jsonpath={.spec}`: the object itself does not say its name. */
function askedFor(command: string | null): string {
  const [, name] =
    /\s(?:netpol|networkpolic(?:y|ies))(?:\.\S+)?[\s/]+([a-z0-9][a-z0-9.-]{0,252})(?=\s|$)/.exec(
      command ?? '',
    ) ?? [];
  return name ?? '?';
}

/** `kubectl describe netpol -n pay` without a name describes them all. */
const ALL =
  /\sdescribe\s+(?:netpol|networkpolic(?:y|ies))(?:\.\S+)?(?:\s+-\S+(?:\s+[a-z0-9-]+)?)?$/;

/** Addresses of the DNS pods: policies look at packets after their destination was translated. */
function dnsAddresses(all: View['all']): readonly string[] {
  const pods = objectsOf(all, 'pod')
    .filter(({ object }) => /^(?:rke2-coredns-rke2-)?(?:coredns|kube-dns)-/.test(object.name))
    .flatMap(({ object }) => object.ip ?? []);
  const ready = objectsOf(all, 'endpoints')
    .filter(({ object }) => object.service === 'kube-dns' || object.service === 'coredns')
    .flatMap(({ object }) => object.ready);
  return [...pods, ...ready];
}

function mayAllowDns({ peers, ports }: EgressRule, dns: readonly string[]): boolean {
  const byPort =
    ports === null ||
    ports.some(({ protocol, port, endPort }) => {
      if (protocol !== 'UDP') return false;
      if (typeof port !== 'number') return true;
      // CoreDNS listens on 5353 in OpenShift and on 1053 where it may not bind low ports.
      return [53, 1053, 5353].some((one) => port === one || (port < one && one <= (endPort ?? 0)));
    });
  return byPort && (peers === null || peers.some((peer) => mayBeDns(peer, dns)));
}

function mayBeDns({ pods, namespaces, cidr, except }: Peer, dns: readonly string[]): boolean {
  if (cidr !== null) {
    if (dns.length === 0) return true;
    const inside = (prefix: string, text: string) => {
      const [range, address] = [parsePrefix(prefix), parseAddress(text)];
      return range === undefined || address === undefined || contains(range, address);
    };
    // A cache on the node listens on an address of its own.
    return [...dns, '169.254.20.10'].some(
      (text) => inside(cidr, text) && !except.some((prefix) => inside(prefix, text)),
    );
  }
  // Without a selector of namespaces the pods are those of the policy's own.
  if (namespaces === null) return false;
  return maySelect(namespaces, NAMESPACE_LABELS) && (pods === null || maySelect(pods, POD_LABELS));
}

/** What is known of the labels of the DNS pods and their namespace: other labels they may have. */
const NAMESPACE_LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/metadata.name', ['kube-system', 'openshift-dns']],
]);
const POD_LABELS: ReadonlyMap<string, readonly string[]> = new Map([
  ['k8s-app', ['kube-dns', 'coredns', 'node-local-dns']],
]);

function maySelect({ pairs }: Selector, labels: ReadonlyMap<string, readonly string[]>): boolean {
  return [...(pairs satisfies Labels)].every(
    ([name, value]) => labels.get(name)?.includes(value) ?? true,
  );
}

function failedLookup(view: View): Reading<string> {
  const judged = judge(view);
  if (judged === undefined || !judged.isBlocked) return unknown('no policy blocks');
  const pods = objectsOf(view.all, 'pod');
  const failed = failedNamesIn(view.all).find(({ how, artefact }) => {
    if (how === 'no-such-name') return false;
    const pod = pods.find(({ object }) => object.name === artefact.host);
    const namespace = pod?.namespace ?? namespaceIn(artefact.command);
    return namespace !== null && namespace === judged.namespace;
  });
  return failed === undefined
    ? unknown('no lookup of a pod of that namespace is shown')
    : known(failed.name ?? '?', [failed.at]);
}
