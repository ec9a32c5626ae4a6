import { type Exchange, sightedAt } from '../exchanges.ts';
import type { Following } from '../follow.ts';
import type { Point, Sighting } from '../points.ts';
import { firstPosition, type Transmission } from '../transmissions.ts';

/** A large answer that was sent in fragments, and of which the client did not get the whole. */
export interface LostFragments {
  readonly name: string;
  /** The point nearest the client that saw a first part; null where none did. */
  readonly from: Point | null;
  /** The point that saw later parts alone; null where all parts were seen. */
  readonly to: Point | null;
  readonly at: readonly Sighting[];
}

/** The parts of one packet leave together; a server needs longer for an answer, but not so long. */
const TOGETHER_US = 20_000;
const ANSWER_US = 3_000_000;

/**
 * Two things show it: a later part came to where the question was sent and the first part, which alone has ports, did not;
 * or the client asks again with the same id although such an answer was sent to it.
 */
export function lostFragmentsIn(following: Following): LostFragments | undefined {
  const { points, conversations } = following;
  if (points.every((point) => laterPartsAt(point).length === 0 && !hasFirstPart(point)))
    return undefined;
  const tries = conversations.flatMap(({ isSettled, protocol, transmissions, path }) =>
    isSettled || protocol !== 'dns' ? [] : transmissions.flatMap((one) => tryOf(one, path, points)),
  );
  return firstOf(tries, orphaned) ?? firstOf(tries, askedAgain(following));
}

interface Try {
  readonly exchange: Exchange;
  readonly name: string;
  /** At the point nearest the client. */
  readonly asked: Sighting;
  /** Where the question came by and its answer did not, or not its first part; nearest the server first. */
  readonly unanswered: readonly { readonly point: Point; readonly asked: Sighting }[];
  /** An answer in parts, at the point nearest the client that saw one, and a part that followed it. */
  readonly parts: readonly Sighting[];
  readonly from: Point | null;
}

function tryOf(
  { exchange, seen, answers }: Transmission,
  path: readonly Point[],
  points: readonly Point[],
): readonly Try[] {
  const asked = seen[firstPosition(seen)];
  if (asked === undefined || exchange.dns === null) return [];
  const parts = answers.flatMap((answer) => partsOf(answer, points)).slice(0, 2);
  const from = points[parts[0]?.point ?? -1] ?? null;
  const unanswered = path
    .flatMap((point, at) => {
      const here = answers[at] === undefined ? seen[at] : undefined;
      return here === undefined ? [] : [{ point, asked: here }];
    })
    .toReversed();
  return [{ exchange, name: exchange.dns.qname, asked, unanswered, parts, from }];
}

function firstOf(
  tries: readonly Try[],
  proofOf: (one: Try) => { readonly proof: Sighting; readonly to: Point | null } | undefined,
): LostFragments | undefined {
  for (const one of tries) {
    const found = proofOf(one);
    if (found === undefined) continue;
    const { name, from, asked, parts } = one;
    return { name, from, to: found.to, at: [asked, ...parts, found.proof] };
  }
  return undefined;
}

function orphaned({ unanswered }: Try) {
  for (const { point, asked } of unanswered) {
    const proof = orphanAt(point, asked);
    if (proof !== undefined) return { proof, to: point };
  }
  return undefined;
}

/** A server asks on as often as its own clients ask: of it, nothing is shown. */
function askedAgain({ unsettled }: Following) {
  const alike = Map.groupBy(unsettled, keyOf);
  const servers = new Set(
    unsettled
      .flatMap(sightedAt)
      .flatMap(({ requests }) => requests.map(({ packet }) => packet.destination.host)),
  );
  return ({ exchange, asked, parts }: Try) => {
    if (parts.length === 0 || servers.has(exchange.client.host)) return undefined;
    const proof = againIn(alike.get(keyOf(exchange)) ?? [], asked);
    return proof === undefined ? undefined : { proof, to: null };
  };
}

/** The same question with the same id from the same client. */
function keyOf({ dns, client }: Exchange): string {
  return `${client.host} ${dns?.id} ${dns?.qtype} ${dns?.qname}`;
}

/** More of them are not looked at: a few tell. */
const MOST_PARTS = 200;

const later = new WeakMap<Point, readonly Sighting[]>();

/** Parts of UDP packets that are not the first: they have no ports (`ip-proto-17`). */
function laterPartsAt(point: Point): readonly Sighting[] {
  const known = later.get(point) ?? point.others.filter(isLaterPart).slice(0, MOST_PARTS);
  later.set(point, known);
  return known;
}

function isLaterPart({ packet }: Sighting): boolean {
  const { fragment, protocol, source, dns } = packet;
  if (protocol !== 'udp' || dns !== null || source.port !== null || packet.truncated) return false;
  return fragment === null || fragment.offset > 0;
}

function hasFirstPart(point: Point): boolean {
  return point.others.some(({ packet }) => packet.dns !== null && packet.fragment?.more === true);
}

/** A later part from the server to the client, soon after the question. */
function orphanAt(point: Point, asked: Sighting): Sighting | undefined {
  return laterPartsAt(point).find(
    (part) =>
      part.packet.source.host === asked.packet.destination.host &&
      part.packet.destination.host === asked.packet.source.host &&
      part.order > asked.order &&
      isWithin(asked, part, ANSWER_US),
  );
}

/** An answer with a part that follows it; none where it came in one piece. */
function partsOf(answer: Sighting | undefined, points: readonly Point[]): readonly Sighting[] {
  const point = points[answer?.point ?? -1];
  if (answer === undefined || point === undefined) return [];
  const { source, destination, ipId, fragment } = answer.packet;
  const part = laterPartsAt(point).find(
    (other) =>
      other.packet.source.host === source.host &&
      other.packet.destination.host === destination.host &&
      (other.packet.ipId === null || other.packet.ipId === ipId) &&
      isWithin(answer, other, TOGETHER_US),
  );
  if (part !== undefined) return [answer, part];
  return fragment?.more === true ? [answer] : [];
}

function isWithin(one: Sighting, other: Sighting, us: number): boolean {
  return one.time === null || other.time === null || Math.abs(other.time - one.time) <= us;
}

/** The question sent once more: its client got nothing that it could use. */
function againIn(alike: readonly Exchange[], asked: Sighting): Sighting | undefined {
  for (const other of alike) {
    const here = other.at[asked.point]?.requests ?? [];
    const again = here.find(({ order }) => order > asked.order);
    if (again !== undefined) return again;
  }
  return undefined;
}
