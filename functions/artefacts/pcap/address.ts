import { u16 } from './octets.ts';

const IP6_WORDS = 8;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Four bytes as a dotted quad. */
export function ip4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Six bytes as `02:00:00:00:00:01`. */
export function macText(bytes: Uint8Array, at: number): string {
  let text = HEX[bytes[at] ?? 0] ?? '';
  for (let next = at + 1; next < at + 6; next += 1) text += `:${HEX[bytes[next] ?? 0]}`;
  return text;
}

/** Sixteen bytes as tcpdump's addrtostr.c writes them: the first longest run of zeros as `::`, IPv4 inside as a dotted quad. */
export function ip6Text(bytes: Uint8Array, at: number): string {
  const { first, count } = longestZeros(bytes, at);
  let text = '';
  for (let word = 0; word < IP6_WORDS; word += 1) {
    if (count > 1 && word >= first && word < first + count) {
      if (word === first) text += ':';
      continue;
    }
    if (word > 0) text += ':';
    if (word === 6 && first === 0 && holdsIp4(bytes, at, count))
      return text + ip4Text(bytes, at + 12);
    text += u16(bytes, at + word * 2).toString(16);
  }
  return count > 1 && first + count === IP6_WORDS ? `${text}:` : text;
}

function longestZeros(bytes: Uint8Array, at: number): { first: number; count: number } {
  let first = -1;
  let count = 0;
  let run = 0;
  for (let word = 0; word < IP6_WORDS; word += 1) {
    run = u16(bytes, at + word * 2) === 0 ? run + 1 : 0;
    if (run > count) {
      count = run;
      first = word - run + 1;
    }
  }
  return { first, count };
}

// `::10.0.0.1` and `::ffff:10.0.0.1`.
function holdsIp4(bytes: Uint8Array, at: number, zeros: number): boolean {
  return zeros === 6 || (zeros === 5 && u16(bytes, at + 10) === 0xffff);
}
