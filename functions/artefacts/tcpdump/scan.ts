import type { Lines } from '../../primitives/lines.ts';
import { type Digest, type DigestDraft, firstFrom, newDigest, questionNumber } from '../digest.ts';
import type { Cursor } from './cursor.ts';
import { newOrdinary, type Ordinary, readOrdinary } from './ordinary.ts';

/** The ordinary packets that were met in a text so far, as numbers; `line` counts within the whole text. */
interface Scan {
  readonly digest: DigestDraft;
  readonly cursor: Cursor;
  readonly ordinary: Ordinary;
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
    cursor: { text: lines.text, at: 0, shared: new Map() },
    ordinary: newOrdinary(),
  };
  scans.set(lines, scan);
  return scan;
}

/** Adds the packet whose two lines stand here, if it is an ordinary one. */
function addOrdinary({ digest, cursor, ordinary }: Scan, lines: Lines, index: number): boolean {
  const first = lines.startOf(index);
  if (first < 0 || lines.startOf(index + 1) < 0) return false;
  cursor.at = first;
  if (!readOrdinary(cursor, ordinary)) return false;
  const at = digest.length;
  digest.line[at] = index + 1;
  digest.time[at] = ordinary.time;
  digest.ttl[at] = ordinary.ttl;
  digest.form[at] = ordinary.form;
  digest.key[at] = ordinary.key;
  digest.client[at] = ordinary.client;
  digest.server[at] = ordinary.server;
  digest.question[at] =
    ordinary.asked === ordinary.askedEnd
      ? -1
      : questionNumber(digest, lines.text.slice(ordinary.asked, ordinary.askedEnd));
  digest.length += 1;
  return true;
}
