import { ofKind } from '../artefacts/evidence.ts';
import type { Sighting } from '../captures/points.ts';
import { flowsAt } from '../captures/tcp-flows.ts';
import { addressInName } from '../primitives/address.ts';
import { areTwoCards, deviceRole } from '../primitives/device.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { isWatchedAll } from './transit.ts';
import { wayOut } from './way-out.ts';

const label = labelsOf((view) => detour(view) ?? routed(view), 'not shown');

/** Whether answers leave a host by another card than the questions came in. */
export const wayBack = defineJoin({
  question: 'way-back',
  needs: ['tcpdump', 'rule', 'route'],
  facts: {
    otherCard: {
      type: 'flag',
      is: 'connection attempts come in by one card, are answered by another and are sent again all the same',
      of: (view) => {
        const one = detour(view);
        return one === undefined ? unknown('not shown') : known(true, one.at);
      },
    },
    routedElsewhere: flagOf(
      'what comes in by one card for this host itself is not answered there, and the route to the client goes by another card, where nobody looked',
      routed,
    ),
    in: label('card by which the questions come', ({ came }) => came),
    out: label('card by which the answers go', ({ went }) => went),
    client: label('the client concerned', ({ client }) => client),
  },
});

interface Detour {
  readonly came: string;
  readonly went: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

/** Different ways there and back are common and harmless; they matter where the client never gets its answer. */
function detour({ following, host }: View): Detour | undefined {
  const cards = following.points.filter((point) => point.host === host && point.role === 'nic');
  if (cards.length < 2) return undefined;
  for (const exchange of following.unsettled) {
    if (exchange.protocol !== 'tcp') continue;
    const seen = cards.map((card) => ({ card, own: exchange.at[card.index] }));
    const came = seen.filter(({ own }) => (own?.requests.length ?? 0) > 0);
    const went = seen.filter(({ own }) => (own?.responses.length ?? 0) > 0);
    const [first] = came;
    const [last] = went;
    if (first?.own === undefined || last?.own === undefined) continue;
    if (came.length > 1 || went.length > 1 || first.card === last.card) continue;
    if (
      first.own.requests.length < 2 ||
      !areTwoCards(first.card.interface ?? '', last.card.interface ?? '')
    )
      continue;
    const lines = [first.own.requests[0], last.own.responses[0], first.own.requests[1]];
    return {
      came: first.card.interface ?? '?',
      went: last.card.interface ?? '?',
      client: exchange.client.host,
      at: lines.filter((one): one is Sighting => one !== undefined).map(citation),
    };
  }
  return undefined;
}

/** The answers to a client that goes on asking leave, if at all, where the route to it says. */
function routed(view: View): Detour | undefined {
  const { loss, following, host } = view;
  const seen = loss?.direction === 'request' ? loss.vanished[0]?.seen : undefined;
  const came = loss?.from.interface ?? null;
  if (loss?.from.role !== 'nic' || loss.refused || seen === undefined || came === null)
    return undefined;
  // What vanished before another device of this host was never answered.
  if (loss.to !== null) return undefined;
  const isAnswered = loss.vanished.some(({ transmission }) => transmission.answers.length > 0);
  const [client = '', server = ''] = [seen.packet.source, seen.packet.destination].map((end) =>
    addressInName(end.host),
  );
  if (isAnswered || !isHeld(view, server) || isWatchedAll(loss.from)) return undefined;
  const way = wayOut(view, client, server);
  if (way === undefined || way.isOwn || deviceRole(way.dev) !== 'nic') return undefined;
  if (way.dev === came || !areTwoCards(way.dev, came)) return undefined;
  const isWatched = following.points.some(
    (point) => point.host === host && point.interface === way.dev && point.ran,
  );
  if (isWatched || servesByThatWay(view, client, way.dev)) return undefined;
  return { came, went: way.dev, client, at: [way.at, citation(seen)] };
}

/** By its listed addresses, or by a lookup from it: the kernel looks up no packets of its own with a strange source. */
function isHeld({ own }: View, server: string): boolean {
  return (
    addressesIn(own).some(({ address }) => address === server) ||
    ofKind(own, 'route-get').some(
      ({ artefact, content }) =>
        !/\siif\s/.test(artefact.command ?? '') &&
        content.answers.some(({ from }) => from === server),
    )
  );
}

/** Another client whose answers take that way goes on after its SYN: it got them. */
function servesByThatWay(view: View, client: string, device: string): boolean {
  const from = view.loss?.from;
  return (
    from !== undefined &&
    flowsAt(from).some(
      (flow) =>
        flow.client.host !== client &&
        flow.fromClient.some(({ packet }) => packet.tcp?.flags.startsWith('S') === false) &&
        wayOut(view, flow.client.host, flow.server.host)?.dev === device,
    )
  );
}
