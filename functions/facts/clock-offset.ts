import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { inOrder } from './order.ts';

/** By how much a host's clock was measured to be off. */
interface ClockOffset {
  /** Below zero: the clock is behind. */
  readonly aheadSeconds: number;
  readonly at: readonly Citation[];
}

/** The latest measure of this host's clock; of several sources that answer, the one that is nearest to it. */
export function clockOffsetIn({ own }: Pick<View, 'own'>): ClockOffset | undefined {
  return inOrder(ofKind(own, 'clock'))
    .flatMap(({ artefact, content }): readonly ClockOffset[] => {
      const measured = content.said.flatMap((one) => (one.is === 'offset' ? [one] : []));
      const followed = measured.filter(({ by }) => by === 'followed');
      const [nearest] = (followed.length > 0 ? followed : measured).toSorted(
        (a, b) => Math.abs(a.aheadSeconds) - Math.abs(b.aheadSeconds),
      );
      return nearest === undefined
        ? []
        : [{ aheadSeconds: nearest.aheadSeconds, at: [cite(artefact, nearest.line)] }];
    })
    .at(-1);
}
