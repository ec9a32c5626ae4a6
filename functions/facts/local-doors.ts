import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { latestRules } from './latest-rules.ts';
import { objectsOf } from './objects.ts';
import { inOrder } from './order.ts';

/** A port for which kube-proxy drops packets; without an address it is that of a NodePort. */
export interface Door {
  readonly service: string;
  readonly address: string | null;
  readonly port: string;
  readonly isInternal: boolean;
  readonly hasCounted: boolean;
  readonly at: readonly Citation[];
}

/** The ports for which kube-proxy of this node drops packets, for it may use endpoints of this node alone and has none. */
export function doorsIn(view: View): readonly Door[] {
  return [...byIptables(view), ...byNft(view)];
}

/**
 * pkg/proxy/nftables/proxier.go: `10.96.7.1 . tcp . 80 comment "shop/cart:http" : drop` in the map no-endpoint-services,
 * `tcp . 30080 …` in no-endpoint-nodeports. Of the first, an external address has its chain in service-ips all the same, and a
 * cluster IP has not; where that map is not shown, the Service tells.
 */
function byNft({ own, all }: View): readonly Door[] {
  const listing = latestRules(ofKind(own, 'nft'));
  const { verdicts = [] } = listing?.content ?? {};
  const served = verdicts.filter(({ map }) => map === 'service-ips');
  return verdicts.flatMap(
    ({ verdict, comment, address, protocol, port, line }): readonly Door[] => {
      if (listing === undefined || verdict !== 'drop' || comment === null || protocol !== 'tcp')
        return [];
      const isClusterIp = objectsOf(all, 'service').some((one) => one.object.clusterIP === address);
      const isServed = served.some((one) => one.address === address && one.port === port);
      const isInternal = isClusterIp || (served.length > 0 && !isServed);
      if (address !== null && !isInternal && !isServed) return [];
      return [
        {
          service: comment.replace(/:$/, ''),
          address,
          port: String(port),
          isInternal: address !== null && isInternal,
          hasCounted: false,
          at: [cite(listing.artefact, line)],
        },
      ];
    },
  );
}

/** By the latest listing of this host that has rules of the chain at all. */
function byIptables({ own }: View): readonly Door[] {
  const listings = inOrder(ofKind(own, 'iptables'));
  return listings.flatMap((listing, at) => {
    const rules = listing.content.readings.at(-1)?.rules ?? [];
    const later = listings.slice(at + 1).flatMap(({ content }) => content.readings);
    return rules.flatMap((rule) => {
      const service = /^(\S+) has no local endpoints$/.exec(rule.comment ?? '')?.[1];
      const isOld = later.some((one) => one.rules.some(({ chain }) => chain === rule.chain));
      return service === undefined || isOld ? [] : doorsOf(listing, rules, rule, service);
    });
  });
}

const OWN_CHAIN = /^KUBE-(XLB|SVL|EXT)-(\w+)$/;

/**
 * pkg/proxy/iptables/proxier.go: a DROP for each address and port in the filter table; in older ones one mark in the
 * Service's own chain (KUBE-XLB-, KUBE-SVL-), to which rules for addresses and ports lead.
 */
function doorsOf(
  listing: Evidence<'iptables'>,
  rules: readonly Rule[],
  drop: Rule,
  service: string,
): readonly Door[] {
  const toDoor = (rule: Rule, isInternal: boolean): readonly Door[] =>
    rule.dport === null || rule.protocol !== 'tcp'
      ? []
      : [
          {
            service,
            address: rule.destination?.replace(/\/(?:32|128)$/, '').replace(ANYWHERE, '') || null,
            port: rule.dport,
            isInternal,
            hasCounted: (drop.packets ?? 0) > 0,
            at: [drop, ...(rule === drop ? [] : [rule])].map(({ line }) =>
              cite(listing.artefact, line),
            ),
          },
        ];
  if (drop.target === 'DROP') return toDoor(drop, drop.chain === 'KUBE-SERVICES');
  const [, , hash] = OWN_CHAIN.exec(drop.chain) ?? [];
  if (drop.target !== 'KUBE-MARK-DROP' || hash === undefined) return [];
  return rules
    .filter(({ chain, target }) => isEntrance(chain) && target?.endsWith(`-${hash}`))
    .filter(({ target }) => !target?.startsWith('KUBE-SVC-'))
    .flatMap((rule) => toDoor(rule, rule.target?.startsWith('KUBE-SVL-') === true));
}

const ANYWHERE = /^0\.0\.0\.0\/0$|^anywhere$/;

function isEntrance(chain: string): boolean {
  return chain === 'KUBE-NODEPORTS' || chain === 'KUBE-SERVICES';
}
