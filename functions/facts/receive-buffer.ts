import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** What the counters of full UDP receive buffers amount to, set against what was received and what vanished. */
export const receiveBuffer = defineJoin({
  question: 'receive-buffer',
  needs: ['netstat-statistics', 'sockets'],
  facts: {
    droppedPercent: {
      type: 'count',
      is: 'how many of a hundred datagrams found the buffer full since the start of this network namespace',
      of: droppedPercent,
    },
    socketGrew: {
      type: 'count',
      is: 'how many datagrams one socket has thrown away between two listings of it (`d` of `ss -uanm`)',
      of: (view) => {
        const grown = socketGrowth(view);
        return grown === undefined
          ? unknown('no socket is listed twice')
          : known(grown.by, grown.at);
      },
    },
    growingSocket: {
      type: 'label',
      is: 'that socket',
      of: (view) => {
        const grown = socketGrowth(view);
        return grown === undefined
          ? unknown('no socket is listed twice')
          : known(grown.socket, grown.at);
      },
    },
    countsThem: {
      type: 'flag',
      is: 'UdpRcvbufErrors has counted at least as many datagrams as vanished',
      of: countsThem,
    },
  },
});

function latest(view: View, name: string) {
  const last = inOrder(ofKind(view.own, 'netstat-statistics')).at(-1);
  const counter = last?.content.readings.at(-1)?.get(name);
  return last === undefined || counter === undefined
    ? undefined
    : { ...counter, artefact: last.artefact as Artefact };
}

function droppedPercent(view: View): Reading<number> {
  const errors = latest(view, 'UdpRcvbufErrors');
  const received = latest(view, 'UdpInDatagrams');
  if (errors === undefined || received === undefined)
    return unknown('the datagrams received and those dropped are not both shown');
  const all = errors.value + received.value;
  if (all === 0) return unknown('no datagram arrived');
  const lines = new Set([errors.line, received.line]);
  return known(
    Math.round((errors.value / all) * 10_000) / 100,
    [...lines].map((line) => cite(errors.artefact, line)),
  );
}

function countsThem(view: View): Reading<boolean> {
  const errors = latest(view, 'UdpRcvbufErrors');
  if (view.loss === null) return unknown('no packet was seen to vanish at this host');
  if (errors === undefined) return unknown('the counter is not shown');
  return known(errors.value >= view.loss.vanished.length, [cite(errors.artefact, errors.line)]);
}

interface SocketGrowth {
  readonly socket: string;
  readonly by: number;
  readonly at: readonly Citation[];
}

/**
 * The UDP socket of this host that lost most between the first and the last listing of it. Without a host only one output
 * is surely of one network namespace. A socket that was opened anew begins at 0.
 */
function socketGrowth({ own }: View): SocketGrowth | undefined {
  const listed = inOrder(ofKind(own, 'sockets')).flatMap(({ artefact, content }) =>
    content.sockets.flatMap(({ state, local, peer, dropped, line }) =>
      state !== 'UNCONN' || dropped === null
        ? []
        : [
            {
              key: `${artefact.host === null ? artefact.id : ''} ${local} ${peer}`,
              local,
              dropped,
              at: cite(artefact, line),
            },
          ],
    ),
  );
  const grown = [...Map.groupBy(listed, ({ key }) => key).values()].flatMap(
    (readings): readonly SocketGrowth[] => {
      const [first, last] = [readings[0], readings.at(-1)];
      const isSteady = readings.every(
        ({ dropped }, at) => dropped >= (readings[at - 1]?.dropped ?? 0),
      );
      return first === undefined || last === undefined || first === last || !isSteady
        ? []
        : [{ socket: last.local, by: last.dropped - first.dropped, at: [first.at, last.at] }];
    },
  );
  return grown.toSorted((a, b) => b.by - a.by)[0];
}
