import type { Exchange } from './exchanges.ts';
import type { Point, Sighting, Span } from './points.ts';
import { firstPosition, type Transmission } from './transmissions.ts';

export type Direction = 'request' | 'response';

/** One try at one point, as a timeline holds it. */
export interface Passage {
  readonly transmission: Transmission;
  readonly sighting: Sighting;
}

/** A conversation arranged for look-ups, so that proving absences stays linear in its length. */
export interface Timeline {
  readonly path: readonly Point[];
  readonly transmissions: readonly Transmission[];
  readonly triesOf: (exchange: Exchange) => readonly Transmission[];
  /** The tries of the same question after this one; undefined where there is none. */
  readonly laterTries: (transmission: Transmission) => LaterTries | undefined;
  readonly onPort: (port: number | null) => readonly Transmission[];
  /** First tries that ask the same name and type, whatever their id and port. */
  readonly asking: (exchange: Exchange) => readonly Transmission[];
  /** The same by type and name. */
  readonly askingName: (qtype: string, qname: string) => readonly Transmission[];
  /** Those of them that may have been sent so many microseconds after this one; all where times cannot be compared. */
  readonly askingAfter: (transmission: Transmission, after: Span) => readonly Transmission[];
  /** What passed a point of the path in one direction, in the order of time where there are times. */
  readonly passages: (position: number, direction: Direction) => readonly Passage[];
  /** No answer to any question was seen anywhere. */
  readonly nobodyAnswered: boolean;
}

export interface LaterTries {
  readonly first: Transmission;
  /** The first of them that was answered where it was first seen. */
  readonly answered: Transmission | undefined;
}

/** Arranges the tries of a conversation. */
export function timelineOf(
  transmissions: readonly Transmission[],
  path: readonly Point[],
): Timeline {
  const byExchange = Map.groupBy(transmissions, ({ exchange }) => exchange);
  const byPort = Map.groupBy(transmissions, ({ exchange }) => exchange.client.port);
  const byQuestion = Map.groupBy(
    transmissions.filter(({ attempt }) => attempt === 0),
    ({ exchange: { dns } }) => `${dns?.qtype} ${dns?.qname}`,
  );
  const askingName = (qtype: string, qname: string) => byQuestion.get(`${qtype} ${qname}`) ?? [];
  const asking = ({ dns }: Exchange) => (dns === null ? [] : askingName(dns.qtype, dns.qname));
  const later = new Map<Transmission, LaterTries>();
  for (const tries of byExchange.values()) if (tries.length > 1) addLater(later, tries);
  const passages = new Map<string, readonly Passage[]>();
  return {
    path,
    transmissions,
    triesOf: (exchange) => byExchange.get(exchange) ?? [],
    onPort: (port) => byPort.get(port) ?? [],
    laterTries: (transmission) => later.get(transmission),
    asking,
    askingName,
    askingAfter: (transmission, after) =>
      sentAfter(asking(transmission.exchange), transmission, after),
    nobodyAnswered: transmissions.every(({ answers }) => answers.length === 0),
    passages(position, direction) {
      const key = `${position} ${direction}`;
      const known = passages.get(key) ?? passagesAt(transmissions, position, direction);
      passages.set(key, known);
      return known;
    },
  };
}

/** Tries of one question stand in the order of their attempts, or nearly so; each looks at those behind it once. */
function addLater(later: Map<Transmission, LaterTries>, tries: readonly Transmission[]): void {
  if (tries.some(({ attempt }, at) => attempt < (tries[at - 1]?.attempt ?? 0))) {
    for (const one of tries) {
      const [first, ...others] = tries.filter(({ attempt }) => attempt > one.attempt);
      if (first !== undefined)
        later.set(one, { first, answered: [first, ...others].find(wasAnswered) });
    }
    return;
  }
  let behind: LaterTries | undefined;
  let answered: Transmission | undefined;
  for (let at = tries.length - 1; at >= 0; at -= 1) {
    const [one, next] = [tries[at], tries[at + 1]];
    if (one === undefined) continue;
    if (next !== undefined && next.attempt > one.attempt) behind = { first: next, answered };
    if (behind !== undefined) later.set(one, behind);
    if (wasAnswered(one)) answered = one;
  }
}

/** Whether the answer came to where the question was first seen. */
export function wasAnswered({ seen, answers }: Transmission): boolean {
  return answers[firstPosition(seen)] !== undefined;
}

/** Fewer than this are looked at one by one. */
const FEW = 64;

/** Two points may show two packets so much nearer to each other, or further apart, than a third. */
const SLACK_US = 1_000_000;

/** Those of some tries that may have been sent so many microseconds after one; all where their times cannot be compared. */
export function sentAfter(
  tries: readonly Transmission[],
  { seen, reference }: Transmission,
  after: Span,
): readonly Transmission[] {
  const sent = seen[reference]?.time;
  if (sent == null || tries.length < FEW || !areComparable(tries, reference)) return tries;
  const from = firstFrom(tries, sent + after.from - SLACK_US);
  return tries.slice(from, firstFrom(tries, sent + after.to + SLACK_US));
}

const comparable = new WeakMap<readonly Transmission[], boolean>();

/** Whether all tries were timed at one point of the path and stand in the order of its clock. */
function areComparable(tries: readonly Transmission[], position: number): boolean {
  const known = comparable.get(tries);
  if (known !== undefined && tries[0]?.reference === position) return known;
  const are = tries.every(({ seen, reference }, at) => {
    const time = seen[reference]?.time;
    return reference === position && time != null && time >= timeOf(tries[at - 1]);
  });
  comparable.set(tries, are);
  return are;
}

function timeOf(one: Transmission | undefined): number {
  return one?.seen[one.reference]?.time ?? Number.NEGATIVE_INFINITY;
}

/** The place of the first try that was sent at a moment or after it. */
function firstFrom(tries: readonly Transmission[], moment: number): number {
  let low = 0;
  let high = tries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(tries[middle]) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Passages within `reach` microseconds of a moment, nearest moments first in no other order; at most `most` a side. */
export function around(
  passages: readonly Passage[],
  moment: number,
  reach: number,
  most: number,
): readonly Passage[] {
  let low = 0;
  let high = passages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((passages[middle]?.sighting.time ?? 0) < moment) low = middle + 1;
    else high = middle;
  }
  return passages
    .slice(Math.max(0, low - most), low + most)
    .filter(({ sighting }) => sighting.time !== null && Math.abs(sighting.time - moment) <= reach);
}

function passagesAt(
  transmissions: readonly Transmission[],
  position: number,
  direction: Direction,
): readonly Passage[] {
  const found = transmissions.flatMap((transmission) => {
    const sighting = (direction === 'request' ? transmission.seen : transmission.answers)[position];
    return sighting === undefined ? [] : [{ transmission, sighting }];
  });
  return found.every(({ sighting }) => sighting.time !== null)
    ? found.toSorted((a, b) => (a.sighting.time ?? 0) - (b.sighting.time ?? 0))
    : found;
}
