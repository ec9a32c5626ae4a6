import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { type Snapshot, snapshotsOf } from '../../facts/counter-series.ts';
import type { Symptom } from '../symptoms.ts';

/** Months of uptime and a restart or two leave some hundreds behind. */
const MANY = 1000;
/** What hurts nobody: fewer than one in a hundred, where the others are shown. */
const LEAST_SHARE = 0.01;

/**
 * Counters of which every increment is a datagram or a connection that a socket here lost (net/ipv4/udp.c, net/ipv4/tcp_ipv4.c),
 * and the counter of those that went well. ListenDrops and UdpInErrors also count others; a reverse path filter drops
 * stray packets every day.
 */
const COUNTERS: readonly (readonly [lost: string, taken: string])[] = [
  ['UdpRcvbufErrors', 'UdpInDatagrams'],
  ['TcpExtListenOverflows', 'TcpPassiveOpens'],
];

/**
 * Losses of sockets that one reading shows and cannot date. Of two readings the difference speaks, and where packets were
 * captured, these do.
 */
export function countedOverflows(
  evidence: readonly Evidence[],
  hasCaptures: boolean,
): readonly Symptom[] {
  if (hasCaptures) return [];
  const hosts = new Set(evidence.map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const own = evidence.filter(({ artefact }) => artefact.host === host);
    const [socket] = droppingSockets(own, host);
    const readings = ofKind(own, 'netstat-statistics').flatMap((one) =>
      snapshotsOf('netstat-statistics', one).map((reading) => ({ one, reading })),
    );
    const [only] = readings;
    if (only === undefined || readings.length > 1) return socket === undefined ? [] : [socket];
    const { artefact } = only.one;
    const counted = COUNTERS.flatMap(([lost, taken]): readonly Symptom[] => {
      const counter = only.reading.get(lost);
      if (counter === undefined || !isMuch(counter.value, only.reading, taken)) return [];
      // The sockets that are open now have lost nothing: it was another one, some time ago.
      if (lost.startsWith('Udp') && isClean(own)) return [];
      const at = counter.lines.map((line) => cite(artefact, line));
      return [symptom(host, lost, counter.value, at)];
    });
    return counted.length === 0 && socket !== undefined ? [socket] : counted;
  });
}

function isMuch(lost: number, reading: Snapshot, taken: string): boolean {
  const others = reading.get(taken)?.value;
  return lost >= MANY && (others === undefined || lost / (lost + others) >= LEAST_SHARE);
}

function udpSockets(own: readonly Evidence[]) {
  return ofKind(own, 'sockets').flatMap(({ artefact, content }) =>
    content.sockets
      .filter(({ state, dropped }) => state === 'UNCONN' && dropped !== null)
      .map((socket) => ({ artefact, socket })),
  );
}

function isClean(own: readonly Evidence[]): boolean {
  const open = udpSockets(own);
  return open.length > 0 && open.every(({ socket }) => socket.dropped === 0);
}

/** UDP sockets that lost many, the worst first; of one that was listed again and lost no more, it is over. */
function droppingSockets(own: readonly Evidence[], host: string | null): readonly Symptom[] {
  const listings = Map.groupBy(udpSockets(own), ({ socket }) => `${socket.local} ${socket.peer}`);
  return [...listings.values()]
    .flatMap((listed) => {
      const [last, before] = listed.toReversed();
      const isOver = before !== undefined && before.socket.dropped === last?.socket.dropped;
      return last === undefined || isOver ? [] : [{ ...last, lost: last.socket.dropped ?? 0 }];
    })
    .filter(({ lost }) => lost >= MANY)
    .toSorted((a, b) => b.lost - a.lost)
    .map(({ artefact, socket, lost }) =>
      symptom(host, socket.local, lost, [cite(artefact, socket.line)]),
    );
}

function symptom(host: string | null, target: string, count: number, at: Symptom['at']): Symptom {
  const id = target.startsWith('TcpExt') ? 'connections-overflowed' : 'datagrams-overflowed';
  return { id, host, target, outcome: String(count), server: null, at };
}
