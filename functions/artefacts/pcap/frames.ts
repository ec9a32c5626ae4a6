import type { Packet } from '../packet.ts';
import type { Counters } from './pcapng-options.ts';
import type { Moment } from './ticks.ts';

/** What the format of a capture file tells, before any packet is read. */
export interface Recorded {
  readonly frames: Frames;
  /** By number within the file; a pcap file has exactly one, without a name. */
  readonly interfaces: readonly RecordedInterface[];
  /** The file ends inside a record, or in bytes that are none. */
  readonly truncated: boolean;
}

export interface RecordedInterface {
  readonly name: string | null;
  /** By tcpdump.org/linktypes.html. */
  readonly linkType: number;
  readonly counters: Counters;
}

const COLUMNS = ['at', 'end', 'length', 'owner', 'seconds', 'micros'] as const;

/**
 * Where the packets of a capture file stand and when they were captured, side by side, by their number in the file from 0:
 * `at` and `end` of the captured bytes (equal where a packet is announced and not there), `length` in bytes on the wire, the
 * number of the interface as `owner`, whole `seconds` since 1970 and `micros` with their fraction (NaN where the file is silent).
 */
export interface Frames extends Record<(typeof COLUMNS)[number], Float64Array> {
  count: number;
  /** Of those packets for which the file itself tells it. */
  readonly directions: Map<number, Packet['direction']>;
}

const FIRST_ROOM = 1024;

export function newFrames(): Frames {
  const column = () => new Float64Array(FIRST_ROOM);
  return {
    count: 0,
    at: column(),
    end: column(),
    length: column(),
    owner: column(),
    seconds: column(),
    micros: column(),
    directions: new Map(),
  };
}

/** Adds a packet whose captured bytes stand from `at` to `end`. */
export function addFrame(
  frames: Frames,
  at: number,
  end: number,
  length: number,
  owner: number,
  moment: Moment | null,
): void {
  const { count } = frames;
  if (count === frames.at.length) grow(frames);
  frames.at[count] = at;
  frames.end[count] = end;
  frames.length[count] = length;
  frames.owner[count] = owner;
  frames.seconds[count] = moment?.seconds ?? Number.NaN;
  frames.micros[count] = moment?.micros ?? Number.NaN;
  frames.count += 1;
}

/** Adds a packet that is announced and cannot be found. */
export function addMissing(frames: Frames): void {
  addFrame(frames, 0, 0, 0, 0, null);
}

function grow(frames: Frames): void {
  for (const name of COLUMNS) {
    const column = new Float64Array(frames.count * 2);
    column.set(frames[name]);
    frames[name] = column;
  }
}
