import type { Packet } from '../artefacts/tcpdump/packet.ts';
import type { Point, Sighting } from './points.ts';

/**
 * One question and its answers, seen at any number of points: a DNS query, a TCP connection attempt, an echo request.
 * The key holds what neither routers nor destination NAT change: ids, the client's port, sequence numbers.
 */
export interface Exchange {
  readonly key: string;
  readonly protocol: 'dns' | 'tcp' | 'icmp';
  /** What was asked, for people: `AAAA? name.`, `SYN to 198.51.100.7:22`. */
  readonly question: string;
  readonly dns: { readonly id: number; readonly qtype: string; readonly qname: string } | null;
  /** The client's end as the first sighting shows it. */
  readonly client: { readonly host: string; readonly port: number | null };
  readonly server: { readonly host: string; readonly port: number | null };
  /** By point index; a point that saw nothing of it has no entry. */
  readonly at: ReadonlyMap<number, Seen>;
}

export interface Seen {
  readonly requests: readonly Sighting[];
  readonly responses: readonly Sighting[];
}

interface Draft {
  readonly first: Sighting;
  readonly exchange: Omit<Exchange, 'at'>;
  readonly at: Map<number, { requests: Sighting[]; responses: Sighting[] }>;
}

/** Gathers sightings of all points into exchanges, in the order in which they were first met. */
export function exchangesOf(points: readonly Point[]): readonly Exchange[] {
  const drafts = new Map<string, Draft>();
  const later: Sighting[] = [];
  for (const point of points) {
    for (const sighting of point.sightings) {
      const request = requestKey(sighting.packet);
      if (request === undefined) {
        if (
          sighting.packet.dns !== null ||
          sighting.packet.tcp !== null ||
          sighting.packet.icmp !== null
        )
          later.push(sighting);
        continue;
      }
      const draft = drafts.get(request) ?? {
        first: sighting,
        exchange: describe(request, sighting.packet),
        at: new Map(),
      };
      drafts.set(request, draft);
      slot(draft, sighting.point).requests.push(sighting);
    }
  }
  const byAnswer = answerIndex(drafts);
  for (const sighting of later) {
    const draft = answered(byAnswer, sighting.packet);
    if (draft !== undefined) slot(draft, sighting.point).responses.push(sighting);
  }
  return [...drafts.values()].map(({ exchange, at }) => ({ ...exchange, at }));
}

function slot(draft: Draft, point: number) {
  const seen = draft.at.get(point) ?? { requests: [], responses: [] };
  draft.at.set(point, seen);
  return seen;
}

/** The key under which a request is known everywhere; undefined when the packet asks nothing. */
function requestKey({ dns, tcp, icmp, source, destination }: Packet): string | undefined {
  if (dns !== null && !dns.response && dns.qtype !== null)
    return `dns ${source.port} ${dns.id} ${dns.qtype} ${dns.qname}`;
  if (tcp !== null && tcp.flags === 'S') return `tcp ${source.port} ${destination.port} ${tcp.seq}`;
  if (icmp?.message.startsWith('echo request') && icmp.id !== null)
    return `icmp ${icmp.id} ${icmp.seq}`;
  return undefined;
}

/** The keys under which an answer may find its request: without the question, which an answer need not repeat. */
function answerKeys({ dns, tcp, icmp, source, destination }: Packet): readonly string[] {
  if (dns?.response) {
    const short = `dns ${destination.port} ${dns.id}`;
    return dns.qtype === null ? [short] : [`${short} ${dns.qtype}`, short];
  }
  if (tcp !== null && tcp.flags === 'S.' && tcp.ack !== null) {
    // tcpdump prints the acknowledgement of a SYN as the absolute number seq + 1.
    return [`tcp ${destination.port} ${source.port} ${(tcp.ack - 1) >>> 0}`];
  }
  if (tcp?.flags.startsWith('R')) return [`tcp ${destination.port} ${source.port} reset`];
  if (icmp?.message.startsWith('echo reply') && icmp.id !== null)
    return [`icmp ${icmp.id} ${icmp.seq}`];
  return [];
}

function answerIndex(drafts: ReadonlyMap<string, Draft>): ReadonlyMap<string, Draft> {
  const index = new Map<string, Draft>();
  for (const [key, draft] of drafts) {
    index.set(key, draft);
    const { dns, tcp, source, destination } = draft.first.packet;
    if (dns !== null) {
      index.set(`dns ${source.port} ${dns.id} ${dns.qtype}`, draft);
      index.set(`dns ${source.port} ${dns.id}`, draft);
    }
    if (tcp !== null) index.set(`tcp ${source.port} ${destination.port} reset`, draft);
  }
  return index;
}

function answered(index: ReadonlyMap<string, Draft>, packet: Packet): Draft | undefined {
  for (const key of answerKeys(packet)) {
    const draft = index.get(key);
    if (draft !== undefined) return draft;
  }
  return undefined;
}

function describe(key: string, packet: Packet): Omit<Exchange, 'at'> {
  const { dns, source, destination } = packet;
  const ends = { client: source, server: destination };
  if (dns !== null) {
    const { id, qtype, qname } = dns;
    const question = `${qtype}? ${qname}`;
    return {
      key,
      protocol: 'dns',
      question,
      dns: { id, qtype: qtype ?? '', qname: qname ?? '' },
      ...ends,
    };
  }
  if (packet.tcp !== null) {
    return {
      key,
      protocol: 'tcp',
      question: `SYN to ${destination.host}:${destination.port}`,
      dns: null,
      ...ends,
    };
  }
  return {
    key,
    protocol: 'icmp',
    question: `echo request to ${destination.host}`,
    dns: null,
    ...ends,
  };
}
