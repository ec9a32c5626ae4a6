import type { Point, Sighting } from '../captures/points.ts';
import { flowsAt, isSameFlow, type Side, sentBy, type TcpFlow } from '../captures/tcp-flows.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/** A receiver that is merely busy opens its window within a second; domain experience, no standard. */
const FULL_SECONDS = 5;
const FULL_ANNOUNCEMENTS = 3;

/** What happens to connections once they are set up: the receiver is full, or somebody resets them. */
export const tcpSession = defineJoin({
  question: 'tcp-session',
  needs: ['tcpdump'],
  facts: {
    receiverFull: {
      type: 'flag',
      is: 'an end announces a window of 0 three times or more over five seconds or more',
      of: (view) => reading(fullAt(view), () => true),
    },
    fullSeconds: {
      type: 'count',
      is: 'seconds from the first window of 0 to the last before it opens',
      of: (view) => reading(fullAt(view), ({ seconds }) => seconds),
    },
    fullReceiver: {
      type: 'label',
      is: 'the end that announces it',
      of: (view) => reading(fullAt(view), ({ receiver }) => receiver),
    },
    fullPort: {
      type: 'count',
      is: 'server port of that connection',
      of: (view) => reading(fullAt(view), ({ flow }) => flow.server.port ?? 0),
    },
    resetAfterClose: {
      type: 'flag',
      is: 'an end that had closed the connection with FIN answers later data with RST',
      of: resetAfterClose,
    },
    foreignReset: {
      type: 'flag',
      is: "a RST bears the server's address, and its TTL is not that of the server's other packets of the connection",
      of: (view) => reset(view, () => true),
    },
    resetTtl: number('TTL of that RST', ({ rst }) => rst.packet.ttl),
    serverTtl: number("TTL of the server's other packets", ({ usual }) => usual.packet.ttl),
    resetServer: {
      type: 'label',
      is: 'the address that the RST bears',
      of: (view) => reset(view, ({ rst }) => rst.packet.source.host),
    },
    notSentByServer: {
      type: 'flag',
      is: "the server's own capture of the connection goes on and holds no RST",
      of: notSentByServer,
    },
  },
});

interface Full {
  readonly flow: TcpFlow;
  readonly receiver: string;
  readonly seconds: number;
  readonly lines: readonly Sighting[];
}

interface Reset {
  readonly flow: TcpFlow;
  readonly rst: Sighting;
  readonly usual: Sighting;
}

function reading<T>(shown: Full | undefined, of: (shown: Full) => T): Reading<T> {
  return shown === undefined
    ? unknown('no capture shows it')
    : known(of(shown), shown.lines.map(citation));
}

function reset<T>(view: View, of: (shown: Reset) => T): Reading<T> {
  const shown = foreignAt(view);
  return shown === undefined
    ? unknown('no capture shows it')
    : known(of(shown), [shown.rst, shown.usual].map(citation));
}

function number(is: string, of: (shown: Reset) => number | null): JoinedFact {
  return { type: 'count', is, of: (view) => reset(view, (shown) => of(shown) ?? 0) };
}

function pointsOf({ following, host }: View): readonly Point[] {
  return following.points.filter((point) => point.host === host);
}

function fullAt(view: View): Full | undefined {
  for (const point of pointsOf(view)) {
    for (const flow of flowsAt(point)) {
      const full = fullIn(flow, 'client') ?? fullIn(flow, 'server');
      if (full !== undefined) return full;
    }
  }
  return undefined;
}

/** The longest stretch of announcements of 0 without another between them; a RST or SYN announces nothing. */
function fullIn(flow: TcpFlow, side: Side): Full | undefined {
  let run: Sighting[] = [];
  for (const sighting of sentBy(flow, side)) {
    const { tcp } = sighting.packet;
    if (tcp?.win == null || /[SR]/.test(tcp.flags)) continue;
    if (tcp.win > 0) run = [];
    else {
      run.push(sighting);
      const full = fullOf(flow, side, run);
      if (full !== undefined) return lastOf(flow, side, run);
    }
  }
  return undefined;
}

/** From the first announcement of the stretch to its last, as far as the capture goes. */
function lastOf(flow: TcpFlow, side: Side, run: readonly Sighting[]): Full | undefined {
  const from = sentBy(flow, side).indexOf(run.at(-1) as Sighting);
  const more: Sighting[] = [];
  for (const sighting of sentBy(flow, side).slice(from + 1)) {
    if (sighting.packet.tcp?.win !== 0 || /[SR]/.test(sighting.packet.tcp.flags)) break;
    more.push(sighting);
  }
  return fullOf(flow, side, [...run, ...more]);
}

function fullOf(flow: TcpFlow, side: Side, run: readonly Sighting[]): Full | undefined {
  const [first, last] = [run[0], run.at(-1)];
  if (run.length < FULL_ANNOUNCEMENTS || first?.time == null || last?.time == null)
    return undefined;
  const seconds = Math.round((last.time - first.time) / 1_000_000);
  if (seconds < FULL_SECONDS) return undefined;
  const receiver = side === 'client' ? flow.client.host : flow.server.host;
  return { flow, receiver, seconds, lines: [first, last] };
}

function foreignAt(view: View): Reset | undefined {
  for (const point of pointsOf(view)) {
    for (const flow of flowsAt(point)) {
      const found = foreignIn(flow);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * Packets of one connection take one way, so their TTLs are alike give or take a hop. A system may send a RST with
 * another first TTL than data (Windows and Linux do not); 64 and 255 beside each other at the same distance prove nothing.
 */
function foreignIn(flow: TcpFlow): Reset | undefined {
  const usual = flow.fromServer.filter(
    ({ packet }) => packet.ttl !== null && !packet.tcp?.flags.startsWith('R'),
  );
  const ttls = usual.map(({ packet }) => packet.ttl ?? 0);
  const [low, high] = [Math.min(...ttls), Math.max(...ttls)];
  const rst = flow.fromServer.find(
    ({ packet }) =>
      packet.ttl !== null &&
      packet.tcp?.flags.startsWith('R') &&
      (packet.ttl < low - 2 || packet.ttl > high + 2) &&
      hopsOf(packet.ttl) !== hopsOf(low),
  );
  const other = usual.at(-1);
  return rst === undefined || other === undefined || ttls.length < 2
    ? undefined
    : { flow, rst, usual: other };
}

/** How far a packet has come, by the first TTL next above: 32, 64, 128 or 255. */
function hopsOf(ttl: number): number {
  return ([32, 64, 128, 255].find((start) => ttl <= start) ?? 255) - ttl;
}

function notSentByServer(view: View): Reading<boolean> {
  const shown = foreignAt(view);
  if (shown === undefined) return unknown('no capture shows such a RST');
  const { following, host } = view;
  for (const point of following.points) {
    if (point.host === null || point.host === host || point.lossy) continue;
    const there = flowsAt(point).find((flow) => isSameFlow(flow, shown.flow));
    if (there === undefined || there.fromServer.length === 0) continue;
    const own = there.fromServer.find(({ packet }) => packet.tcp?.flags.startsWith('R'));
    if (own !== undefined) return known(false, [citation(own)]);
    const later = there.fromServer.at(-1);
    const shift = following.clocks.shift(point.index, shown.flow.point.index);
    if (later?.time == null || shown.rst.time === null || shift === undefined) continue;
    if (later.time - shift.by > shown.rst.time) return known(true, [citation(later)]);
  }
  return unknown('no capture of the server goes on after the RST');
}

function resetAfterClose(view: View): Reading<boolean> {
  for (const point of pointsOf(view)) {
    for (const flow of flowsAt(point)) {
      const fin = flow.fromServer.find(({ packet }) => packet.tcp?.flags.startsWith('F'));
      const rst = flow.fromServer.find(
        ({ packet, order }) => packet.tcp?.flags.startsWith('R') && order > (fin?.order ?? order),
      );
      if (fin !== undefined && rst !== undefined) return known(true, [fin, rst].map(citation));
    }
  }
  return unknown('not shown');
}
