import { cite, ofKind } from '../artefacts/evidence.ts';
import { onHost } from '../captures/place.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { objectsOf } from './objects.ts';

const label = labelsOf(
  missed,
  'no search for a Service came back empty here that finds its rules on another node',
);

/** Whether this node lacks the rules of a Service that another node has, by a search that printed nothing. */
export const searchedRules = defineJoin({
  question: 'searched-rules',
  needs: ['empty-search', 'iptables', 'ipvsadm'],
  facts: {
    missing: label(
      'the address of a Service that a search through the rules of this node does not find, while those of another node name it',
      ({ address }) => address,
    ),
    elsewhere: label('that other node', ({ elsewhere }) => elsewhere),
    isNode: {
      ...flagOf('the host of that search is shown to be a node of the cluster', nodeShown),
      place: (view) => (nodeShown(view) === undefined ? undefined : onHost(view.host)),
    },
  },
});

interface Missed {
  readonly address: string;
  readonly elsewhere: string;
  readonly at: readonly Citation[];
}

/**
 * kube-proxy writes the same Services on every node: pkg/proxy/iptables/proxier.go `-A KUBE-SERVICES -d ADDRESS/32 … -j
 * KUBE-SVC-…`, pkg/proxy/ipvs/proxier.go a virtual server. Another node's rule of the same kind shows the mode.
 */
function missed({ own, all, host }: Pick<View, 'own' | 'all' | 'host'>): Missed | undefined {
  if (host === null) return undefined;
  for (const { artefact, content } of ofKind(own, 'empty-search')) {
    const { wanted: address, tool, line } = content;
    if (artefact.pod || tool === 'getent') continue;
    const holders = tool === 'iptables' ? inTables(all, address) : inIpvs(all, address);
    // Rules that this node shows at another time: they came or went, and the search tells only its own moment.
    if (holders.some((one) => one.host === host)) continue;
    const other = holders.find((one) => one.host !== null);
    if (other?.host == null) continue;
    return { address, elsewhere: other.host, at: [cite(artefact, line), other.at] };
  }
  return undefined;
}

interface Holder {
  readonly host: string | null;
  readonly at: Citation;
}

function inTables(all: View['all'], address: string): readonly Holder[] {
  return ofKind(all, 'iptables').flatMap(({ artefact, content }) => {
    const rule = content.readings
      .flatMap(({ rules }) => rules)
      .find(
        ({ chain, destination, target }) =>
          chain === 'KUBE-SERVICES' &&
          destination?.split('/')[0] === address &&
          /^KUBE-(?:SVC|SVL)-/.test(target ?? ''),
      );
    return rule === undefined ? [] : [{ host: artefact.host, at: cite(artefact, rule.line) }];
  });
}

function inIpvs(all: View['all'], address: string): readonly Holder[] {
  return ofKind(all, 'ipvsadm').flatMap(({ artefact, content }) => {
    const service = content.services.find((one) => one.address === address);
    return service === undefined ? [] : [{ host: artefact.host, at: cite(artefact, service.line) }];
  });
}

const NODE_DEVICES =
  /^(?:cni0|cbr0|flannel\.\d+|cali\w+|vxlan\.calico|cilium_\w+|kube-ipvs0|kube-bridge|nodelocaldns)$/;

/** A pod, a jump host or a client outside has no rules of Services, and that is right: only a node has to have them. */
function nodeShown({ own, all, host }: View): { readonly at: readonly Citation[] } | undefined {
  // Alone it says nothing of a Service, and would have every node's rules asked for.
  if (host === null || missed({ own, all, host }) === undefined) return undefined;
  const isHost = (name: string | null) => name !== null && shortName(name) === shortName(host);
  const named =
    objectsOf(all, 'node').find(({ object }) => isHost(object.name)) ??
    objectsOf(all, 'pod').find(({ object }) => isHost(object.node));
  if (named !== undefined) return { at: [named.at] };
  const device = linksIn(own).find(({ link }) => NODE_DEVICES.test(link.name));
  if (device !== undefined) return { at: [device.at] };
  for (const { artefact, content } of ofKind(own, 'iptables')) {
    const rules = content.readings.flatMap((reading) => reading.rules);
    const written = rules.find(({ chain }) => /^KUBE-(?:SERVICES|SVC|SEP|NODEPORTS)/.test(chain));
    if (written !== undefined) return { at: [cite(artefact, written.line)] };
  }
  return undefined;
}

function shortName(host: string): string {
  return host.split('.')[0]?.toLowerCase() ?? '';
}
