import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Returned, returnedIn } from '../captures/dns/returned.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { askedIn, isAnswer, isClusterName } from './lookups/asked.ts';
import { citation } from './loss.ts';
import { objectsOf } from './objects.ts';

/** Whether the questions that a DNS server forwards come back to it by way of its own Service. */
export const forwardLoop = defineJoin({
  question: 'forward-loop',
  needs: ['corefile', 'tcpdump'],
  facts: {
    returnedName: returned(
      'label',
      'a name whose question left a server and came back to it',
      ({ name }) => name,
    ),
    returnedServer: returned('label', 'that server', ({ server }) => server),
    returnedFrom: returned('label', 'the address that it forwards to', ({ upstream }) => upstream),
    returnedTimes: returned('count', 'questions that came back', ({ count }) => count),
    serviceUpstream: {
      type: 'label',
      is: "the address of the cluster's DNS Service, to which the Corefile of the cluster's own server forwards",
      of: serviceUpstream,
    },
  },
});

function returned(
  type: 'label' | 'count',
  is: string,
  of: (found: Returned) => string | number,
): JoinedFact {
  const read = ({ following }: View): Reading<string | number> => {
    const found = returnedIn(following);
    return found === undefined
      ? unknown('no question is shown that came back to its sender')
      : known(of(found), found.at.map(citation));
  };
  return { type, is, of: read } as JoinedFact;
}

/** A block with the plugin `kubernetes` is the cluster's own server; a cache on the nodes has none and may forward there. */
function serviceUpstream(view: View): Reading<string> {
  const services = new Map(serviceAddresses(view));
  for (const { artefact, content } of ofKind(view.all, 'corefile'))
    for (const { plugins } of content.blocks) {
      if (!plugins.some(({ name }) => name === 'kubernetes')) continue;
      for (const { name, args, line } of plugins) {
        if (name !== 'forward' && name !== 'proxy') continue;
        const address = args
          .slice(1)
          .map(bare)
          .find((one) => services.has(one));
        const at = services.get(address ?? '');
        if (address !== undefined && at !== undefined)
          return known(address, [cite(artefact, line), at]);
      }
    }
  return unknown('no Corefile is shown that forwards to the Service of its own server');
}

function bare(upstream: string): string {
  return upstream.replace(/^dns:\/\//, '').replace(/:\d{1,5}$/, '');
}

/** Addresses at which clients find the cluster's server, with the lines that say so. */
function serviceAddresses({ all }: View): readonly (readonly [string, Citation])[] {
  const services = objectsOf(all, 'service').flatMap(({ object, at }) =>
    object.clusterIP !== null &&
    /^(?:kube-dns|coredns|rke2-coredns.*|dns-default)$/.test(object.name)
      ? [[object.clusterIP, at] as const]
      : [],
  );
  const files = ofKind(all, 'resolv-conf').flatMap(
    ({ artefact, content: { search, nameservers } }) =>
      search?.domains.some((one) => /(?:^|\.)svc\./.test(one)) === true
        ? nameservers.map(({ address, line }) => [address, cite(artefact, line)] as const)
        : [],
  );
  const answered = askedIn(all).flatMap((one) => {
    const [at] = one.at;
    return one.server !== null &&
      at !== undefined &&
      isClusterName(one.name) &&
      isAnswer(one) &&
      one.outcome === 'answered'
      ? [[one.server, at] as const]
      : [];
  });
  return [...answered, ...files, ...services].filter(([address]) => !isNodeLocal(address));
}

/** A cache on the node answers there and asks others for names outside the cluster. */
function isNodeLocal(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed === undefined || scopeOf(parsed) !== 'private';
}
