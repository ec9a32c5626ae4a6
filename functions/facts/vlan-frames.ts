import type { Packet } from '../artefacts/packet.ts';
import type { Following } from '../captures/follow.ts';
import type { Point, Sighting } from '../captures/points.ts';
import type { Citation } from '../primitives/reading.ts';
import { citation } from './loss.ts';
import { VLAN_DEVICE } from './vlan-devices.ts';

/** One may be somebody's stray. */
export const LEAST_FRAMES = 2;

/** The tags of a frame as told; null for none. A tag of VLAN 0 says a priority and no VLAN (IEEE 802.1Q). */
export function tagOf({ vlan }: Packet): string | null {
  const tags = (vlan ?? []).filter((id) => id !== 0);
  return tags.length === 0 ? null : tags.join('.');
}

/** What all the frames carry alike; undefined where they differ or some cannot tell. */
export function commonTag(frames: readonly Sighting[]): string | null | undefined {
  const [first] = frames;
  if (first === undefined || frames.some(({ outer }) => outer.vlan === null)) return undefined;
  const tag = tagOf(first.outer);
  return frames.every(({ outer }) => tagOf(outer) === tag) ? tag : undefined;
}

/** The points on a card whose frames are shown with their tags, or without any. */
export function tellingPoints({ points }: Following): readonly Point[] {
  return points.filter(
    ({ interface: device, lossy, others }) =>
      device !== null && !lossy && others.some(({ outer }) => outer.vlan !== null),
  );
}

/** Frames of one conversation that two hosts see with different tags. */
export interface DifferentTags {
  readonly hosts: readonly (string | null)[];
  readonly target: string;
  /** As told, on the first host and on the second; null for none. */
  readonly tags: readonly [string | null, string | null];
  readonly at: readonly Citation[];
}

/**
 * What is seen with one tag on a host's card, with another or with none on another host's card, and is answered on neither.
 * A port of that VLAN alone takes the tag off, which is right: of IP packets, only two different tags are told.
 */
export function tagsThatDiffer(following: Following): readonly DifferentTags[] {
  // What is captured above a VLAN device has lost its tag already.
  const cards = tellingPoints(following).filter(
    ({ role, interface: name }) => role === 'nic' && !VLAN_DEVICE.test(name ?? ''),
  );
  return cards.flatMap((one, at) =>
    cards.slice(at + 1).flatMap((other) => (one.host === other.host ? [] : between(one, other))),
  );
}

function between(one: Point, other: Point): readonly DifferentTags[] {
  const there = sentBy(other);
  return [...sentBy(one)].flatMap(([ends, frames]) => {
    const same = there.get(ends) ?? [];
    const tags = [commonTag(frames), commonTag(same)] as const;
    const [first, second] = [frames[0], same[0]];
    const [here, beyond] = tags;
    if (here === undefined || beyond === undefined || here === beyond) return [];
    if (first === undefined || second === undefined || frames.length < LEAST_FRAMES) return [];
    const { arp, destination } = first.packet;
    if (arp === null && (here === null || beyond === null)) return [];
    if (isAnswered([one, other], first)) return [];
    return [
      {
        hosts: [one.host, other.host],
        target: arp?.target ?? destination.host,
        tags: [here, beyond],
        at: [citation(first), citation(second)],
      },
    ];
  });
}

/** Frames by who sends them to whom. */
function sentBy({ others }: Point): ReadonlyMap<string, readonly Sighting[]> {
  return Map.groupBy(
    others.filter(({ packet, outer }) => packet === outer && packet.arp?.operation !== 'reply'),
    ({ packet: { arp, source, destination } }) =>
      arp === null ? `${source.host} > ${destination.host}` : `${arp.asker} ? ${arp.target}`,
  );
}

function isAnswered(points: readonly Point[], { packet }: Sighting): boolean {
  return points.some(({ others }) =>
    others.some(({ packet: other }) =>
      packet.arp === null
        ? other.source.host === packet.destination.host &&
          other.destination.host === packet.source.host
        : other.arp?.operation === 'reply' && other.arp.target === packet.arp.target,
    ),
  );
}
