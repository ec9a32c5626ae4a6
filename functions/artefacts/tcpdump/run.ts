import { isBlank, type Lines } from '../../primitives/lines.ts';
import { type DigestDraft, keepDigest, newDigest, note } from '../digest.ts';
import type { Capture, Clock, Packet } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, cursorOn } from './cursor.ts';
import type { Counter, Notice } from './notice.ts';
import { isDelta } from './time.ts';

/** A capture while it is being read. */
export interface Run {
  readonly cursor: Cursor;
  /** Null for a packet of the ordinary kind, which stands in the digest alone. */
  readonly packets: (Draft | null)[];
  readonly digest: DigestDraft;
  readonly unread: number[];
  readonly banner: number[];
  readonly trailer: number[];
  readonly counts: Map<Counter, number>;
  listeningOn: string | null;
  clock: Clock;
  /** The packet whose lines are being read, and the innermost packet in it. */
  current: Draft | null;
  leaf: Draft | null;
  depth: number;
  /** The innermost packet's header stood on a line of its own and its addresses are still to come. */
  awaitsBody: boolean;
  /** That header is longer than usual. */
  options: boolean;
  /** How far the packet's first line is indented. */
  indent: number;
  /** Inside the characters of `-A`, which may look like anything. */
  dumping: boolean;
}

/** `room` is how many packets there may be. */
export function newRun(room: number): Run {
  return {
    cursor: cursorOn(''),
    packets: [],
    digest: newDigest(room),
    unread: [],
    banner: [],
    trailer: [],
    counts: new Map(),
    listeningOn: null,
    clock: 'none',
    current: null,
    leaf: null,
    depth: 0,
    awaitsBody: false,
    options: false,
    indent: 0,
    dumping: false,
  };
}

/** Keeps what a line of banner or trailer says. */
export function keepNotice(run: Run, notice: Notice, number: number): void {
  if (notice.place === 'banner') {
    run.banner.push(number);
    run.listeningOn ??= notice.listeningOn;
  } else if (notice.place === 'trailer') {
    run.trailer.push(number);
    for (const { of, packets } of notice.counts) run.counts.set(of, packets);
  }
  run.dumping = false;
}

/** Adds a packet that no time stamp announced. */
export function addUntimed(run: Run, packet: Draft): void {
  closePacket(run);
  run.packets.push(packet);
  run.current = packet;
  run.leaf = packet;
  run.depth = 0;
}

/** Counts a line to the packet that is being read. */
export function extend(run: Run, number: number): void {
  if (run.current !== null) run.current.lastLine = number;
  if (run.leaf !== null) run.leaf.lastLine = number;
}

/** A packet whose addresses never came is kept for its time and its id. */
export function closePacket(run: Run): void {
  if (run.awaitsBody && run.leaf !== null) run.leaf.truncated = true;
  run.awaitsBody = false;
  run.dumping = false;
}

/** What was read, as the artefact's content; `reread` puts a packet of the ordinary kind together from its lines. */
export function captureOf(run: Run, reread: (line: number) => Packet | undefined): Capture {
  const { banner, trailer, listeningOn, counts, digest } = run;
  const packets: (Packet | null)[] = run.packets;
  digest.length = packets.length;
  for (const [index, packet] of packets.entries()) if (packet !== null) note(digest, index, packet);
  const isSteps = run.clock === 'day' && isDelta(digest.time.subarray(0, digest.length));
  const at = (index: number) => {
    packets[index] ??= reread(digest.line[index] ?? 0) ?? null;
    return packets[index] ?? undefined;
  };
  let all: readonly Packet[] | undefined;
  const capture: Capture = {
    get packets() {
      all ??= packets.flatMap((_, index) => at(index) ?? []);
      return all;
    },
    clock: isSteps ? 'delta' : run.clock,
    listeningOn,
    captured: counts.get('captured') ?? null,
    receivedByFilter: counts.get('received by filter') ?? null,
    droppedByKernel: counts.get('dropped by kernel') ?? null,
    banner,
    trailer,
  };
  keepDigest(capture, { digest, at });
  return capture;
}

/** Whether the last line that says anything stops in the middle of a packet. */
export function isCut({ awaitsBody, leaf, current }: Run, lines: Lines): boolean {
  if (leaf === null || current === null) return false;
  let last = lines.length - 1;
  while (last >= 0 && isBlank(lines, last)) last -= 1;
  return (
    current.lastLine === last + 1 &&
    (awaitsBody || (leaf.truncated && !lines.at(last).includes('[|')))
  );
}
