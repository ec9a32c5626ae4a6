import { u16 } from './octets.ts';

const FULL = 0xffff;

/** Adds the 16-bit words of `length` bytes to `sum`; an odd last byte counts as the high half of a word (RFC 1071). */
export function addWords(bytes: Uint8Array, at: number, length: number, sum: number): number {
  let total = sum;
  const last = at + length - 1;
  let next = at;
  for (; next < last; next += 2) total += ((bytes[next] ?? 0) << 8) | (bytes[next + 1] ?? 0);
  return next === last ? total + ((bytes[next] ?? 0) << 8) : total;
}

/** Whether a sum over data that hold their own checksum comes out right. */
export function isRight(sum: number): boolean {
  let folded = sum;
  while (folded > FULL) folded = (folded % (FULL + 1)) + Math.floor(folded / (FULL + 1));
  return folded === FULL;
}

/** The sum of the words of a pseudo-header: both addresses (already summed), the protocol and the length (RFC 768, RFC 8200 8.1). */
export function withPseudoHeader(addresses: number, protocol: number, length: number): number {
  return addresses + protocol + (length >>> 16) + (length & FULL);
}

/** The sum of the words of two neighbouring addresses, `bytesEach` long. */
export function addressSum(bytes: Uint8Array, at: number, bytesEach: 4 | 16): number {
  let sum = 0;
  for (let next = at; next < at + bytesEach * 2; next += 2) sum += u16(bytes, next);
  return sum;
}
