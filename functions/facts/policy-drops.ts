import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { failedNamesIn } from './failed-names.ts';
import { latestRules } from './latest-rules.ts';
import { askedIn } from './lookups/asked.ts';
import { objectsOf } from './objects.ts';
import { inOrder } from './order.ts';

/** Whether the policy engine of this node has dropped what a pod sent, and the same pod finds no name. */
export const policyDrops = defineJoin({
  question: 'policy-drops',
  needs: ['iptables', 'dig'],
  facts: {
    pod: {
      type: 'label',
      is: 'the pod, or its interface, whose packets no NetworkPolicy let pass',
      of: (view) => about(view, ({ pod, device }) => pod ?? device),
    },
    packets: {
      type: 'count',
      is: 'packets that the rule at the end of its policies has dropped',
      of: (view) => about(view, ({ packets }) => packets),
    },
    grew: { type: 'count', is: 'packets that it dropped between two readings', of: grew },
    failedLookup: {
      type: 'label',
      is: 'a name that this pod asked for in vain',
      of: (view) => {
        const name = failedLookup(view);
        return name === undefined
          ? unknown('no lookup of that pod is shown')
          : known(name.name, [name.at]);
      },
    },
    rejects: {
      type: 'flag',
      is: 'it rejects with ICMP port unreachable, and just so that lookup was refused',
      of: (view) => {
        const end = endNow(view);
        const lookup = end === undefined ? undefined : lookupOf(view, end);
        return end?.rule.rejectWith === 'icmp-port-unreachable' && lookup?.isRefused
          ? known(true, [cite(end.artefact, end.rule.line), lookup.at])
          : unknown('not shown');
      },
    },
  },
});

/** The rule that ends the policies of one pod. */
interface End {
  /** Null where only the interface of the pod is known. */
  readonly pod: string | null;
  readonly device: string | null;
  readonly packets: number;
  readonly rule: Rule;
  readonly artefact: Artefact;
}

/** kube-router: network_policy_controller.go. Some versions write no blank behind the last colon. */
const KUBE_ROUTER =
  /^(?:default )?rule to REJECT traffic destined for POD name:(\S{1,253}) namespace:/;
/** Calico: felix/rules/endpoints.go; `fw` is what comes from the workload behind an interface. */
const CALICO_CHAIN = /^cali-fw-(\S{1,15})$/;
const CALICO =
  /^(?:End of tier \S{1,253} )?Drop if no (?:policies passed packet|profiles matched)$/;

function endOf(view: View, artefact: Artefact, rule: Rule): End | undefined {
  const { comment, target, packets, chain } = rule;
  if (packets === null || (target !== 'DROP' && target !== 'REJECT')) return undefined;
  const named = KUBE_ROUTER.exec(comment ?? '')?.[1];
  if (named !== undefined) return { pod: named, device: null, packets, rule, artefact };
  const device = CALICO_CHAIN.exec(chain)?.[1];
  if (device === undefined || !CALICO.test(comment ?? '')) return undefined;
  return { pod: podBehind(view, device), device, packets, rule, artefact };
}

/** Calico has a route for each pod: `10.233.97.12 dev cali7b1e0f9a2cd scope link`. */
function podBehind({ own, all }: View, device: string): string | null {
  const address = ofKind(own, 'route')
    .flatMap(({ content }) => content.routes)
    .find(({ dev }) => dev === device)?.destination;
  const pod = objectsOf(all, 'pod').find(
    ({ object }) => object.ip !== null && object.ip === address?.replace(/\/32$/, ''),
  );
  return pod?.object.name ?? null;
}

function endsIn(view: View, evidence: Evidence<'iptables'>): readonly (readonly End[])[] {
  return evidence.content.readings.map(({ rules }) =>
    rules.flatMap((rule) => endOf(view, evidence.artefact, rule) ?? []),
  );
}

/** The rule that has dropped packets of the pod whose lookup failed, else of any. */
function endNow(view: View): End | undefined {
  const latest = latestRules(ofKind(view.own, 'iptables'));
  const ends = latest === undefined ? [] : (endsIn(view, latest).at(-1) ?? []);
  const dropping = ends.filter(({ packets }) => packets > 0);
  return dropping.find((end) => lookupOf(view, end) !== undefined) ?? dropping[0];
}

function about<T extends string | number>(view: View, of: (end: End) => T | null): Reading<T> {
  const end = endNow(view);
  const value = end === undefined ? null : of(end);
  return end === undefined || value === null
    ? unknown('no rule is shown that ends the policies of a pod and has dropped packets')
    : known(value, [cite(end.artefact, end.rule.line)]);
}

function failedLookup(view: View) {
  const end = endNow(view);
  return end === undefined ? undefined : lookupOf(view, end);
}

interface PodLookup {
  readonly name: string;
  readonly isRefused: boolean;
  readonly at: Citation;
}

/** What a rule drops stays without an answer, what it rejects is refused. */
function lookupOf(view: View, { pod }: End): PodLookup | undefined {
  if (pod === null) return undefined;
  const refused = askedIn(view.all).find(
    ({ outcome, at: [at] }) => outcome === 'port-refused' && hostOf(view, at) === pod,
  );
  const [at] = refused?.at ?? [];
  if (refused !== undefined && at !== undefined)
    return { name: refused.name ?? '?', isRefused: true, at };
  const silent = failedNamesIn(view.all).find(
    ({ how, artefact }) => how !== 'no-such-name' && artefact.host === pod,
  );
  return silent && { name: silent.name ?? '?', isRefused: false, at: silent.at };
}

function hostOf({ all }: View, at: Citation | undefined): string | null {
  return all.find(({ artefact }) => artefact.id === at?.artefact)?.artefact.host ?? null;
}

function grew(view: View): Reading<number> {
  const end = endNow(view);
  if (end === undefined) return unknown('no such rule is shown');
  const same = inOrder(ofKind(view.own, 'iptables'))
    .flatMap((evidence) => endsIn(view, evidence))
    .flatMap((ends) =>
      ends.filter(({ rule }) => rule.chain === end.rule.chain && rule.comment === end.rule.comment),
    );
  const [before, after] = [same[0], same.at(-1)];
  if (before === undefined || after === undefined || before === after)
    return unknown('one reading shows no growth');
  const at = [cite(before.artefact, before.rule.line), cite(after.artefact, after.rule.line)];
  return after.packets < before.packets
    ? unknown('the counter was reset in between')
    : known(after.packets - before.packets, at);
}
