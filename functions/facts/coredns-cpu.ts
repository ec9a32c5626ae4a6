import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { bothEnds, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type View } from './define.ts';
import { objectsOf } from './objects.ts';

/** Whether the pods of the cluster's DNS server are at their CPU limit. */
export const corednsCpu = defineJoin({
  question: 'coredns-cpu',
  needs: ['kubectl', 'kubectl-describe', 'cpu-stat'],
  facts: {
    pod: {
      type: 'label',
      is: 'the pod of the DNS server that is nearest to its CPU limit',
      of: (view) => about(view, ({ pod }) => pod),
    },
    usedPercent: {
      type: 'count',
      is: 'how much of its CPU limit it uses, in per cent',
      of: (view) => about(view, ({ percent }) => percent),
    },
    killedPod: {
      type: 'label',
      is: 'a pod of the DNS server that was killed at its memory limit',
      of: killedPod,
    },
    throttledPercent: {
      type: 'count',
      is: 'in how many of a hundred periods such a pod was stopped at its CPU limit between two readings',
      of: throttledPercent,
    },
    throttledSoFarPercent: {
      type: 'count',
      is: 'in how many of a hundred periods such a pod was stopped since it was started, by its only reading',
      of: throttledSoFar,
    },
  },
});

const DNS_POD = /^(?:rke2-coredns-rke2-)?(?:coredns|kube-dns)-/;
const DNS_WORKLOAD = /^(?:rke2-coredns-rke2-)?(?:coredns|kube-dns)$/;

interface Used {
  readonly pod: string;
  readonly percent: number;
  readonly at: readonly Citation[];
}

/** The pods of one Deployment have one limit: that of another pod will do. */
function mostUsed({ all }: View): Used | undefined {
  const limits = [
    ...objectsOf(all, 'pod').filter(({ object }) => DNS_POD.test(object.name)),
    ...objectsOf(all, 'workload').filter(({ object }) => DNS_WORKLOAD.test(object.name)),
  ].flatMap(({ object, at, artefact }) =>
    object.cpuLimit === null
      ? []
      : [
          {
            name: object.name,
            milli: object.cpuLimit.value,
            at: { artefact: artefact.id, line: at.line - object.line + object.cpuLimit.line },
          },
        ],
  );
  const used = objectsOf(all, 'usage').flatMap(({ object, at }): readonly Used[] => {
    if (!DNS_POD.test(object.name)) return [];
    const limit = limits.find(({ name }) => name === object.name) ?? limits[0];
    if (limit === undefined || limit.milli === 0) return [];
    const percent = Math.round((100 * object.cpu) / limit.milli);
    return [{ pod: object.name, percent, at: [at, limit.at] }];
  });
  return used.toSorted((a, b) => b.percent - a.percent)[0];
}

function about<T extends string | number>(view: View, of: (used: Used) => T): Reading<T> {
  const used = mostUsed(view);
  return used === undefined
    ? unknown('what a pod of the DNS server uses and may use is not shown')
    : known(of(used), used.at);
}

/** `kubectl get pods` prints the reason of a container that ended (pkg/printers/internalversion, printPod). */
function killedPod({ all }: View): Reading<string> {
  const killed = objectsOf(all, 'pod').findLast(
    ({ object }) => DNS_POD.test(object.name) && object.status === 'OOMKilled',
  );
  return killed === undefined
    ? unknown('no pod of the DNS server is shown as OOMKilled')
    : known(killed.object.name, [killed.at]);
}

function throttledPercent(view: View): Reading<number> {
  const series = seriesOf(view, 'cpu-stat');
  const throttled = series.find(({ counter }) => counter === 'nr_throttled');
  const periods = series.find(({ counter }) => counter === 'nr_periods');
  const stopped = throttled === undefined ? null : growthOf(throttled);
  const all = periods === undefined ? null : growthOf(periods);
  if (!isOfDns(view) || throttled === undefined || stopped === null || all === null || all < LEAST)
    return unknown('no two readings in a pod of the DNS server are shown');
  return known(Math.round((100 * stopped) / all), bothEnds(throttled));
}

function throttledSoFar(view: View): Reading<number> {
  const [only, ...more] = ofKind(view.own, 'cpu-stat');
  const [counters, ...later] = only?.content.readings ?? [];
  const [stopped, all] = [counters?.get('nr_throttled'), counters?.get('nr_periods')];
  const isOnly = more.length === 0 && later.length === 0 && isOfDns(view);
  if (only === undefined || stopped === undefined || all === undefined || !isOnly)
    return unknown('no single reading in a pod of the DNS server is shown');
  if (all.value < LEAST) return unknown('it has run for hardly any period');
  return known(
    Math.round((100 * stopped.value) / all.value),
    [all, stopped].map(({ line }) => cite(only.artefact, line)),
  );
}

/** By the pod that the counters were read in, or that the command names. */
function isOfDns({ own }: View): boolean {
  return ofKind(own, 'cpu-stat').every(
    ({ artefact }) =>
      DNS_POD.test(artefact.host ?? '') || /\s(?:coredns|kube-dns)-\S/.test(artefact.command ?? ''),
  );
}

/** A period lasts 100 ms: a share of fewer than five seconds says nothing. */
const LEAST = 50;
