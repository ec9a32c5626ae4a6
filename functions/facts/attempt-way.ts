import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Protocol } from '../artefacts/packet.ts';
import { unansweredIn } from '../captures/unanswered.ts';
import { contains, parseAddress, scopeOf } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import type { FailedAttempt } from './failed-attempts.ts';
import type { OwnAddress } from './hosts.ts';
import { podNetworksOf } from './pod-route.ts';

/** What a client tried in vain, with the protocol it spoke. */
export interface Attempt extends Omit<FailedAttempt, 'port'> {
  readonly port: number | null;
  readonly protocol: Protocol;
}

/** The client's address: by its cards, or by the captures; empty where it is not shown, or may be another one. */
export function sourceOf(view: View, attempt: Attempt, addresses: readonly OwnAddress[]): string {
  const [captured, ...more] = new Set(capturedSources(view, attempt));
  if (captured !== undefined && more.length === 0) return captured;
  const { host, address } = attempt;
  const own = addresses.filter(
    (one) =>
      one.host === host && deviceRole(one.device ?? '') === 'nic' && !one.address.includes(':'),
  );
  // Of a client with several addresses nobody knows which one it used.
  const [only, ...others] = new Set(own.map((one) => one.address));
  if (only === undefined || others.length > 0) return '';
  return isUntranslated(only, address) ? only : '';
}

/** Who was seen to ask that address and port in vain. */
function capturedSources({ following }: View, { address, port, protocol }: Attempt) {
  return unansweredIn(following).flatMap(({ exchange: { client, server, ...exchange } }) =>
    exchange.protocol === protocol && server.host === address && server.port === port
      ? [client.host]
      : [],
  );
}

/** A private address behind a public one is translated on the way. */
function isUntranslated(source: string, target: string): boolean {
  const [from, to] = [parseAddress(source), parseAddress(target)];
  return from !== undefined && to !== undefined && scopeOf(from) === scopeOf(to);
}

/** How an attempt meets the firewall of a host. */
export interface Way {
  readonly hook: 'INPUT' | 'FORWARD' | 'OUTPUT';
  readonly from: string | null;
  readonly to: string | null;
  /** Nothing but its rules shows that the packet passes through this host. */
  readonly isGuessed: boolean;
  /** Nothing but a socket on that port shows that the packet is for this host. */
  readonly isByPort: boolean;
  readonly at: Citation | null;
}

/** Whoever listens on the port that the client did not reach is the server, where nobody shows that address as its own. */
function listeningOn(
  { own }: View,
  port: number | null,
): { readonly local: string; readonly at: Citation } | undefined {
  if (port === null) return undefined;
  return ofKind(own, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter(
        ({ state, local }) =>
          state === 'LISTEN' && local.endsWith(`:${port}`) && !/^(?:127\.|\[::1\])/.test(local),
      )
      .map(({ local, line }) => ({ local, at: cite(artefact, line) })),
  )[0];
}

/** From this host, to one of its cards, into the network of its pods, or through it. */
export function wayTo(
  view: View,
  { host: client, address: text, port }: Attempt,
  addresses: readonly OwnAddress[],
): Way | undefined {
  const way = { from: null, to: null, isGuessed: false, isByPort: false, at: null };
  const owner = addresses.find(
    ({ address, device }) => address === text && deviceRole(device ?? '') === 'nic',
  );
  if (client === view.host) return owner?.host === client ? undefined : { ...way, hook: 'OUTPUT' };
  if (client === null) return undefined;
  if (owner?.host === view.host) return { ...way, hook: 'INPUT', from: owner.device, at: owner.at };
  const socket = owner === undefined ? listeningOn(view, port) : undefined;
  if (socket !== undefined)
    return { ...way, hook: 'INPUT', isByPort: socket.local !== `${text}:${port}`, at: socket.at };
  const target = parseAddress(text);
  if (target === undefined) return undefined;
  for (const table of ofKind(view.own, 'route'))
    for (const { prefix, dev, line } of podNetworksOf(table))
      if (prefix !== null && contains(prefix, target))
        return { ...way, hook: 'FORWARD', to: dev, at: cite(table.artefact, line) };
  return { ...way, hook: 'FORWARD', isGuessed: true };
}
