import type { Exchange } from '../captures/exchanges.ts';
import type { Point } from '../captures/points.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** How far apart the clocks of the hosts are, as packets show that both captured. */
export const clocks = defineJoin({
  question: 'clocks',
  needs: ['tcpdump'],
  facts: {
    secondsApart: {
      type: 'count',
      is: "whole seconds between this host's clock and that of another host that captured the same packets",
      of: (view) => apart(view),
    },
  },
});

function apart({ following, host }: View): Reading<number> {
  const own = following.points.filter((point) => point.host === host && host !== null);
  const others = following.points.filter((point) => point.host !== null && point.host !== host);
  for (const here of own) {
    for (const there of others) {
      const shift = following.clocks.shift(there.index, here.index);
      const lines = linesOf(following.unsettled, here, there);
      if (shift !== undefined && lines.length > 0)
        return known(Math.floor(Math.abs(shift.by) / 1_000_000), lines);
    }
  }
  return unknown('no packet was captured on two hosts');
}

/** One packet as both saw it: its two times tell the difference. */
function linesOf(exchanges: readonly Exchange[], here: Point, there: Point): readonly Citation[] {
  for (const { at } of exchanges) {
    const [own, other] = [at[here.index]?.requests[0], at[there.index]?.requests[0]];
    if (own !== undefined && other !== undefined) return [citation(own), citation(other)];
  }
  return [];
}
