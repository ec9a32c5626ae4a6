import { type Digest, digestOf, FORM, innermost } from '../artefacts/digest.ts';
import type { Packet } from '../artefacts/packet.ts';
import { blankPacket } from '../artefacts/packet-draft.ts';
import { once, range } from '../primitives/once.ts';
import type { CaptureEvidence, Sighting, Span } from './points.ts';
import { type Settled, settledIn } from './settled.ts';

/** Whether all packets of a capture were seen at one point, on a clock that runs. */
export function isPlain({ content }: CaptureEvidence): boolean {
  const { digest } = digestOf(content);
  return digest.length > 0 && !digest.namesInterfaces && content.clock !== 'delta';
}

/** What the only point of a paste saw; packets are put together one by one where they are asked for. */
export interface Told {
  readonly span: Span;
  readonly seen: number;
  readonly settled: Settled;
  readonly sightings: () => readonly Sighting[];
  readonly others: () => readonly Sighting[];
}

/** Looks at a capture by numbers. */
export function tellByNumbers(
  evidence: CaptureEvidence,
  clock: (time: number | null) => number | null,
): Told {
  const { digest, at } = digestOf(evidence.content);
  const made = new Map<number, Sighting>();
  const sightingAt = (order: number): Sighting => {
    const known = made.get(order);
    if (known !== undefined) return known;
    const outer = at(order) ?? blankPacket(0);
    const packet = innermost(outer);
    const sighting = { point: 0, evidence, packet, outer, order, time: clock(outer.time) };
    made.set(order, sighting);
    return sighting;
  };
  const { settled, others } = settledIn(digest, sightingAt);
  return {
    span: spanIn(digest, at, clock),
    seen: digest.length,
    settled,
    sightings: once(() => range(digest.length).map(sightingAt)),
    others: once(() => others.map(sightingAt)),
  };
}

/** First and last time of all packets that show where they came from. */
function spanIn(
  { length, form, time }: Digest,
  at: (packet: number) => Packet | undefined,
  clock: (time: number | null) => number | null,
): Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let packet = 0; packet < length; packet += 1) {
    const printed = time[packet] ?? Number.NaN;
    if (Number.isNaN(printed) || (form[packet] === FORM.none && at(packet)?.source.host === ''))
      continue;
    const moment = clock(printed) ?? 0;
    if (moment < from) from = moment;
    if (moment > to) to = moment;
  }
  return { from, to };
}
