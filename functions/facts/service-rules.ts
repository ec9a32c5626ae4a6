import { cite, ofKind } from '../artefacts/evidence.ts';
import { onHost } from '../captures/place.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import { objectsOf } from './objects.ts';

/** Whether kube-proxy has written the rules of a Service into this node's firewall. */
export const serviceRules = defineJoin({
  question: 'service-rules',
  needs: ['iptables', 'kubectl'],
  facts: {
    missing: {
      type: 'label',
      is: 'a Service that has endpoints and for whose address no rule stands here, where other Services have theirs; empty where all have',
      of: (view) => {
        const found = judge(view);
        return found === undefined
          ? unknown('the whole nat table and the Services were not pasted')
          : known(found.service, found.at);
      },
      place: (view) => (judge(view)?.service ? onHost(view.host) : undefined),
    },
    address: {
      type: 'label',
      is: 'its address',
      of: (view): Reading<string> => {
        const found = judge(view);
        return found === undefined || found.service === ''
          ? unknown('no Service lacks its rules')
          : known(found.address, found.at);
      },
    },
    withoutAny: {
      type: 'label',
      is: 'a Service that has endpoints, where this nat table holds the rules of no Service at all',
      of: (view) => {
        const found = withoutAny(view);
        return found === undefined
          ? unknown('no whole nat table without rules of Services was pasted')
          : known(found.service, found.at);
      },
    },
    withoutAnyAddress: {
      type: 'label',
      is: 'its address',
      of: (view) => {
        const found = withoutAny(view);
        return found === undefined ? unknown('not shown') : known(found.address, found.at);
      },
    },
    mode: {
      type: 'label',
      is: 'iptables, where kube-proxy of this cluster is set to that mode or has written such rules on another node',
      of: mode,
      // Rules of Services belong here by that alone, and there are none.
      place: (view) =>
        withoutAny(view) !== undefined && mode(view).known ? onHost(view.host) : undefined,
    },
  },
});

interface Judged {
  readonly service: string;
  readonly address: string;
  readonly at: readonly Citation[];
}

/**
 * pkg/proxy/iptables/proxier.go: `-A KUBE-SERVICES -d ADDRESS/32 … -j KUBE-SVC-…` for every Service that has endpoints. In
 * IPVS and nftables mode and under other proxies no Service has such a rule, so at least one must.
 */
function judge({ own, all }: View): Judged | undefined {
  const listing = latestRules(ofKind(own, 'iptables'));
  const set = listing?.content.readings.at(-1);
  if (listing === undefined || set === undefined) return undefined;
  const { artefact } = listing;
  const isWhole =
    !listing.truncated &&
    !/\|\s*(?:e?grep|head|tail|awk|sed)\b/.test(artefact.command ?? '') &&
    set.chains.some(({ table, name }) => table === 'nat' && name === 'KUBE-SERVICES');
  const rules = set.rules.filter(
    ({ chain, target }) => chain === 'KUBE-SERVICES' && target?.startsWith('KUBE-SVC-'),
  );
  const [first] = rules;
  if (!isWhole || first === undefined) return undefined;
  const addresses = new Set(set.rules.flatMap(({ destination }) => bare(destination) ?? []));
  const judged = servicesOf(all);
  if (judged.length === 0) return undefined;
  const missing = judged.find(({ address }) => !addresses.has(address));
  const told = missing ?? judged[0];
  return {
    service: missing?.name ?? '',
    address: told?.address ?? '',
    at: [...(told?.at ?? []), cite(artefact, first.line)],
  };
}

/** Chains of those that translate the addresses of Services in kube-proxy's place. */
const REPLACED = /^(?:CILIUM_|KUBE-ROUTER|ANTREA-|OVN-KUBE-)/;

/**
 * A whole nat table without one rule of a Service. In IPVS and nftables mode and under other proxies that is right, and
 * where the other back end of iptables holds tables, the rules may stand there.
 */
function withoutAny({ own, all }: View): Judged | undefined {
  const listing = latestRules(ofKind(own, 'iptables'));
  const set = listing?.content.readings.at(-1);
  if (listing === undefined || set === undefined || listing.content.isHalf) return undefined;
  const { artefact } = listing;
  const head = set.chains.find(({ table, name }) => table === 'nat' && name === 'PREROUTING');
  const isCut =
    listing.truncated ||
    /\|/.test(artefact.command ?? '') ||
    !set.chains.some(({ table, name }) => table === 'nat' && name === 'POSTROUTING');
  const isReplaced =
    set.chains.some(({ name }) => REPLACED.test(name)) ||
    set.rules.some(({ target }) => target?.startsWith('KUBE-SVC-')) ||
    ofKind(own, 'ipvsadm').length > 0 ||
    linksIn(own).some(({ link }) => /^(?:kube-ipvs0|cilium_\w+)$/.test(link.name)) ||
    ofKind(own, 'nft').some(({ content }) =>
      content.readings.some(({ chains }) =>
        chains.some(({ table }) => /\bkube-proxy\b/.test(table ?? '')),
      ),
    ) ||
    objectsOf(all, 'pod').some(({ object }) =>
      /^(?:cilium|kube-router|antrea)-/.test(object.name),
    ) ||
    objectsOf(all, 'proxy').some(({ object }) => !/^(?:iptables)?$/.test(object.mode));
  if (head === undefined || isCut || isReplaced) return undefined;
  const [service] = servicesOf(all);
  return service === undefined
    ? undefined
    : {
        service: service.name,
        address: service.address,
        at: [...service.at, cite(artefact, head.line)],
      };
}

/** kube-proxy's configuration (empty: iptables on Linux), or rules that it wrote on another node. */
function mode({ host, all }: View): Reading<string> {
  const [config] = objectsOf(all, 'proxy');
  if (config !== undefined && /^(?:iptables)?$/.test(config.object.mode))
    return known('iptables', [config.at]);
  for (const { artefact, content } of ofKind(all, 'iptables')) {
    const rule = content.readings
      .flatMap(({ rules }) => rules)
      .find(({ chain, target }) => chain === 'KUBE-SERVICES' && target?.startsWith('KUBE-SVC-'));
    if (rule !== undefined && artefact.host !== null && artefact.host !== host)
      return known('iptables', [cite(artefact, rule.line)]);
  }
  return unknown('neither its configuration nor another node shows it');
}

/** Services with an address, a port, and endpoints that are ready. */
function servicesOf(all: View['all']) {
  const endpoints = objectsOf(all, 'endpoints');
  return objectsOf(all, 'service').flatMap(({ object, namespace, at }) => {
    const { clusterIP: address, name, ports, age } = object;
    // kube-proxy writes changes together, every thirty seconds at the latest.
    if (/^\d{1,3}s$/.test(age ?? '')) return [];
    if (address === null || address === 'None' || ports.length === 0 || address.includes(':'))
      return [];
    const behind = endpoints.find(
      (one) =>
        one.object.service === name &&
        one.object.readyIsTold &&
        one.object.ready.length > 0 &&
        (one.namespace === namespace || one.namespace === null || namespace === null),
    );
    const whole = [namespace, name].filter((part) => part !== null).join('/');
    return behind === undefined ? [] : [{ name: whole, address, at: [at, behind.at] }];
  });
}

function bare(prefix: string | null): string | undefined {
  return prefix?.startsWith('!') ? undefined : prefix?.replace(/\/32$/, '');
}
