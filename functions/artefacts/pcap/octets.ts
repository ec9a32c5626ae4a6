/** Numbers in network byte order out of a file's bytes; a byte beyond the end counts as zero, so callers look at the end first. */
export function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function u24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | u16(bytes, at + 1);
}

export function u32(bytes: Uint8Array, at: number): number {
  return ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
}

/** Reads a number of two or four bytes in the byte order of the machine that wrote the file. */
export interface ByteOrder {
  readonly isLittle: boolean;
  readonly u16: (bytes: Uint8Array, at: number) => number;
  readonly u32: (bytes: Uint8Array, at: number) => number;
}

export const bigEndian: ByteOrder = { isLittle: false, u16, u32 };

export const littleEndian: ByteOrder = {
  isLittle: true,
  u16: (bytes, at) => ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0),
  u32: (bytes, at) =>
    (((bytes[at + 3] ?? 0) << 24) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 1] ?? 0) << 8) |
      (bytes[at] ?? 0)) >>>
    0,
};
