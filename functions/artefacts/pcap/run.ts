import type { Packet } from '../packet.ts';
import { blankPacket, type Draft } from '../packet-draft.ts';
import { dissect } from './dissect.ts';
import { newReading, type Reading } from './reading.ts';
import { newStamps, type Stamps, stampText } from './stamp.ts';

/** A capture file while it is being read. */
export interface Run {
  readonly reading: Reading;
  readonly stamps: Stamps;
  readonly packets: Draft[];
  /** By packet: which of the interfaces it was captured on. */
  readonly owners: number[];
  /** Packets met, those counted that nobody could read. */
  met: number;
  skipped: number;
  /** The file ends inside a record, or in bytes that are none. */
  truncated: boolean;
}

/** When a packet was captured: whole seconds since 1970, and microseconds with their fraction. */
export interface Moment {
  readonly seconds: number;
  readonly micros: number;
}

/** Where the captured bytes of a packet stand, and how many there were on the wire. */
export interface Frame {
  readonly linkType: number;
  readonly at: number;
  readonly end: number;
  readonly length: number;
}

export function newRun(bytes: Uint8Array): Run {
  return {
    reading: newReading(bytes),
    stamps: newStamps(),
    packets: [],
    owners: [],
    met: 0,
    skipped: 0,
    truncated: false,
  };
}

/** Reads one captured packet; undefined, and counted as skipped, when it is empty or of a link type that nobody reads. */
export function addPacket(
  run: Run,
  frame: Frame,
  owner: number,
  moment: Moment | null,
): Draft | undefined {
  run.met += 1;
  const packet = blankPacket(run.met);
  const { at, end, linkType } = frame;
  const length = Math.max(frame.length, end - at);
  if (at === end || !dissect(run.reading, packet, linkType, at, end, length)) {
    run.skipped += 1;
    return undefined;
  }
  if (moment !== null) {
    packet.time = moment.seconds * 1_000_000 + moment.micros;
    packet.timeText = stampText(run.stamps, moment.seconds, moment.micros);
  }
  run.packets.push(packet);
  run.owners.push(owner);
  return packet;
}

/** Gives each packet the name of its interface, once all names are known; where there is one name only, it names no packet. */
export function namePackets(
  { packets, owners }: Run,
  names: readonly (string | null)[],
): readonly Packet[] {
  if (new Set(names).size < 2) return packets;
  for (const [at, packet] of packets.entries())
    packet.interface ??= names[owners[at] ?? -1] ?? null;
  return packets;
}
