import { cite } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { isCalled } from './called-service.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { type Listening, listeningOf, listsAll } from './listener.ts';
import { objectsOf } from './objects.ts';

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
  const [first] = listening.sockets;
  if (first === undefined) return undefined;
  const heard = [...new Set(listening.sockets.map(({ local }) => local))].slice(0, MOST_SHOWN);
  for (const call of refusedCalls(view))
    for (const { object, namespace, at } of objectsOf(view.all, 'service')) {
      const ports = object.ports.filter(
        ({ port, protocol }) => protocol === 'TCP' && port === call.port,
      );
      const [to] = ports;
      if (to?.targetPort == null || !isCalled(call, object, namespace)) continue;
      const own = behind(view, object.name, namespace);
      const isHeard = listening.sockets.some(({ local }) => local.endsWith(`:${to.targetPort}`));
      if (own === undefined || isHeard) continue;
      return {
        port: String(to.targetPort),
        service: namespace === null ? object.name : `${namespace}/${object.name}`,
        target: `${call.server}:${to.port}`,
        heard: heard.join(', '),
        at: [call.at, at, ...own, cite(listening.evidence.artefact, first.line)],
      };
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
