import { addFrame, newFrames, type Recorded } from './frames.ts';
import { type ByteOrder, bigEndian, littleEndian } from './octets.ts';
import { noCounters } from './pcapng-options.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

interface Form {
  readonly order: ByteOrder;
  readonly perMicrosecond: number;
}

/** How a pcap file is written, by its first four bytes (pcap-savefile(5)); undefined when it is none. */
export function pcapForm(bytes: Uint8Array): Form | undefined {
  for (const order of [bigEndian, littleEndian]) {
    const magic = order.u32(bytes, 0);
    if (magic === MICROSECONDS) return { order, perMicrosecond: 1 };
    if (magic === NANOSECONDS) return { order, perMicrosecond: 1000 };
  }
  return undefined;
}

/** Finds the records of a pcap file (pcap-savefile(5)) up to its end, or to the first one that is not whole. */
export function readPcap(bytes: Uint8Array, { order, perMicrosecond }: Form): Recorded {
  const frames = newFrames();
  let at = FILE_HEADER_BYTES;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const body = at + RECORD_HEADER_BYTES;
    const end = body + order.u32(bytes, at + 8);
    if (end > bytes.length) break;
    addFrame(frames, body, end, order.u32(bytes, at + 12), 0, {
      seconds: order.u32(bytes, at),
      micros: (order.u32(bytes, at + 4) / perMicrosecond) % 1_000_000,
    });
    at = end;
  }
  // The upper half of the link type holds flags about frame check sequences.
  const linkType = order.u32(bytes, 20) & 0xffff;
  const only = { name: null, linkType, counters: noCounters };
  return { frames, interfaces: [only], truncated: at !== bytes.length };
}
