import type { Loss } from '../captures/loss.ts';
import { mirrored, type Segment, segmentOf, stepsOf } from '../captures/segment.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { VantageRule } from '../catalogue/vantage-rule.ts';
import { isSmall } from '../facts/loss-size.ts';
import type { Finding, Refuted } from './judge.ts';
import type { Vantage } from './vantage.ts';

/** The causes that may have lost the packets of a loss, by the place alone, in order of prior; undefined where the place is open. */
export function candidatesFor(loss: Loss, { vantage }: Catalogue): readonly string[] | undefined {
  const segment = segmentOf(loss);
  if (segment === undefined) return undefined;
  const fits = (cause: string) => mayConcern(loss, vantage, cause);
  const there = candidatesOn(segment, vantage).filter(fits);
  if (loss.direction === 'request') return there;
  const back = [...candidatesBack(segment, vantage), ...vantage.answers].filter(fits);
  // Behind the last point nothing tells whether the question or its answer was lost.
  return unique(loss.to === null ? [...there, ...back] : back);
}

function mayConcern(loss: Loss, { only }: VantageRule, cause: string): boolean {
  const { protocol } = loss.conversation;
  return !(
    (protocol !== 'dns' && only.dns.includes(cause)) ||
    (protocol !== 'tcp' && only.tcp.includes(cause)) ||
    (isBare(loss) && only.tunnel.includes(cause)) ||
    (isSmall(loss) && only.large.includes(cause))
  );
}

/** A packet that came to the other side's card without any wrapping is in no tunnel there. */
function isBare(loss: Loss): boolean {
  return (
    segmentOf(loss) === 'server-nic>unseen' &&
    loss.vanished.every(({ seen: { packet, outer } }) => packet === outer)
  );
}

/**
 * Causes that lose packets at certain places only, where every packet that vanished did so elsewhere. What a rule found by
 * its own evidence is not judged by the place.
 */
export function refutedByPlace(
  vantages: readonly Vantage[],
  findings: readonly Finding[],
  catalogue: Catalogue,
): readonly Refuted[] {
  const placed = vantages.filter(({ view }) => view.loss !== null);
  const [first] = placed;
  const candidates = placed.map(({ view }) =>
    view.loss !== null && isPlaced(view.loss) ? candidatesFor(view.loss, catalogue) : undefined,
  );
  if (first === undefined || candidates.includes(undefined)) return [];
  const found = new Set(findings.map(({ cause }) => cause));
  return [...catalogue.vantage.bound]
    .filter((cause) => catalogue.pages.has(cause) && !found.has(cause))
    .filter((cause) => !candidates.some((own) => own?.includes(cause)))
    .map((cause) => ({ cause, vantage: first, by: null, contradicted: true }));
}

/** Both ends of the place are shown, or the packet reached the server's own interface; a capture without any packet is too little. */
function isPlaced(loss: Loss): boolean {
  if (loss.to === null) return segmentOf(loss) === 'server-veth>reply';
  return (
    loss.controlArrived ||
    loss.vanished.every(({ absence }) => absence !== null && absence.by !== 'silence')
  );
}

function candidatesOn(segment: Segment, { segments }: VantageRule): readonly string[] {
  const own = segments.get(segment);
  return own ?? merged(stepsOf(segment).map((step) => segments.get(step) ?? []));
}

function candidatesBack(segment: Segment, rule: VantageRule): readonly string[] {
  const own = rule.segments.get(mirrored(segment));
  return own ?? merged(stepsOf(segment).map((step) => rule.segments.get(mirrored(step)) ?? []));
}

/** The likeliest of each list first. */
function merged(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return unique(
    Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat(),
  );
}

function unique(causes: readonly string[]): readonly string[] {
  return [...new Set(causes)];
}
