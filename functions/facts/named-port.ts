import type { ContainerPort, Labels, Pod, Service, ServicePort } from '../artefacts/cluster.ts';
import { cite } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { callsInVain, isCalled } from './called-service.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { objectsOf, type Shown } from './objects.ts';

const label = labelsOf(
  unnamedIn,
  'no Service that was called in vain is shown with the ports of its pods, by name',
);

/** Whether a Service sends to a port that its pods do not have by that name: then no pod is an endpoint of it. */
export const namedPort = defineJoin({
  question: 'named-port',
  needs: ['kubectl-object', 'curl-timing'],
  facts: {
    missing: label(
      'the name of the port to which a Service sends that was called in vain, and which no container of its pods has',
      ({ name }) => name,
    ),
    service: label('that Service', ({ service }) => service),
    target: label('what was called', ({ target }) => target),
    pod: label('one of its pods', ({ pod }) => pod),
    names: label('the ports that its containers have', ({ names }) => names),
  },
});

interface Unnamed {
  readonly name: string;
  readonly service: string;
  readonly target: string;
  readonly pod: string;
  readonly names: string;
  readonly at: readonly Citation[];
}

type ShownPod = Shown<Pod>;

function unnamedIn(view: View): Unnamed | undefined {
  for (const call of callsInVain(view))
    for (const service of objectsOf(view.all, 'service')) {
      const { object, namespace } = service;
      const [port] = object.ports.filter((one) => one.port === call.port);
      if (port?.targetName == null || !isCalled(call, object, namespace)) continue;
      const pods = podsOf(view, object, namespace);
      const [pod] = pods;
      if (pod === undefined || pods.some((one) => portOf(one.object, port) !== undefined)) continue;
      if (hasEndpoints(view, object, namespace)) continue;
      return {
        name: port.targetName,
        service: namespace === null ? object.name : `${namespace}/${object.name}`,
        target: `${call.server}:${port.port}`,
        pod: pod.object.name,
        names: namesOf(pod.object),
        at: [call.at, service.at, ...linesOf(pod)],
      };
    }
  return undefined;
}

/** The pods that the Service selects and that are shown with their ports. */
function podsOf({ all }: View, { selector }: Service, namespace: string | null) {
  if (selector === null || selector.size === 0) return [];
  return objectsOf(all, 'pod').filter(
    ({ object, namespace: own }) =>
      object.ports !== null &&
      object.labels !== null &&
      own === namespace &&
      isSelected(selector, object.labels),
  );
}

function isSelected(selector: Labels, labels: Labels): boolean {
  return [...selector].every(([key, value]) => labels.get(key) === value);
}

/** The port of a pod that a name stands for: name and protocol are the same (pkg/api/v1/pod/util.go, FindPort). */
export function portOf(
  { ports }: Pick<Pod, 'ports'>,
  { targetName, protocol }: Pick<ServicePort, 'targetName' | 'protocol'>,
): ContainerPort | undefined {
  return ports?.find((one) => one.name === targetName && one.protocol === protocol);
}

/** Of several ports of a Service each has its own endpoints, and a list does not tell them apart; slices list pods without any port too. */
function hasEndpoints({ all }: View, { name, ports }: Service, namespace: string | null): boolean {
  return objectsOf(all, 'endpoints').some(
    ({ object, namespace: own }) =>
      ports.length === 1 &&
      !object.isSlice &&
      object.service === name &&
      (own === namespace || own === null) &&
      object.ready.length > 0,
  );
}

const MOST_SHOWN = 4;

function namesOf({ ports }: Pod): string {
  const shown = (ports ?? []).slice(0, MOST_SHOWN);
  return shown.map(({ name, port, protocol }) => `${name ?? '-'} ${port}/${protocol}`).join(', ');
}

function linesOf({ object, at, artefact }: ShownPod): readonly Citation[] {
  const lines = (object.ports ?? []).slice(0, MOST_SHOWN).map(({ line }) => line);
  return lines.length === 0 ? [at] : lines.map((line) => cite(artefact, line));
}
