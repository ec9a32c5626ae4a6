import type { Clocks, Shift } from './clocks.ts';
import type { Exchange, Seen } from './exchanges.ts';
import type { Point, Sighting } from './points.ts';

/** One sending of a question: the first try or a retry, with every point of the path that saw it. */
export interface Transmission {
  readonly exchange: Exchange;
  /** 0 for the first try. */
  readonly attempt: number;
  readonly seen: Sightings;
  /** The answers to this sending. */
  readonly answers: Sightings;
  /** When the next try of the same question was sent after this one, in microseconds; null when none was seen. */
  readonly retriedAfterUs: number | null;
  /** Position in the path of the point whose times the transmission is ordered by. */
  readonly reference: number;
}

/** What was sighted, by position in the path; undefined where it was not. */
export type Sightings = readonly (Sighting | undefined)[];

/** The position nearest the client. */
export function firstPosition(sightings: Sightings): number {
  return sightings.findIndex((sighting) => sighting !== undefined);
}

/** The position furthest from the client. */
export function lastPosition(sightings: Sightings): number {
  return sightings.findLastIndex((sighting) => sighting !== undefined);
}

/** Tells the tries of each exchange apart and finds each again at every point of the path. */
export function transmissionsOf(
  exchange: Exchange,
  path: readonly Point[],
  clocks: Clocks,
): readonly Transmission[] {
  const reference = referencePoint(exchange, path);
  const home = path[reference];
  if (home === undefined) return [];
  if (exchange.at.every(isOnce) && isOneTry(exchange, home, clocks))
    return [onlyTry(exchange, path, reference)];
  if (exchange.protocol === 'tcp')
    return triesOf(exchange, path, reference, clocks, (at) => passedOnce(exchange.at[at]));
  const servers = serversAt(exchange, home);
  if (servers.length === 1)
    return triesOf(exchange, path, reference, clocks, (at) => exchange.at[at]);
  // A resolver that asks all its servers at once sends copies, not retries: each server's are followed on their own.
  return servers.flatMap((server) =>
    triesOf(exchange, path, reference, clocks, (at) => towards(exchange.at[at], server)),
  );
}

/** One question and at most one answer to it: nothing has to be told apart. */
function isOnce(seen: Seen | undefined): boolean {
  return seen === undefined || (seen.requests.length === 1 && seen.responses.length < 2);
}

/** Captures that began at different times may each have seen another try of the same question. */
function isOneTry({ at }: Exchange, home: Point, clocks: Clocks): boolean {
  const here = at[home.index];
  return at.every((seen) => {
    const [asked, answered] = [seen?.requests[0], seen?.responses[0]];
    return !(
      isOther(here?.requests[0], asked, clocks) || isOther(here?.responses[0], answered, clocks)
    );
  });
}

function isOther(one: Sighting | undefined, other: Sighting | undefined, clocks: Clocks): boolean {
  if (one === undefined || other === undefined || one === other) return false;
  return clocks.isSame(one, other) === false;
}

function onlyTry(exchange: Exchange, path: readonly Point[], reference: number): Transmission {
  const seen: (Sighting | undefined)[] = [];
  const answers: (Sighting | undefined)[] = [];
  for (const [position, { index }] of path.entries()) {
    const here = exchange.at[index];
    const [request] = here?.requests ?? [];
    const [response] = here?.responses ?? [];
    if (request !== undefined) seen[position] = request;
    if (response !== undefined) answers[position] = response;
  }
  return { exchange, attempt: 0, seen, answers, retriedAfterUs: null, reference };
}

/** RFC 6298: a SYN is sent again after a second, and no timer of TCP is shorter than 200 ms. */
const SOONEST_RETRY_US = 100_000;

/** A packet that a router sends out by the interface that it came in by passes the point twice. */
function passedOnce(seen: Seen | undefined): Seen | undefined {
  if (seen === undefined || seen.requests.length < 2) return seen;
  const requests = seen.requests.filter(({ time }, at, all) => {
    const before = all[at - 1]?.time ?? null;
    return time === null || before === null || time - before > SOONEST_RETRY_US || time < before;
  });
  return requests.length === seen.requests.length ? seen : { ...seen, requests };
}

function serversAt(exchange: Exchange, point: Point): readonly string[] {
  const requests = exchange.at[point.index]?.requests ?? [];
  if (requests.length === 1) return [''];
  return [...new Set(requests.map(({ packet }) => packet.destination.host))];
}

/** What a point saw of the copies for one server; where NAT has left one destination only, all of it. */
function towards(seen: Seen | undefined, server: string): Seen | undefined {
  if (seen === undefined) return undefined;
  const requests = seen.requests.filter(({ packet }) => packet.destination.host === server);
  if (requests.length === 0) return undefined;
  const responses = seen.responses.filter(({ packet }) => packet.source.host === server);
  return { requests, responses };
}

function triesOf(
  exchange: Exchange,
  path: readonly Point[],
  reference: number,
  clocks: Clocks,
  seenAt: (point: number) => Seen | undefined,
): readonly Transmission[] {
  const home = path[reference];
  if (home === undefined) return [];
  const onHome = (sighting: Sighting) => {
    const shift = clocks.shift(sighting.point, home.index, sighting.time);
    return sighting.time === null || shift === undefined ? null : sighting.time - shift.by;
  };
  const drafts = (seenAt(home.index)?.requests ?? []).map((first) =>
    draftOf(first, reference, onHome(first)),
  );
  const others = [...path.entries()].filter(([position]) => position !== reference);
  for (const [position, { index }] of others) {
    const requests = seenAt(index)?.requests ?? [];
    const strange = assignRequests(drafts, requests, position, clocks, home);
    drafts.push(...strange.map((first) => draftOf(first, position, onHome(first))));
  }
  if (drafts.every(({ sent }) => sent !== null))
    drafts.sort((a, b) => (a.sent ?? 0) - (b.sent ?? 0));
  const full = ({ index }: Point) => seenAt(index)?.responses.length === drafts.length;
  const complete = [...path.entries()].toSorted(
    ([, a], [, b]) => Number(full(b)) - Number(full(a)),
  );
  for (const [position, { index }] of complete) {
    const responses = seenAt(index)?.responses ?? [];
    assignAnswers(drafts, responses, position, clocks, onHome);
  }
  return drafts.map(({ seen, answers, sent, at }, attempt) => {
    const next = drafts[attempt + 1]?.sent ?? null;
    const retriedAfterUs = next === null || sent === null ? null : next - sent;
    return { exchange, attempt, seen, answers, retriedAfterUs, reference: at };
  });
}

function draftOf(first: Sighting, at: number, sent: number | null): Draft {
  const seen: (Sighting | undefined)[] = [];
  seen[at] = first;
  return { first, at, sent, seen, answers: [] };
}

/** The point nearest the client that saw most tries: a point further on cannot know of those lost before it. */
function referencePoint(exchange: Exchange, path: readonly Point[]): number {
  let best = -1;
  let most = 0;
  for (const [position, point] of path.entries()) {
    const count = exchange.at[point.index]?.requests.length ?? 0;
    if (count > most) {
      best = position;
      most = count;
    }
  }
  return best;
}

interface Draft {
  readonly first: Sighting;
  /** Its position, and its time on the clock of the reference point. */
  readonly at: number;
  readonly sent: number | null;
  readonly seen: (Sighting | undefined)[];
  readonly answers: (Sighting | undefined)[];
}

/** Gives requests to the tries that they are; returns those that are none of them. */
function assignRequests(
  drafts: readonly Draft[],
  requests: readonly Sighting[],
  position: number,
  clocks: Clocks,
  home: Point,
): readonly Sighting[] {
  const strange: Sighting[] = [];
  const byId = idIndex(drafts);
  for (const [at, request] of requests.entries()) {
    const same = drafts.map(({ first }) => clocks.isSame(first, request));
    const twin =
      (byId === undefined || !request.packet.ipId ? undefined : byId.get(request.packet.ipId)) ??
      (byId !== undefined && request.packet.ipId
        ? undefined
        : nearest(
            drafts.filter((_, draft) => same[draft] !== false),
            request,
            clocks.shift(request.point, home.index, request.time),
          )) ??
      (requests.length === drafts.length && same[at] !== false ? drafts[at] : undefined);
    if (twin !== undefined && twin.seen[position] === undefined) twin.seen[position] = request;
    else if (same.every((one) => one === false)) strange.push(request);
  }
  return strange;
}

/** IP ids name tries exactly, if every try prints one of its own. */
function idIndex(drafts: readonly Draft[]): ReadonlyMap<number, Draft> | undefined {
  const byId = new Map<number, Draft>();
  for (const draft of drafts) if (draft.first.packet.ipId) byId.set(draft.first.packet.ipId, draft);
  return byId.size === drafts.length && drafts.length > 0 ? byId : undefined;
}

/** The try sent last before this sighting, give or take the clocks' error; tries are far apart, the path is short. */
function nearest(
  drafts: readonly Draft[],
  request: Sighting,
  shift: Shift | undefined,
): Draft | undefined {
  if (drafts.length === 1) return drafts[0];
  if (shift === undefined || request.time === null) return undefined;
  const time = request.time - shift.by;
  let best: Draft | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const draft of drafts) {
    const distance = draft.sent === null ? Number.POSITIVE_INFINITY : Math.abs(time - draft.sent);
    if (distance < least) {
      best = draft;
      least = distance;
    }
  }
  return least <= Math.max(smallestGap(drafts) / 3, shift.error) ? best : undefined;
}

function smallestGap(drafts: readonly Draft[]): number {
  let gap = 3_000_000;
  for (const [at, draft] of drafts.entries()) {
    const before = drafts[at - 1]?.sent;
    if (before != null && draft.sent !== null) gap = Math.min(gap, Math.abs(draft.sent - before));
  }
  return gap;
}

/**
 * An answer that another point saw too belongs to the same try. Where every try has an answer, the answers belong to the
 * tries in turn, however late they come. Else an answer belongs to the last try sent before it, by time or by its place in
 * the capture.
 */
function assignAnswers(
  drafts: readonly Draft[],
  responses: readonly Sighting[],
  position: number,
  clocks: Clocks,
  onHome: (sighting: Sighting) => number | null,
): void {
  const all = responses.length === drafts.length;
  for (const [at, response] of responses.entries()) {
    const draft =
      (drafts.length === 1 ? undefined : answeredAlike(drafts, response, position, clocks)) ??
      (all ? drafts[at] : (lastBefore(drafts, response, position, onHome) ?? onlyOne(drafts)));
    if (draft !== undefined && draft.answers[position] === undefined)
      draft.answers[position] = response;
  }
}

// At one point two answers are two packets, however soon the second follows, unless they bear one id.
function answeredAlike(
  drafts: readonly Draft[],
  response: Sighting,
  position: number,
  clocks: Clocks,
): Draft | undefined {
  const same = drafts.filter(({ answers }) =>
    answers.some(
      (one, at) =>
        one !== undefined &&
        (at !== position || response.packet.ipId) &&
        clocks.isSame(one, response) === true,
    ),
  );
  return onlyOne(same);
}

function onlyOne(drafts: readonly Draft[]): Draft | undefined {
  return drafts.length === 1 ? drafts[0] : undefined;
}

function lastBefore(
  drafts: readonly Draft[],
  response: Sighting,
  position: number,
  onHome: (sighting: Sighting) => number | null,
): Draft | undefined {
  const time = onHome(response);
  return drafts.findLast(({ seen, sent }) => {
    const here = seen[position];
    if (here !== undefined) return here.order < response.order;
    return time !== null && sent !== null && sent <= time + 1_000;
  });
}
