import type { Service } from '../artefacts/cluster.ts';
import { type Dialled, dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { namespaceIn, objectsOf } from './objects.ts';

const label = labelsOf(emptyIn, 'no Service that was called in vain is shown without endpoints');

/** Whether a Service that was called in vain, by its address or its name, has no endpoint that is ready. */
export const calledService = defineJoin({
  question: 'called-service',
  needs: ['kubectl', 'curl-timing', 'ssh-error'],
  facts: {
    withoutEndpoints: label('that Service', ({ service }) => service),
    target: label('what was called', ({ target }) => target),
  },
});

interface Empty {
  readonly service: string;
  readonly target: string;
  readonly at: readonly Citation[];
}

/** iptables mode refuses for want of endpoints, the other proxies drop, and a node may say that there is no route. */
const IN_VAIN: ReadonlySet<string> = new Set(['refused', 'timed-out', 'no-route', 'unreachable']);

function emptyIn(view: View): Empty | undefined {
  for (const call of callsInVain(view))
    for (const { object, namespace, at } of objectsOf(view.all, 'service')) {
      const { name } = object;
      if (!isCalled(call, object, namespace)) continue;
      const none = withoutAny(view.all, name, namespace);
      if (none === undefined) continue;
      const service = namespace === null ? name : `${namespace}/${name}`;
      const { server, port } = call;
      const target = port === null ? server : `${server}:${port}`;
      return { service, target, at: [call.at, at, none] };
    }
  return undefined;
}

/** Connections from this host of which none to that server came about. */
export function callsInVain({ all, host }: View): readonly Dialled[] {
  const dialled = dialledIn(all);
  return dialled.filter(
    ({ artefact, server, outcome, isFailed }) =>
      artefact.host === host &&
      isFailed &&
      IN_VAIN.has(outcome ?? '') &&
      !dialled.some((other) => !other.isFailed && other.server === server),
  );
}

/** Whether a connection went to that Service, by its address or its name. */
export function isCalled(
  { artefact, server, port }: Dialled,
  { name, clusterIP, ports }: Service,
  namespace: string | null,
): boolean {
  if (clusterIP === null || clusterIP === 'None') return false;
  if (port !== null && ports.length > 0 && !ports.some((one) => one.port === port)) return false;
  const caller = namespaceIn(artefact.command);
  return server === clusterIP || isNameOf(server, { name, namespace, caller });
}

interface ServiceName {
  readonly name: string;
  readonly namespace: string | null;
  /** The namespace from which it was called, as far as the command says. */
  readonly caller: string | null;
}

/** `cart` within the namespace, `cart.shop`, `cart.shop.svc` and what goes on from there. */
function isNameOf(text: string, { name, namespace, caller }: ServiceName): boolean {
  const [first, second, third] = text.toLowerCase().replace(/\.$/, '').split('.');
  if (first !== name) return false;
  if (second === undefined) return caller === null || namespace === null || caller === namespace;
  if (third !== undefined && third !== 'svc') return false;
  return namespace === null ? third === 'svc' : second === namespace;
}

/** The line that says so, if every listing of its endpoints is empty. */
function withoutAny(
  all: View['all'],
  service: string,
  namespace: string | null,
): Citation | undefined {
  const shown = objectsOf(all, 'endpoints').filter(
    (one) =>
      one.object.service === service &&
      (one.namespace === namespace || one.namespace === null || namespace === null),
  );
  const isEmpty = shown.every(
    ({ object }) => object.readyIsTold && object.ready.length === 0 && object.more === 0,
  );
  return isEmpty ? shown.at(-1)?.at : undefined;
}
