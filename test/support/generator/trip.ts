import type { Network, Stop } from './network.ts';
import type { Random } from './random.ts';

export type Body =
  | {
      readonly kind: 'dns';
      readonly id: number;
      readonly qtype: 'A' | 'AAAA';
      readonly qname: string;
      /** Null in a query; else the zone that says no, or the address that the name has. */
      readonly answer: null | {
        readonly rcode: 'NXDomain' | 'NoError';
        readonly zone: string;
        readonly value: string;
      };
    }
  | {
      readonly kind: 'tcp';
      readonly flags: 'S' | 'S.' | '.' | 'P.' | 'F.';
      readonly seq: number | null;
      readonly ack: number | null;
      readonly bytes: number;
    }
  | { readonly kind: 'echo'; readonly reply: boolean; readonly id: number; readonly seq: number };

/** Who talks to whom; addresses as the client and the server know them. */
export interface Flow {
  /** The client whom the incident is about, or a bystander. */
  readonly victim: boolean;
  readonly client: string;
  readonly clientPort: number | null;
  /** The port that masquerading gives it. */
  readonly maskedPort: number | null;
  readonly server: string;
  readonly serverPort: number | null;
  /** Whether it uses the service's address and passes the network's masquerading and tunnel. */
  readonly translated: boolean;
}

/** One packet on its way: what it is, and when each stop saw it. */
export interface Trip {
  readonly flow: Flow;
  /** The question that it asks or answers; every try of one question has the same. */
  readonly question: string;
  /** Both questions of one name share the lookup. */
  readonly lookup: string;
  readonly attempt: number;
  readonly way: 'request' | 'response';
  readonly body: Body;
  readonly ipId: number;
  /** True time in microseconds, by stop. */
  readonly at: ReadonlyMap<number, number>;
  /** It was dropped behind this stop, seen in its own direction. */
  readonly lostAfter: number | null;
}

export interface End {
  readonly host: string;
  readonly port: number | null;
}

/** The packet's two ends as the stop sees them. */
export function endsAt(
  { flow, way }: Pick<Trip, 'flow' | 'way'>,
  stop: Stop,
  network: Network,
): { readonly from: End; readonly to: End } {
  const hides = stop.service[way] && flow.translated && network.service !== null;
  const masked = stop.masqueraded && flow.translated && network.masquerade !== null;
  const client: End = masked
    ? { host: network.masquerade ?? flow.client, port: flow.maskedPort }
    : { host: flow.client, port: flow.clientPort };
  const server: End = {
    host: hides ? (network.service ?? flow.server) : flow.server,
    port: flow.serverPort,
  };
  return way === 'request' ? { from: client, to: server } : { from: server, to: client };
}

/** The TTL that the stop sees; both ends send with 64. */
export function ttlAt({ way }: Trip, stop: Stop, stops: readonly Stop[]): number {
  const last = stops.at(-1)?.hops ?? 0;
  return 64 - (way === 'request' ? stop.hops : last - stop.hops);
}

/** Sends a packet along stops in the order given, each step as long as planned or a little longer, until `until`. */
export function travel(
  random: Random,
  stops: readonly Stop[],
  along: readonly number[],
  departUs: number,
  until: number | null,
): ReadonlyMap<number, number> {
  const at = new Map<number, number>();
  let now = departUs;
  let before: Stop | undefined;
  for (const index of along) {
    const stop = stops[index];
    if (stop === undefined) break;
    const step = before === undefined ? 0 : Math.abs(stop.delayUs - before.delayUs);
    now += Math.max(before === undefined ? 0 : 1, Math.round(step * (0.9 + random.next() * 0.3)));
    at.set(index, now);
    before = stop;
    if (index === until) break;
  }
  return at;
}
