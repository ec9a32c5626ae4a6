import {
  addFrame,
  addMissing,
  type Frames,
  newFrames,
  type Recorded,
  type RecordedInterface,
} from './frames.ts';
import { type ByteOrder, bigEndian, littleEndian, u32 } from './octets.ts';
import { countersIn, directionIn, interfaceOptions, noCounters } from './pcapng-options.ts';
import { type Ticks, ticksOf, ticksToMoment } from './ticks.ts';

/** The first block's type, which reads the same in both byte orders. */
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
const SHORTEST_BLOCK = 12;
/** Type and length before a block's body; the length again behind it. */
const HEAD_BYTES = 8;
const TAIL_BYTES = 4;
const PACKET_BYTES = 20;
/** What if_tsresol says when it is missing. */
const MICROSECONDS = 6;

/** One interface that an Interface Description Block tells of, and what the last statistics block said of it. */
interface Interface extends RecordedInterface {
  /** Zero is none. */
  readonly snapLength: number;
  readonly ticks: Ticks;
  counters: RecordedInterface['counters'];
}

/** A file while its blocks are read; interfaces are numbered anew in each section, from `base` on. */
interface Section {
  readonly bytes: Uint8Array;
  readonly frames: Frames;
  order: ByteOrder;
  base: number;
  readonly interfaces: Interface[];
}

interface Block {
  readonly type: number;
  readonly body: number;
  readonly end: number;
}

export function isPcapng(bytes: Uint8Array): boolean {
  return u32(bytes, 0) === SECTION_HEADER && orderAt(bytes, HEAD_BYTES) !== undefined;
}

/** Finds the packets in the blocks of a pcapng file (draft-ietf-opsawg-pcapng) up to its end or to the first block that is not whole. */
export function readPcapng(bytes: Uint8Array): Recorded {
  const section: Section = {
    bytes,
    frames: newFrames(),
    order: bigEndian,
    base: 0,
    interfaces: [],
  };
  let at = 0;
  while (at + SHORTEST_BLOCK <= bytes.length) {
    if (u32(bytes, at) === SECTION_HEADER) {
      const order = orderAt(bytes, at + HEAD_BYTES);
      if (order === undefined) break;
      section.order = order;
      section.base = section.interfaces.length;
    }
    const length = section.order.u32(bytes, at + 4);
    const next = at + Math.max(SHORTEST_BLOCK, (length + 3) & ~3);
    if (length < SHORTEST_BLOCK || length > bytes.length || next > bytes.length) break;
    const type = section.order.u32(bytes, at);
    readBlock(section, { type, body: at + HEAD_BYTES, end: next - TAIL_BYTES });
    at = next;
  }
  const { frames, interfaces } = section;
  return { frames, interfaces, truncated: at !== bytes.length };
}

function orderAt(bytes: Uint8Array, at: number): ByteOrder | undefined {
  return [bigEndian, littleEndian].find((order) => order.u32(bytes, at) === BYTE_ORDER_MAGIC);
}

/** Name resolution, secrets, journal entries and blocks of private use say nothing of packets. */
function readBlock(section: Section, block: Block): void {
  switch (block.type) {
    case INTERFACE:
      readInterface(section, block);
      break;
    case ENHANCED_PACKET:
      readPacket(section, block, section.order.u32(section.bytes, block.body));
      break;
    case OBSOLETE_PACKET:
      readPacket(section, block, section.order.u16(section.bytes, block.body));
      break;
    case SIMPLE_PACKET:
      readSimplePacket(section, block);
      break;
    case INTERFACE_STATISTICS:
      readStatistics(section, block);
      break;
  }
}

function readInterface({ bytes, order, interfaces }: Section, { body, end }: Block): void {
  const { name, tsresol, tsoffset } = interfaceOptions(bytes, order, body + 8, end);
  interfaces.push({
    name,
    linkType: order.u16(bytes, body),
    snapLength: body + 8 > end ? 0 : order.u32(bytes, body + 4),
    ticks: ticksOf(tsresol ?? MICROSECONDS, tsoffset),
    counters: noCounters,
  });
}

// The fields of the obsolete block stand at the same places; its interface has two bytes and a count of drops behind it.
function readPacket(section: Section, { body, end }: Block, id: number): void {
  const { bytes, frames, order } = section;
  const owner = section.base + id;
  const device = section.interfaces[owner];
  const at = body + PACKET_BYTES;
  const captured = order.u32(bytes, body + 12);
  if (device === undefined || captured > end - at) {
    addMissing(frames);
    return;
  }
  const moment = ticksToMoment(
    device.ticks,
    order.u32(bytes, body + 4),
    order.u32(bytes, body + 8),
  );
  const options = at + ((captured + 3) & ~3);
  if (options < end) {
    const direction = directionIn(bytes, order, options, end);
    if (direction !== null) frames.directions.set(frames.count, direction);
  }
  addFrame(frames, at, at + captured, order.u32(bytes, body + 16), owner, moment);
}

// It names neither its time nor its interface, which is the first one.
function readSimplePacket({ bytes, frames, order, base, interfaces }: Section, block: Block): void {
  const { body, end } = block;
  const device = interfaces[base];
  if (device === undefined || body + 4 > end) {
    addMissing(frames);
    return;
  }
  const length = order.u32(bytes, body);
  const limit = device.snapLength === 0 ? length : device.snapLength;
  const at = body + 4;
  addFrame(frames, at, at + Math.min(length, limit, end - at), length, base, null);
}

function readStatistics({ bytes, order, base, interfaces }: Section, { body, end }: Block): void {
  const device = interfaces[base + order.u32(bytes, body)];
  if (device !== undefined) device.counters = countersIn(bytes, order, body + 12, end);
}
