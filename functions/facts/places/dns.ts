import { deadServerIn } from '../../captures/dns/dead-server.ts';
import { strangeSourcesIn } from '../../captures/dns/strange-source.ts';
import { truncatedIn } from '../../captures/dns/truncated.ts';
import type { Seen } from '../../captures/exchanges.ts';
import { type Place, socketOf, spotOf, stopOf, wayOf } from '../../captures/place.ts';
import type { Sighting } from '../../captures/points.ts';
import type { View } from '../define.ts';
import { placeOfDelivery } from './delivery.ts';

/** On the way that the truncated question went, where the connection for the whole answer stops. */
export function truncatedPlace({ following }: View): Place | undefined {
  const found = truncatedIn(following);
  const silent = found?.silent[0];
  return found === undefined || silent === undefined
    ? undefined
    : stopOf(silent, found.question, following);
}

/** The answer comes to the client's interface, and its socket does not take it from that address. */
export function strangeSourcePlace({ following }: View): Place | undefined {
  const all = strangeSourcesIn(following);
  const answer = all[0]?.answer;
  const point = following.points[answer?.point ?? -1];
  if (answer === undefined || point === undefined) return undefined;
  return {
    from: spotOf(point),
    to: socketOf(point.host, 'udp', answer.packet.destination.port ?? 0),
    direction: 'response',
    packets: all.map((one) => ({
      seen: one.answer,
      exchange: one.exchange,
      retriedAfterUs: null,
    })),
  };
}

/** The question goes as far as the captures reach, and of the server nothing is seen. */
export function deadServerPlace({ following }: View): Place | undefined {
  const server = deadServerIn(following)?.server;
  const isAsked = (seen: Seen | undefined) =>
    seen?.requests.some(({ packet }) => packet.destination.host === server) === true;
  const asked = following.unsettled.find(({ at }) => at.some(isAsked));
  if (server === undefined || asked === undefined) return undefined;
  const from = wayOf(asked, following).findLast(({ index }) => isAsked(asked.at[index]));
  return from === undefined
    ? undefined
    : {
        from: spotOf(from),
        to: { host: server, interface: null },
        direction: 'request',
        packets: [],
      };
}

/** The server's own host says that no socket takes the questions. */
export function portUnreachablePlace(view: View, said: Sighting | undefined): Place | undefined {
  const point = view.following.points[said?.point ?? -1];
  if (said === undefined || point === undefined) return undefined;
  const { host: address } = said.packet.source;
  const packets = view.following.conversations.flatMap(({ transmissions, isSettled }) =>
    isSettled
      ? []
      : transmissions.flatMap(({ exchange, seen, retriedAfterUs }) => {
          const here = seen.find((one) => one?.point === point.index);
          return here === undefined || here.packet.destination.host !== address
            ? []
            : [{ seen: here, exchange, retriedAfterUs }];
        }),
  );
  return placeOfDelivery(view, { point, address, protocol: 'udp', port: 53, packets });
}
