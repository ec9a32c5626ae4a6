import type { Clocks } from './clocks.ts';
import type { CaptureEvidence, Point, Sighting, Span } from './points.ts';
import { around, type Direction, type Passage, type Timeline } from './timeline.ts';
import type { Transmission } from './transmissions.ts';

/**
 * How it is known that a packet was not at a point: a packet of the same flow or conversation that did arrive at that
 * moment (`control`), packets of it before and after (`window`), or a capture that ran and saw nothing at all although
 * everything was sent again and again (`silence`, the weakest).
 */
export interface Absence {
  readonly by: 'control' | 'window' | 'silence';
  readonly control: Sighting | null;
}

/** A packet that was seen somewhere and is looked for at another point. */
export interface Missed {
  readonly transmission: Transmission;
  /** Its last sighting before. */
  readonly sent: Sighting;
  readonly direction: Direction;
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
  const moment = momentAt(point, missed.sent, clocks);
  const { span } = point;
  if (mayHaveSeen(point, missed, moment, timeline)) return undefined;
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
  const moment = point === undefined ? undefined : momentAt(point, missed.sent, clocks);
  if (point?.span === undefined || moment === undefined) return false;
  if (hasLoose(point, missed, timeline)) return false;
  const { span } = point;
  if (hidesLines(point, moment)) return true;
  return span.from > moment.time + moment.error || span.to < moment.time - moment.error;
}

/**
 * Whether the capture holds something that may be the packet: a sighting of the same question that no try could be
 * matched with, a packet whose second line is lost or cut, a line beside it that nobody could read.
 */
function mayHaveSeen(
  point: Point,
  missed: Missed,
  moment: Moment | undefined,
  timeline: Timeline,
): boolean {
  if (hasLoose(point, missed, timeline) || hidesLines(point, moment)) return true;
  const { sent } = missed;
  return vagueAt(point).some(
    ({ packet }) =>
      packet.ipId === null || sent.packet.ipId === null || packet.ipId === sent.packet.ipId,
  );
}

/** A sighting of the same question that no try could be matched with. */
function hasLoose(
  point: Point,
  { transmission, sent, direction }: Missed,
  timeline: Timeline,
): boolean {
  const here = transmission.exchange.at[point.index];
  const sightings = (direction === 'request' ? here?.requests : here?.responses) ?? [];
  const tries = timeline
    .triesOf(transmission.exchange)
    .map((one) => (direction === 'request' ? one.seen : one.answers));
  const matched = new Set(
    tries.flatMap((one) => one.filter((sighting) => sighting?.point === point.index)),
  );
  const loose = sightings.filter((sighting) => !matched.has(sighting));
  return loose.some(({ packet }) => !packet.ipId || packet.ipId === sent.packet.ipId);
}

/** Lines that nobody could read, between the packets captured just before and just after the moment. */
function hidesLines(point: Point, moment: Moment | undefined): boolean {
  const hidden = hiddenAt(point);
  if (moment === undefined) return hidden.length > 0;
  return hidden.some(
    ({ from, to }) => from < moment.time + moment.error && to > moment.time - moment.error,
  );
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
  const { first } = capture.artefact;
  const timed = sightings.flatMap(({ evidence, outer, time }) =>
    evidence !== capture || time === null ? [] : [{ line: first + outer.line - 1, time }],
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

interface Moment {
  readonly time: number;
  readonly error: number;
}

/** When the packet would have been at the point, on the point's own clock. */
function momentAt(point: Point, sent: Sighting, clocks: Clocks): Moment | undefined {
  if (sent.time === null) return undefined;
  const shift = clocks.shift(point.index, sent.point);
  return shift === undefined ? undefined : { time: sent.time + shift.by, error: shift.error };
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
  const { banner, captured, packets } = control.sighting.evidence.content;
  const there = (one: Transmission, at: number) =>
    (direction === 'request' ? one.seen : one.answers)[at] !== undefined;
  const further = path.some((_, at) => {
    const beyond = direction === 'request' ? at > position : at < position;
    return beyond && there(control.transmission, at) && !there(transmission, at);
  });
  return banner.length > 0 || captured === packets.length || further;
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
  if (nearest === undefined || !all.some(({ steps }) => steps > 0)) return undefined;
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
  return order === 0 && (banner.length > 0 || captured === evidence.content.packets.length);
}
