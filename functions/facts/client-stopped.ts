import { cite, ofKind } from '../artefacts/evidence.ts';
import { contains, parseAddress, scopeOf } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts } from './failed-attempts.ts';
import { addressesIn, type OwnAddress } from './hosts.ts';
import { podNetworksOf } from './pod-route.ts';
import { firstPacket, type Stop, stopIn } from './shown-rules.ts';

const label = labelsOf(
  stopped,
  'nothing shows that the firewall here drops a connection that failed',
);

/** Whether the firewall of this host drops the connection that a client elsewhere did not get. */
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
      'INPUT: it is for this host; FORWARD: it is for a pod of this host',
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
  },
});

interface Stopped {
  readonly stop: Stop;
  readonly hook: 'INPUT' | 'FORWARD';
  readonly target: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

function stopped(view: View): Stopped | undefined {
  const addresses = addressesIn(view.all);
  for (const attempt of failedAttempts(view.all, 'timed-out')) {
    if (attempt.host === null || attempt.host === view.host) continue;
    const way = wayTo(view, attempt.address, addresses);
    if (way === undefined) continue;
    const sources = addresses.filter(
      ({ host, device, address }) =>
        host === attempt.host && deviceRole(device ?? '') === 'nic' && !address.includes(':'),
    );
    // Of a client with several addresses nobody knows which one it used.
    const [only] = sources.length === 1 ? sources : [];
    const source =
      only !== undefined && isUntranslated(only.address, attempt.address) ? only.address : '';
    const packet = firstPacket('tcp', source, { host: attempt.address, port: attempt.port });
    const stop = stopIn(view.own, {
      packet,
      hook: way.hook,
      from: way.from,
      to: way.to,
      isFirst: true,
    });
    if (stop !== undefined)
      return {
        stop,
        hook: way.hook,
        target: `${attempt.address}:${attempt.port}`,
        client: attempt.host,
        at: [stop.at, attempt.at, way.at],
      };
  }
  return undefined;
}

/** A private address behind a public one is translated on the way. */
function isUntranslated(source: string, target: string): boolean {
  const [from, to] = [parseAddress(source), parseAddress(target)];
  return from !== undefined && to !== undefined && scopeOf(from) === scopeOf(to);
}

interface Way {
  readonly hook: 'INPUT' | 'FORWARD';
  readonly from: string | null;
  readonly to: string | null;
  readonly at: Citation;
}

/** The address is one of this host's cards, or lies in the network of its pods. */
function wayTo(view: View, text: string, addresses: readonly OwnAddress[]): Way | undefined {
  const mine = addresses.find(
    ({ host, address, device }) =>
      host === view.host && address === text && deviceRole(device ?? '') === 'nic',
  );
  if (mine !== undefined) return { hook: 'INPUT', from: mine.device, to: null, at: mine.at };
  const target = parseAddress(text);
  if (target === undefined) return undefined;
  for (const table of ofKind(view.own, 'route'))
    for (const { prefix, dev, line } of podNetworksOf(table))
      if (prefix !== null && contains(prefix, target))
        return { hook: 'FORWARD', from: null, to: dev, at: cite(table.artefact, line) };
  return undefined;
}
