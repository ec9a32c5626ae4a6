import type { Lines } from '../../primitives/lines.ts';
import { type Digest, type DigestDraft, firstFrom, newDigest } from '../digest.ts';
import { newOrdinaryReader, noteOrdinary, type OrdinaryReader } from './ordinary.ts';

/** The ordinary packets that were met in a text so far, as numbers; `line` counts within the whole text. */
interface Scan {
  readonly digest: DigestDraft;
  readonly reader: OrdinaryReader;
}

const scans = new WeakMap<Lines, Scan>();

/**
 * How many lines from a place on are ordinary packets, one behind the other. What they say is kept, so that reading them
 * later need not look at them again.
 */
export function ordinaryRun(lines: Lines, from: number): number {
  if (lines.startOf(from) < 0) return 0;
  const scan = scans.get(lines) ?? newScan(lines);
  let at = from;
  while (addOrdinary(scan, lines, at)) at += 2;
  return at - from;
}

/** What is known of the ordinary packets among some lines: by number, from `next` on, their lines counted from `offset`. */
export function scanned(lines: Lines): {
  readonly digest: Digest;
  readonly offset: number;
  readonly next: number;
} {
  const [whole, offset] = lines.within ?? [lines, 0];
  if (!scans.has(whole))
    for (let at = 0; at < whole.length; at += 1) at += Math.max(0, ordinaryRun(whole, at) - 1);
  const { digest } = scans.get(whole) ?? newScan(whole);
  return { digest, offset, next: firstFrom(digest, offset + 1) };
}

function newScan(lines: Lines): Scan {
  const scan: Scan = {
    digest: newDigest(lines.text === '' ? 0 : lines.length),
    reader: newOrdinaryReader(lines.text),
  };
  scans.set(lines, scan);
  return scan;
}

/** Adds the packet whose two lines stand here, if it is an ordinary one. */
function addOrdinary({ digest, reader }: Scan, lines: Lines, index: number): boolean {
  const first = lines.startOf(index);
  if (first < 0 || lines.startOf(index + 1) < 0) return false;
  if (!noteOrdinary(digest, reader, first)) return false;
  digest.line[digest.length] = index + 1;
  digest.length += 1;
  return true;
}
