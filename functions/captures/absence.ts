import { countOf } from '../artefacts/digest.ts';
import { lineIn } from '../artefacts/evidence.ts';
import type { Clocks } from './clocks.ts';
import { type Missed, type Moment, momentAt } from './moments.ts';
import type { CaptureEvidence, Point, Sighting, Span } from './points.ts';
import { around, type Direction, type Passage, type Timeline } from './timeline.ts';
import type { Transmission } from './transmissions.ts';
import { encryptedAt, isWireGuard, sizeInWireGuard } from './wireguard.ts';

/**
 * How it is known that a packet was not at a point: a packet of the same flow or conversation that did arrive at that
 * moment (`control`), packets of it before and after (`window`), or a capture that ran and saw nothing at all although
 * everything was sent again and again (`silence`, the weakest).
 */
export interface Absence {
  readonly by: 'control' | 'window' | 'silence';
  readonly control: Sighting | null;
}

/** Microseconds within which another packet must show that the capture was running. */
const NEAR_US = 1_000_000;

/** A capture cannot be thought to have begun within so few microseconds; a text may well have been cut there. */
const INSTANT_US = 1_000;

/** So many packets before and after the moment are looked at for a control. */
const NEIGHBOURS = 64;

/**
 * Proves that a packet was missing at the point in `position`, or says nothing (undefined): a capture that ends before,
 * starts after, was filtered or lost packets itself proves no absence.
 */
export function absenceAt(
  position: number,
  missed: Missed,
  timeline: Timeline,
  clocks: Clocks,
): Absence | undefined {
  const point = timeline.path[position];
  if (point === undefined || point.lossy || !point.ran) return undefined;
  if (point.seen === 0) return silence(position, timeline);
  const own = timeline.passages(position, missed.direction);
  const moment = momentAt(point, missed, clocks);
  const { span } = point;
  if (mayHaveSeen(position, point, missed, moment, timeline)) return undefined;
  if (areOtherTries(position, missed, timeline)) return undefined;
  if (moment === undefined || span === undefined) return byOrder(position, missed, timeline);
  const control = controlFor(missed, own, moment);
  const began =
    span.from <= moment.time + moment.error ||
    wentBefore(control, missed) ||
    beganJustBefore(position, missed, timeline, control, moment);
  if (!began || span.to <= moment.time + moment.error) return undefined;
  if (control !== undefined) return { by: 'control', control: control.sighting };
  // A point that saw the questions before and after was running, even if no answer ever passed it.
  const ran = own.length > 0 || timeline.passages(position, 'request').length > 0;
  return ran ? { by: 'window', control: null } : silence(position, timeline);
}

/**
 * Whether the capture at a point says nothing of the packet: it began after the moment or ended before, or lines of that
 * moment are lost. A sighting that may be the packet is another matter.
 */
export function saysNothing(
  position: number,
  missed: Missed,
  timeline: Timeline,
  clocks: Clocks,
): boolean {
  const point = timeline.path[position];
  const moment = point === undefined ? undefined : momentAt(point, missed, clocks);
  if (point?.span === undefined || moment === undefined) return false;
  if (hasLoose(position, missed, timeline)) return false;
  const { span } = point;
  if (hidesAt(point, moment)) return true;
  return span.from > moment.time + moment.error || span.to < moment.time - moment.error;
}

/**
 * Whether the capture holds something that may be the packet: a sighting of the same question that no try could be
 * matched with, a packet whose second line is lost or cut, a line beside it that nobody could read.
 */
function mayHaveSeen(
  position: number,
  point: Point,
  missed: Missed,
  moment: Moment | undefined,
  timeline: Timeline,
): boolean {
  if (hasLoose(position, missed, timeline)) return true;
  if (
    moment === undefined ? hidesBetween(position, point, missed, timeline) : hidesAt(point, moment)
  )
    return true;
  const { sent } = missed;
  if (isEncryptedAt(point, sent, moment, timeline)) return true;
  return vagueAt(point).some(
    ({ packet }) =>
      packet.ipId === null || sent.packet.ipId === null || packet.ipId === sent.packet.ipId,
  );
}

/** Encrypting, the wire and what clocks hide all take less. */
const ENCRYPTED_US = 100_000;

/** Whether an encrypted packet of its size, which may be any, came by at that moment. */
function isEncryptedAt(
  point: Point,
  sent: Sighting,
  moment: Moment | undefined,
  { path }: Timeline,
): boolean {
  if (point.role !== 'nic' || !path.some(isWireGuard)) return false;
  const size = sizeInWireGuard(sent.packet);
  return encryptedAt(point).some(
    ({ packet, time }) =>
      (size === undefined || packet.payload === size) &&
      (moment === undefined ||
        time === null ||
        Math.abs(time - moment.time) <= moment.error + ENCRYPTED_US),
  );
}

/** A sighting of the same question that no try could be matched with. */
export function hasLoose(
  position: number,
  { transmission, sent, direction }: Missed,
  timeline: Timeline,
): boolean {
  const index = timeline.path[position]?.index ?? -1;
  if (transmission.exchange.doubtful.includes(index)) return true;
  const here = transmission.exchange.at[index];
  const sightings = (direction === 'request' ? here?.requests : here?.responses) ?? [];
  const tries = timeline
    .triesOf(transmission.exchange)
    .map((one) => (direction === 'request' ? one.seen : one.answers));
  const matched = new Set(
    tries.flatMap((one) => one.filter((sighting) => sighting?.point === index)),
  );
  const loose = sightings.filter((sighting) => !matched.has(sighting));
  return loose.some(({ packet }) => !packet.ipId || packet.ipId === sent.packet.ipId);
}

/** Lines that nobody could read, between the packets captured just before and just after the moment. */
function hidesAt(point: Point, moment: Moment): boolean {
  return hiddenAt(point).some(
    ({ from, to }) => from < moment.time + moment.error && to > moment.time - moment.error,
  );
}

/** The same without a moment: between the packets that both places saw, nearest before the packet and nearest after it. */
function hidesBetween(position: number, point: Point, missed: Missed, timeline: Timeline): boolean {
  if (point.captures.every(({ unread }) => unread.length === 0)) return false;
  const shared = (['request', 'response'] as const)
    .flatMap((direction) => commonSteps(position, missed, direction, timeline))
    .toSorted((a, b) => a.steps - b.steps);
  const before = shared.findLast(({ steps }) => steps < 0)?.sighting;
  const after = shared.find(({ steps }) => steps > 0)?.sighting;
  return point.captures.some((capture) => {
    const from = before?.evidence === capture ? lineOf(before) : Number.NEGATIVE_INFINITY;
    const to = after?.evidence === capture ? lineOf(after) : Number.POSITIVE_INFINITY;
    return capture.unread.some((line) => line > from && line < to);
  });
}

function lineOf({ evidence, outer }: Sighting): number {
  return lineIn(evidence.artefact, outer.line);
}

/** An answer cannot take so much longer to a place that is nearer to the server. */
const LONGER_US = 1_000;

/**
 * Whether the two places saw different tries of the same flow: the one nearer to the client waited less for an answer than
 * the other. Their captures do not overlap then, whatever their packets have in common.
 */
function areOtherTries(
  position: number,
  { transmission, sent }: Missed,
  { path, onPort }: Timeline,
): boolean {
  const there = path.findIndex(({ index }) => index === sent.point);
  const [nearer, further] = [Math.min(position, there), Math.max(position, there)];
  return onPort(transmission.exchange.client.port).some((one) => {
    const [short, long] = [waitAt(one, nearer), waitAt(one, further)];
    return short !== undefined && long !== undefined && long - short > LONGER_US;
  });
}

function waitAt({ seen, answers }: Transmission, position: number): number | undefined {
  const [asked, answered] = [seen[position]?.time, answers[position]?.time];
  return asked == null || answered == null ? undefined : answered - asked;
}

const spansHidden = new WeakMap<Point, readonly Span[]>();

/** The times that unread lines may stand for: from the last packet above them to the first below. Found once for each point. */
function hiddenAt(point: Point): readonly Span[] {
  const known =
    spansHidden.get(point) ??
    point.captures.flatMap((capture) =>
      capture.unread.length === 0 ? [] : spansIn(capture, point),
    );
  spansHidden.set(point, known);
  return known;
}

function spansIn(capture: CaptureEvidence, { sightings }: Point): readonly Span[] {
  const timed = sightings.flatMap((one) =>
    one.evidence !== capture || one.time === null ? [] : [{ line: lineOf(one), time: one.time }],
  );
  const spans: Span[] = [];
  let next = 0;
  for (const line of capture.unread) {
    while ((timed[next]?.line ?? Number.POSITIVE_INFINITY) < line) next += 1;
    const from = timed[next - 1]?.time ?? Number.NEGATIVE_INFINITY;
    const to = timed[next]?.time ?? Number.POSITIVE_INFINITY;
    if (spans.at(-1)?.from !== from || spans.at(-1)?.to !== to) spans.push({ from, to });
  }
  return spans;
}

const vague = new WeakMap<Point, readonly Sighting[]>();

/** Packets that were captured but cannot be told: only a header, or cut before the question. */
function vagueAt(point: Point): readonly Sighting[] {
  const known = vague.get(point) ?? point.sightings.filter(isVague);
  vague.set(point, known);
  return known;
}

function isVague({ packet }: Sighting): boolean {
  if (packet.source.host === '') return packet.protocol !== 'arp';
  const dns = packet.source.port === 53 || packet.destination.port === 53;
  return packet.truncated && dns && packet.dns === null;
}

function silence(
  position: number,
  { nobodyAnswered, transmissions }: Timeline,
): Absence | undefined {
  const tries = transmissions.filter(({ seen }) => seen[position] === undefined).length;
  return nobodyAnswered && tries >= 2 ? { by: 'silence', control: null } : undefined;
}

/**
 * The first packet of a capture may be missing because the text was cut above it. Not so if the capture's banner stands
 * in the text, if its trailer counts just the packets shown, or if two captures on the way lack the same packet; then a
 * twin that arrives within a millisecond shows that the capture was running.
 */
function beganJustBefore(
  position: number,
  { transmission, direction }: Missed,
  { path }: Timeline,
  control: Passage | undefined,
  moment: Moment,
): boolean {
  if (control?.sighting.time == null || control.sighting.time - moment.time > INSTANT_US)
    return false;
  const { content } = control.sighting.evidence;
  const there = (one: Transmission, at: number) =>
    (direction === 'request' ? one.seen : one.answers)[at] !== undefined;
  const further = path.some((_, at) => {
    const beyond = direction === 'request' ? at > position : at < position;
    return beyond && there(control.transmission, at) && !there(transmission, at);
  });
  return content.banner.length > 0 || content.captured === countOf(content) || further;
}

/** The packet nearest in time that did make the same way; one of the same flow before any other. */
function controlFor(
  { transmission, sent, direction }: Missed,
  own: readonly Passage[],
  moment: Moment,
): Passage | undefined {
  let best: Passage | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const passage of around(own, moment.time, NEAR_US, NEIGHBOURS)) {
    const other = passage.transmission;
    if (
      other === transmission ||
      passage.sighting.time === null ||
      !cameThrough(other, sent.point, direction)
    )
      continue;
    const sameFlow = other.exchange.client.port === transmission.exchange.client.port;
    const weight = Math.abs(passage.sighting.time - moment.time) + (sameFlow ? 0 : NEAR_US / 2);
    if (weight < least) {
      best = passage;
      least = weight;
    }
  }
  return best;
}

/** A packet that passed the last sighting's place earlier and arrived: the capture was running when the missed one would have. */
function wentBefore(control: Passage | undefined, { sent, direction }: Missed): boolean {
  if (control === undefined) return false;
  const { seen, answers } = control.transmission;
  const there = (direction === 'request' ? seen : answers).find(
    (sighting) => sighting?.point === sent.point,
  );
  return there !== undefined && there.evidence === sent.evidence && there.order < sent.order;
}

function cameThrough(transmission: Transmission, point: number, direction: Direction): boolean {
  const sightings = direction === 'request' ? transmission.seen : transmission.answers;
  return sightings.some((sighting) => sighting?.point === point);
}

/**
 * Without clocks, order must do: of the packets that the last sighting's capture holds too, one before it and one after it
 * came to the point, and one of them the same way.
 */
function byOrder(position: number, missed: Missed, timeline: Timeline): Absence | undefined {
  const same = commonSteps(position, missed, missed.direction, timeline);
  const other = missed.direction === 'request' ? 'response' : 'request';
  const all = [...same, ...commonSteps(position, missed, other, timeline)];
  const [nearest] = same.toSorted((a, b) => Math.abs(a.steps) - Math.abs(b.steps));
  if (!all.some(({ steps }) => steps > 0)) return undefined;
  // As with a clock: what passed there the other way, before and after, shows that the capture was running.
  if (nearest === undefined)
    return all.some(({ steps }) => steps < 0) ? { by: 'window', control: null } : undefined;
  const isTwin =
    nearest.other.attempt === missed.transmission.attempt &&
    nearest.other.exchange.client.port === missed.transmission.exchange.client.port;
  const began = all.some(({ steps }) => steps < 0) || (isTwin && beganAt(nearest.sighting));
  return began ? { by: 'control', control: nearest.sighting } : undefined;
}

/** Packets that came to the point, by how many packets later they passed the last sighting's place; before it, negative. */
function commonSteps(
  position: number,
  { sent, transmission }: Missed,
  direction: Direction,
  timeline: Timeline,
): readonly {
  readonly steps: number;
  readonly sighting: Sighting;
  readonly other: Transmission;
}[] {
  return timeline.passages(position, direction).flatMap(({ transmission: other, sighting }) => {
    if (other === transmission && direction === 'response') return [];
    const there = (direction === 'request' ? other.seen : other.answers).find(
      (one) => one?.point === sent.point,
    );
    const isComparable = there !== sent && there?.evidence === sent.evidence;
    return isComparable ? [{ steps: there.order - sent.order, sighting, other }] : [];
  });
}

/** The questions of a lookup leave together; and nothing is cut off above this one: the capture's own first line or its count stands in the text. */
function beganAt({ evidence, order }: Sighting): boolean {
  const { banner, captured } = evidence.content;
  return order === 0 && (banner.length > 0 || captured === countOf(evidence.content));
}
