import { once, range } from '../../primitives/once.ts';
import { type Digested, newDigest, note } from '../digest.ts';
import type { Packet } from '../packet.ts';
import { blankPacket, type Draft } from '../packet-draft.ts';
import { dissect } from './dissect.ts';
import type { Recorded } from './frames.ts';
import { linkReader } from './link.ts';
import { noteOrdinary } from './ordinary.ts';
import { newReading, type Reading } from './reading.ts';
import { newStamps, stampText } from './stamp.ts';

/** The packets of a capture file: as numbers, one by one, and all of them. */
export interface ReadPackets extends Digested {
  readonly all: () => readonly Packet[];
}

/**
 * Reads the packets of a capture file, all but those that are empty or of a link type that nobody reads. Ordinary ones are
 * read as numbers, and put together when somebody asks for them.
 */
export function readPackets(bytes: Uint8Array, recorded: Recorded): ReadPackets {
  const { frames, interfaces } = recorded;
  const reading = newReading(bytes);
  const readWhole = wholeReader(recorded, reading);
  const areNamed = severalNames(recorded).length > 0;
  const digest = newDigest(frames.count);
  const packets: (Packet | null)[] = [];
  for (let number = 0; number < frames.count; number += 1) {
    const [from, end] = [frames.at[number] ?? 0, frames.end[number] ?? 0];
    const linkType = interfaces[frames.owner[number] ?? 0]?.linkType ?? -1;
    if (from === end || linkReader(linkType) === undefined) continue;
    const index = packets.length;
    digest.line[index] = number + 1;
    digest.time[index] = (frames.seconds[number] ?? 0) * 1_000_000 + (frames.micros[number] ?? 0);
    const saysMore = areNamed || frames.directions.has(number);
    if (!saysMore && noteOrdinary(digest, index, reading, linkType, from, end)) packets.push(null);
    else {
      const packet = readWhole(number);
      note(digest, index, packet);
      packets.push(packet);
    }
  }
  digest.length = packets.length;
  const at = (index: number) => {
    if (packets[index] === null) packets[index] = readWhole((digest.line[index] ?? 0) - 1);
    return packets[index] ?? undefined;
  };
  return { digest, at, all: once(() => range(packets.length).flatMap((index) => at(index) ?? [])) };
}

/** Reads a packet by its number in the file, in every form. */
function wholeReader(recorded: Recorded, reading: Reading): (number: number) => Draft {
  const { frames, interfaces } = recorded;
  const names = severalNames(recorded);
  const stamps = newStamps();
  return (number) => {
    const packet = blankPacket(number + 1);
    const owner = frames.owner[number] ?? 0;
    const [from, end] = [frames.at[number] ?? 0, frames.end[number] ?? 0];
    const length = Math.max(frames.length[number] ?? 0, end - from);
    dissect(reading, packet, interfaces[owner]?.linkType ?? -1, from, end, length);
    const [seconds, micros] = [frames.seconds[number] ?? 0, frames.micros[number] ?? 0];
    if (!Number.isNaN(seconds)) {
      packet.time = seconds * 1_000_000 + micros;
      packet.timeText = stampText(stamps, seconds, micros);
    }
    packet.direction ??= frames.directions.get(number) ?? null;
    packet.interface ??= names[owner] ?? null;
    return packet;
  };
}

/** The names of the interfaces; none where there is one name only, which names no packet. */
function severalNames({ interfaces }: Recorded): readonly (string | null)[] {
  const names = interfaces.map(({ name }) => name);
  return new Set(names).size < 2 ? [] : names;
}
