import type { Evidence } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { objectsOf } from './objects.ts';

/** A probe of the kubelet that did not reach its pod. */
export interface FailedProbe {
  readonly pod: string;
  /** As the message has it; null where it does not say. */
  readonly address: string | null;
  readonly port: number | null;
  readonly outcome: 'refused' | 'no-route' | 'unreachable' | 'reset' | 'timed-out' | 'unanswered';
  readonly at: Citation;
}

/** `Readiness probe failed: …` (pkg/kubelet/prober/prober.go); a startup probe fails until the program is up. */
const PROBE = /^(?:Readiness|Liveness) probe (?:failed|errored): /;
/** What Go's net and net/http say. An answer with a wrong status is an answer. */
const OUTCOMES: readonly (readonly [RegExp, FailedProbe['outcome']])[] = [
  [/connect: connection refused/, 'refused'],
  [/connect: no route to host/, 'no-route'],
  [/connect: network is unreachable/, 'unreachable'],
  [/connection reset by peer/, 'reset'],
  [/dial tcp \S{3,60}: i\/o timeout/, 'timed-out'],
  // Whether it was connected, neither says.
  [/context deadline exceeded|Client\.Timeout|i\/o timeout/, 'unanswered'],
];
/** `Get "http://10.42.1.7:8080/healthz": …`, `dial tcp 10.42.1.7:6379: …`. */
const ASKED = /(?:\/\/|dial tcp )(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})/;

/** Pods that the kubelet's own probes do not reach, each once, unless a listing shows them ready. */
export function failedProbesIn(evidence: readonly Evidence[]): readonly FailedProbe[] {
  const ready = new Set(
    objectsOf(evidence, 'pod').flatMap(({ object: { name, ready: told } }) =>
      told !== null && told[0] >= told[1] ? [name] : [],
    ),
  );
  const failed = objectsOf(evidence, 'event').flatMap(({ object, at }): readonly FailedProbe[] => {
    const { reason, message } = object;
    const pod = (object.object ?? '').replace(/^pods?\//, '');
    const outcome = OUTCOMES.find(([said]) => said.test(message))?.[1];
    if (reason !== 'Unhealthy' || !PROBE.test(message) || outcome === undefined) return [];
    if (pod === '' || ready.has(pod)) return [];
    const [, six, four, port] = ASKED.exec(message) ?? [];
    const address = six ?? four ?? null;
    return [{ pod, address, port: port === undefined ? null : Number(port), outcome, at }];
  });
  return [...new Map(failed.map((one) => [one.pod, one])).values()];
}
