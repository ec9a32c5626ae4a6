import type { Packet } from '../packet.ts';
import type { ByteOrder } from './octets.ts';
import { writeByte } from './printable.ts';

const END = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const PACKET_FLAGS = 2;
const RECEIVED = 4;
const DROPPED_BY_INTERFACE = 5;
const ACCEPTED_BY_FILTER = 6;
const DROPPED_BY_SYSTEM = 7;
/** Longer names than this are no names of interfaces (IFNAMSIZ is 16; Windows has names of some 50 characters). */
const LONGEST_NAME = 256;

/** What the statistics of one interface say; null where they are silent. */
export interface Counters {
  readonly received: number | null;
  readonly dropped: number | null;
}

export const noCounters: Counters = { received: null, dropped: null };

/** Name, resolution and offset of the clock out of an Interface Description Block's options. */
export function interfaceOptions(
  bytes: Uint8Array,
  order: ByteOrder,
  from: number,
  to: number,
): { name: string | null; tsresol: number | null; tsoffset: number } {
  let name: string | null = null;
  let tsresol: number | null = null;
  let tsoffset = 0;
  eachOption(bytes, order, from, to, (code, at, size) => {
    if (code === IF_NAME && size > 0) name = textAt(bytes, at, Math.min(size, LONGEST_NAME));
    else if (code === IF_TSRESOL && size >= 1) tsresol = bytes[at] ?? null;
    else if (code === IF_TSOFFSET && size >= 8) tsoffset = long(bytes, order, at, true);
  });
  return { name, tsresol, tsoffset };
}

/**
 * The counters of an Interface Statistics Block. dumpcap writes what libpcap calls received and dropped as isb_ifrecv and
 * isb_ifdrop; other writers use isb_filteraccept and isb_osdrop, which mean just that and come first.
 */
export function countersIn(
  bytes: Uint8Array,
  order: ByteOrder,
  from: number,
  to: number,
): Counters {
  const found = new Map<number, number>();
  eachOption(bytes, order, from, to, (code, at, size) => {
    if (size >= 8) found.set(code, long(bytes, order, at));
  });
  return {
    received: found.get(ACCEPTED_BY_FILTER) ?? found.get(RECEIVED) ?? null,
    dropped: found.get(DROPPED_BY_SYSTEM) ?? found.get(DROPPED_BY_INTERFACE) ?? null,
  };
}

/** The direction that a packet's flags tell; null when they do not. */
export function directionIn(
  bytes: Uint8Array,
  order: ByteOrder,
  from: number,
  to: number,
): Packet['direction'] {
  let direction: Packet['direction'] = null;
  eachOption(bytes, order, from, to, (code, at, size) => {
    if (code !== PACKET_FLAGS || size < 4) return;
    const way = order.u32(bytes, at) & 3;
    direction = way === 1 ? 'in' : way === 2 ? 'out' : null;
  });
  return direction;
}

/** Calls `read` for each option that is whole; options are padded to four bytes. */
function eachOption(
  bytes: Uint8Array,
  order: ByteOrder,
  from: number,
  to: number,
  read: (code: number, at: number, size: number) => void,
): void {
  for (let at = from; at + 4 <= to; ) {
    const code = order.u16(bytes, at);
    const size = order.u16(bytes, at + 2);
    if (code === END || at + 4 + size > to) return;
    read(code, at + 4, size);
    at += 4 + ((size + 3) & ~3);
  }
}

/** Eight bytes; numbers beyond 2^53 lose their last digits. */
function long(bytes: Uint8Array, order: ByteOrder, at: number, signed = false): number {
  const high = order.u32(bytes, order.isLittle ? at + 4 : at);
  const low = order.u32(bytes, order.isLittle ? at : at + 4);
  return (signed ? high | 0 : high) * 2 ** 32 + low;
}

function textAt(bytes: Uint8Array, at: number, size: number): string {
  const codes: number[] = [];
  for (let next = at; next < at + size; next += 1) writeByte(codes, bytes[next] ?? 0);
  return String.fromCharCode(...codes);
}
