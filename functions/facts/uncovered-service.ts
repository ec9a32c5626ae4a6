import { cite, ofKind } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import { onHost } from '../captures/place.ts';
import { contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import { askedIn } from './lookups/asked.ts';

const label = labelsOf(
  uncovered,
  'no whole nat table is shown that leaves out a called address among those of Services',
);

/** Whether an address that was called in vain lies among those of Services, and this node's rules name it nowhere. */
export const uncoveredService = defineJoin({
  question: 'uncovered-service',
  needs: ['iptables', 'curl-timing', 'dig'],
  facts: {
    address: {
      ...label('that address', ({ address }) => address),
      place: (view) => (uncovered(view) === undefined ? undefined : onHost(view.host)),
    },
    beside: label('the address of a Service beside it that has its rules', ({ beside }) => beside),
  },
});

interface Uncovered {
  readonly address: string;
  readonly beside: string;
  readonly at: readonly Citation[];
}

/** Clusters give all Services addresses of one range; the usual ones have twelve or sixteen bits (kubeadm, k3s). */
const RANGE = 16;

function uncovered(view: View): Uncovered | undefined {
  const listing = latestRules(ofKind(view.own, 'iptables'));
  const set = listing?.content.readings.at(-1);
  if (listing === undefined || set === undefined || listing.content.isHalf) return undefined;
  const { artefact } = listing;
  const isWhole = set.chains.some(({ table, name }) => table === 'nat' && name === 'KUBE-SERVICES');
  if (listing.truncated || /\|/.test(artefact.command ?? '') || !isWhole) return undefined;
  const named = new Set(set.rules.flatMap(({ destination }) => destination?.split('/')[0] ?? []));
  const services = set.rules.filter(
    ({ chain, target }) => chain === 'KUBE-SERVICES' && target?.startsWith('KUBE-SVC-'),
  );
  const own = new Set(addressesIn(view.all).map(({ address }) => address));
  for (const { address, at } of calledInVain(view)) {
    if (named.has(address) || own.has(address)) continue;
    const beside = services.find(({ destination }) => isBeside(destination, address));
    if (beside?.destination == null) continue;
    const service = beside.destination.split('/')[0] ?? '';
    return { address, beside: service, at: [at, cite(artefact, beside.line)] };
  }
  return undefined;
}

/** What is refused found a rule, or a port that is closed: without rules nothing in the cluster answers. */
function calledInVain({
  all,
}: View): readonly { readonly address: string; readonly at: Citation }[] {
  const dialled = dialledIn(all).flatMap(({ server, isFailed, outcome, at }) =>
    isFailed && outcome !== 'refused' && outcome !== 'reset' ? [{ address: server, at }] : [],
  );
  const asked = askedIn(all).flatMap(({ server, outcome, at: [at] }) =>
    server !== null && at !== undefined && (outcome === 'timed-out' || outcome === 'unreachable')
      ? [{ address: server, at }]
      : [],
  );
  return [...dialled, ...asked];
}

function isBeside(destination: string | null, text: string): boolean {
  const range = parsePrefix(`${destination?.split('/')[0]}/${RANGE}`);
  const address = parseAddress(text);
  return range !== undefined && address !== undefined && contains(range, address);
}
