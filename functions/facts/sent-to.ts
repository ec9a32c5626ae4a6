import { dnatOf } from '../artefacts/dnat.ts';
import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import type { ServiceAddress } from './backends.ts';
import type { View } from './define.ts';
import { inOrder } from './order.ts';

/** Where this node sends packets for a Service. */
export interface SentTo {
  readonly targets: readonly Target[];
  readonly artefact: Artefact;
  /** The Service by the names that kube-proxy writes beside its rules: `shop/cart`. IPVS knows none. */
  readonly service: string | null;
  /** The rules know only endpoints of this node (traffic policy Local). */
  readonly isLocal: boolean;
}

interface Target {
  /** `10.42.0.16:53`, `[fd00::16]:53`. */
  readonly to: string;
  readonly at: Citation;
  /**
   * New connections go there too. A server of weight 0 gets none: kube-proxy leaves those that are going away so
   * (pkg/proxy/ipvs/graceful_termination.go). Null where the listing shows no weights.
   */
  readonly takesNew: boolean | null;
}

/** By the latest listing that shows the whole way of the Service: rules of iptables, of nft, then virtual servers of IPVS. */
export function sentTo(view: View, service: ServiceAddress): SentTo | undefined {
  return byIptables(view, service) ?? byNft(view, service) ?? byIpvs(view, service);
}

function byIptables({ own }: View, service: ServiceAddress): SentTo | undefined {
  for (const { artefact, content } of inOrder(ofKind(own, 'iptables')).toReversed()) {
    if (isOfOneBackend(artefact)) continue;
    const rules = content.readings.at(-1)?.rules ?? [];
    const way = dnatOf(rules, service);
    if (way === undefined || way.found.length === 0) continue;
    const door = rules.find(({ chain, comment }) => way.chains.has(chain) && comment !== null);
    const named = /^([\w.-]+\/[\w.-]+)(?::|$)/.exec(door?.comment ?? '')?.[1];
    return {
      targets: way.found.map(({ to, line }) => ({ to, at: cite(artefact, line), takesNew: true })),
      artefact,
      service: named ?? null,
      isLocal: [...way.chains].some((chain) => /^KUBE-(?:SVL|XLB)-/.test(chain)),
    };
  }
  return undefined;
}

/** `grep ADDRESS` shows the rules of one backend and hides those of the others. */
function isOfOneBackend({ command }: Artefact): boolean {
  return /\bgrep\b[^|;]*\d+\.\d+\./.test(command ?? '');
}

/** pkg/proxy/nftables/proxier.go: `service-ULMVA6XW-shop/cart/tcp/http`. */
const NFT_CHAIN = /^(service|local)-[A-Z2-7]{8}-([\w.-]{1,63}\/[\w.-]{1,63})\//;

function byNft({ own }: View, service: ServiceAddress): SentTo | undefined {
  for (const { artefact, content } of inOrder(ofKind(own, 'nft')).toReversed()) {
    const { verdicts, readings } = content;
    const door = verdicts.find(
      ({ address, protocol, port, verdict }) =>
        address === service.address &&
        protocol === service.protocol &&
        port === service.port &&
        NFT_CHAIN.test(verdict),
    );
    if (door === undefined || isOfOneBackend(artefact)) continue;
    const way = dnatOf(readings.at(-1)?.rules ?? [], service, [door.verdict]);
    if (way === undefined || way.found.length === 0) continue;
    const [, policy, named = null] = NFT_CHAIN.exec(door.verdict) ?? [];
    return {
      targets: way.found.map(({ to, line }) => ({ to, at: cite(artefact, line), takesNew: true })),
      artefact,
      service: named,
      isLocal: policy === 'local',
    };
  }
  return undefined;
}

function byIpvs({ own }: View, wanted: ServiceAddress): SentTo | undefined {
  for (const { artefact, content } of inOrder(ofKind(own, 'ipvsadm')).toReversed()) {
    const service = content.services.find(
      ({ address, port, protocol }) =>
        address === wanted.address && port === wanted.port && protocol === wanted.protocol,
    );
    if (service === undefined || service.servers.length === 0) continue;
    const targets = service.servers.map(({ address, port, weight, line }) => ({
      to: `${address.includes(':') ? `[${address}]` : address}:${port ?? wanted.port}`,
      at: cite(artefact, line),
      takesNew: weight === null ? null : weight > 0,
    }));
    return { targets, artefact, service: null, isLocal: false };
  }
  return undefined;
}
