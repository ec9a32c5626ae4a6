import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/**
 * Whether the local ports for one destination are used up: a connection needs a port of its own for each destination
 * address and port, out of net.ipv4.ip_local_port_range, and TIME-WAIT keeps it for a minute.
 */
export const localPorts = defineJoin({
  question: 'local-ports',
  needs: ['sockets', 'sysctl', 'socket-summary', 'curl-timing'],
  facts: {
    refused: {
      type: 'flag',
      is: 'a connection failed here with EADDRNOTAVAIL: no local address and port was free',
      of: refused,
    },
    range: {
      type: 'count',
      is: 'ports in net.ipv4.ip_local_port_range',
      of: range,
    },
    usedPercent: {
      type: 'count',
      is: 'how many of a hundred ports of the range sockets to one destination hold',
      of: (view) => {
        const [most, ports] = [busiest(view), range(view)];
        if (most === undefined) return unknown('no sockets are shown');
        if (!ports.known) return ports;
        const percent = Math.round((most.count / ports.value) * 1000) / 10;
        return known(percent, [...most.at, ...ports.at]);
      },
    },
    timeWaitPercent: {
      type: 'count',
      is: 'how many of a hundred ports of the range there are sockets in TIME-WAIT, to whomever',
      of: (view) => {
        const [waiting, ports] = [timeWait(view), range(view)];
        if (!waiting.known) return waiting;
        if (!ports.known) return ports;
        const percent = Math.round((waiting.value / ports.value) * 1000) / 10;
        return known(percent, [...waiting.at, ...ports.at]);
      },
    },
    destination: {
      type: 'label',
      is: 'the destination that most sockets lead to',
      of: (view) => {
        const most = busiest(view);
        return most === undefined ? unknown('no sockets are shown') : known(most.peer, most.at);
      },
    },
    sockets: {
      type: 'count',
      is: 'sockets to that destination',
      of: (view) => {
        const most = busiest(view);
        return most === undefined ? unknown('no sockets are shown') : known(most.count, most.at);
      },
    },
  },
});

function refused(view: View): Reading<boolean> {
  const at = ofKind(view.own, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests
      .filter(({ outcome }) => outcome === 'no-port')
      .map(({ line }) => cite(artefact, line)),
  );
  return at.length === 0
    ? unknown('no connection failed so in what was pasted')
    : known(true, at.slice(0, MOST_LINES));
}

/** `ss -s` counts them for the whole network namespace. */
function timeWait({ own }: View): Reading<number> {
  for (const { artefact, content } of inOrder(ofKind(own, 'socket-summary')).toReversed()) {
    const count = content.counts.get('tcp timewait');
    if (count !== undefined) return known(count.value, [cite(artefact, count.line)]);
  }
  return unknown('the number of sockets in TIME-WAIT is not shown');
}

const MOST_LINES = 3;

function range(view: View): Reading<number> {
  for (const { artefact, content } of inOrder(ofKind(view.own, 'sysctl')).toReversed()) {
    const setting = content.get('net.ipv4.ip_local_port_range');
    const [, low, high] = /^(\d{1,5})\s+(\d{1,5})$/.exec(setting?.value ?? '') ?? [];
    if (setting === undefined || low === undefined || high === undefined) continue;
    const ports = Number(high) - Number(low) + 1;
    if (ports > 0) return known(ports, [cite(artefact, setting.line)]);
  }
  return unknown('net.ipv4.ip_local_port_range is not shown');
}

interface Busiest {
  readonly peer: string;
  readonly count: number;
  readonly at: readonly Citation[];
}

/** Sockets that wait for connections use no port of the range. */
function busiest(view: View): Busiest | undefined {
  const last = inOrder(ofKind(view.own, 'sockets')).filter(
    ({ content }) => content.sockets.length + content.tallies.length > 0,
  );
  const all = last.flatMap(({ artefact, content }) => {
    const counts = new Map<string, { count: number; lines: number[] }>();
    const add = (peer: string, count: number, line: number) => {
      const own = counts.get(peer) ?? { count: 0, lines: [] };
      counts.set(peer, { count: own.count + count, lines: [...own.lines.slice(0, 1), line] });
    };
    for (const { state, peer, line } of content.sockets)
      if (state !== 'LISTEN' && state !== 'UNCONN' && !peer.endsWith(':*')) add(peer, 1, line);
    for (const { state, peer, count, line } of content.tallies)
      if (state !== 'LISTEN' && !peer.endsWith(':*')) add(peer, count, line);
    return [...counts].map(([peer, { count, lines }]) => ({
      peer,
      count,
      at: lines.map((line) => cite(artefact, line)),
    }));
  });
  return all.toSorted((a, b) => b.count - a.count)[0];
}
