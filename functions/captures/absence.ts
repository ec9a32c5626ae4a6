import type { Clocks } from './clocks.ts';
import type { Point, Sighting } from './points.ts';
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

/** Microseconds within which another packet must show that the capture was running: domain rule of one second. */
const NEAR_US = 1_000_000;

/**
 * Proves that `what` was missing at the point in `position`, or says nothing (undefined): a capture that ends before,
 * starts after, was filtered or lost packets itself proves no absence.
 */
export function absenceAt(
  position: number,
  what: {
    readonly transmission: Transmission;
    readonly sent: Sighting;
    readonly direction: 'request' | 'response';
  },
  path: readonly Point[],
  conversation: readonly Transmission[],
  clocks: Clocks,
): Absence | undefined {
  const point = path[position];
  if (point === undefined || point.lossy || !point.ran) return undefined;
  const own = sightingsAt(position, conversation, what.direction);
  if (own.length === 0 && point.sightings.length === 0) return silence(position, conversation);
  const moment = momentAt(point, what.sent, clocks);
  const control = controlFor(what, position, conversation, moment);
  if (moment === undefined)
    return control === undefined || !surrounds(position, what, conversation)
      ? undefined
      : { by: 'control', control };
  const times = point.sightings.flatMap(({ time }) => (time === null ? [] : [time]));
  const began =
    times.some((time) => time <= moment.time + moment.error) ||
    beganJustBefore(position, what, path, conversation, control, moment);
  const lasted = times.some((time) => time >= moment.time + moment.error);
  if (!began || !lasted) return undefined;
  if (control !== undefined) return { by: 'control', control };
  return own.length > 0 ? { by: 'window', control: null } : undefined;
}

function silence(position: number, conversation: readonly Transmission[]): Absence | undefined {
  const nobodyAnswered = conversation.every((one) => one.answers.size === 0);
  const tries = conversation.filter((one) => !one.seen.has(position)).length;
  return nobodyAnswered && tries >= 2 ? { by: 'silence', control: null } : undefined;
}

/** A capture cannot be thought to have begun within so few microseconds; a text may well have been cut there. */
const INSTANT_US = 1_000;

/**
 * The first packet of a capture may be missing because the text was cut above it. Not so if the capture's banner stands
 * in the text, if its trailer counts just the packets shown, or if two captures on the way lack the same packet; then a
 * twin that arrives within a millisecond shows that the capture was running.
 */
function beganJustBefore(
  position: number,
  what: { readonly transmission: Transmission; readonly direction: 'request' | 'response' },
  path: readonly Point[],
  conversation: readonly Transmission[],
  control: Sighting | undefined,
  moment: { readonly time: number; readonly error: number },
): boolean {
  if (control?.time == null || control.time - moment.time > INSTANT_US) return false;
  const wholeText =
    control.evidence.content.banner.length > 0 ||
    control.evidence.content.captured === control.evidence.content.packets.length;
  const twin = conversation.find((one) =>
    [...one.seen.values(), ...one.answers.values()].includes(control),
  );
  const further = path.filter((_, at) => {
    const beyond = what.direction === 'request' ? at > position : at < position;
    const there = (one: Transmission) =>
      (what.direction === 'request' ? one.seen : one.answers).has(at);
    return beyond && twin !== undefined && there(twin) && !there(what.transmission);
  });
  return wholeText || further.length > 0;
}

/** When the packet would have been at the point, on the point's own clock. */
function momentAt(
  point: Point,
  sent: Sighting,
  clocks: Clocks,
): { readonly time: number; readonly error: number } | undefined {
  if (sent.time === null) return undefined;
  const shift = clocks.shift(point.index, sent.point);
  return shift === undefined ? undefined : { time: sent.time + shift.by, error: shift.error };
}

function sightingsAt(
  position: number,
  conversation: readonly Transmission[],
  direction: 'request' | 'response',
): readonly Sighting[] {
  return conversation.flatMap((one) => {
    const sighting = direction === 'request' ? one.seen.get(position) : one.answers.get(position);
    return sighting === undefined ? [] : [sighting];
  });
}

/** The packet nearest in time that did make the same way; one of the same flow before any other. */
function controlFor(
  what: {
    readonly transmission: Transmission;
    readonly sent: Sighting;
    readonly direction: 'request' | 'response';
  },
  position: number,
  conversation: readonly Transmission[],
  moment: { readonly time: number; readonly error: number } | undefined,
): Sighting | undefined {
  let best: Sighting | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const other of conversation) {
    const there = what.direction === 'request' ? other.seen : other.answers;
    const sighting = there.get(position);
    const upstream = [...there.values()].find((one) => one.point === what.sent.point);
    if (sighting === undefined || upstream === undefined || other === what.transmission) continue;
    const sameFlow = other.exchange.client.port === what.transmission.exchange.client.port;
    const apart =
      moment === undefined || sighting.time === null
        ? sameFlow
          ? 0
          : NEAR_US + 1
        : Math.abs(sighting.time - moment.time);
    const weight = apart + (sameFlow ? 0 : NEAR_US / 2);
    if (apart <= NEAR_US && weight < least) {
      best = sighting;
      least = weight;
    }
  }
  return best;
}

/** Without clocks, order must do: at the point, something of the conversation sent before it and something sent after it. */
function surrounds(
  position: number,
  what: { readonly transmission: Transmission; readonly direction: 'request' | 'response' },
  conversation: readonly Transmission[],
): boolean {
  const at = conversation.indexOf(what.transmission);
  const there = (one: Transmission) =>
    (what.direction === 'request' ? one.seen : one.answers).has(position);
  return conversation.slice(0, at).some(there) && conversation.slice(at + 1).some(there);
}
