import { parseMetrics, REMARK, type Sample, sampleOf } from './coredns-metrics/read.ts';
import { ASCII, defineArtefact, type Strength } from './define.ts';

/**
 * What CoreDNS tells Prometheus (plugin/metrics, plugin/forward, plugin/pkg/proxy, plugin/cache): sums since its start.
 * Before 1.11 the proxies' figures were named coredns_forward_*.
 */
export const corednsMetrics = defineArtefact({
  kind: 'coredns-metrics',
  title: 'CoreDNS metrics',
  ask: 'curl -s POD-IP:9153/metrics | grep ^coredns_; sleep 60; curl -s POD-IP:9153/metrics | grep ^coredns_',
  hint: /:(?:9153|9253)\/metrics|\bcoredns_\w/,
  first: ASCII,
  recognise,
  continues: (line) => REMARK.test(line.trim()) || isOfProcess(line.trim()),
  parse: parseMetrics,
  size: ({ readings }) => ({ count: readings.at(-1)?.length ?? 0, unit: 'counters' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.startsWith('# ')) return /^# (?:HELP|TYPE) coredns_/.test(text) ? 'strong' : 'none';
  return text.startsWith('coredns_') && sampleOf(text) !== undefined ? 'strong' : 'none';
}

/** The series that every Go process exports beside its own. */
function isOfProcess(text: string): boolean {
  return /^(?:go|process|promhttp)_/.test(text) && sampleOf(text) !== undefined;
}

/** Sums of a listing, each with its lines; a name that the listing does not show has none. */
export type Totals = ReadonlyMap<
  MetricTotal,
  { readonly value: number; readonly lines: readonly number[] }
>;

type MetricTotal = 'requests' | 'late' | 'ownRequests' | 'ownLate' | 'upstreamLate' | 'servfails';

/** The bucket that ends next to 100 ms: plugin.TimeBuckets are 0.25 ms times powers of two. */
const LATE = '0.128';
const REQUEST = 'coredns_dns_request_duration_seconds';
const UPSTREAM = /^coredns_(?:proxy|forward)_request_duration_seconds$/;

/** What a listing adds up to. A histogram counts every request up to a bound; what is beyond it took longer. */
export function totalsOf(samples: readonly Sample[]): Totals {
  const of = (histogram: (name: string) => boolean, ending: string) =>
    samples.filter(
      ({ name, labels }) =>
        name.endsWith(ending) &&
        histogram(name.slice(0, -ending.length)) &&
        (ending === '_count' || labels.get('le') === LATE),
    );
  const isRequest = (name: string) => name === REQUEST;
  // A cache on the node binds addresses of its own, and forwards even names of the cluster.
  const isOwn = ({ labels }: Sample) =>
    (labels.get('zone') ?? '').endsWith('cluster.local.') &&
    /^(?:dns:\/\/)?:\d+$/.test(labels.get('server') ?? '');
  const [counts, buckets] = [of(isRequest, '_count'), of(isRequest, '_bucket')];
  const isUpstream = (name: string) => UPSTREAM.test(name);
  const servfails = samples.filter(
    ({ name, labels }) =>
      name === 'coredns_dns_responses_total' && labels.get('rcode') === 'SERVFAIL',
  );
  const rows = [
    ['requests', sum(counts)],
    ['late', beyond(counts, buckets)],
    ['ownRequests', sum(counts.filter(isOwn))],
    ['ownLate', beyond(counts.filter(isOwn), buckets.filter(isOwn))],
    ['upstreamLate', beyond(of(isUpstream, '_count'), of(isUpstream, '_bucket'))],
    ['servfails', sum(servfails)],
  ] as const;
  return new Map(rows.flatMap(([name, total]) => (total === undefined ? [] : [[name, total]])));
}

function sum(samples: readonly Sample[]) {
  if (samples.length === 0) return undefined;
  const value = samples.reduce((total, one) => total + one.value, 0);
  return { value, lines: samples.map(({ line }) => line) };
}

/** Every count has its bucket, or nothing can be said of the rest. */
function beyond(counts: readonly Sample[], buckets: readonly Sample[]) {
  const [all, within] = [sum(counts), sum(buckets)];
  if (all === undefined || within === undefined || counts.length !== buckets.length)
    return undefined;
  return { value: Math.max(0, all.value - within.value), lines: [...within.lines, ...all.lines] };
}
