import type { Endpoint, Packet } from '../artefacts/packet.ts';
import type { Point, Sighting } from './points.ts';
import { NO_TRANSLATIONS, type Translations } from './translations.ts';

/**
 * One question and its answers, seen at any number of points: a DNS query, a TCP connection attempt, an echo request.
 * It is known by what neither routers nor destination NAT change: ids, the client's port, sequence numbers.
 */
export interface Exchange {
  readonly protocol: 'dns' | 'tcp' | 'icmp';
  readonly dns: { readonly id: number; readonly qtype: string; readonly qname: string } | null;
  /** The client's end as the first sighting shows it. */
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** By point index; undefined where nothing of it was seen. */
  readonly at: readonly (Seen | undefined)[];
  /** Points that saw a packet which may be this one or another: NAT hid which. */
  readonly doubtful: readonly number[];
}

export interface Seen {
  readonly requests: readonly Sighting[];
  readonly responses: readonly Sighting[];
}

interface Draft {
  readonly protocol: Exchange['protocol'];
  readonly first: Packet;
  readonly doubtful: readonly number[];
  readonly at: ({ readonly requests: Sighting[]; readonly responses: Sighting[] } | undefined)[];
}

/** Drafts that share the numbers of their key; almost always one. */
type Shelf = Map<number, Draft | Draft[]>;

/** Gathers sightings of all points into exchanges, in the order in which they were first met; settled ones are left out. */
export function exchangesOf(
  points: readonly Point[],
  translations: Translations = NO_TRANSLATIONS,
): readonly Exchange[] {
  const shelves: Shelves = { dns: new Map(), tcp: new Map(), icmp: new Map() };
  const drafts: Draft[] = [];
  const answers: Sighting[] = [];
  for (const point of points) {
    for (const sighting of point.others) {
      const protocol = asks(sighting.packet);
      if (protocol === undefined) {
        if (answersSomething(sighting.packet)) answers.push(sighting);
        continue;
      }
      const draft = draftFor(shelves, drafts, protocol, sighting.packet);
      slot(draft, sighting.point).requests.push(sighting);
    }
  }
  for (const sighting of answers) {
    const draft = askedBy(shelves, sighting.packet);
    if (draft !== undefined) slot(draft, sighting.point).responses.push(sighting);
  }
  return mergeTranslated(drafts, points.length, translations).map(toExchange);
}

/** What was asked, for people: `AAAA? name.`, `SYN to 198.51.100.7:22`. */
export function questionOf({ dns, protocol, server }: Exchange): string {
  if (dns !== null) return `${dns.qtype}? ${dns.qname}`;
  return protocol === 'tcp'
    ? `SYN to ${server.host}:${server.port}`
    : `echo request to ${server.host}`;
}

/** What each point that saw anything of an exchange saw. */
export function sightedAt(exchange: Exchange): readonly Seen[] {
  return exchange.at.filter((seen) => seen !== undefined);
}

/**
 * Source NAT changes the client's port on the way, never a DNS id with its question nor a SYN's sequence number: drafts
 * that agree in these and were never seen at one point together are one exchange. Where two could be the same third, a
 * connection table decides, or nothing does.
 */
function mergeTranslated(
  drafts: readonly Draft[],
  points: number,
  translations: Translations,
): readonly Draft[] {
  // At one point, drafts are different questions by definition.
  if (points < 2) return drafts;
  const groups = alike(drafts, translations);
  if (groups.length === drafts.length) return drafts;
  return groups.flatMap((group) => (group.length === 1 ? group : merged(group, translations)));
}

/** Where the text of one point shows no sequence numbers, no point's help to find a SYN again. */
const UNNUMBERED = -1;

/** More questions that may be one are not told apart. */
const MOST_ALIKE = 64;

function merged(group: readonly Draft[], translations: Translations): readonly Draft[] {
  if (group.length > MOST_ALIKE) {
    const points = [...new Set(group.flatMap(pointsOf))];
    return group.map((one) => ({
      ...one,
      doubtful: points.filter((point) => one.at[point] === undefined),
    }));
  }
  const isContested = group.some(
    (one, at) => isUnnumbered(one) || group.slice(at + 1).some((other) => !areApart(one, other)),
  );
  const isSame = (one: Draft, other: Draft) =>
    !isContested ||
    isOneEnd(one.first, other.first) ||
    translations.isMadeOf(one.first, other.first) ||
    translations.isMadeOf(other.first, one.first);
  const all: { readonly whole: Draft; readonly parts: Draft[] }[] = [];
  for (const draft of group) {
    const own = all.find(
      ({ whole, parts }) => areApart(whole, draft) && parts.some((part) => isSame(part, draft)),
    );
    if (own === undefined) all.push({ whole: { ...draft, at: [...draft.at] }, parts: [draft] });
    else {
      own.parts.push(draft);
      for (const [point, seen] of draft.at.entries())
        if (seen !== undefined) own.whole.at[point] = seen;
    }
  }
  const wholes = all.map(({ whole }) => whole);
  return wholes.map((whole) => ({ ...whole, doubtful: rivalPoints(whole, wholes) }));
}

/** tshark shows no port of DNS packets: then the address alone must do. */
function isOneEnd({ source: one }: Packet, { source: other }: Packet): boolean {
  const isPort = one.port === other.port || one.port === null || other.port === null;
  return isPort && one.host === other.host;
}

/** A SYN whose text counts from the connection's first number, as tshark's does: which SYN it is stands nowhere. */
function isUnnumbered({ first: { tcp } }: Draft): boolean {
  return tcp !== null && tcp.seq === null;
}

function isSameNumber(one: Packet, other: Packet): boolean {
  const [a, b] = [one.tcp?.seq, other.tcp?.seq];
  return a === b || a == null || b == null;
}

/** Where another was seen that may be the same. */
function rivalPoints(whole: Draft, all: readonly Draft[]): readonly number[] {
  return all.filter((other) => other !== whole && areApart(whole, other)).flatMap(pointsOf);
}

function pointsOf({ at }: Draft): readonly number[] {
  return [...at.keys()].filter((point) => at[point] !== undefined);
}

function areApart(one: Draft, other: Draft): boolean {
  return !other.at.some((seen, point) => seen !== undefined && one.at[point] !== undefined);
}

/** Drafts that may be one exchange, in the order in which each was first met. */
function alike(
  drafts: readonly Draft[],
  translations: Translations,
): readonly (readonly Draft[])[] {
  const groups: Draft[][] = [];
  const byNumber = new Map<number, Draft[][]>();
  const numbered = !drafts.some(isUnnumbered);
  for (const draft of drafts) {
    const number = draft.protocol === 'tcp' && !numbered ? UNNUMBERED : numberOf(draft);
    const near = byNumber.get(number) ?? [];
    if (near.length === 0) byNumber.set(number, near);
    const own = near.find(([one]) => one !== undefined && isAlike(one, draft, translations));
    if (own !== undefined) own.push(draft);
    else {
      const group = [draft];
      near.push(group);
      groups.push(group);
    }
  }
  return groups;
}

function numberOf({ first: { dns, tcp, icmp } }: Draft): number {
  return dns?.id ?? tcp?.seq ?? pair(icmp?.id, icmp?.seq);
}

function isAlike(a: Draft, b: Draft, { sends }: Translations): boolean {
  const [one, other] = [a.first, b.first];
  if (a.protocol !== b.protocol) return false;
  if (a.protocol !== 'tcp' && numberOf(a) !== numberOf(b)) return false;
  if (a.protocol === 'dns')
    return one.dns?.qtype === other.dns?.qtype && one.dns?.qname === other.dns?.qname;
  // A Service's port and its pod's may differ: then the client's end must be the same, or something show the way.
  return a.protocol === 'tcp'
    ? isSameNumber(one, other) &&
        (one.destination.port === other.destination.port ||
          isOneEnd(one, other) ||
          sends(one, other) ||
          sends(other, one))
    : one.icmp?.id === other.icmp?.id &&
        one.icmp?.seq === other.icmp?.seq &&
        one.destination.host === other.destination.host;
}

interface Shelves {
  readonly dns: Shelf;
  readonly tcp: Shelf;
  readonly icmp: Shelf;
}

function slot(draft: Draft, point: number) {
  const seen = draft.at[point] ?? { requests: [], responses: [] };
  draft.at[point] = seen;
  return seen;
}

function asks({ dns, tcp, icmp }: Packet): Exchange['protocol'] | undefined {
  if (dns !== null) return !dns.response && dns.qtype !== null ? 'dns' : undefined;
  if (tcp !== null) return tcp.flags === 'S' ? 'tcp' : undefined;
  return icmp?.id != null && icmp.message.startsWith('echo request') ? 'icmp' : undefined;
}

function answersSomething({ dns, tcp, icmp }: Packet): boolean {
  if (dns !== null) return dns.response;
  if (tcp !== null) return tcp.flags === 'S.' || tcp.flags.startsWith('R');
  return icmp?.id != null && icmp.message.startsWith('echo reply');
}

/** Two 16-bit numbers as one key. */
function pair(a: number | null | undefined, b: number | null | undefined): number {
  return (a ?? 0xffff) * 0x1_0000 + (b ?? 0xffff);
}

function draftFor(
  shelves: Shelves,
  drafts: Draft[],
  protocol: Exchange['protocol'],
  packet: Packet,
): Draft {
  const key = requestKey(protocol, packet);
  const known = find(shelves[protocol], key, (draft) => sameQuestion(draft.first, packet));
  if (known !== undefined) return known;
  const draft: Draft = { protocol, first: packet, doubtful: [], at: [] };
  drafts.push(draft);
  put(shelves[protocol], key, draft);
  return draft;
}

function requestKey(
  protocol: Exchange['protocol'],
  { source, destination, dns, icmp }: Packet,
): number {
  if (protocol === 'dns') return pair(source.port, dns?.id);
  return protocol === 'tcp' ? pair(source.port, destination.port) : pair(icmp?.id, icmp?.seq);
}

function sameQuestion(a: Packet, b: Packet): boolean {
  if (a.dns !== null) return a.dns.qtype === b.dns?.qtype && a.dns.qname === b.dns?.qname;
  return a.tcp === null || isSameNumber(a, b);
}

function askedBy(shelves: Shelves, packet: Packet): Draft | undefined {
  const { dns, tcp, icmp, source, destination } = packet;
  if (dns !== null) {
    const key = pair(destination.port, dns.id);
    const exact =
      dns.qtype === null
        ? undefined
        : find(
            shelves.dns,
            key,
            ({ first }) => first.dns?.qtype === dns.qtype && isNamed(first, packet),
          );
    return exact ?? find(shelves.dns, key, () => true);
  }
  if (tcp !== null) {
    const key = pair(destination.port, source.port);
    // tcpdump prints the acknowledgement of a SYN as the absolute number seq + 1.
    const wanted = tcp.flags === 'S.' && tcp.ack !== null ? (tcp.ack - 1) >>> 0 : undefined;
    return find(
      shelves.tcp,
      key,
      ({ first }) => wanted === undefined || (first.tcp?.seq ?? wanted) === wanted,
    );
  }
  return find(shelves.icmp, pair(icmp?.id, icmp?.seq), () => true);
}

function isNamed(asked: Packet, answer: Packet): boolean {
  return answer.dns?.qname === null || asked.dns?.qname === answer.dns?.qname;
}

function put(shelf: Shelf, key: number, draft: Draft): void {
  const present = shelf.get(key);
  if (present === undefined) shelf.set(key, draft);
  else if (Array.isArray(present)) present.push(draft);
  else shelf.set(key, [present, draft]);
}

/** The draft met last that fits. */
function find(shelf: Shelf, key: number, fits: (draft: Draft) => boolean): Draft | undefined {
  const present = shelf.get(key);
  if (present === undefined) return undefined;
  if (Array.isArray(present)) return present.findLast(fits);
  return fits(present) ? present : undefined;
}

function toExchange({ protocol, first, doubtful, at }: Draft): Exchange {
  const { dns, source, destination } = first;
  const asked =
    dns === null ? null : { id: dns.id, qtype: dns.qtype ?? '', qname: dns.qname ?? '' };
  return { protocol, dns: asked, client: source, server: destination, at, doubtful };
}
