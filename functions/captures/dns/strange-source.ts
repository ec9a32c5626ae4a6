import type { Exchange, Seen } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Point, Sighting } from '../points.ts';

/** An answer that comes from another address than the one asked, at the client's own interface or the node's end of it. */
export interface StrangeSource {
  readonly asked: string;
  readonly source: string;
  /** The client's host says that the port is closed to it, or the question is sent again although an answer came. */
  readonly refused: boolean;
  /** The client's host says so itself. */
  readonly byIcmp: boolean;
  readonly at: readonly Sighting[];
  readonly exchange: Exchange;
  readonly answer: Sighting;
}

/**
 * Only a pod's own interface, or the node's end of it, shows what the client's socket sees: on a bridge that runs iptables
 * both sides of the translation are captured, and that is right. Other node ends than a plain veth have eBPF behind them,
 * which translates after the capture.
 */
export function strangeSourcesIn({ unsettled, points }: Following): readonly StrangeSource[] {
  const all: StrangeSource[] = [];
  for (const exchange of unsettled) {
    if (exchange.protocol !== 'dns') continue;
    for (const [index, seen] of exchange.at.entries()) {
      const point = points[index];
      if (seen === undefined || point === undefined || !isBeforeSocket(point)) continue;
      const found = strangeAt(exchange, seen, point);
      if (found !== undefined) all.push(found);
    }
  }
  return all;
}

function isBeforeSocket(point: Point): boolean {
  return point.pod || /^veth/.test(point.interface ?? '');
}

/** What one point shows of an exchange that only addresses answered that were not asked. */
export function strangeAt(
  exchange: Exchange,
  { requests, responses }: Seen,
  point: Point,
): StrangeSource | undefined {
  const { client } = exchange;
  const [request] = requests;
  const [response] = responses;
  if (request === undefined || response === undefined) return undefined;
  const asked = new Set(requests.map(({ packet }) => packet.destination.host));
  if (responses.some(({ packet }) => asked.has(packet.source.host))) return undefined;
  const source = response.packet.source.host;
  const refusal = point.others.find(
    ({ packet }) =>
      packet.icmp?.message.startsWith(`${client.host} udp port ${client.port} unreachable`) &&
      packet.destination.host === source,
  );
  const again = requests.find(({ order }) => order > response.order);
  const proof = refusal ?? again;
  return {
    asked: request.packet.destination.host,
    source,
    refused: proof !== undefined,
    byIcmp: refusal !== undefined,
    at: [request, response, ...(proof === undefined ? [] : [proof])],
    exchange,
    answer: response,
  };
}
