import { hostOf } from '../artefacts/dnat.ts';
import { type Artefact, ofKind } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import { onHost } from '../captures/place.ts';
import type { Citation } from '../primitives/reading.ts';
import { isCalled } from './called-service.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { type EndpointList, endpointList } from './endpoint-lists.ts';
import { askedIn, isAnswer } from './lookups/asked.ts';
import { objectsOf } from './objects.ts';
import { type SentTo, sentTo } from './sent-to.ts';

const NONE = 'no call from a node to a Service is shown that fails, with its rules and endpoints';
const whole = labelsOf((view) => staleIn(view).find(({ isAll }) => isAll), NONE);
const part = labelsOf((view) => staleIn(view).find(({ isAll }) => !isAll), NONE);

/** Whether this node still sends calls of a Service to pods that are none of its endpoints any more. */
export const staleEndpoints = defineJoin({
  question: 'stale-endpoints',
  needs: ['iptables', 'kubectl', 'curl-timing'],
  facts: {
    target: {
      ...whole(
        'where this node sends a Service that was called from it in vain: nothing but addresses that are no endpoints of it',
        ({ target }) => target,
      ),
      place: (view) => (staleIn(view).some(({ isAll }) => isAll) ? onHost(view.host) : undefined),
    },
    service: whole('that Service', ({ service }) => service),
    called: whole('what was called', ({ called }) => called),
    listed: whole('its endpoints as the cluster lists them', ({ listed }) => listed),
    partTarget: {
      ...part(
        'such an address, where this node sends calls to listed endpoints too',
        ({ target }) => target,
      ),
      place: (view) => (staleIn(view).some(({ isAll }) => !isAll) ? onHost(view.host) : undefined),
    },
    partService: part('that Service', ({ service }) => service),
    partCalled: part('what was called', ({ called }) => called),
    partListed: part('its endpoints as the cluster lists them', ({ listed }) => listed),
  },
});

interface Stale {
  readonly service: string;
  readonly called: string;
  readonly target: string;
  readonly listed: string;
  /** The node sends to no endpoint that is listed. */
  readonly isAll: boolean;
  readonly at: readonly Citation[];
}

const MOST_SHOWN = 3;

function staleIn(view: View): readonly Stale[] {
  return callsFrom(view).flatMap((call): readonly Stale[] => {
    const sent = sentTo(view, call);
    // Under a traffic policy Local, pods of the node that are ending serve on (pkg/proxy/topology.go, CategorizeEndpoints).
    if (sent === undefined || sent.isLocal) return [];
    const list = endpointList(view, call.address, sent.service);
    const gone = list === undefined ? [] : unlisted(view, sent, list);
    const [first] = gone;
    if (list === undefined || first === undefined || isJustMoved(view, list)) return [];
    const isAll = gone.length === sent.targets.length;
    if (isAll && call.isReachedToo) return [];
    return [
      {
        service: list.service,
        called: nameOf(call.address, call.port),
        target: gone
          .slice(0, MOST_SHOWN)
          .map(({ to }) => to)
          .join(', '),
        listed: [...list.addresses].slice(0, MOST_SHOWN).join(', '),
        isAll,
        at: [...gone.slice(0, MOST_SHOWN).map(({ at }) => at), ...list.at, call.at],
      },
    ];
  });
}

/** Where new calls go and no list of the same family names the address; lists and rules of two times do not compare. */
function unlisted({ all }: View, sent: SentTo, list: EndpointList): SentTo['targets'] {
  if (sent.artefact.order !== list.order) return [];
  const isV6 = (address: string) => address.includes(':');
  const listed = [...list.addresses];
  return sent.targets.filter(({ to, takesNew }) => {
    const address = hostOf(to);
    const isOfListed = listed.some((one) => isV6(one) === isV6(address));
    return takesNew === true && isOfListed && !list.ever.has(address) && !isEnding(all, address);
  });
}

/** A pod of the list is seconds old: kube-proxy writes changes together, every thirty seconds at the latest. */
function isJustMoved({ all }: View, { addresses }: EndpointList): boolean {
  return objectsOf(all, 'pod').some(
    ({ object }) =>
      object.ip !== null && addresses.has(object.ip) && /^\d{1,3}s$/.test(object.age ?? ''),
  );
}

function isEnding(all: View['all'], address: string): boolean {
  return objectsOf(all, 'pod').some(
    ({ object }) => object.ip === address && /^Terminating\b/.test(object.status ?? ''),
  );
}

/** A call of a Service's address from this node, or from a pod on it, that came to nothing. */
interface Call {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly at: Citation;
  /** Another call to it from there got through. */
  readonly isReachedToo: boolean;
}

const IN_VAIN: ReadonlySet<string> = new Set(['refused', 'timed-out', 'no-route', 'unreachable']);

function callsFrom(view: View): readonly Call[] {
  return view.host === null ? [] : [...connectionsFrom(view), ...questionsFrom(view)];
}

function connectionsFrom(view: View): readonly Call[] {
  const own = dialledIn(view.all).filter(({ artefact }) => isFromHere(view, artefact));
  return own.flatMap((call): readonly Call[] => {
    const { server, port, outcome, isFailed, at } = call;
    if (!isFailed || port === null || (outcome !== null && !IN_VAIN.has(outcome))) return [];
    const isReachedToo = own.some(
      (one) => !one.isFailed && one.server === server && one.port === port,
    );
    const address = addressOf(view, call);
    return [{ protocol: 'tcp', address, port, at, isReachedToo }];
  });
}

/** A name of a Service as the address that it stands for. */
function addressOf({ all }: View, call: Dialled): string {
  const named = objectsOf(all, 'service').find(({ object, namespace }) =>
    isCalled(call, object, namespace),
  );
  return named?.object.clusterIP ?? call.server;
}

const DNS_PORT = 53;

function questionsFrom(view: View): readonly Call[] {
  const own = askedIn(ofKind(view.all, 'dig').filter(({ artefact }) => isFromHere(view, artefact)));
  return own.flatMap(({ server, outcome, tcp, at: [at] }): readonly Call[] => {
    if (server === null || at === undefined || !SILENT.has(outcome ?? '')) return [];
    const isReachedToo = own.some(
      (one) => isAnswer(one) && one.server === server && one.tcp === tcp,
    );
    const protocol = tcp ? 'tcp' : 'udp';
    return [{ protocol, address: server, port: DNS_PORT, at, isReachedToo }];
  });
}

const SILENT: ReadonlySet<string> = new Set(['timed-out', 'unreachable', 'port-refused']);

function isFromHere({ all, host }: View, { host: from, pod }: Artefact): boolean {
  if (!pod) return from === host;
  return objectsOf(all, 'pod').some(
    ({ object }) => object.name === from && object.node !== null && object.node === host,
  );
}

function nameOf(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
