import { cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { latestRules } from './latest-rules.ts';
import { isCut } from './shown-rules.ts';

/** Whether rules hand packets to a program (`-j NFQUEUE`, nft's `queue`) before conntrack enters their flows. */
export const packetQueue = defineJoin({
  question: 'packet-queue',
  needs: ['iptables', 'nft'],
  facts: {
    rules: { type: 'count', is: 'rules that hand packets to a program', of: rules },
  },
});

/** In the latest listing of either tool, or in what a search found. */
function rules({ own }: View): Reading<number> {
  const [iptables, nft] = [ofKind(own, 'iptables'), ofKind(own, 'nft')];
  const latest = [latestRules(iptables), latestRules(nft)];
  const shown = [...iptables, ...nft].filter((one) => latest.includes(one) || isCut(one));
  const queued = shown.flatMap(({ artefact, content }) =>
    (content.readings.at(-1)?.rules ?? [])
      .filter(({ target }) => target === 'NFQUEUE')
      .map(({ line }) => cite(artefact, line)),
  );
  return queued.length === 0
    ? unknown('no such rule is shown')
    : known(queued.length, queued.slice(0, 2));
}
