import { type Totals, totalsOf } from '../artefacts/coredns-metrics.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** How much of its own time a DNS server takes for an answer, by the figures that it exports. */
export const dnsMetrics = defineJoin({
  question: 'dns-metrics',
  needs: ['coredns-metrics'],
  facts: {
    latePercent: {
      type: 'count',
      is: "since the server's start: how many of a hundred requests took longer than 128 ms by its own fault",
      of: latePercent,
    },
    latePercentNow: {
      type: 'count',
      is: 'the same between the first and the last reading',
      of: latePercentNow,
    },
  },
});

type Counts = (name: Parameters<Totals['get']>[0]) => number | undefined;

function latePercent(view: View): Reading<number> {
  const last = inOrder(ofKind(view.own, 'coredns-metrics')).at(-1);
  const samples = last?.content.readings.at(-1);
  if (last === undefined || samples === undefined) return unknown('not pasted');
  const totals = totalsOf(samples);
  const lines = (totals.get('ownLate') ?? totals.get('late'))?.lines ?? [];
  return told(
    (name) => totals.get(name)?.value,
    lines.slice(0, 4).map((line) => cite(last.artefact, line)),
  );
}

function latePercentNow(view: View): Reading<number> {
  const series = new Map(seriesOf(view, 'coredns-metrics').map((one) => [one.counter, one]));
  const at = (series.get('ownLate') ?? series.get('late'))?.readings.flatMap((one) => one.at) ?? [];
  const grown: Counts = (name) => {
    const one = series.get(name);
    return one === undefined ? undefined : (growthOf(one) ?? undefined);
  };
  return told(grown, at.slice(0, 4));
}

/**
 * Requests for the cluster's own zone wait for nobody else. Where one block serves everything, those that waited for an
 * upstream are taken off: its late answers, and SERVFAIL, which follows a time-out that no upstream figure counts.
 */
function told(of: Counts, at: readonly Citation[]): Reading<number> {
  const percent = (part: number, whole: number) => Math.round((1000 * part) / whole) / 10;
  const [own, ownLate] = [of('ownRequests'), of('ownLate')];
  if (own !== undefined && ownLate !== undefined && own >= LEAST)
    return known(percent(ownLate, own), at);
  const [all, late, upstream, failed] = [
    of('requests'),
    of('late'),
    of('upstreamLate'),
    of('servfails'),
  ];
  if (all === undefined || late === undefined || upstream === undefined || failed === undefined)
    return unknown('the figures do not tell the own time from that of upstreams');
  if (all < LEAST) return unknown('too few requests');
  return known(percent(Math.max(0, late - upstream - failed), all), at);
}

/** A share of fewer requests says nothing. */
const LEAST = 100;
