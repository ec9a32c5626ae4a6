import { cite, ofKind } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { type Attempt, sourceOf, type Way, wayTo } from './attempt-way.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts, silentLookups, silentPings } from './failed-attempts.ts';
import { addressesIn } from './hosts.ts';
import { inOrder } from './order.ts';
import { countedSources, firstPacket, isOfService, type Stop, stopIn } from './shown-rules.ts';

const NONE = 'nothing shows that the firewall here drops a connection that failed';
const label = labelsOf(stopped, NONE);

/** Whether the firewall of this host drops the connection that a client, here or elsewhere, did not get. */
export const clientStopped = defineJoin({
  question: 'client-stopped',
  needs: ['iptables', 'nft', 'curl-timing', 'ssh-error', 'address', 'packet-queue'],
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
    queue: labelsOf((view) => stopped(view, true), NONE)(
      'the rule here that hands that connection to a program, and drops it where none listens',
      ({ stop }) => (stop.rule?.endsWith('-j NFQUEUE') ? stop.rule : null),
    ),
    queueTarget: labelsOf((view) => stopped(view, true), NONE)(
      'address and port that the client did not reach, in that case',
      ({ target }) => target,
    ),
    unheardQueue: labelsOf(unheard, NONE)(
      'that rule, where the list of queues here is empty: no program listens on any',
      ({ stop }) => stop.rule,
    ),
    heardQueues: {
      type: 'label',
      is: 'the numbers of the queues here that a program listens on',
      of: heardQueues,
    },
    closed: labelsOf(closedIn, NONE)(
      'the chain here whose policy drops it and in which no rule accepts it, if the connection is for this host',
      ({ stop }) => stop.chain,
    ),
    closedTarget: labelsOf(closedIn, NONE)(
      'address and port that the client did not reach, in that case',
      ({ target }) => target,
    ),
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

/** A firewall may drop echoes on purpose: they count where nobody tried anything else. */
function attemptsIn({ all }: View): readonly Attempt[] {
  const dialled = new Set(dialledIn(all).map(({ server }) => server));
  const pinged = silentPings(all).filter(({ address }) => !dialled.has(address));
  return [
    ...failedAttempts(all, 'timed-out').map((one) => ({ ...one, protocol: 'tcp' as const })),
    ...pinged.map((one) => ({ ...one, protocol: 'icmp' as const })),
    ...silentLookups(all),
  ];
}

function stopped(view: View, queueStops = false): Stopped | undefined {
  const addresses = addressesIn(view.all);
  for (const attempt of attemptsIn(view)) {
    const way = wayTo(view, attempt, addresses);
    if (way === undefined) continue;
    const one = stoppedBy(view, attempt, way, sourceOf(view, attempt, addresses), queueStops);
    if (one !== undefined) return one;
  }
  return undefined;
}

/** As the latest list of them shows. */
function heardQueues({ own }: View): Reading<string> {
  const last = inOrder(ofKind(own, 'packet-queue')).at(-1);
  if (last === undefined) return unknown('no list of queues is shown');
  const { artefact, content } = last;
  return known(
    content.queues.map(({ number }) => number).join(', '),
    content.queues.map(({ line }) => cite(artefact, line)),
  );
}

/** The queue's program is not there: the kernel drops what it is handed (nf_queue.c, nf_queue: ESRCH without bypass). */
function unheard(view: View): Stopped | undefined {
  const [empty] = ofKind(view.own, 'empty-search').filter(
    ({ content }) => content.tool === 'queues',
  );
  const one = empty === undefined ? undefined : stopped(view, true);
  if (empty === undefined || one?.stop.rule?.endsWith('-j NFQUEUE') !== true) return undefined;
  return { ...one, at: [...one.at, cite(empty.artefact, empty.content.line)] };
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

/** Nothing names the server, and no other host but the client's shows its firewall. */
function closedIn(view: View): Stopped | undefined {
  const addresses = addressesIn(view.all);
  const walled = new Set(
    [...ofKind(view.all, 'iptables'), ...ofKind(view.all, 'nft')].map(
      ({ artefact }) => artefact.host,
    ),
  );
  for (const attempt of attemptsIn(view)) {
    const { protocol, address, port, host, at } = attempt;
    const way = wayTo(view, attempt, addresses);
    const others = [...walled].filter((one) => one !== host);
    if (way?.isGuessed !== true || protocol !== 'tcp' || others.length > 1) continue;
    const packet = firstPacket(protocol, sourceOf(view, attempt, addresses), {
      host: address,
      port,
    });
    const { from, to } = way;
    const stop = stopIn(view.own, { packet, hook: 'INPUT', from, to, isFirst: true });
    if (stop === undefined || stop.rule !== null) continue;
    const target = `${address}:${port}`;
    return { stop, hook: 'INPUT', target, client: host ?? 'localhost', at: [stop.at, at] };
  }
  return undefined;
}

function stoppedBy(
  view: View,
  attempt: Attempt,
  way: Way,
  source: string,
  queueStops = false,
): Stopped | undefined {
  const { from, to } = way;
  const { host, port, address, at } = attempt;
  const packet = firstPacket(attempt.protocol, source, { host: address, port });
  for (const hook of way.isGuessed ? (['FORWARD', 'INPUT'] as const) : [way.hook]) {
    const stop = stopIn(view.own, { packet, hook, from, to, isFirst: true, queueStops });
    if (stop === undefined || isOfService(stop) || !isBelieved(stop, way)) continue;
    return {
      stop,
      hook,
      target: port === null ? address : `${address}:${port}`,
      client: host ?? 'localhost',
      at: [stop.at, at, ...(way.at === null ? [] : [way.at])],
    };
  }
  return undefined;
}

/**
 * Whoever listens on the port may let others through; without a rule for it, it lets nobody in. A router or server that
 * nothing names as one must have dropped something by a rule that fits.
 */
function isBelieved({ rule, packets }: Stop, way: Way): boolean {
  if (way.isByPort) return rule === null;
  return !way.isGuessed || (rule !== null && (packets ?? 0) > 0);
}
