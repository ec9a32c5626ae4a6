import type { Service, ServicePort } from '../artefacts/cluster.ts';
import { cite } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { isCalled } from './called-service.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { type Listening, listeningOf, listsAll } from './listener.ts';
import { portOf } from './named-port.ts';
import { objectsOf, type Shown } from './objects.ts';

const label = labelsOf(missedIn, 'no pod behind a Service that refuses is shown with its sockets');

/** Whether nothing listens, in a pod behind a Service that refused a client, on the port to which the Service sends. */
export const targetPort = defineJoin({
  question: 'target-port',
  needs: ['sockets', 'kubectl-describe', 'kubectl'],
  facts: {
    unheard: label(
      'the port to which the Service sends, and on which nothing listens in this pod',
      ({ port }) => port,
    ),
    service: label('that Service', ({ service }) => service),
    target: label('what refused the client', ({ target }) => target),
    heard: label('where this pod listens', ({ heard }) => heard),
  },
});

interface Missed {
  readonly port: string;
  readonly service: string;
  readonly target: string;
  readonly heard: string;
  readonly at: readonly Citation[];
}

const MOST_SHOWN = 3;

function missedIn(view: View): Missed | undefined {
  const listening = listeningOf(view.own);
  if (listening === undefined || !listsAll(listening.evidence) || isRedirected(listening))
    return undefined;
  for (const call of refusedCalls(view))
    for (const service of objectsOf(view.all, 'service')) {
      const missed = missedBy(view, listening, call, service);
      if (missed !== undefined) return missed;
    }
  return undefined;
}

function missedBy(
  view: View,
  { evidence, sockets }: Listening,
  call: Dialled,
  { object, namespace, at }: Shown<Service>,
): Missed | undefined {
  const to = object.ports.find(({ port, protocol }) => protocol === 'TCP' && port === call.port);
  const sentTo = to === undefined ? undefined : portSentTo(view, to, namespace);
  const [first] = sockets;
  if (to === undefined || sentTo === undefined || first === undefined) return undefined;
  const own = isCalled(call, object, namespace) ? behind(view, object.name, namespace) : undefined;
  const isHeard = sockets.some(({ local }) => local.endsWith(`:${sentTo.port}`));
  if (own === undefined || isHeard) return undefined;
  const heard = [...new Set(sockets.map(({ local }) => local))].slice(0, MOST_SHOWN);
  return {
    port: to.targetName === null ? String(sentTo.port) : `${sentTo.port} (${to.targetName})`,
    service: namespace === null ? object.name : `${namespace}/${object.name}`,
    target: `${call.server}:${to.port}`,
    heard: heard.join(', '),
    at: [call.at, at, ...sentTo.at, ...own, cite(evidence.artefact, first.line)],
  };
}

/** The port of this pod to which the Service sends; a name stands for what a container of this pod calls so. */
function portSentTo(
  { all, host }: View,
  to: ServicePort,
  namespace: string | null,
): { readonly port: number; readonly at: readonly Citation[] } | undefined {
  if (to.targetPort !== null) return { port: to.targetPort, at: [] };
  if (to.targetName === null) return undefined;
  for (const { object, artefact, namespace: own } of objectsOf(all, 'pod')) {
    const isOfIt = own === null || namespace === null || own === namespace;
    const named = object.name === host && isOfIt ? portOf(object, to) : undefined;
    if (named !== undefined) return { port: named.port, at: [cite(artefact, named.line)] };
  }
  return undefined;
}

/** Refused, and never let in as far as is shown. */
function refusedCalls({ all }: View): readonly Dialled[] {
  const dialled = dialledIn(all);
  return dialled.filter(
    ({ outcome, server, port }) =>
      outcome === 'refused' &&
      !dialled.some((one) => !one.isFailed && one.server === server && one.port === port),
  );
}

/** The sidecar of a mesh takes whatever comes in, on whichever port (istio-iptables: 15006; linkerd-init: 4143). */
function isRedirected({ sockets }: Listening): boolean {
  return sockets.some(({ local }) => /:(?:15006|4143)$/.test(local));
}

/** The lines that show this pod's address, and that it stands behind the Service. */
function behind(
  view: View,
  service: string,
  namespace: string | null,
): readonly Citation[] | undefined {
  const isOfIt = (of: string | null) => of === null || namespace === null || of === namespace;
  const own = [
    ...addressesIn(view.own).map(({ address, at }) => ({ address, at })),
    ...objectsOf(view.all, 'pod')
      .filter((pod) => pod.object.name === view.host && isOfIt(pod.namespace))
      .map(({ object, at }) => ({ address: object.ip, at })),
  ];
  const shown = objectsOf(view.all, 'endpoints').findLast(
    (one) => one.object.service === service && isOfIt(one.namespace),
  );
  const found = own.find(
    ({ address }) => address !== null && shown?.object.ready.includes(address) === true,
  );
  return found === undefined || shown === undefined ? undefined : [shown.at, found.at];
}
