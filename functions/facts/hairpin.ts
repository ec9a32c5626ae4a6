import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Sighting } from '../captures/points.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { urlHost } from '../primitives/url.ts';
import { backendsOf, endpointsWith } from './backends.ts';
import { defineJoin, type View } from './define.ts';
import { failedAttempts } from './failed-attempts.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { objectsOf } from './objects.ts';

/** Whether a pod calls a Service whose backend it is itself, over a bridge that sends nothing back out of the port it came by. */
export const hairpin = defineJoin({
  question: 'hairpin',
  needs: ['hairpin-mode', 'tcpdump', 'iptables'],
  facts: {
    off: {
      type: 'flag',
      is: 'hairpin mode is off on the port of the pod, or on all ports that are shown',
      of: off,
    },
    selfCalls: {
      type: 'count',
      is: 'connections of a pod to a Service that it is a backend of, whose first SYN got no answer',
      of: (view) => {
        const calls = selfCallsAt(view);
        return calls.length === 0
          ? unknown('no capture shows a pod that calls itself in vain')
          : known(calls.length, [
              ...calls.slice(0, 2).map(({ first }) => citation(first)),
              ...(calls[0]?.at.slice(0, 2) ?? []),
            ]);
      },
    },
    caller: { type: 'label', is: 'the pod that is its own backend', of: caller },
    onlyBackendTimedOut: {
      type: 'label',
      is: 'the pod that is the only backend of a Service and got no connection to it',
      of: onlyBackend,
    },
    toItself: {
      type: 'label',
      is: 'the pod whose SYN to another address comes back translated to its own, where nothing answers it',
      of: (view) => {
        const found = toItselfAt(view);
        return found === undefined
          ? unknown('no capture shows a SYN that is translated to its own sender')
          : known(found.caller, found.at);
      },
    },
    promiscuous: {
      type: 'flag',
      is: 'the bridge is promiscuous: kubelet can make hairpin work that way too',
      of: promiscuous,
    },
  },
});

function ports({ own }: View) {
  return ofKind(own, 'hairpin-mode').flatMap(({ artefact, content }) =>
    content.ports.map((port) => ({ ...port, at: cite(artefact, port.line) })),
  );
}

function off(view: View): Reading<boolean> {
  const all = ports(view);
  if (all.length === 0) return unknown('hairpin mode is not shown');
  const devices = new Set(selfCallsAt(view).map(({ device }) => device));
  const named = all.filter(({ port }) => devices.has(port));
  const own = named.length > 0 ? named : all;
  const at = own.slice(0, 2).map((port) => port.at);
  const states = new Set(own.map(({ on }) => on));
  return states.size === 1
    ? known(!states.has(true), at)
    : unknown('on for some ports, off for others');
}

function promiscuous({ own }: View): Reading<boolean> {
  for (const { artefact, content } of ofKind(own, 'link'))
    for (const link of content.links)
      if (/^(?:cni|cbr|br-|docker)/.test(link.name) && link.flags?.includes('PROMISC'))
        return known(true, [cite(artefact, link.line)]);
  return unknown('not shown');
}

interface Returned {
  readonly caller: string;
  readonly at: readonly Citation[];
}

/**
 * Destination NAT changes neither the client's port nor the sequence number of its SYN. On a wire or a bridge no host talks
 * to itself: there the translated SYN alone will do.
 */
function toItselfAt({ following, host }: View): Returned | undefined {
  const all = following.points.flatMap((point) => flowsAt(point).slice(0, MOST_FLOWS));
  const returned = all.flatMap((flow) => {
    const { point, syn, client, server, fromServer } = flow;
    if (syn === null || client.host !== server.host || fromServer.length > 0) return [];
    const asked = all.find((one) => isOriginalOf(one, flow));
    const isOutside = point.role === 'bridge' || point.role === 'veth';
    if (asked?.syn == null && !isOutside) return [];
    const at = [...(asked?.syn == null ? [] : [asked.syn]), syn].map(citation);
    return [{ caller: client.host, point, at }];
  });
  // The pod's own capture shows the call as well as its return.
  const best = returned.find(({ point }) => point.pod) ?? returned[0];
  return best?.point.host === host ? best : undefined;
}

function isOriginalOf(one: TcpFlow, { syn, client }: TcpFlow): boolean {
  return (
    one.server.host !== client.host &&
    one.client.host === client.host &&
    one.client.port === client.port &&
    one.syn?.packet.tcp?.seq === syn?.packet.tcp?.seq &&
    one.fromServer.length === 0
  );
}

interface SelfCall {
  readonly first: Sighting;
  readonly caller: string;
  readonly device: string | null;
  readonly at: readonly Citation[];
}

const LATE_US = 900_000;
const MOST_FLOWS = 2000;
const views = new WeakMap<View, readonly SelfCall[]>();

function selfCallsAt(view: View): readonly SelfCall[] {
  const kept = views.get(view) ?? selfCallsOf(view);
  views.set(view, kept);
  return kept;
}

function selfCallsOf(view: View): readonly SelfCall[] {
  // What stands behind a Service is worth knowing only where a bridge is shown.
  if (ports(view).length === 0) return [];
  return view.following.points.flatMap((point) =>
    flowsAt(point)
      .slice(0, MOST_FLOWS)
      .flatMap((flow): readonly SelfCall[] => {
        const { client, server } = flow;
        const [first] = flow.fromClient;
        if (first === undefined || server.port === null || !isLate(flow)) return [];
        const service = { protocol: 'tcp', address: server.host, port: server.port } as const;
        const backing = backendsOf(view, service);
        return backing === undefined || !backing.addresses.has(client.host)
          ? []
          : [{ first, caller: client.host, device: point.interface, at: backing.at }];
      }),
  );
}

/** No answer to the first SYN: none at all, or only to a later one, which may have met another backend. */
function isLate({ syn, fromClient, fromServer, synAck }: TcpFlow): boolean {
  if (syn === null) return false;
  if (fromServer.length === 0) return fromClient.length > 1;
  const [asked, answered] = [syn.time, synAck?.time];
  return asked !== null && answered != null && answered - asked > LATE_US;
}

function caller(view: View): Reading<string> {
  const [call] = selfCallsAt(view);
  return call === undefined ? unknown('not shown') : known(call.caller, [citation(call.first)]);
}

function onlyBackend(view: View): Reading<string> {
  const own = ofKind(view.all, 'own-address').flatMap(({ artefact, content }) =>
    content.addresses.map(({ address, line }) => ({
      address,
      host: artefact.host,
      at: cite(artefact, line),
    })),
  );
  const listed = objectsOf(view.all, 'pod').flatMap(({ object, at }) =>
    object.ip === null ? [] : [{ address: object.ip, host: object.name, at }],
  );
  const called = calledItself(view);
  if (called !== undefined) return called;
  for (const { address, host, at } of [...own, ...listed]) {
    const alone = endpointsWith(view, address).find(({ addresses }) => addresses.size === 1);
    const call = alone === undefined ? undefined : timedOut(view, host, alone.service);
    if (alone !== undefined && call !== undefined) return known(address, [at, ...alone.at, call]);
  }
  return unknown('no pod is shown that is the only backend and calls in vain');
}

/** By the rules or the endpoints behind the very address that was called, and the caller's own cards. */
function calledItself(view: View): Reading<string> | undefined {
  const addresses = addressesIn(view.all);
  for (const { address, port, host, at } of failedAttempts(view.all, 'timed-out')) {
    const backing = backendsOf(view, { protocol: 'tcp', address, port });
    const [only, ...others] = backing?.addresses ?? [];
    if (backing === undefined || only === undefined || others.length > 0 || host === null) continue;
    const own = addresses.find((one) => one.host === host && one.address === only);
    if (own !== undefined) return known(only, [at, own.at, ...backing.at.slice(0, 2)]);
  }
  return undefined;
}

/** A request to the Service by its name, or to an address inside the cluster, that got no connection. */
function timedOut(
  { all }: View,
  host: string | null,
  service: string | null,
): Citation | undefined {
  for (const { artefact, content } of ofKind(all, 'curl-timing')) {
    if (artefact.host !== host) continue;
    const late = content.requests.find((request) => request.outcome === 'timed-out');
    const target = late?.host ?? urlHost(artefact.command) ?? '';
    const address = parseAddress(target.replace(/^\[|\]$/g, ''));
    const isService = service !== null && target.split('.')[0] === service;
    const isInside = address !== undefined && scopeOf(address) === 'private';
    if (late !== undefined && (isService || isInside)) return cite(artefact, late.line);
  }
  return undefined;
}
