import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Protocol } from '../artefacts/packet.ts';
import { dialledIn } from '../captures/dialled.ts';
import { sightedAt } from '../captures/exchanges.ts';
import { contains, parseAddress, scopeOf } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { type FailedAttempt, failedAttempts, silentPings } from './failed-attempts.ts';
import { addressesIn, type OwnAddress } from './hosts.ts';
import { podNetworksOf } from './pod-route.ts';
import { countedSources, firstPacket, type Stop, stopIn } from './shown-rules.ts';

const NONE = 'nothing shows that the firewall here drops a connection that failed';
const label = labelsOf(stopped, NONE);

/** Whether the firewall of this host drops the connection that a client, here or elsewhere, did not get. */
export const clientStopped = defineJoin({
  question: 'client-stopped',
  needs: ['iptables', 'nft', 'curl-timing', 'ssh-error', 'address'],
  facts: {
    rule: label('the rule here that surely drops that connection', ({ stop }) => stop.rule),
    policy: label(
      'the chain here whose policy drops it, with no rule that accepts it',
      ({ stop }) => (stop.rule === null ? stop.chain : null),
    ),
    hook: label(
      'INPUT: it is for this host; FORWARD: it passes through this host; OUTPUT: it is from this host',
      ({ hook }) => hook,
    ),
    target: label('address and port that the client did not reach', ({ target }) => target),
    client: label('the host of the client', ({ client }) => client),
    packets: {
      type: 'count',
      is: 'packets that the rule or the policy has dropped',
      of: (view) => {
        const one = stopped(view);
        return one?.stop.packets == null
          ? unknown('no counter of it is shown')
          : known(one.stop.packets, [one.stop.at]);
      },
    },
    perhaps: labelsOf(perhaps, NONE)(
      'the rule here that has counted and drops it, if the client is the source that the rule names',
      ({ stop }) => stop.rule,
    ),
    perhapsTarget: labelsOf(perhaps, NONE)(
      'what the client did not reach, in that case',
      ({ target }) => target,
    ),
    perhapsClient: labelsOf(perhaps, NONE)(
      'the host of the client, in that case',
      (one) => one.client,
    ),
  },
});

interface Stopped {
  readonly stop: Stop;
  readonly hook: Way['hook'];
  readonly target: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

interface Attempt extends Omit<FailedAttempt, 'port'> {
  readonly port: number | null;
  readonly protocol: Protocol;
}

/** A firewall may drop echoes on purpose: they count where nobody tried anything else. */
function attemptsIn({ all }: View): readonly Attempt[] {
  const dialled = new Set(dialledIn(all).map(({ server }) => server));
  const pinged = silentPings(all).filter(({ address }) => !dialled.has(address));
  return [
    ...failedAttempts(all, 'timed-out').map((one) => ({ ...one, protocol: 'tcp' as const })),
    ...pinged.map((one) => ({ ...one, protocol: 'icmp' as const })),
  ];
}

function stopped(view: View): Stopped | undefined {
  const addresses = addressesIn(view.all);
  for (const attempt of attemptsIn(view)) {
    const way = wayTo(view, attempt, addresses);
    if (way === undefined) continue;
    const one = stoppedBy(view, attempt, way, sourceOf(view, attempt, addresses));
    if (one !== undefined) return one;
  }
  return undefined;
}

/**
 * Where the client's address is not shown and a rule names its source: the rule has dropped somebody's packets to that
 * address, and the one client that is known to fail may be it.
 */
function perhaps(view: View): Stopped | undefined {
  const addresses = addressesIn(view.all);
  for (const attempt of attemptsIn(view)) {
    const way = wayTo(view, attempt, addresses);
    if (way === undefined || sourceOf(view, attempt, addresses) !== '') continue;
    for (const source of countedSources(view.own)) {
      const one = stoppedBy(view, attempt, way, source);
      if (one !== undefined && one.stop.rule !== null) return one;
    }
  }
  return undefined;
}

function stoppedBy(view: View, attempt: Attempt, way: Way, source: string): Stopped | undefined {
  const { hook, from, to } = way;
  const { host, port, address, at } = attempt;
  const packet = firstPacket(attempt.protocol, source, { host: address, port });
  const stop = stopIn(view.own, { packet, hook, from, to, isFirst: true });
  if (stop === undefined) return undefined;
  // Whoever listens there may let others through; without a rule for the port it lets nobody in.
  if (way.isByPort && stop.rule !== null) return undefined;
  // A router that nothing names as one must have dropped something by a rule that fits.
  if (way.isGuessed && (stop.rule === null || !stop.packets)) return undefined;
  return {
    stop,
    hook,
    target: port === null ? address : `${address}:${port}`,
    client: host ?? 'localhost',
    at: [stop.at, at, ...(way.at === null ? [] : [way.at])],
  };
}

/** The client's address: by its cards, or by the captures; empty where it is not shown, or may be another one. */
function sourceOf(view: View, attempt: Attempt, addresses: readonly OwnAddress[]): string {
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
  return following.unsettled.flatMap((exchange) =>
    exchange.protocol === protocol &&
    exchange.server.host === address &&
    exchange.server.port === port &&
    sightedAt(exchange).every(({ responses }) => responses.length === 0)
      ? [exchange.client.host]
      : [],
  );
}

/** A private address behind a public one is translated on the way. */
function isUntranslated(source: string, target: string): boolean {
  const [from, to] = [parseAddress(source), parseAddress(target)];
  return from !== undefined && to !== undefined && scopeOf(from) === scopeOf(to);
}

interface Way {
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
function listeningOn({ own }: View, port: number | null): Citation | undefined {
  if (port === null) return undefined;
  return ofKind(own, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter(
        ({ state, local }) =>
          state === 'LISTEN' && local.endsWith(`:${port}`) && !/^(?:127\.|\[::1\])/.test(local),
      )
      .map(({ line }) => cite(artefact, line)),
  )[0];
}

/** From this host, to one of its cards, into the network of its pods, or through it. */
function wayTo(
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
  if (socket !== undefined) return { ...way, hook: 'INPUT', isByPort: true, at: socket };
  const target = parseAddress(text);
  if (target === undefined) return undefined;
  for (const table of ofKind(view.own, 'route'))
    for (const { prefix, dev, line } of podNetworksOf(table))
      if (prefix !== null && contains(prefix, target))
        return { ...way, hook: 'FORWARD', to: dev, at: cite(table.artefact, line) };
  return { ...way, hook: 'FORWARD', isGuessed: true };
}
