import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { bothEnds, growthOf, seriesOf, snapshotsOf } from './counter-series.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** Of fewer segments a handful sent again is a large share. */
const LEAST_SENT = 1000;

/** How many of its TCP segments this host has sent again (tcpRetransSegs and tcpOutSegs of RFC 4022; include/net/snmp.h). */
export const retransmissions = defineJoin({
  question: 'retransmissions',
  needs: ['netstat-statistics'],
  facts: {
    percent: percent(
      'how many of a hundred TCP segments were sent again between the first and the last reading',
      betweenReadings,
    ),
    percentSoFar: percent(
      'how many of a hundred TCP segments were sent again since boot, of which one reading is shown',
      soFar,
    ),
  },
});

interface Share {
  readonly percent: number;
  readonly at: readonly Citation[];
}

function percent(is: string, find: (view: View) => Share | undefined): JoinedFact {
  return {
    type: 'count',
    is,
    of: (view) => {
      const share = find(view);
      return share === undefined
        ? unknown('RetransSegs and OutSegs are not shown so')
        : known(share.percent, share.at);
    },
  };
}

const [AGAIN, SENT] = ['TcpRetransSegs', 'TcpOutSegs'] as const;

function betweenReadings(view: View): Share | undefined {
  const series = seriesOf(view, 'netstat-statistics');
  const [again, sent] = [AGAIN, SENT].map((name) =>
    series.find(({ counter, readings }) => counter === name && readings.length >= 2),
  );
  if (again === undefined || sent === undefined) return undefined;
  return shareOf(growthOf(again), growthOf(sent), [...bothEnds(again), ...bothEnds(sent)]);
}

/** Of two readings the difference speaks. */
function soFar({ own }: View): Share | undefined {
  const all = ofKind(own, 'netstat-statistics').flatMap((one) =>
    snapshotsOf('netstat-statistics', one).map((reading) => ({ artefact: one.artefact, reading })),
  );
  const [only] = all;
  const [again, sent] = [AGAIN, SENT].map((name) => only?.reading.get(name));
  if (only === undefined || all.length > 1 || again === undefined || sent === undefined)
    return undefined;
  const at = [...again.lines, ...sent.lines].map((line) => cite(only.artefact, line));
  return shareOf(again.value, sent.value, at);
}

function shareOf(
  again: number | null,
  sent: number | null,
  at: readonly Citation[],
): Share | undefined {
  if (again === null || sent === null || sent < LEAST_SENT) return undefined;
  return { percent: Math.round((again / sent) * 1000) / 10, at };
}
