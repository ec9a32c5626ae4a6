import { cite, ofKind } from '../artefacts/evidence.ts';
import type { CiliumFlow } from '../artefacts/hubble-observe.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';

/** What Cilium's policies said to questions to a DNS server inside the cluster. */
export const policyVerdicts = defineJoin({
  question: 'policy-verdicts',
  needs: ['hubble-observe'],
  facts: {
    deniedDns: {
      type: 'label',
      is: 'the pod, or its address, that no policy lets ask the DNS servers of the cluster',
      of: (view) => {
        const denied = deniedIn(view);
        const [first] = denied;
        return first === undefined
          ? unknown('no refused question to port 53 is shown')
          : known(
              first.who,
              denied.slice(0, MOST).map(({ at }) => at),
            );
      },
    },
    dnsPasses: {
      type: 'flag',
      is: 'another question of that pod to port 53 did pass',
      of: passes,
    },
  },
});

const MOST = 4;

interface Seen {
  readonly who: string;
  readonly flow: CiliumFlow;
  readonly at: Citation;
}

/** Questions to port 53; a denied one to the outside is what a policy for DNS is often meant to do. */
function questionsIn({ all }: View): readonly Seen[] {
  return ofKind(all, 'hubble-observe').flatMap(({ artefact, content }) =>
    content.flows.flatMap((flow) => {
      const who = flow.source.name ?? flow.source.address;
      return who === null || !isClusterDns(flow)
        ? []
        : [{ who, flow, at: cite(artefact, flow.line) }];
    }),
  );
}

function isClusterDns({ destination, protocol }: CiliumFlow): boolean {
  const { port, reserved, address } = destination;
  if (port !== 53 || (protocol !== 'udp' && protocol !== 'tcp')) return false;
  const parsed = parseAddress(address ?? '');
  return reserved !== 'world' && (parsed === undefined || scopeOf(parsed) !== 'public');
}

function deniedIn(view: View): readonly Seen[] {
  const denied = questionsIn(view).filter(({ flow }) => flow.verdict === 'denied');
  return denied.filter(({ who }) => who === denied[0]?.who);
}

function passes(view: View): Reading<boolean> {
  const [denied] = deniedIn(view);
  const passed = questionsIn(view).find(
    ({ who, flow }) => who === denied?.who && flow.verdict === 'passed',
  );
  return passed === undefined ? unknown('none is shown that passed') : known(true, [passed.at]);
}
